"""States of terms and snapshots of one transaction, and of a rehearsal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from heapq import merge

from csops_sync.adapters.store.calls import RehearsedCalls, SqlCalls
from csops_sync.adapters.store.scope import Scope
from csops_sync.adapters.store.snapshots import SqlSnapshots
from csops_sync.adapters.store.term_states import SqlTermStates
from csops_sync.domain.forecast.rates import DatedRate
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.call_store import Calls
from csops_sync.ports.forecast_store import (
    Snapshot,
    SnapshotKind,
    Snapshots,
    Taking,
    Tally,
    TermStates,
    tallied,
)


class SqlForecast:
    """Implements `ports.forecast_store.Forecast`."""

    def __init__(self, scope: Scope) -> None:
        self.states: TermStates = SqlTermStates(scope)
        self.snapshots: Snapshots = SqlSnapshots(scope)
        self.calls: Calls = SqlCalls(scope)


class RehearsedForecast:
    """Implements `ports.forecast_store.Forecast` over a view and a scratch database."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self.states: TermStates = RehearsedTermStates(below, above)
        self.snapshots: Snapshots = RehearsedSnapshots(below)
        self.calls: Calls = RehearsedCalls(below)


class RehearsedTermStates:
    """States of a rehearsal: an account that was replaced, and a term that was put, hides what is below it."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self._below = SqlTermStates(below)
        self._above = SqlTermStates(above)
        self._accounts: set[str] = set()
        self._keys: set[str] = set()

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[TermState]:
        """Read the states of these accounts, in order of key."""
        return self._together(self._below.of_accounts(account_ids), self._above.of_accounts(account_ids))

    def get(self, keys: Sequence[str]) -> Sequence[TermState]:
        """Read states by renewal key, in order of it."""
        return self._together(self._below.get(keys), self._above.get(keys))

    def replace_of_accounts(self, account_ids: Sequence[str], states: Sequence[TermState]) -> None:
        """Put these states in the place of all that these accounts had."""
        self._above.replace_of_accounts(account_ids, states)
        self._accounts.update(account_ids)
        self._keys.update(one.key for one in states)

    def due_between(self, first: date, last: date) -> Iterator[TermState]:
        """Walk the terms that end between two days, by end and key."""
        parts = (self._seen(self._below.due_between(first, last)), self._above.due_between(first, last))
        return merge(*parts, key=lambda one: (one.end, one.key))

    def in_force_on(self, day: date) -> Iterator[TermState]:
        """Walk the terms that earn on a day, by the day on which they stop and key."""
        parts = (self._seen(self._below.in_force_on(day)), self._above.in_force_on(day))
        return merge(*parts, key=lambda one: (one.in_force_until, one.key))

    def all(self) -> Iterator[TermState]:
        """Walk all terms, in order of key."""
        return merge(self._seen(self._below.all()), self._above.all(), key=lambda one: one.key)

    def digests(self) -> Iterator[tuple[str, int]]:
        """Walk the keys and digests of all terms, in order of key."""
        hidden = {one.key for one in self._below.of_accounts(sorted(self._accounts))} | self._keys
        seen = (one for one in self._below.digests() if one[0] not in hidden)
        return merge(seen, self._above.digests())

    def tallies(self) -> Sequence[Tally]:
        """Count all terms by standing and currency."""
        return tallied(self.all())

    def _together(self, below: Sequence[TermState], above: Sequence[TermState]) -> list[TermState]:
        return sorted((*self._seen(below), *above), key=lambda one: one.key)

    def _seen(self, states: Iterable[TermState]) -> Iterator[TermState]:
        return (one for one in states if one.account_id not in self._accounts and one.key not in self._keys)


class RehearsedSnapshots:
    """Snapshots as they are: a rehearsal takes none."""

    def __init__(self, below: Scope) -> None:
        self._below = SqlSnapshots(below)

    def take(self, taken: Taking) -> Snapshot | None:
        """Raise TypeError: nothing that is rehearsed is kept, and a snapshot is for ever."""
        raise TypeError(f"A rehearsal keeps nothing: take the snapshot of {taken.as_of} in a transaction.")

    def list(self, *, kind: SnapshotKind | None = None) -> Sequence[Snapshot]:
        """List snapshots, the oldest first."""
        return self._below.list(kind=kind)

    def latest(self, *, kind: SnapshotKind, until: date) -> Snapshot | None:
        """Find the last snapshot of a kind that stands for this day or one before."""
        return self._below.latest(kind=kind, until=until)

    def known_at(self, instant: datetime) -> Snapshot | None:
        """Find the last snapshot that was taken by an instant."""
        return self._below.known_at(instant)

    def rules(self, rules_hash: str) -> str | None:
        """Read the rules that weigh snapshots of a hash."""
        return self._below.rules(rules_hash)

    def rates(self, snapshot_id: int) -> Sequence[DatedRate]:
        """Read the dated rates that a snapshot knew."""
        return self._below.rates(snapshot_id)

    def read(self, snapshot_id: int) -> Iterator[TermState]:
        """Walk the states of a snapshot, in order of key."""
        return self._below.read(snapshot_id)

    def of_term(self, key: str) -> Sequence[tuple[int, TermState | None]]:
        """Give one term's states by the snapshots that first held them."""
        return self._below.of_term(key)
