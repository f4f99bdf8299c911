"""Which periods a team's call is asked for: those that a span of the overview touches, and that are not over."""

from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.period_words import periods_in
from csops_sync.domain.forecast.periods import Period, PeriodKind, Window

MONTHS_OFFERED = 6
"""How many months are offered, from the first that is not over; the terminal takes any."""


def open_periods(frame: Frame, window: Window) -> tuple[Period, ...]:
    """This function will list fiscal years, quarters and the next months of a window that are not over, in this order.

    A year that the window touches is offered as a whole.
    """
    ahead = Window(max(window.first, frame.as_of), window.last)
    years, quarters, months = (
        periods_in(ahead, kind=kind, calendar=frame.calendar)
        for kind in (PeriodKind.YEAR, PeriodKind.QUARTER, PeriodKind.MONTH)
    )
    return (*years, *quarters, *months[:MONTHS_OFFERED])
