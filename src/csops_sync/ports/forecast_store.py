"""The states of terms as they are stored, and the snapshots of them.

States follow the facts: a customer's are replaced as a whole whenever they changed. Snapshots never change: they are
taken, listed and read. Days are the org's business dates, instants are aware UTC.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from csops_sync.domain.forecast.rates import DatedRate
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.ports.call_store import Calls


class SnapshotKind(StrEnum):
    """Why a snapshot was taken: one a day, and one for the close of each month (quarters and years end with one)."""

    DAY = "day"
    PERIOD_END = "period_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One snapshot. `id` grows with each; `as_of` is the day that it stands for, `taken_at` when it was made.

    `rules_hash` names the rules of that moment; `totals` is a JSON object as text.
    """

    id: int
    kind: SnapshotKind
    as_of: date
    taken_at: datetime
    rules_hash: str
    totals: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What a snapshot is taken with.

    `rules` is what weighs it, a JSON object as text, kept once per `rules_hash`; `rates` are the org's dated rates.
    """

    kind: SnapshotKind
    as_of: date
    taken_at: datetime
    rules_hash: str
    totals: str = "{}"
    rules: str | None = None
    rates: tuple[DatedRate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many terms stand so in a currency, and their prior in minor units; the currency is None without a prior."""

    standing: TermStanding
    currency: str | None
    terms: int
    prior_minor: int


class TermStates(Protocol):
    """One row per term. What gives an iterator reads on as it is walked, within its transaction."""

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[TermState]:
        """This function will read the states of these accounts, in order of key."""
        ...

    def get(self, keys: Sequence[str]) -> Sequence[TermState]:
        """This function will read states by renewal key, in order of it; those that are not there are left out."""
        ...

    def replace_of_accounts(self, account_ids: Sequence[str], states: Sequence[TermState]) -> None:
        """This function will put these states in the place of all that these accounts had.

        A term that comes from another account (its contract moved) takes its row with it.
        """
        ...

    def due_between(self, first: date, last: date) -> Iterator[TermState]:
        """This function will walk the terms whose last day lies between two days, both included, by end and key."""
        ...

    def in_force_on(self, day: date) -> Iterator[TermState]:
        """This function will walk the terms that earn on a day, in order of the day on which they stop, and key."""
        ...

    def all(self) -> Iterator[TermState]:
        """This function will walk all terms, in order of key."""
        ...

    def digests(self) -> Iterator[tuple[str, int]]:
        """This function will give every term's key with a digest of its state, in order of key.

        Two states of one term differ where their digests do.
        """
        ...

    def tallies(self) -> Sequence[Tally]:
        """This function will count all terms by standing and currency, in that order."""
        ...


class Snapshots(Protocol):
    """What was known on a day: never changed once it is taken."""

    def take(self, taken: Taking) -> Snapshot | None:
        """This function will keep all states as they are stored now; None where this day has one of this kind."""
        ...

    def list(self, *, kind: SnapshotKind | None = None) -> Sequence[Snapshot]:
        """This function will list snapshots, the oldest first, of one kind or of all."""
        ...

    def latest(self, *, kind: SnapshotKind, until: date) -> Snapshot | None:
        """This function will find the last snapshot of a kind that stands for this day or one before."""
        ...

    def known_at(self, instant: datetime) -> Snapshot | None:
        """This function will find the last snapshot that was taken by an instant, of two at once that of the day."""
        ...

    def read(self, snapshot_id: int) -> Iterator[TermState]:
        """This function will walk the states of a snapshot, in order of key."""
        ...

    def of_term(self, key: str) -> Sequence[tuple[int, TermState | None]]:
        """This function will give one term's states by the snapshots that first held them, in order of their ids.

        None says that the term was no more by then.
        """
        ...

    def rates(self, snapshot_id: int) -> Sequence[DatedRate]:
        """This function will read the dated rates that a snapshot knew, in order of currency and day."""
        ...

    def rules(self, rules_hash: str) -> str | None:
        """This function will read the rules that weigh snapshots of a hash; None where they were not kept."""
        ...


class Forecast(Protocol):
    """Everything that the forecast keeps, within one transaction."""

    states: TermStates
    snapshots: Snapshots
    calls: Calls


def tallied(states: Iterable[TermState]) -> Sequence[Tally]:
    """This function will count states by standing and currency, in that order."""
    terms: Counter[tuple[TermStanding, str]] = Counter()
    priors: Counter[tuple[TermStanding, str]] = Counter()
    for one in states:
        key = (one.standing, one.prior.currency if one.prior else "")
        terms[key] += 1
        priors[key] += one.prior.to_minor() if one.prior else 0
    return [
        Tally(standing=key[0], currency=key[1] or None, terms=terms[key], prior_minor=priors[key])
        for key in sorted(terms)
    ]
