"""The accuracy of the fake dashboard: a quarter with two of three snapshots, and some calls."""

from datetime import date

from tests.fakes.dashboard_reports import BASIS

from csops_sync.app.forecast.accuracy import AccuracyReport, NotOverError
from csops_sync.app.forecast.period_words import period_named
from csops_sync.domain.forecast.accuracy import Foresight, Known, accuracy_by, accuracy_of, accuracy_total
from csops_sync.domain.forecast.periods import FiscalCalendar, PeriodKind, period_of

_CALENDAR = FiscalCalendar()
_RESULTS = {"t1": 42_000_000, "t2": 18_500_000, "t3": 0, "t4": 51_300_000, "t5": 12_000_000}
_EARLY = {"t1": 40_000_000, "t2": 17_000_000, "t3": 9_600_000, "t4": 55_000_000, "t5": 11_400_000}
_LATE = {**_EARLY, "t3": 2_400_000, "t2": 18_500_000}


def accuracy_of_period(
    asked: str | None, people: frozenset[str] | None, csms: dict[str, str]
) -> AccuracyReport:
    """What the reader sees: terms t1 to t5 go round among the CSMs, whose names are given."""
    users = sorted(csms)
    groups = {key: users[place % 2] for place, key in enumerate(_RESULTS)}
    seen = {key for key, user in groups.items() if people is None or user in people}
    known = Known(
        results={key: one for key, one in _RESULTS.items() if key in seen},
        foresights=[_seen(90, _EARLY, {}, seen), _seen(30, _LATE, {"t4": 52_000_000}, seen)],
        currency="JPY",
    )
    quarter = period_of(day=BASIS.as_of, kind=PeriodKind.QUARTER, calendar=_CALENDAR)
    offered = tuple(quarter.moved(-back) for back in range(1, 5))
    period = period_named(asked, calendar=_CALENDAR) if asked else offered[0]
    if period.last >= BASIS.as_of:
        raise NotOverError(period, instead=offered[0])
    boss = users[-1]
    return AccuracyReport(
        basis=BASIS,
        period=period,
        offered=offered,
        total=accuracy_total(known),
        by_csm=accuracy_by(known, groups),
        teams=(accuracy_of(known, seen, key=boss),) if people is None or boss in people else (),
        names=csms,
        waiting=2,
    )


def _seen(distance: int, landings: dict[str, int], calls: dict[str, int], seen: set[str]) -> Foresight:
    return Foresight(
        distance=distance,
        as_of=date(2026, 7, 2) if distance > 30 else date(2026, 8, 31),
        landings={key: one for key, one in landings.items() if key in seen},
        calls={key: one for key, one in calls.items() if key in seen},
    )
