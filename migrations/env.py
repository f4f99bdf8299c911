"""Alembic's entry: migrates the connection it is handed, inside the transaction that its caller has begun.

`csops_sync.adapters.store.schema` puts `connection` and `metadata` into the configuration's attributes; there is no
ini file. DDL is transactional on both engines, so a migration that is killed leaves nothing behind.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
