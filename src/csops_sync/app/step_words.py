"""What a language must be able to say about an open decision, and which languages there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from csops_sync.domain.dates import Duration
from csops_sync.domain.open_decision import (
    Bound,
    CalendarEffect,
    CeilingEffect,
    FloorEffect,
    OpenDecision,
)

ENGLISH, JAPANESE = "en", "ja"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """One sentence for each kind of line: a bound (with the contract's end and notice), floor, ceiling, calendar."""

    bound: Callable[[Bound, OpenDecision, date, Duration | None], str]
    floor: Callable[[FloorEffect], str]
    ceiling: Callable[[CeilingEffect], str]
    calendar: Callable[[CalendarEffect], str]
