"""Worked examples: floors, ceilings, and where holidays and weekends push an open date."""

from dataclasses import replace

from tests.unit.domain.open_date_case import Case, Expected, Given

_CALENDAR = frozenset({"calendar"})
_FLOOR = frozenset({"floor"})
_YEAR = Given(start="2025-04-01", end="2026-03-31")
_QUARTER = Given(start="2026-01-01", end="2026-03-31", renews=True, before_renewal="90 days")
_YEAR_END = ("2025-12-29", "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02")
_GOLDEN_WEEK = ("2026-04-29", "2026-05-04", "2026-05-05", "2026-05-06")

FLOORS = (
    Case(
        name="the worked case of the design",
        why="season 1 Nov 2025 less 14 days is 18 Oct; 1 Oct 2026 less 180 days is 4 Apr; deadline 30 Sep 2026 "
        "less 60 days is 1 Aug, less 90 days 3 May; floor 1 Oct 2025 plus 60 days is Sunday 30 Nov; Friday "
        "would pass it: Monday 1 Dec",
        given=Given(
            start="2025-10-01",
            end="2026-09-30",
            renews=True,
            notice="60 days",
            before_renewal="180 days",
            before_notice="90 days",
            before_season="14 days",
            floors=("start + 60 days",),
            fiscal_month=4,
        ),
        expected=Expected(
            term="2025-10-01 to 2026-09-30",
            deadline="2026-08-01",
            by="budget_season",
            opens="2025-12-01 Mon",
            named=frozenset({"floor", "calendar"}),
        ),
    ),
    Case(
        name="the latest of two floors wins",
        why="1 Apr 2025 plus 60 days is 31 May, 1 Apr 2026 less 6 months Wednesday 1 Oct; the bound, 300 days "
        "before, is 5 Jun: later than the one floor, earlier than the other",
        given=replace(_YEAR, before_renewal="300 days", floors=("start + 60 days", "renewal - 6 months")),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2025-10-01 Wed", named=_FLOOR),
    ),
    Case(
        name="a floor before the bound does nothing",
        why="1 Apr 2026 less 90 days (1 Mar, 1 Feb, then 31 more) is Thursday 1 Jan; the floor 11 Apr 2025 is "
        "long past",
        given=replace(_YEAR, before_renewal="90 days", floors=("start + 10 days",)),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2026-01-01 Thu"),
    ),
    Case(
        name="never before the term's start",
        why="400 days before 1 Apr 2026 is before the term; its start is Tuesday 1 Apr 2025",
        given=replace(_YEAR, before_renewal="400 days"),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2025-04-01 Tue", named=_FLOOR),
    ),
    Case(
        name="a term that starts on a Saturday before a holiday",
        why="400 days before is too early, the start 1 Nov 2025 is a Saturday and Friday would pass it; Monday "
        "3 Nov is a holiday: Tuesday 4 Nov",
        given=Given(
            start="2025-11-01", end="2026-10-31", before_renewal="400 days", holidays=("2025-11-03",)
        ),
        expected=Expected(
            term="2025-11-01 to 2026-10-31", opens="2025-11-04 Tue", named=frozenset({"floor", "calendar"})
        ),
    ),
)

CEILINGS = (
    Case(
        name="a floor past the notice deadline",
        why="1 Jan plus 75 days is 17 Mar; the deadline 31 Mar less 20 days is Wednesday 11 Mar: the ceiling "
        "wins",
        given=replace(_QUARTER, notice="20 days", floors=("start + 75 days",)),
        expected=Expected(
            term="2026-01-01 to 2026-03-31",
            deadline="2026-03-11",
            opens="2026-03-11 Wed",
            named=frozenset({"floor", "ceiling"}),
        ),
    ),
    Case(
        name="a floor held at a deadline on a Sunday",
        why="the deadline 31 Mar less 30 days is Sunday 1 Mar; the Monday would pass it, so Friday 27 Feb, "
        "though floored",
        given=replace(_QUARTER, notice="30 days", floors=("start + 75 days",)),
        expected=Expected(
            term="2026-01-01 to 2026-03-31",
            deadline="2026-03-01",
            opens="2026-02-27 Fri",
            named=frozenset({"floor", "ceiling", "calendar"}),
        ),
    ),
    Case(
        name="a floor on the deadline itself passes nothing",
        why="1 Jan plus 69 days (30 to 31 Jan, 28 to 28 Feb, 11 more) is Wednesday 11 Mar, the deadline: no "
        "ceiling",
        given=replace(_QUARTER, notice="20 days", floors=("start + 69 days",)),
        expected=Expected(
            term="2026-01-01 to 2026-03-31", deadline="2026-03-11", opens="2026-03-11 Wed", named=_FLOOR
        ),
    ),
    Case(
        name="a floor past the end date",
        why="1 Jan plus 100 days is 11 Apr, after the end, Tuesday 31 Mar: the ceiling wins",
        given=replace(_QUARTER, renews=False, floors=("start + 100 days",)),
        expected=Expected(
            term="2026-01-01 to 2026-03-31", opens="2026-03-31 Tue", named=frozenset({"floor", "ceiling"})
        ),
    ),
    Case(
        name="a notice deadline before the term began",
        why="31 Mar 2026 less 6 months clips to 30 Sep 2025, before the term; it holds the floor of 15 Jan "
        "back, yet never before the term's start, Thursday 1 Jan",
        given=replace(
            _QUARTER,
            notice="6 months",
            before_renewal=None,
            before_notice="30 days",
            floors=("start + 14 days",),
        ),
        expected=Expected(
            term="2026-01-01 to 2026-03-31",
            deadline="2025-09-30",
            by="notice",
            opens="2026-01-01 Thu",
            named=frozenset({"floor", "ceiling"}),
        ),
    ),
    Case(
        name="a bound of its own may lie past the deadline",
        why="the rule asks for 30 days before 1 Apr 2026, Monday 2 Mar, though notice ends 31 Mar less 60 days "
        "= 30 Jan",
        given=replace(_YEAR, renews=True, notice="60 days", before_renewal="30 days"),
        expected=Expected(term="2025-04-01 to 2026-03-31", deadline="2026-01-30", opens="2026-03-02 Mon"),
    ),
    Case(
        name="zero days before is the renewal date",
        why="31 Mar 2026 plus 1 day is Wednesday 1 Apr; the ceiling holds floors, not bounds",
        given=replace(_YEAR, before_renewal="0 days"),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2026-04-01 Wed"),
    ),
)

