"""Where one renewal was said to land, as each daily snapshot told it: only where that changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from csops_sync.app.forecast.frames import Frame, rules_then
from csops_sync.app.forecast.reports import plain_frame_in
from csops_sync.app.office import Office
from csops_sync.domain.forecast.landing import Landing, LandingKind, land
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind
from csops_sync.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLanding:
    """What the snapshot of `as_of`, taken at `at`, told; `before` is what was told until then, None for the first.

    `landing` None: it could not be judged. Amounts are in the renewal's own currency.
    """

    as_of: date
    at: datetime
    landing: Money | None
    before: Money | None
    kind: LandingKind
    type: RenewalType | None
    rank: str | None
    standing: TermStanding


def landing_history(office: Office, key: str) -> tuple[ToldLanding, ...]:
    """This function will give the landings of a renewal as they were told, oldest first.

    Each is weighed by the rules of its own day. Raises as `reports.forecast_of` does.
    """
    with office.store.reading() as tx:
        return tuple(_changes(tx, plain_frame_in(tx, office), key))


def _changes(tx: Transaction, frame: Frame, key: str) -> Iterator[ToldLanding]:
    told: Landing | None = None
    for snapshot, state, rules in _days(tx, frame, key):
        landing = land(state=state, rules=rules)
        if told is None or landing.amount != told.amount:
            yield ToldLanding(
                as_of=snapshot.as_of,
                at=snapshot.taken_at,
                landing=landing.amount,
                before=told.amount if told is not None else None,
                kind=landing.kind,
                type=landing.type,
                rank=state.rank,
                standing=state.standing,
            )
        told = landing


def _days(tx: Transaction, frame: Frame, key: str) -> Iterator[tuple[Snapshot, TermState, ForecastRules]]:
    """Walk the daily snapshots that hold the term, but for those that say what the one before them said."""
    states = dict(tx.forecast.snapshots.of_term(key))
    rules: dict[str, ForecastRules] = {}
    state: TermState | None = None
    weighed_by = ""
    is_new = False
    for snapshot in tx.forecast.snapshots.list():
        if snapshot.id in states:
            state, is_new = states[snapshot.id], True
        if snapshot.kind is not SnapshotKind.DAY or state is None:
            continue
        if snapshot.rules_hash not in rules:
            rules[snapshot.rules_hash] = rules_then(tx, frame, snapshot)
        if is_new or snapshot.rules_hash != weighed_by:
            yield snapshot, state, rules[snapshot.rules_hash]
        is_new, weighed_by = False, snapshot.rules_hash
