"""The states of terms: one row each, replaced by account."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Column, ColumnElement, delete, func, select, tuple_

from csops_sync.adapters.store.bulk import upsert
from csops_sync.adapters.store.scope import Scope, chunks, to_day
from csops_sync.adapters.store.state_rows import STATE, record_of, state_from
from csops_sync.adapters.store.tables import TERM_STATE
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.ports.forecast_store import Tally

_C = TERM_STATE.c
_STATE = tuple(_C[name] for name in STATE)
_PAGE = 5000
_DIGESTS = 50_000


class SqlTermStates:
    """Implements `ports.forecast_store.TermStates`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[TermState]:
        """Read the states of these accounts, in order of key."""
        return self._among(_C.account_id, account_ids)

    def get(self, keys: Sequence[str]) -> Sequence[TermState]:
        """Read states by renewal key, in order of it."""
        return self._among(_C.key, keys)

    def replace_of_accounts(self, account_ids: Sequence[str], states: Sequence[TermState]) -> None:
        """Put these states in the place of all that these accounts had."""
        for part in chunks(account_ids):
            mine = self._scope.among(_C.account_id, part)
            self._scope.connection.execute(delete(TERM_STATE).where(self._of_org(), mine))
        for rows in chunks(states):
            upsert(self._scope, TERM_STATE, [record_of(self._scope.org_id, one) for one in rows])

    def due_between(self, first: date, last: date) -> Iterator[TermState]:
        """Walk the terms that end between two days, by end and key."""
        return self._walk(_C.end_day, _C.end_day.between(to_day(first), to_day(last)))

    def in_force_on(self, day: date) -> Iterator[TermState]:
        """Walk the terms that earn on a day, by the day on which they stop and key."""
        number = to_day(day)
        return self._walk(_C.in_force_until, (_C.in_force_until >= number) & (_C.start_day <= number))

    def all(self) -> Iterator[TermState]:
        """Walk all terms, in order of key."""
        after = ""
        while True:
            asked = select(*_STATE).where(self._of_org(), _C.key > after).order_by(_C.key).limit(_PAGE)
            found = self._scope.connection.execute(asked).all()
            if not found:
                return
            yield from map(state_from, found)
            after = found[-1].key

    def digests(self) -> Iterator[tuple[str, int]]:
        """Walk the keys and digests of all terms, in order of key."""
        after = ""
        while True:
            asked = select(_C.key, _C.digest).where(self._of_org(), _C.key > after)
            found = self._scope.connection.execute(asked.order_by(_C.key).limit(_DIGESTS)).all()
            if not found:
                return
            yield from map(tuple, found)
            after = found[-1].key

    def tallies(self) -> Sequence[Tally]:
        """Count all terms by standing and currency."""
        columns = (_C.standing, _C.prior_currency)
        counted = select(*columns, func.count(), func.sum(_C.prior_minor)).where(self._of_org())
        found = self._scope.connection.execute(counted.group_by(*columns)).all()
        tallies = (
            Tally(
                standing=TermStanding(standing), currency=currency, terms=terms, prior_minor=int(prior or 0)
            )
            for standing, currency, terms, prior in found
        )
        return sorted(tallies, key=lambda one: (one.standing, one.currency or ""))

    def _of_org(self) -> ColumnElement[bool]:
        return _C.org_id == self._scope.org_id

    def _among(self, column: Column[str], values: Sequence[str]) -> list[TermState]:
        found = [
            state_from(row)
            for part in chunks(values)
            for row in self._scope.connection.execute(
                select(*_STATE).where(self._of_org(), self._scope.among(column, part))
            )
        ]
        return sorted(found, key=lambda state: state.key)

    def _walk(self, day: Column[int], which: ColumnElement[bool]) -> Iterator[TermState]:
        """Read page by page in the order of an index on a day and the key."""
        base = select(*_STATE).where(self._of_org(), which).order_by(day, _C.key).limit(_PAGE)
        statement = base
        while True:
            found = self._scope.connection.execute(statement).all()
            if not found:
                return
            yield from map(state_from, found)
            last = found[-1]
            statement = base.where(tuple_(day, _C.key) > tuple_(getattr(last, day.name), last.key))
