"""One week of a period told again: what was known of each term then, where it would have landed, and where it did."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from csops_sync.domain.forecast.backtest import Source, Week
from csops_sync.domain.forecast.hindsight import Story, as_known
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState

YEAR = timedelta(days=365)
_DAY = timedelta(days=1)

Weigh = Callable[[TermState], int | None]
"""Where a term lands as it was known, in minor units of the report's currency; None where it cannot be judged."""
Known = Mapping[str, TermState]
"""What a snapshot knew, by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A decided term. `state` is how it stands now; `due` puts it into its period, `decided` is when its end was known.

    `prior` and `real` (what it went on at, 0 where it was lost) are in minor units of the report's currency.
    """

    state: TermState
    story: Story | None
    due: date
    decided: date
    prior: int
    real: int


class Past:
    """Decided terms in order of the day that they are due on."""

    def __init__(self, lived: Iterable[Lived]) -> None:
        self._lived = sorted(lived, key=lambda one: (one.due, one.state.key))
        self._days = [one.due for one in self._lived]

    def due(self, window: Window) -> list[Lived]:
        """This function will give the terms due in a window."""
        return self._lived[bisect_left(self._days, window.first) : bisect_right(self._days, window.last)]

    def years_rate(self, day: date) -> tuple[int, int] | None:
        """This function will give what the terms due in the year up to a day went on at, and their base.

        Only those count whose end was known by then; None where there are none.
        """
        seen = [one for one in self.due(Window(day - YEAR + _DAY, day)) if one.decided <= day]
        base = sum(one.prior for one in seen)
        return (sum(one.real for one in seen), base) if base > 0 else None

    def week(
        self, day: date, *, name: str, window: Window, ahead: int, weigh: Weigh, snapshot: Known | None = None
    ) -> Week:
        """This function will tell a period's landing as it would have been told at the end of a day, in every way.

        What was known is the snapshot's, else it is rebuilt. A term that nobody knew of then, or that could not be
        judged, is in no sum.
        """
        due = real = matrix = flat = terms = 0
        for one in self.due(window):
            known = (
                as_known(one.state, story=one.story, day=day)
                if snapshot is None
                else snapshot.get(one.state.key)
            )
            landing = None if known is None else weigh(known)
            if landing is None:
                continue
            terms += 1
            due += one.prior
            real += one.real
            matrix += landing
            flat += one.real if one.decided <= day else one.prior
        rate = self.years_rate(day)
        return Week(
            on=day,
            period=name,
            ahead=ahead,
            source=Source.REBUILT if snapshot is None else Source.SNAPSHOT,
            terms=terms,
            due=due,
            real=real,
            matrix=matrix,
            all_renews=flat,
            last_years_rate=None if rate is None else due * rate[0] // rate[1],
        )
