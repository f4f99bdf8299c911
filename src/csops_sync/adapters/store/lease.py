"""The lease: one row an org, changed by conditional update on the database's own clock, and never held by a session."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    case,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from csops_sync.adapters.store.engine import Mode, is_postgres
from csops_sync.adapters.store.scope import from_ms
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.tables import LEASE
from csops_sync.ports.errors import LeaseLostError
from csops_sync.ports.store import LeaseGrant

NOBODY = ""
"""The owner of a lease that was given back, so that whoever claims next is a change of owner."""

_C = LEASE.c


class SqlLeases:
    """Implements `ports.store.Leases`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, *, org_id: str, owner: str, ttl_seconds: float) -> LeaseGrant | None:
        """Take or renew the lease; None where another owner holds it. Raises ValueError for an empty owner."""
        if not owner:
            raise ValueError("A lease needs a named owner; give each process a name of its own.")
        now = _now_ms(postgres=is_postgres(self._engine))
        until = now + round(ttl_seconds * 1000)
        insert = PostgresInsert(LEASE) if is_postgres(self._engine) else SqliteInsert(LEASE)
        statement = (
            insert.values(org_id=org_id, owner=owner, epoch=1, expires_at=until)
            .on_conflict_do_update(
                index_elements=[_C.org_id],
                set_={
                    "epoch": _C.epoch + case((_C.owner == owner, 0), else_=1),
                    "owner": owner,
                    "expires_at": until,
                },
                where=or_(_C.owner == owner, _C.expires_at <= now),
            )
            .returning(_C.epoch, _C.expires_at)
        )
        with session(self._engine, Mode.WRITE) as connection:
            found = connection.execute(statement).one_or_none()
        if found is None:
            return None
        return LeaseGrant(org_id=org_id, owner=owner, epoch=found.epoch, expires_at=from_ms(found.expires_at))

    def release(self, grant: LeaseGrant) -> None:
        """Give the lease back; nothing happens where somebody else has it by now."""
        statement = update(LEASE).where(_held_by(grant)).values(owner=NOBODY, expires_at=0)
        with session(self._engine, Mode.WRITE) as connection:
            connection.execute(statement)

    def holder(self, org_id: str) -> LeaseGrant | None:
        """Say who holds the lease now, if anyone does."""
        now = _now_ms(postgres=is_postgres(self._engine))
        statement = select(LEASE).where(_C.org_id == org_id, _C.expires_at > now)
        with session(self._engine, Mode.READ) as connection:
            found = connection.execute(statement).one_or_none()
        if found is None:
            return None
        return LeaseGrant(
            org_id=org_id, owner=found.owner, epoch=found.epoch, expires_at=from_ms(found.expires_at)
        )


@contextmanager
def fenced(connection: Connection, grant: LeaseGrant) -> Iterator[None]:
    """Keep a write transaction within its grant; raises LeaseLostError where that does not hold.

    PostgreSQL asks as the last act, and locks the row until the commit, so that nobody can take the lease in between.
    SQLite asks as the first: from BEGIN IMMEDIATE on nobody can take the lease, nor can our own heartbeat renew it, and
    a transaction longer than the lease would else refuse itself.
    """
    at_end = connection.dialect.name == "postgresql"
    if not at_end:
        _fence(connection, grant)
    yield
    if at_end:
        _fence(connection, grant)


def _fence(connection: Connection, grant: LeaseGrant) -> None:
    now = _now_ms(postgres=connection.dialect.name == "postgresql")
    statement = select(_C.epoch).where(_held_by(grant), _C.expires_at > now).with_for_update()
    if connection.execute(statement).one_or_none() is None:
        raise LeaseLostError(
            f"{grant.owner} (epoch {grant.epoch}) no longer holds org {grant.org_id}; what it was about to commit is "
            "dropped, and the present holder decides anew."
        )


def _held_by(grant: LeaseGrant) -> ColumnElement[bool]:
    return (_C.org_id == grant.org_id) & (_C.owner == grant.owner) & (_C.epoch == grant.epoch)


def _now_ms(*, postgres: bool) -> ColumnElement[int]:
    if postgres:
        return cast(func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger)
    return cast((func.julianday("now") - 2440587.5) * 86400000, Integer)
