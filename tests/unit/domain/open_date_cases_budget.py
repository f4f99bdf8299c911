"""Worked examples: which fiscal year pays, and whether its budget season can still be reached.

An April customer's season opens on 1 November (5 months before) and locks on 1 February (2 months before); its last
day is 31 January. 1 November less 14 days is 18 October, in 2025 a Saturday: 17 October is the Friday before it.
"""

from dataclasses import replace

from tests.unit.domain.open_date_case import Case, Expected, Given

_CALENDAR = frozenset({"calendar"})
_FLOOR = frozenset({"floor"})
_RULE = Given(start="2025-04-01", fiscal_month=4, before_renewal="30 days", before_season="14 days")
_FIRST_MONTH = replace(_RULE, end="2026-03-31")
_LAST_MONTH = replace(_RULE, start="2025-03-01", end="2026-02-28")
_LAST_MONTH_2Y = replace(_RULE, start="2024-03-01", end="2026-02-28")

PAID_FROM = (
    Case(
        name="first month, year with most months",
        why="from 1 Apr 2026 all 12 months lie in the year from 1 Apr 2026; its season opens 1 Nov 2025",
        given=_FIRST_MONTH,
        expected=Expected(
            term="2025-04-01 to 2026-03-31", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="first month, year of the renewal date",
        why="1 Apr 2026 is the first day of the year from 1 Apr 2026; its season opens 1 Nov 2025",
        given=replace(_FIRST_MONTH, paid_from="year_of_renewal_date"),
        expected=Expected(
            term="2025-04-01 to 2026-03-31", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="first month, year of an invoice a month ahead",
        why="the invoice of 1 Mar 2026 falls in the year from 1 Apr 2025, locked on 1 Feb 2025, before the term "
        "began: missed; 1 Apr 2026 less 30 days is Monday 2 Mar",
        given=replace(_FIRST_MONTH, paid_from="year_of_invoice", invoice_before="1 month"),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2026-03-02 Mon", missed=True),
    ),
    Case(
        name="first month, year of an invoice on the renewal date",
        why="the invoice of 1 Apr 2026 falls in the year from that day; its season opens 1 Nov 2025",
        given=replace(_FIRST_MONTH, paid_from="year_of_invoice"),
        expected=Expected(
            term="2025-04-01 to 2026-03-31", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="last month, year with most months",
        why="from 1 Mar 2026 one month lies in the year from 1 Apr 2025 and 11 in the next, whose season opens "
        "1 Nov 2025",
        given=_LAST_MONTH,
        expected=Expected(
            term="2025-03-01 to 2026-02-28", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="last month, year of the renewal date, locked before the term began",
        why="1 Mar 2026 lies in the year from 1 Apr 2025, locked on 1 Feb 2025; the term began 1 Mar 2025: "
        "missed; 1 Mar 2026 less 30 days (28 to 1 Feb, 2 more) is Friday 30 Jan",
        given=replace(_LAST_MONTH, paid_from="year_of_renewal_date"),
        expected=Expected(term="2025-03-01 to 2026-02-28", opens="2026-01-30 Fri", missed=True),
    ),
    Case(
        name="last month of a two-year term, year of the renewal date",
        why="the year from 1 Apr 2025 again, but this term began 1 Mar 2024: its season opens 1 Nov 2024 and is "
        "reached; less 14 days is Friday 18 Oct 2024",
        given=replace(_LAST_MONTH_2Y, paid_from="year_of_renewal_date"),
        expected=Expected(term="2024-03-01 to 2026-02-28", by="budget_season", opens="2024-10-18 Fri"),
    ),
    Case(
        name="last month of a two-year term, year of an invoice a month ahead",
        why="the invoice of 1 Feb 2026 falls in the year from 1 Apr 2025: 1 Nov 2024 less 14 days is Friday 18 "
        "Oct 2024",
        given=replace(_LAST_MONTH_2Y, paid_from="year_of_invoice", invoice_before="1 month"),
        expected=Expected(term="2024-03-01 to 2026-02-28", by="budget_season", opens="2024-10-18 Fri"),
    ),
    Case(
        name="last month of a two-year term, year with most months",
        why="24 months from 1 Mar 2026 are 1, 12 and 11: the year from 1 Apr 2026, whose season opens 1 Nov "
        "2025",
        given=_LAST_MONTH_2Y,
        expected=Expected(
            term="2024-03-01 to 2026-02-28", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="three full years tie, the earliest pays",
        why="36 months from 1 Apr 2026 are 12, 12 and 12: the year from 1 Apr 2026",
        given=replace(_RULE, start="2023-04-01", end="2026-03-31"),
        expected=Expected(
            term="2023-04-01 to 2026-03-31", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="six months and six tie, the earlier pays",
        why="12 months from 1 Oct 2026 are 6 and 6 (182 and 183 days, but months count): the year from 1 Apr "
        "2026; 18 Oct 2025 is a Saturday, Friday 17 Oct is after the term's start",
        given=replace(_RULE, start="2025-10-01", end="2026-09-30"),
        expected=Expected(
            term="2025-10-01 to 2026-09-30", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="the middle year of two holds most",
        why="24 months from 1 Oct 2026 are 6, 12 and 6: the year from 1 Apr 2027, whose season opens 1 Nov "
        "2026, less 14 days 18 Oct 2026; 1 Oct 2026 less 30 days, Tuesday 1 Sep, is earlier",
        given=replace(_RULE, start="2024-10-01", end="2026-09-30"),
        expected=Expected(term="2024-10-01 to 2026-09-30", opens="2026-09-01 Tue"),
    ),
    Case(
        name="a term from the middle of a month",
        why="the months that begin on 15 Oct 2026 to 15 Mar 2027 are 6, those to 15 Sep 6 more, a tie: the year from "
        "1 Apr 2026; 18 Oct 2025 is a Saturday, Friday 17 Oct is after the term's start",
        given=replace(_RULE, start="2025-10-15", end="2026-10-14"),
        expected=Expected(
            term="2025-10-15 to 2026-10-14", by="budget_season", opens="2025-10-17 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="a fiscal year from January",
        why="12 months from 1 Jul 2026 are 6 and 6: the year from 1 Jan 2026; 5 months before is 1 Aug 2025, "
        "less 14 days Friday 18 Jul",
        given=replace(_RULE, start="2025-07-01", end="2026-06-30", fiscal_month=1),
        expected=Expected(term="2025-07-01 to 2026-06-30", by="budget_season", opens="2025-07-18 Fri"),
    ),
    Case(
        name="a fiscal year from October",
        why="12 months from 1 Apr 2026 are 6 and 6: the year from 1 Oct 2025; 5 months before is 1 May 2025, "
        "less 14 days Thursday 17 Apr",
        given=replace(_FIRST_MONTH, fiscal_month=10),
        expected=Expected(term="2025-04-01 to 2026-03-31", by="budget_season", opens="2025-04-17 Thu"),
    ),
    Case(
        name="a fiscal year that nobody knows",
        why="without its month there is no budget bound; 1 Apr 2026 less 30 days is Monday 2 Mar",
        given=replace(_FIRST_MONTH, fiscal_month=None),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2026-03-02 Mon"),
    ),
)

REACH = (
    Case(
        name="three months, two of them in the new year",
        why="3 months from 1 Mar 2026 are 1 and 2: the year from 1 Apr 2026; 18 Oct 2025 lies before the term's "
        "start, Monday 1 Dec, when the season still runs",
        given=replace(_RULE, start="2025-12-01", end="2026-02-28"),
        expected=Expected(
            term="2025-12-01 to 2026-02-28", by="budget_season", opens="2025-12-01 Mon", named=_FLOOR
        ),
    ),
    Case(
        name="three months, two of them in the old year, locked before the term began",
        why="3 months from 1 Feb 2026 are 2 and 1: the year from 1 Apr 2025, locked on 1 Feb 2025; the term "
        "began 1 Nov: missed; 1 Feb 2026 less 30 days is Friday 2 Jan",
        given=replace(_RULE, start="2025-11-01", end="2026-01-31"),
        expected=Expected(term="2025-11-01 to 2026-01-31", opens="2026-01-02 Fri", missed=True),
    ),
    Case(
        name="a season that is open on the floor binds",
        why="18 Oct lies before the floor, 15 Nov plus 30 days = Monday 15 Dec; the season runs to 31 Jan: it "
        "binds there",
        given=replace(_RULE, start="2025-11-15", end="2026-03-31", floors=("start + 30 days",)),
        expected=Expected(
            term="2025-11-15 to 2026-03-31", by="budget_season", opens="2025-12-15 Mon", named=_FLOOR
        ),
    ),
    Case(
        name="a season that was over the day before the floor is missed",
        why="3 Dec plus 60 days (28 to 31 Dec, 31 to 31 Jan, 1 more) is 1 Feb, the lock; 1 Apr less 30 days: "
        "Mon 2 Mar",
        given=replace(_RULE, start="2025-12-03", end="2026-03-31", floors=("start + 60 days",)),
        expected=Expected(term="2025-12-03 to 2026-03-31", opens="2026-03-02 Mon", missed=True),
    ),
    Case(
        name="a season whose last day is the floor binds, but its weekend costs the budget",
        why="2 Dec plus 60 days is Saturday 31 Jan, the last day; the Friday would pass the floor: Monday 2 "
        "Feb, too late",
        given=replace(_RULE, start="2025-12-02", end="2026-03-31", floors=("start + 60 days",)),
        expected=Expected(
            term="2025-12-02 to 2026-03-31",
            by="budget_season",
            opens="2026-02-02 Mon",
            named=frozenset({"floor", "calendar"}),
            missed=True,
        ),
    ),
    Case(
        name="both bounds of a season are missed together",
        why="locked on 1 Feb 2025, before 1 Apr 2025: neither 18 Oct 2024 nor 31 Jan 2025 less 20 days binds; "
        "Mon 2 Mar",
        given=replace(
            _FIRST_MONTH, before_lock="20 days", paid_from="year_of_invoice", invoice_before="1 month"
        ),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2026-03-02 Mon", missed=True),
    ),
    Case(
        name="nothing but a missed season opens on the floor",
        why="locked on 1 Feb 2025, and no other bound: as soon as may be, on the term's start, Tuesday 1 Apr "
        "2025",
        given=replace(
            _FIRST_MONTH, before_renewal=None, paid_from="year_of_invoice", invoice_before="1 month"
        ),
        expected=Expected(
            term="2025-04-01 to 2026-03-31",
            by="budget_season",
            opens="2025-04-01 Tue",
            named=_FLOOR,
            missed=True,
        ),
    ),
    Case(
        name="counted back from the lock, into the new year's holidays",
        why="the last day 31 Jan 2026 less 30 days is Thursday 1 Jan, a holiday; Wednesday 31 Dec",
        given=replace(_FIRST_MONTH, before_season=None, before_lock="30 days", holidays=("2026-01-01",)),
        expected=Expected(
            term="2025-04-01 to 2026-03-31", by="budget_lock", opens="2025-12-31 Wed", named=_CALENDAR
        ),
    ),
    Case(
        name="a ceiling that pulls the floor back into the season",
        why="1 Oct plus 130 days is 8 Feb, after the season; but the deadline, 31 Mar less 75 days (31 to 28 "
        "Feb, 28 to 31 Jan, 16 more), is Thursday 15 Jan: the floor is held there, and the season still "
        "runs",
        given=replace(
            _RULE,
            start="2025-10-01",
            end="2026-03-31",
            renews=True,
            notice="75 days",
            floors=("start + 130 days",),
        ),
        expected=Expected(
            term="2025-10-01 to 2026-03-31",
            deadline="2026-01-15",
            by="budget_season",
            opens="2026-01-15 Thu",
            named=frozenset({"floor", "ceiling"}),
        ),
    ),
)
