"""What was decided about the day on which a renewal is opened, to be stored and explained later.

All dates are business dates of the org. `to_dict` gives JSON-safe values (ISO dates, durations as people
write them); `from_dict` reads them back and raises ValueError where a stored decision is damaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from csops_sync.domain.budget_season import BudgetSeason
from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.dates import Duration
from csops_sync.domain.rules import BusinessDayRoll, FloorAnchor
from csops_sync.domain.stored import Json, Record


class BoundKind(StrEnum):
    """What an open date can be counted back from."""

    RENEWAL = "renewal"
    NOTICE = "notice"
    BUDGET_SEASON = "budget_season"
    BUDGET_LOCK = "budget_lock"


class CeilingKind(StrEnum):
    """Which day a floor may not pass."""

    NOTICE_DEADLINE = "notice_deadline"
    END_DATE = "end_date"


class TurnedBy(StrEnum):
    """What made the calendar go the other way than its rule says."""

    FLOOR = "floor"
    CEILING = "ceiling"


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One bound: `day` is `anchor_day` less `offset`.

    The anchor is the renewal date, the notice deadline, the season's opening day or its last day, by `kind`.
    `missed` marks the bounds of a budget season that was over on the floor: they do not bind.
    """

    kind: BoundKind
    day: date
    anchor_day: date
    offset: Duration
    missed: bool = False

    def to_dict(self) -> dict[str, Json]:
        """This function will give the bound as JSON-safe values."""
        return {
            "kind": self.kind.value,
            "day": self.day.isoformat(),
            "anchor_day": self.anchor_day.isoformat(),
            "offset": str(self.offset),
            "missed": self.missed,
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """This function will read what `to_dict` gave."""
        return cls(
            kind=BoundKind(record.text("kind")),
            day=record.day("day"),
            anchor_day=record.day("anchor_day"),
            offset=record.duration("offset"),
            missed=record.flag("missed"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorEffect:
    """The latest floor: `offset` forward from the term's start, or back from the renewal date.

    `counts` is True where it moved the open date to later than the bound that decided.
    """

    anchor: FloorAnchor
    anchor_day: date
    offset: Duration
    day: date
    counts: bool

    def to_dict(self) -> dict[str, Json]:
        """This function will give the floor as JSON-safe values."""
        return {
            "anchor": self.anchor.value,
            "anchor_day": self.anchor_day.isoformat(),
            "offset": str(self.offset),
            "day": self.day.isoformat(),
            "counts": self.counts,
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """This function will read what `to_dict` gave."""
        return cls(
            anchor=FloorAnchor(record.text("anchor")),
            anchor_day=record.day("anchor_day"),
            offset=record.duration("offset"),
            day=record.day("day"),
            counts=record.flag("counts"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingEffect:
    """The ceiling won over a floor: it was held at `day` `instead_of` the day that the rules' floor named.

    `anchor_day` is the notice deadline or end date itself; `day` is later only where that lies before the
    term.
    """

    kind: CeilingKind
    anchor_day: date
    day: date
    instead_of: date

    def to_dict(self) -> dict[str, Json]:
        """This function will give the ceiling as JSON-safe values."""
        return {
            "kind": self.kind.value,
            "anchor_day": self.anchor_day.isoformat(),
            "day": self.day.isoformat(),
            "instead_of": self.instead_of.isoformat(),
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """This function will read what `to_dict` gave."""
        return cls(
            kind=CeilingKind(record.text("kind")),
            anchor_day=record.day("anchor_day"),
            day=record.day("day"),
            instead_of=record.day("instead_of"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEffect:
    """The calendar moved the open date from `from_day`, no business day of `calendar`, to `to_day`.

    `roll` is the way it went; `turned_by` says what forbade the other way, None where it followed its rule.
    """

    calendar: str
    from_day: date
    to_day: date
    roll: BusinessDayRoll
    turned_by: TurnedBy | None = None

    def to_dict(self) -> dict[str, Json]:
        """This function will give the calendar's effect as JSON-safe values."""
        return {
            "calendar": self.calendar,
            "from_day": self.from_day.isoformat(),
            "to_day": self.to_day.isoformat(),
            "roll": self.roll.value,
            "turned_by": self.turned_by.value if self.turned_by else None,
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """This function will read what `to_dict` gave."""
        return cls(
            calendar=record.text("calendar"),
            from_day=record.day("from_day"),
            to_day=record.day("to_day"),
            roll=BusinessDayRoll(record.text("roll")),
            turned_by=TurnedBy(record.text("turned_by")) if record.has("turned_by") else None,
        )


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDecision:
    """The open date of one renewal with everything that led to it.

    `decided_by` is the earliest bound that binds; `bounds` holds all of them, earliest first. `budget` is
    the season of the fiscal year that pays, None while the customer's fiscal year is unknown or the rules
    have no season; `budget_missed` is True where the rule aims at the budget and the open date lies after
    the season's last day.
    """

    open_date: date
    decided_by: BoundKind
    bounds: tuple[Bound, ...]
    floor: FloorEffect
    ceiling: CeilingEffect | None = None
    calendar: CalendarEffect | None = None
    notice_deadline: date | None = None
    budget: BudgetSeason | None = None
    budget_missed: bool = False

    @property
    def deciding(self) -> Bound:
        """The bound that decided."""
        return next(bound for bound in self.bounds if bound.kind is self.decided_by)

    def to_dict(self) -> dict[str, Json]:
        """This function will give the decision as JSON-safe values, to be stored and explained later."""
        return {
            "open_date": self.open_date.isoformat(),
            "decided_by": self.decided_by.value,
            "bounds": [bound.to_dict() for bound in self.bounds],
            "floor": self.floor.to_dict(),
            "ceiling": self.ceiling.to_dict() if self.ceiling else None,
            "calendar": self.calendar.to_dict() if self.calendar else None,
            "notice_deadline": self.notice_deadline.isoformat() if self.notice_deadline else None,
            "budget": _season_to_dict(self.budget) if self.budget else None,
            "budget_missed": self.budget_missed,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """This function will read a stored decision back.

        Raises:
            ValueError: a value is missing or of another kind; the message names it.
        """
        record = Record(what="open decision", values=stored)
        return cls(
            open_date=record.day("open_date"),
            decided_by=BoundKind(record.text("decided_by")),
            bounds=tuple(Bound.from_record(each) for each in record.records("bounds")),
            floor=FloorEffect.from_record(record.record("floor")),
            ceiling=CeilingEffect.from_record(record.record("ceiling")) if record.has("ceiling") else None,
            calendar=CalendarEffect.from_record(record.record("calendar"))
            if record.has("calendar")
            else None,
            notice_deadline=record.day("notice_deadline") if record.has("notice_deadline") else None,
            budget=_season_from(record.record("budget")) if record.has("budget") else None,
            budget_missed=record.flag("budget_missed"),
        )


def _season_to_dict(season: BudgetSeason) -> dict[str, Json]:
    return {
        "fiscal_year_start": season.fiscal_year_start.isoformat(),
        "opens_on": season.opens_on.isoformat(),
        "locks_on": season.locks_on.isoformat(),
    }


def _season_from(record: Record) -> BudgetSeason:
    return BudgetSeason(
        fiscal_year_start=record.day("fiscal_year_start"),
        opens_on=record.day("opens_on"),
        locks_on=record.day("locks_on"),
    )
