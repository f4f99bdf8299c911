"""One worked example of an open date, in plain values: what is given, what must come out, and the arithmetic."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Given:
    """A contract, the day, the rule and the customer. Days are ISO dates, durations as people write them.

    `floors` read like rules do: `start + 60 days`, `renewal - 6 months`. Weekends are always off.
    """

    start: str
    end: str | None = None
    term_months: int | None = None
    renews: bool = False
    renewal_months: int | None = None
    notice: str | None = None
    today: str = "2025-01-01"
    before_renewal: str | None = None
    before_notice: str | None = None
    before_season: str | None = None
    before_lock: str | None = None
    floors: tuple[str, ...] = ()
    roll: str = "preceding"
    notice_roll: str = "none"
    fiscal_month: int | None = None
    paid_from: str = "year_with_most_months"
    invoice_before: str = "0 days"
    holidays: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What was decided. `named` says which of floor, ceiling and calendar moved the open date."""

    term: str
    ordinal: int = 1
    deadline: str | None = None
    by: str = "renewal"
    opens: str
    named: frozenset[str] = field(default_factory=frozenset)
    missed: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """A name for the test's id, and `why`: the arithmetic in words."""

    name: str
    why: str
    given: Given
    expected: Expected
