"""Who writes beside whom: the holder of the lease and a person's order never in one moment.

SQLite has one writer at a time anyway. On PostgreSQL the holder's transactions share a lock that an order takes alone,
so this lock of a process that was stopped in the middle of a transaction is in nobody's way but an order's (which then
fails after the lock timeout, in words). Its row locks, and the journal's, are in the next holder's way until the server
ends a transaction that says nothing (`engine.Limits.silent_seconds`). The lock belongs to the transaction, as a
transaction pooler demands.
"""

from sqlalchemy import Connection, text

_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('csops-sync writer ' || :org_id, 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('csops-sync writer ' || :org_id, 0))")


def take_turn(connection: Connection, org_id: str, *, alone: bool) -> None:
    """Wait, as the first act of a write transaction, until it may go on; see the module."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE if alone else _SHARED, {"org_id": org_id})