CALENDARS = (
    Case(
        name="back over the golden week",
        why="4 Jul less 60 days (4 to 30 Jun, 30 to 31 May, 26 more) is Tuesday 5 May, off like the 4th; Friday "
        "1 May",
        given=Given(start="2025-07-04", end="2026-07-03", before_renewal="60 days", holidays=_GOLDEN_WEEK),
        expected=Expected(term="2025-07-04 to 2026-07-03", opens="2026-05-01 Fri", named=_CALENDAR),
    ),
    Case(
        name="forward over the golden week, where back would pass the floor",
        why="4 Mar plus 60 days (27 to 31 Mar, 30 to 30 Apr, 3 more) is Sunday 3 May; 4, 5 and 6 May are off: "
        "Thu 7 May",
        given=Given(
            start="2026-03-04",
            end="2027-03-03",
            before_renewal="1 year",
            floors=("start + 60 days",),
            holidays=_GOLDEN_WEEK,
        ),
        expected=Expected(
            term="2026-03-04 to 2027-03-03", opens="2026-05-07 Thu", named=frozenset({"floor", "calendar"})
        ),
    ),
    Case(
        name="holidays on both sides of a deadline that holds the floor",
        why="31 Jan less 1 month is 31 Dec, in the holidays; the floor 9 Jan is held there; after them, 5 Jan, "
        "passes the deadline: before them, Friday 26 Dec",
        given=Given(
            start="2025-10-01",
            end="2026-01-31",
            renews=True,
            notice="1 month",
            before_renewal="180 days",
            floors=("start + 100 days",),
            holidays=_YEAR_END,
        ),
        expected=Expected(
            term="2025-10-01 to 2026-01-31",
            deadline="2025-12-31",
            opens="2025-12-26 Fri",
            named=frozenset({"floor", "ceiling", "calendar"}),
        ),
    ),
    Case(
        name="no business day between the term's start and its deadline",
        why="31 Mar less 90 days is 31 Dec, the start; the deadline 30 Mar less 88 days is 1 Jan; all off to "
        "Sunday 4 Jan, and never before the start: Monday 5 Jan",
        given=Given(
            start="2025-12-31",
            end="2026-03-30",
            renews=True,
            notice="88 days",
            before_renewal="90 days",
            holidays=_YEAR_END,
        ),
        expected=Expected(
            term="2025-12-31 to 2026-03-30", deadline="2026-01-01", opens="2026-01-05 Mon", named=_CALENDAR
        ),
    ),
    Case(
        name="following by rule",
        why="1 Apr 2026 less 90 days is Thursday 1 Jan; 1 and 2 Jan are off, then the weekend: Monday 5 Jan",
        given=replace(_YEAR, before_renewal="90 days", roll="following", holidays=_YEAR_END),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2026-01-05 Mon", named=_CALENDAR),
    ),
    Case(
        name="following by rule turns back at the deadline",
        why="31 Mar less 59 days (31 to 28 Feb, 28 more) is Saturday 31 Jan, the deadline; Monday would pass "
        "it: Friday 30",
        given=replace(_YEAR, renews=True, notice="59 days", before_notice="0 days", roll="following"),
        expected=Expected(
            term="2025-04-01 to 2026-03-31",
            deadline="2026-01-31",
            by="notice",
            opens="2026-01-30 Fri",
            named=_CALENDAR,
        ),
    ),
    Case(
        name="following by rule on the last day turns back at the end date",
        why="1 Feb 2026 less 1 day is Saturday 31 Jan, the end date; Monday would pass it: Friday 30 Jan",
        given=Given(start="2025-02-01", end="2026-01-31", before_renewal="1 day", roll="following"),
        expected=Expected(term="2025-02-01 to 2026-01-31", opens="2026-01-30 Fri", named=_CALENDAR),
    ),
    Case(
        name="no rolling at all",
        why="1 Jun 2026 less 30 days is Saturday 2 May, and stays",
        given=Given(start="2025-06-01", end="2026-05-31", before_renewal="30 days", roll="none"),
        expected=Expected(term="2025-06-01 to 2026-05-31", opens="2026-05-02 Sat"),
    ),
)
