"""Why the landing is not what it was: the bridge from a snapshot to a later one, or to how things stand now.

Snapshots keep terms and not rules, so both ends are weighed by the rules of today; where those were others when a
snapshot was taken, the report says so, and its bar `weights` is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from csops_sync.app.forecast.conversion import Conversion, currencies_of
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.report_values import Basis, GroupBy
from csops_sync.app.forecast.reports import People, forecast_window, frame_in
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.bridge import Bridge, Side, bridge
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind
from csops_sync.ports.store import Transaction


class NoSnapshotError(RefusedError):
    """Nothing was kept on or before a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeEnd:
    """One end of a bridge: the day it stands for, when it was known, and the rules of that moment."""

    as_of: date
    known_at: datetime
    rules_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeReport:
    """A bridge with what it stands on. `accounts` are the names of its movers' customers.

    `left_out` are the keys of terms in a currency without a rate: they are on neither side.
    """

    basis: Basis
    before: BridgeEnd
    after: BridgeEnd
    bridge: Bridge
    accounts: Mapping[str, str]
    left_out: tuple[str, ...] = ()

    @property
    def is_reweighed(self) -> bool:
        """Whether an end was known under other rules than those of today, which weigh it here."""
        return {self.before.rules_hash, self.after.rules_hash} != {self.basis.rules_hash}


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
        before, old = _kept(tx, since)
        after, new = (_now(frame), tx.forecast.states.all()) if until is None else _kept(tx, until)
        return _report(tx, frame, over, (before, _seen(old, people)), (after, _seen(new, people)))


_Known = tuple[BridgeEnd, Sequence[TermState]]


def _report(tx: Transaction, frame: Frame, window: Window, before: _Known, after: _Known) -> BridgeReport:
    rates = frame.exchange.opening(window)
    known = Conversion(rates)
    sides = [
        Side(states=_convertible(states, known), rules=frame.rules, rates=rates)
        for _, states in (before, after)
    ]
    found = bridge(before=sides[0], after=sides[1], window=window, profile=frame.profile)
    kept = {one.key for side in sides for one in side.states}
    every = {one.key for _, states in (before, after) for one in states}
    movers = {mover.account_id for bar in found.bars for mover in bar.movers}
    return BridgeReport(
        basis=frame.basis,
        before=before[0],
        after=after[0],
        bridge=found,
        accounts=MirrorNames(tx.mirror).accounts(movers),
        left_out=tuple(sorted(every - kept)),
    )


def _kept(tx: Transaction, day: date) -> tuple[BridgeEnd, Iterable[TermState]]:
    snapshot = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=day)
    if snapshot is None:
        raise NoSnapshotError(_nothing_by(day, tx.forecast.snapshots.list(kind=SnapshotKind.DAY)))
    end = BridgeEnd(as_of=snapshot.as_of, known_at=snapshot.taken_at, rules_hash=snapshot.rules_hash)
    return end, tx.forecast.snapshots.read(snapshot.id)


def _nothing_by(day: date, kept: Sequence[Snapshot]) -> str:
    if not kept:
        return (
            "no snapshot has been taken yet: `csops-sync run` takes one a day, after that day's first cycle"
        )
    return f"no snapshot was taken on or before {day}; the first one is of {kept[0].as_of}"


def _now(frame: Frame) -> BridgeEnd:
    return BridgeEnd(as_of=frame.as_of, known_at=frame.known_at, rules_hash=frame.rules_hash)


def _seen(states: Iterable[TermState], people: People) -> list[TermState]:
    return [one for one in states if is_for(one, people)]


def _convertible(states: Sequence[TermState], known: Conversion) -> list[TermState]:
    return [one for one in states if all(known.knows(currency) for currency in currencies_of((one,)))]
