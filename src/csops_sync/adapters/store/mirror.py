"""The mirror: rows of Salesforce as last read, in sets."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple

import orjson
from sqlalchemy import ColumnElement, delete, func, not_, select
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.bulk import Record, upsert
from csops_sync.adapters.store.scope import Scope, chunks
from csops_sync.adapters.store.tables import MIRROR
from csops_sync.ports.crm import Role, Row

_C = MIRROR.c
_ID = itemgetter(0)
_COLUMNS = (_C.id, _C.parent_id, _C.stamp_ms, _C.deleted, _C.body)


class _Statement(NamedTuple):
    """One reading, as each engine says it: of an org, a role, and some values in one parameter."""

    sqlite: str
    postgres: str


# In SQL, not in Core: these are asked for a dozen times a page, and putting them together took longer than the reading.
_BY_ID = _Statement(
    "SELECT id, parent_id, stamp_ms, deleted, body FROM mirror WHERE org_id = ? AND role = ? "
    "AND id IN (SELECT value FROM json_each(?))",
    "SELECT id, parent_id, stamp_ms, deleted, body FROM mirror WHERE org_id = %s AND role = %s AND id = ANY(%s)",
)
_BY_PARENT = _Statement(
    "SELECT id, parent_id, stamp_ms, deleted, body FROM mirror WHERE org_id = ? AND role = ? "
    "AND parent_id IN (SELECT value FROM json_each(?))",
    "SELECT id, parent_id, stamp_ms, deleted, body FROM mirror WHERE org_id = %s AND role = %s "
    "AND parent_id = ANY(%s)",
)


class SqlMirror:
    """Implements `ports.store.Mirror`. Of two rows with one id in a batch, the one with the later stamp counts."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def changed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep the rows whose digest differs from the stored one, or that are not stored."""
        return [row for part in chunks(latest(rows)) for row in self._changed(part)]

    def put(self, rows: Sequence[Row]) -> None:
        """Insert or replace rows, in batches."""
        for part in chunks(latest(rows), 10_000):
            upsert(self._scope, MIRROR, [_record(self._scope.org_id, row) for row in part])

    def get(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """Read rows by id, in order of id within each chunk; those that are not there are left out."""
        return [row for part in chunks(ids) for row in self._read(role, _BY_ID, part)]

    def children(self, role: Role, parent_ids: Sequence[str]) -> Sequence[Row]:
        """Read all rows of a role below these parents, deleted ones too."""
        return [row for part in chunks(parent_ids) for row in self._read(role, _BY_PARENT, part)]

    def stream(self, role: Role, *, after_id: str = "", limit: int = 2000) -> Sequence[Row]:
        """Read the next rows in order of id, deleted ones too."""
        statement = select(*_COLUMNS).where(self._of(role), _C.id > after_id).order_by(_C.id).limit(limit)
        return [_row(role, found) for found in self._scope.connection.execute(statement).all()]

    def stamps(self, role: Role, *, after_id: str = "", limit: int = 10000) -> Sequence[tuple[str, int]]:
        """Read the next (id, stamp) of rows not deleted, in order of id."""
        statement = select(_C.id, _C.stamp_ms).where(self._of(role), _C.id > after_id, not_(_C.deleted))
        found = self._scope.connection.execute(statement.order_by(_C.id).limit(limit))
        return [(row_id, stamp_ms) for row_id, stamp_ms in found]

    def count(self, role: Role) -> int:
        """Count a role's rows that are not deleted, from the parent index alone."""
        statement = select(func.count()).select_from(MIRROR).where(self._of(role), not_(_C.deleted))
        return self._scope.connection.execute(statement).scalar_one()

    def mark_deleted(self, role: Role, ids: Sequence[str]) -> None:
        """Mark rows as deleted; one that Salesforce shows again later differs from that, and so is news."""
        for part in chunks(ids):
            self.put([replace(row, deleted=True) for row in self.get(role, part) if not row.deleted])

    def clear(self, role: Role) -> None:
        """Forget a role's rows."""
        self._scope.connection.execute(delete(MIRROR).where(self._of(role)))

    def _of(self, role: Role) -> ColumnElement[bool]:
        return (_C.org_id == self._scope.org_id) & (_C.role == role.value)

    def _read(self, role: Role, statement: "_Statement", wanted: Sequence[str]) -> list[Row]:
        scope = self._scope
        text = statement.postgres if scope.postgres else statement.sqlite
        listed = list(wanted) if scope.postgres else orjson.dumps(wanted).decode()
        # sorted here: asked to sort, SQLite walks the whole key in order rather than seek the parent index
        found = scope.connection.exec_driver_sql(text, (scope.org_id, role.value, listed)).all()
        return [_row(role, each) for each in sorted(found, key=_ID)]

    def _changed(self, rows: Sequence[Row]) -> list[Row]:
        stored: dict[tuple[Role, str], int] = {}
        for role in {row.role for row in rows}:
            ids = [row.id for row in rows if row.role is role]
            statement = select(_C.id, _C.digest).where(self._of(role), self._scope.among(_C.id, ids))
            found = self._scope.connection.execute(statement)
            stored.update(((role, row_id), digest) for row_id, digest in found)
        return [row for row in rows if stored.get((row.role, row.id)) != digest_of(row, _body(row))]


def latest(rows: Sequence[Row]) -> Sequence[Row]:
    """Keep one row an id, the one with the highest stamp; of equals the later in the sequence."""
    if len({row.id for row in rows}) == len(rows):
        return rows
    kept: dict[tuple[Role, str], Row] = {}
    for row in rows:
        key = (row.role, row.id)
        known = kept.get(key)
        if known is None or known.stamp_ms <= row.stamp_ms:
            kept[key] = row
    return tuple(kept.values())


def digest_of(row: Row, body: bytes) -> int:
    """64 bits over all that a row says, as the signed integer that both engines store."""
    head = f"{row.stamp_ms}|{row.deleted}|{row.parent_id}|".encode()
    return int.from_bytes(hashlib.blake2b(head + body, digest_size=8).digest(), "big", signed=True)


def _body(row: Row) -> bytes:
    values = row.values if isinstance(row.values, dict) else dict(row.values)
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


def _record(org_id: str, row: Row) -> Record:
    body = _body(row)
    digest = digest_of(row, body)
    return (org_id, row.role.value, row.id, row.parent_id, row.stamp_ms, row.deleted, digest, body.decode())


def _row(role: Role, found: Found[str, str | None, int, bool, str]) -> Row:
    row_id, parent_id, stamp_ms, deleted, body = found
    return Row(role, row_id, parent_id, stamp_ms, bool(deleted), orjson.loads(body))
