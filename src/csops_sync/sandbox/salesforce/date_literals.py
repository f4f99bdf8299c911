"""Date literals of SOQL: TODAY, LAST_N_DAYS:30, THIS_FISCAL_QUARTER, … as days of a calendar.

Source: SOQL and SOSL Reference, "Date Formats and Date Literals in WHERE". LAST_N_DAYS counts today in, the other
LAST_N_… end with the period before this one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from csops_sync.sandbox.salesforce.stamps import EARLIEST, LATEST, plus_months

Span: TypeAlias = tuple[date, date]
"""The first day, and the day after the last."""

_DAY, _WEEK = 1, 7
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12, "FISCAL_QUARTER": 3, "FISCAL_YEAR": 12}
_UNIT = "FISCAL_QUARTER|FISCAL_YEAR|QUARTER|MONTH|WEEK|YEAR"
_PLAIN = re.compile(rf"(LAST|THIS|NEXT)_({_UNIT})")
_COUNTED = re.compile(rf"(?:(LAST|NEXT)_N_(DAY|{_UNIT})S|N_(DAY|{_UNIT})S_(AGO)):([0-9]{{1,7}})")
_NAMED = {"YESTERDAY": (-1, 0), "TODAY": (0, 1), "TOMORROW": (1, 2), "LAST_90_DAYS": (-90, 1)}
_NAMED |= {"NEXT_90_DAYS": (1, 91)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a literal is relative to: the running user's day and week, and the org's fiscal year.

    `first_weekday` is 0 for Monday to 6 for Sunday; `fiscal_start` a month; `named_by_start` says whether a fiscal
    year is called after the year in which it starts.
    """

    today: date
    first_weekday: int = 6
    fiscal_start: int = 1
    named_by_start: bool = False


def is_date_literal(text: str) -> bool:
    """This function will say whether a word is a date literal."""
    word = text.upper()
    return word in _NAMED or bool(_PLAIN.fullmatch(word) or _COUNTED.fullmatch(word))


def span_of(text: str, calendar: Calendar) -> Span:
    """This function will give a literal's days; ValueError where they are none or lie beyond 1700 to 4000."""
    try:
        start, end = _span(text.upper(), calendar)
    except OverflowError:
        raise ValueError(f"{text} lies beyond every calendar") from None
    if start < EARLIEST or end > LATEST:
        raise ValueError(f"{text} lies beyond {EARLIEST} to {LATEST}")
    return start, end


def _span(word: str, calendar: Calendar) -> Span:
    if word in _NAMED:
        first, last = _NAMED[word]
        return calendar.today + timedelta(days=first), calendar.today + timedelta(days=last)
    if plain := _PLAIN.fullmatch(word):
        shift = {"LAST": -1, "THIS": 0, "NEXT": 1}[plain[1]]
        return _periods(plain[2], calendar, shift, shift + 1)
    counted = _COUNTED.fullmatch(word)
    if counted is None:
        raise ValueError(f"{word} is no date literal")
    which, unit = counted[1] or counted[4], counted[2] or counted[3]
    first, last = _COUNTS[which](int(counted[5]))
    if (which, unit) == ("LAST", "DAY"):
        last += 1
    return _periods(unit, calendar, first, last)


_COUNTS: Mapping[str, Callable[[int], tuple[int, int]]] = {
    "LAST": lambda count: (-count, 0),
    "NEXT": lambda count: (1, count + 1),
    "AGO": lambda count: (-count, 1 - count),
}


def _periods(unit: str, calendar: Calendar, first: int, last: int) -> Span:
    start = _start(unit, calendar)
    return _moved(unit, start, first), _moved(unit, start, last)


def _moved(unit: str, start: date, count: int) -> date:
    if unit in _MONTHS:
        return plus_months(start, _MONTHS[unit] * count)
    return start + timedelta(days=count * (_WEEK if unit == "WEEK" else _DAY))


def _start(unit: str, calendar: Calendar) -> date:
    """Give the first day of the unit's period that holds today."""
    today = calendar.today
    if unit == "DAY":
        return today
    if unit == "WEEK":
        return today - timedelta(days=(today.weekday() - calendar.first_weekday) % _WEEK)
    anchor = calendar.fiscal_start if unit.startswith("FISCAL_") else 1
    past = (today.month - anchor) % _MONTHS[unit]
    return plus_months(today.replace(day=1), -past)
