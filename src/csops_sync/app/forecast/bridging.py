"""Why the landing is not what it was: the bridge from a snapshot to a later one, or to how things stand now.

Each end is weighed by the rules and rates of its own moment, so that the bars `weights` and `fx` say what those moved.
A snapshot whose rules were not kept is weighed by those of today, and the report says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

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
    if until is not None and until < since:
        raise RefusedError(f"a bridge leads from a day to a later one, not from {since} to {until}")
    with office.store.reading() as tx:
        frame = frame_in(tx, office, profile=profile)
        over = window or forecast_window(frame, GroupBy.QUARTER)
        before = _kept(tx, office, frame, since)
        after = _End.of(frame, terms_in(tx, office)) if until is None else _kept(tx, office, frame, until)
        return _report(tx, frame, over, before.seen_by(people), after.seen_by(people))


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """One end: the rules and rates of its moment, and the terms as they stood."""

    frame: Frame
    rules_hash: str
    states: Iterable[TermState]

    @classmethod
    def of(cls, frame: Frame, states: Iterable[TermState]) -> "_End":
        return cls(frame=frame, rules_hash=frame.rules_hash, states=states)

    def seen_by(self, people: People) -> "_End":
        return replace(self, states=of_people(self.states, people))

    @property
    def standpoint(self) -> Standpoint:
        return Standpoint(self.frame, tuple(self.states))

    @property
    def told(self) -> BridgeEnd:
        return BridgeEnd(
            as_of=self.frame.as_of,
            known_at=self.frame.known_at,
            rules_hash=self.rules_hash,
            weighed_by=self.frame.rules_hash,
        )


def _report(tx: Transaction, frame: Frame, window: Window, before: _End, after: _End) -> BridgeReport:
    sides = bridged_sides(before.standpoint, after.standpoint, window=window)
    found = bridge(before=sides.before, after=sides.after, window=window, profile=frame.profile)
    movers = {mover.account_id for bar in found.bars for mover in bar.movers}
    return BridgeReport(
        basis=frame.basis,
        before=before.told,
        after=after.told,
        bridge=found,
        accounts=MirrorNames(tx.mirror).accounts(movers),
        left_out=tuple(sorted(sides.left_out)),
    )


def _kept(tx: Transaction, office: Office, frame: Frame, day: date) -> _End:
    snapshot = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=day)
    if snapshot is None:
        raise NoSnapshotError(_nothing_by(day, tx.forecast.snapshots.list(kind=SnapshotKind.DAY)))
    states = terms_then(tx, office, snapshot)
    return _End(frame=frame_then(tx, frame, snapshot), rules_hash=snapshot.rules_hash, states=states)


def _nothing_by(day: date, kept: Sequence[Snapshot]) -> str:
    if not kept:
        return (
            "no snapshot has been taken yet: `csops-sync run` takes one a day, after that day's first cycle"
        )
    return f"no snapshot was taken on or before {day}; the first one is of {kept[0].as_of}"
