"""Snapshots: what was stored of all terms on a day, appended once and never changed.

A snapshot holds a row only for the terms that are not as the snapshot before left them, and one that says `gone` for
those that are no more. The last row of a term up to a snapshot is its state in it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    not_,
    null,
    select,
    true,
)
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.scope import Scope, from_day, from_ms, to_day, to_ms
from csops_sync.adapters.store.snapshot_rates import keep_rates, kept_rates
from csops_sync.adapters.store.state_rows import STATE, state_from
from csops_sync.adapters.store.tables import SNAPSHOT, SNAPSHOT_RULES, SNAPSHOT_TERM, TERM_STATE
from csops_sync.domain.forecast.rates import DatedRate
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind, Taking

_C, _T, _S, _R = SNAPSHOT.c, TERM_STATE.c, SNAPSHOT_TERM.c, SNAPSHOT_RULES.c
_FIELDS = STATE[1:]
_STATE = tuple(_S[name] for name in STATE)
_PAGE = 5000


class SqlSnapshots:
    """Implements `ports.forecast_store.Snapshots`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def take(self, taken: Taking) -> Snapshot | None:
        """Keep all states as they are stored now; None where this day has one of this kind."""
        if any(one.as_of == taken.as_of for one in self.list(kind=taken.kind)):
            return None
        snapshot_id = self._last_id() + 1
        values = {
            "org_id": self._scope.org_id,
            "id": snapshot_id,
            "kind": taken.kind.value,
            "as_of": to_day(taken.as_of),
            "taken_at": to_ms(taken.taken_at),
            "rules_hash": taken.rules_hash,
            "totals": taken.totals,
        }
        self._scope.connection.execute(insert(SNAPSHOT).values(**values))
        if snapshot_id == 1:
            self._append(self._every(snapshot_id))
        else:
            self._append(self._changed(snapshot_id))
            self._append(self._gone(snapshot_id))
        if taken.rules is not None and self.rules(taken.rules_hash) is None:
            kept = (self._scope.org_id, taken.rules_hash, taken.rules)
            self._scope.connection.execute(insert(SNAPSHOT_RULES).values(kept))
        keep_rates(self._scope, snapshot_id, taken.rates)
        return self._snapshots(_C.id == snapshot_id)[0]

    def list(self, *, kind: SnapshotKind | None = None) -> Sequence[Snapshot]:
        """List snapshots, the oldest first."""
        return self._snapshots(true() if kind is None else _C.kind == kind.value)

    def latest(self, *, kind: SnapshotKind, until: date) -> Snapshot | None:
        """Find the last snapshot of a kind that stands for this day or one before."""
        mine = (_C.org_id == self._scope.org_id) & (_C.kind == kind.value) & (_C.as_of <= to_day(until))
        statement = select(SNAPSHOT).where(mine).order_by(_C.as_of.desc()).limit(1)
        found = self._scope.connection.execute(statement).first()
        return _snapshot(found) if found is not None else None

    def known_at(self, instant: datetime) -> Snapshot | None:
        """Find the last snapshot that was taken by an instant, of two at once that of the day."""
        mine = (_C.org_id == self._scope.org_id) & (_C.taken_at <= to_ms(instant))
        order = (_C.taken_at.desc(), _C.kind != SnapshotKind.DAY.value, _C.id.desc())
        found = self._scope.connection.execute(select(SNAPSHOT).where(mine).order_by(*order).limit(1)).first()
        return _snapshot(found) if found is not None else None

    def rules(self, rules_hash: str) -> str | None:
        """Read the rules that weigh snapshots of a hash; None where they were not kept."""
        mine = (_R.org_id == self._scope.org_id) & (_R.rules_hash == rules_hash)
        return self._scope.connection.execute(select(_R.content).where(mine)).scalar_one_or_none()

    def rates(self, snapshot_id: int) -> Sequence[DatedRate]:
        """Read the dated rates that a snapshot knew, in order of currency and day."""
        return kept_rates(self._scope, snapshot_id)

    def read(self, snapshot_id: int) -> Iterator[TermState]:
        """Walk the states of a snapshot, in order of key."""
        later = SNAPSHOT_TERM.alias("later")
        newer = exists().where(
            later.c.org_id == _S.org_id,
            later.c.key == _S.key,
            later.c.snapshot_id > _S.snapshot_id,
            later.c.snapshot_id <= snapshot_id,
        )
        mine = and_(_S.org_id == self._scope.org_id, _S.snapshot_id <= snapshot_id, not_(_S.gone), ~newer)
        after = ""
        while True:
            page = select(*_STATE).where(mine, _S.key > after).order_by(_S.key).limit(_PAGE)
            found = self._scope.connection.execute(page).all()
            if not found:
                return
            yield from map(state_from, found)
            after = found[-1].key

    def of_term(self, key: str) -> Sequence[tuple[int, TermState | None]]:
        """Give one term's states by the snapshots that first held them: a walk of the key."""
        asked = select(*_STATE, _S.snapshot_id, _S.gone).where(_S.org_id == self._scope.org_id, _S.key == key)
        found = self._scope.connection.execute(asked.order_by(_S.snapshot_id)).all()
        return [(row.snapshot_id, None if row.gone else state_from(row[:-2])) for row in found]

    def _last_id(self) -> int:
        statement = select(func.max(_C.id)).where(_C.org_id == self._scope.org_id)
        return self._scope.connection.execute(statement).scalar_one() or 0

    def _every(self, snapshot_id: int) -> Select[tuple[object, ...]]:
        """Ask for all terms. Rows that come in the order of the key that they go under cost a fifth."""
        fields = [_T[name] for name in _FIELDS]
        chosen = select(_T.org_id, _T.key, literal(snapshot_id), false(), *fields, _T.digest)
        return chosen.where(_T.org_id == self._scope.org_id).order_by(_T.org_id, _T.key)

    def _changed(self, snapshot_id: int) -> Select[tuple[object, ...]]:
        """Ask for the terms whose last row says something else, is gone, or is not there."""
        last = _last_row_of(_T.key, self._scope.org_id, SNAPSHOT_TERM.alias("before").c.digest)
        return self._every(snapshot_id).where(last.is_distinct_from(_T.digest))

    def _gone(self, snapshot_id: int) -> Select[tuple[object, ...]]:
        """Ask for the terms whose last row is a state, and that are stored no more; theirs has no digest."""
        last = _last_row_of(_S.key, self._scope.org_id, SNAPSHOT_TERM.alias("before").c.snapshot_id)
        stored = exists().where(_T.org_id == _S.org_id, _T.key == _S.key)
        fields = [_S[name] for name in _FIELDS]
        chosen = select(_S.org_id, _S.key, literal(snapshot_id), true(), *fields, cast(null(), BigInteger))
        gone = chosen.where(
            _S.org_id == self._scope.org_id, not_(_S.gone), not_(stored), _S.snapshot_id == last
        )
        return gone.order_by(_S.org_id, _S.key, _S.snapshot_id)

    def _append(self, chosen: Select[tuple[object, ...]]) -> None:
        columns = ["org_id", "key", "snapshot_id", "gone", *_FIELDS, "digest"]
        self._scope.connection.execute(insert(SNAPSHOT_TERM).from_select(columns, chosen))

    def _snapshots(self, which: ColumnElement[bool]) -> Sequence[Snapshot]:
        statement = select(SNAPSHOT).where(_C.org_id == self._scope.org_id, which).order_by(_C.id)
        return [_snapshot(found) for found in self._scope.connection.execute(statement)]


def _last_row_of(key: ColumnElement[str], org_id: str, wanted: ColumnElement[int]) -> ScalarSelect[int]:
    """Ask for one column of a term's last row in any snapshot: one seek of the key, read backwards."""
    before = wanted.table.c
    statement = select(wanted).where(before.org_id == org_id, before.key == key)
    return statement.order_by(before.snapshot_id.desc()).limit(1).scalar_subquery()


def _snapshot(found: Found[*tuple[object, ...]]) -> Snapshot:
    return Snapshot(
        id=found.id,
        kind=SnapshotKind(found.kind),
        as_of=from_day(found.as_of),
        taken_at=from_ms(found.taken_at),
        rules_hash=found.rules_hash,
        totals=found.totals,
    )
