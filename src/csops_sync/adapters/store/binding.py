"""Which org the state in a database belongs to."""

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from csops_sync.adapters.store.engine import Mode, is_postgres, place
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.tables import BINDING
from csops_sync.ports.errors import WrongOrgError


def bound_org(engine: Engine) -> str | None:
    """Give the org id that the state is bound to, None before its first use."""
    with session(engine, Mode.READ) as connection:
        return connection.execute(select(BINDING.c.org_id)).scalar_one_or_none()


def bind(engine: Engine, org_id: str) -> None:
    """Bind the state to an org on first use; of two that come at once, one wins. Raises WrongOrgError for another."""
    known = bound_org(engine)
    if known is None:
        insert = PostgresInsert(BINDING) if is_postgres(engine) else SqliteInsert(BINDING)
        with session(engine, Mode.WRITE) as connection:
            connection.execute(insert.values(org_id=org_id, slot=1).on_conflict_do_nothing())
        known = bound_org(engine)
    if known != org_id:
        raise WrongOrgError(
            f"The state in {place(engine)} belongs to org {known}, and these credentials lead to org {org_id} (a "
            "refreshed sandbox has a new id). Give this org a database URL of its own, or remove the old state."
        )
