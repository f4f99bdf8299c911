"""Business days: which days count, and where a day goes that does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY, _SUNDAY = 5, 6
_DAYS_IN_WEEK = 7
_LONGEST_CLOSURE = 366
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The days off of one company or country.

    `weekend` holds weekdays as `date.weekday()` counts them: Monday is 0, Sunday is 6.

    Raises:
        ValueError: `weekend` names no weekday, or leaves no business day in a week.
    """

    name: str
    holidays: frozenset[date]
    weekend: frozenset[int] = frozenset({_SATURDAY, _SUNDAY})

    def __post_init__(self) -> None:
        if not self.weekend <= frozenset(range(_DAYS_IN_WEEK)):
            raise ValueError(f"calendar {self.name}: a weekend holds days 0 (Monday) to 6 (Sunday) only")
        if len(self.weekend) == _DAYS_IN_WEEK:
            raise ValueError(
                f"calendar {self.name}: a week needs at least one business day; shorten the weekend"
            )

    def is_business_day(self, day: date) -> bool:
        """Whether people work on `day`."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def preceding(self, day: date) -> date:
        """This function will give `day` if it is a business day, else the last one before it.

        Raises:
            ValueError: more than a year is closed on end; the calendar is at fault.
        """
        return self._first(day, -_ONE_DAY)

    def following(self, day: date) -> date:
        """This function will give `day` if it is a business day, else the first one after it.

        Raises:
            ValueError: more than a year is closed on end; the calendar is at fault.
        """
        return self._first(day, _ONE_DAY)

    def next_after(self, day: date) -> date:
        """This function will give the first business day strictly after `day`.

        Raises:
            ValueError: more than a year is closed on end; the calendar is at fault.
        """
        return self.following(day + _ONE_DAY)

    def _first(self, day: date, step: timedelta) -> date:
        found = next((each for each in _walk(day, step) if self.is_business_day(each)), None)
        if found is None:
            raise ValueError(
                f"calendar {self.name} has no business day within {_LONGEST_CLOSURE} days of {day}; "
                "correct its holidays"
            )
        return found


def _walk(day: date, step: timedelta) -> Iterator[date]:
    return (day + step * count for count in range(_LONGEST_CLOSURE + 1))
