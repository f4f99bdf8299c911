"""Why the landing is not what it was: the bridge from a snapshot to a later one, or to how things stand now.

Each end is weighed by the rules and rates of its own moment, so that the bars `weights` and `fx` say what those moved.
A snapshot whose rules were not kept is weighed by those of today, and the report says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from csops_sync.app.forecast.bridged_sides import Standpoint, bridged_sides
from csops_sync.app.forecast.frames import Frame, frame_then
from csops_sync.app.forecast.kept_terms import terms_in, terms_then
from csops_sync.app.forecast.listing import of_people
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.report_values import Basis, GroupBy
from csops_sync.app.forecast.reports import People, forecast_window, frame_in
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.bridge import Bridge, bridge
from csops_sync.domain.forecast.bridge_parts import BridgeParts, Cut, Hands, joined
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind
from csops_sync.ports.store import Transaction


class NoSnapshotError(RefusedError):
    """Nothing was kept on or before a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeEnd:
    """One end of a bridge: the day it stands for, when it was known, and the rules of that moment.

    `weighed_by` is the hash of the rules that weigh it: those of its moment, else (they were not kept) of today.
    """

    as_of: date
    known_at: datetime
    rules_hash: str
    weighed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeReport:
    """A bridge with what it stands on. `accounts` are the names of its movers' customers.

    `left_out` are the keys of terms that are, at either end, in a currency without a rate: they are on neither side.
    """

    basis: Basis
    before: BridgeEnd
    after: BridgeEnd
    bridge: Bridge
    accounts: Mapping[str, str]
    left_out: tuple[str, ...] = ()

    @property
    def is_reweighed(self) -> bool:
        """Whether an end is weighed by other rules than those of its own moment, because they were not kept."""
        return any(end.weighed_by != end.rules_hash for end in (self.before, self.after))


def bridge_of(
    office: Office,
    *,
    since: date,
    until: date | None = None,
    window: Window | None = None,
    profile: str | None = None,
    people: People = None,
) -> BridgeReport:
    """This function will lead from the last snapshot on or before `since` to that of `until`, None for now.

    Without a window: what is due in the current quarter and the four after it.

    Raises as `reports.forecast_of` does; NoSnapshotError where nothing was kept by a day; RefusedError where the days
    stand the other way round.
    """
    with office.store.reading() as tx:
        return _book(tx, office, _Asked(since, until, window, profile)).report(tx, people)


def bridged_book(
    office: Office, *, since: date, until: date | None = None, window: Window | None = None
) -> "BridgedBook":
    """This function will lay out the bridge of all terms, for the reports of many scopes.

    Raises as `bridge_of` does.
    """
    with office.store.reading() as tx:
        return _book(tx, office, _Asked(since, until, window))


class _Asked(NamedTuple):
    since: date
    until: date | None = None
    window: Window | None = None
    profile: str | None = None


def _book(tx: Transaction, office: Office, asked: _Asked) -> "BridgedBook":
    since, until = asked.since, asked.until
    if until is not None and until < since:
        raise RefusedError(f"a bridge leads from a day to a later one, not from {since} to {until}")
    frame = frame_in(tx, office, profile=asked.profile)
    over = asked.window or forecast_window(frame, GroupBy.QUARTER)
    before = _kept(tx, office, frame, since)
    after = End.of(frame, terms_in(tx, office)) if until is None else _kept(tx, office, frame, until)
    return BridgedBook(frame, over, before, after)


class BridgedBook:
    """One bridge over all terms of an org, of which the report of any scope is cut out."""

    def __init__(self, frame: Frame, window: Window, before: "End", after: "End") -> None:
        self._frame = frame
        self._window = window
        self._frames = before.frame, after.frame
        self._told = before.told, after.told
        old, new = before.standpoint, after.standpoint
        sides = bridged_sides(old, new, window=window)
        self._parts = BridgeParts(
            before=sides.before, after=sides.after, window=window, profile=frame.profile
        )
        self._left_out = tuple(
            tuple(one for one in each.states if one.key in sides.left_out) for each in (old, new)
        )

    def report(self, tx: Transaction, people: People = None) -> BridgeReport:
        """This function will give the bridge that these people see; None sees everything."""
        cut = self._parts.cut(None if people is None else partial(_sees, people))
        found, left_out = self._with_handed(cut, people)
        movers = {mover.account_id for bar in found.bars for mover in bar.movers}
        before, after = self._told
        return BridgeReport(
            basis=self._frame.basis,
            before=before,
            after=after,
            bridge=found,
            accounts=MirrorNames(tx.mirror).accounts(movers),
            left_out=tuple(sorted(left_out)),
        )

    def _with_handed(self, cut: Cut, people: People) -> tuple[Bridge, frozenset[str]]:
        """Add the terms that are seen at one end alone, and tell which of those without a rate are left out."""
        states = [
            [*handed, *of_people(left, people)]
            for handed, left in zip(cut.handed, self._left_out, strict=True)
        ]
        if not any(states):
            return cut.bridge, frozenset()
        before, after = map(Standpoint, self._frames, states)
        sides = bridged_sides(before, after, window=self._window)
        few = bridge(before=sides.before, after=sides.after, window=self._window, profile=self._frame.profile)
        return joined(cut.bridge, few), sides.left_out


def _sees(people: frozenset[str], hands: Hands) -> bool:
    return hands[0] in people or hands[1] in people


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end: the rules and rates of its moment, and the terms as they stood."""

    frame: Frame
    rules_hash: str
    states: Iterable[TermState]

    @classmethod
    def of(cls, frame: Frame, states: Iterable[TermState]) -> "End":
        """This function will make an end of terms that are weighed by the rules of their own moment."""
        return cls(frame=frame, rules_hash=frame.rules_hash, states=states)

    @property
    def standpoint(self) -> Standpoint:
        """What the two sides are made of."""
        return Standpoint(self.frame, tuple(self.states))

    @property
    def told(self) -> BridgeEnd:
        """What a reader is told of it."""
        return BridgeEnd(
            as_of=self.frame.as_of,
            known_at=self.frame.known_at,
            rules_hash=self.rules_hash,
            weighed_by=self.frame.rules_hash,
        )


def _kept(tx: Transaction, office: Office, frame: Frame, day: date) -> End:
    snapshot = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=day)
    if snapshot is None:
        raise NoSnapshotError(_nothing_by(day, tx.forecast.snapshots.list(kind=SnapshotKind.DAY)))
    states = terms_then(tx, office, snapshot)
    return End(frame=frame_then(tx, frame, snapshot), rules_hash=snapshot.rules_hash, states=states)


def _nothing_by(day: date, kept: Sequence[Snapshot]) -> str:
    if not kept:
        return (
            "no snapshot has been taken yet: `csops-sync run` takes one a day, after that day's first cycle"
        )
    return f"no snapshot was taken on or before {day}; the first one is of {kept[0].as_of}"
