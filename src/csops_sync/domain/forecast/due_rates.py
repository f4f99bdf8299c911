"""The rates of what falls due: each term is converted at the opening of the fiscal quarter that it is due in.

The day hangs on the term alone, not on the window that a report is about. So a renewal has one amount in the report of
its month, its quarter and its year, in lists and in the matrix, and parts add up to the whole under dated rates too.
"""

from dataclasses import dataclass, field
from datetime import date

from csops_sync.domain.forecast.periods import FiscalCalendar, PeriodKind, period_of
from csops_sync.domain.forecast.rates import Exchange, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRates:
    """The rates of every day that something is due on; each quarter's are looked up once."""

    exchange: Exchange
    calendar: FiscalCalendar
    _months: dict[tuple[int, int], Rates] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def into(self) -> str:
        """The currency that amounts are converted into."""
        return self.exchange.into

    def on(self, day: date) -> Rates:
        """This function will give the rates of what is due on a day: those of its quarter's opening."""
        month = (day.year, day.month)
        return self._months.get(month) or self._months.setdefault(month, self._opening(day))

    def _opening(self, day: date) -> Rates:
        quarter = period_of(day=day, kind=PeriodKind.QUARTER, calendar=self.calendar)
        return self.exchange.opening(quarter.window)
