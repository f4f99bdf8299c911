"""Periods as people type them and as links carry them: `2026-04`, `2026-Q1`, `2026-H1`, `FY2026`."""

from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.period_names import PERIOD_FORMS, read_period
from csops_sync.domain.forecast.periods import FiscalCalendar, Period, PeriodKind, Window, period_of
from csops_sync.domain.sentences import Sentence


class UnknownPeriodError(RefusedError):
    """What was asked for is no period."""


def period_key(period: Period) -> str:
    """This function will give what a period goes by in links: `2026-04`, `2026-Q1`, `2026-H1`, `FY2026`."""
    return period.name.removeprefix("FY").replace(" ", "-") if " " in period.name else period.name


def period_named(text: str, *, calendar: FiscalCalendar) -> Period:
    """This function will read a period: its key, or its name (`FY2026 Q1`).

    Raises:
        UnknownPeriodError: the text names none.
    """
    found = read_period(text, calendar=calendar)
    if found is None:
        raise UnknownPeriodError(
            Sentence("period.unknown", "{text!r} is no period; {forms}", text=text, forms=PERIOD_FORMS)
        )
    return found


def periods_in(window: Window, *, kind: PeriodKind, calendar: FiscalCalendar) -> tuple[Period, ...]:
    """This function will list the periods of a kind that a window touches, in order."""
    found = [period_of(day=window.first, kind=kind, calendar=calendar)]
    while found[-1].last < window.last:
        found.append(found[-1].moved(1))
    return tuple(found)
