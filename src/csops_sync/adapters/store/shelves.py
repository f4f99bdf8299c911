"""Tables of whole values: one table a kind, all of one form, the value as JSON beside what it is found by."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, Table, delete, select
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from csops_sync.adapters.store.bulk import Record, upsert
from csops_sync.adapters.store.scope import Scope, chunks, maybe_ms, to_ms
from csops_sync.adapters.store.tables import CARD, CONFIDENCE_CHANGE, INBOX, SILENCE, WATCH
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.silencing import Silence
from csops_sync.domain.confidence.watch import Watch
from csops_sync.ports.shelves import InboxItem, Keepable, Kept, LedgerRow, Shelf, label_of

_WATCH, _LEDGER, _CARD = TypeAdapter(Watch), TypeAdapter(LedgerRow), TypeAdapter(Card)
_SILENCE, _INBOX = TypeAdapter(Silence), TypeAdapter(InboxItem)


class SqlShelf(Generic[Kept]):
    """Implements `ports.shelves.Shelf` on one table."""

    def __init__(self, scope: Scope, table: Table, form: TypeAdapter[Kept]) -> None:
        self._scope = scope
        self._table = table
        self._form = form

    def get(self, keys: Sequence[str]) -> Sequence[Kept]:
        """Read values by key, ordered by it."""
        found = [row for part in chunks(keys) for row in self._rows(self._among("key", part))]
        return [value for _, value in sorted(((row.key, self._value(row)) for row in found), key=_first)]

    def of(self, owners: Sequence[str]) -> Sequence[Kept]:
        """Read all values of these owners, ordered by instant and key."""
        found = [row for part in chunks(owners) for row in self._rows(self._among("owner", part))]
        return [self._value(row) for row in sorted(found, key=_age)]

    def put(self, values: Sequence[Kept]) -> None:
        """Insert or replace values."""
        for part in chunks(values):
            upsert(self._scope, self._table, [self._record(value) for value in part])

    def with_status(
        self, *statuses: str, since: datetime | None = None, limit: int = 10_000
    ) -> Sequence[Kept]:
        """Read values by status, from an instant on, ordered by instant and key."""
        columns = self._table.c
        mine: ColumnElement[bool] = columns.status.in_(statuses)
        if since is not None:
            mine &= columns.at >= to_ms(since)
        found = self._run(self._select(mine).order_by(columns.at, columns.key).limit(limit))
        return [self._value(row) for row in found]

    def due(self, now: datetime, *, limit: int = 1000) -> Sequence[Kept]:
        """Read values whose time has come, the longest due first."""
        columns = self._table.c
        chosen = self._select(columns.due_at <= to_ms(now))
        return [
            self._value(row) for row in self._run(chosen.order_by(columns.due_at, columns.key).limit(limit))
        ]

    def remove(self, keys: Sequence[str]) -> None:
        """Remove values by key."""
        for part in chunks(keys):
            mine = (self._table.c.org_id == self._scope.org_id) & self._among("key", part)
            self._scope.connection.execute(delete(self._table).where(mine))

    def known(self, keys: Sequence[str]) -> set[str]:
        """Keep the keys that are there."""
        return {row.key for part in chunks(keys) for row in self._rows(self._among("key", part))}

    def _among(self, column: str, values: Sequence[str]) -> ColumnElement[bool]:
        return self._scope.among(self._table.c[column], values)

    def _select(self, mine: ColumnElement[bool]) -> Select[tuple[Any, ...]]:
        return select(self._table).where(self._table.c.org_id == self._scope.org_id, mine)

    def _rows(self, mine: ColumnElement[bool]) -> Sequence[Any]:
        return self._run(self._select(mine))

    def _run(self, statement: Select[tuple[Any, ...]]) -> Sequence[Any]:
        return self._scope.connection.execute(statement).all()

    def _value(self, row: Any) -> Kept:  # noqa: ANN401 - a row has the columns of its table, which no type says
        return self._form.validate_json(row.body)

    def _record(self, value: Kept) -> Record:
        label = label_of(value)
        body = self._form.dump_json(value).decode()
        due_at = maybe_ms(label.due_at)
        return (self._scope.org_id, label.key, label.owner, label.status, to_ms(label.at), due_at, body)


class SqlConfidence:
    """Implements `ports.shelves.Confidence`."""

    def __init__(self, scope: Scope) -> None:
        self.watches: Shelf[Watch] = SqlShelf(scope, WATCH, _WATCH)
        self.ledger: Shelf[LedgerRow] = SqlShelf(scope, CONFIDENCE_CHANGE, _LEDGER)
        self.cards: Shelf[Card] = SqlShelf(scope, CARD, _CARD)
        self.silences: Shelf[Silence] = SqlShelf(scope, SILENCE, _SILENCE)
        self.inbox: Shelf[InboxItem] = SqlShelf(scope, INBOX, _INBOX)


def receive(scope: Scope, item: InboxItem) -> bool:
    """This function will insert an event into the inbox; False where its key is there already."""
    label = label_of(item)
    values = {
        "org_id": scope.org_id,
        "key": label.key,
        "owner": label.owner,
        "status": label.status,
        "at": to_ms(label.at),
        "body": _INBOX.dump_json(item).decode(),
    }
    insert = PostgresInsert(INBOX) if scope.postgres else SqliteInsert(INBOX)
    added = insert.values(**values).on_conflict_do_nothing().returning(INBOX.c.key)
    return scope.connection.execute(added).first() is not None


class RehearsedShelf(Generic[Kept]):
    """A shelf of a rehearsal: what was put hides the value with its key below it, and so does what was removed."""

    def __init__(self, below: SqlShelf[Kept], above: SqlShelf[Kept]) -> None:
        self._below = below
        self._above = above
        self._removed: set[str] = set()

    def get(self, keys: Sequence[str]) -> Sequence[Kept]:
        """Read values by key, ordered by it."""
        return sorted(self._seen(self._above.get(keys), self._below.get(keys)), key=_by_key)

    def of(self, owners: Sequence[str]) -> Sequence[Kept]:
        """Read all values of these owners, ordered by instant and key."""
        return sorted(self._seen(self._above.of(owners), self._below.of(owners)), key=_by_age)

    def put(self, values: Sequence[Kept]) -> None:
        """Insert or replace values."""
        self._above.put(values)
        self._removed -= {label_of(one).key for one in values}

    def with_status(
        self, *statuses: str, since: datetime | None = None, limit: int = 10_000
    ) -> Sequence[Kept]:
        """Read values by status, from an instant on, ordered by instant and key."""
        above, below = (
            shelf.with_status(*statuses, since=since, limit=limit) for shelf in (self._above, self._below)
        )
        return sorted(self._seen(above, below), key=_by_age)[:limit]

    def due(self, now: datetime, *, limit: int = 1000) -> Sequence[Kept]:
        """Read values whose time has come, the longest due first."""
        above, below = (shelf.due(now, limit=limit) for shelf in (self._above, self._below))
        return sorted(self._seen(above, below), key=_by_due)[:limit]

    def remove(self, keys: Sequence[str]) -> None:
        """Remove values by key."""
        self._above.remove(keys)
        self._removed |= set(keys)

    def _seen(self, above: Sequence[Kept], below: Sequence[Kept]) -> list[Kept]:
        hidden = self._above.known([label_of(one).key for one in below]) | self._removed
        return [*above, *(one for one in below if label_of(one).key not in hidden)]


class RehearsedConfidence:
    """Implements `ports.shelves.Confidence` over a view and a scratch database."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self.watches: Shelf[Watch] = _rehearsed(below, above, WATCH, _WATCH)
        self.ledger: Shelf[LedgerRow] = _rehearsed(below, above, CONFIDENCE_CHANGE, _LEDGER)
        self.cards: Shelf[Card] = _rehearsed(below, above, CARD, _CARD)
        self.silences: Shelf[Silence] = _rehearsed(below, above, SILENCE, _SILENCE)
        self.inbox: Shelf[InboxItem] = _rehearsed(below, above, INBOX, _INBOX)


def _rehearsed(below: Scope, above: Scope, table: Table, form: TypeAdapter[Kept]) -> RehearsedShelf[Kept]:
    return RehearsedShelf(SqlShelf(below, table, form), SqlShelf(above, table, form))


def _first(pair: tuple[str, object]) -> str:
    return pair[0]


def _age(row: Any) -> tuple[int, str]:  # noqa: ANN401 - a row has the columns of its table, which no type says
    return row.at, row.key


def _by_key(value: Keepable) -> str:
    return label_of(value).key


def _by_age(value: Keepable) -> tuple[datetime, str]:
    label = label_of(value)
    return label.at, label.key


def _by_due(value: Keepable) -> tuple[int, str]:
    label = label_of(value)
    return maybe_ms(label.due_at) or 0, label.key
