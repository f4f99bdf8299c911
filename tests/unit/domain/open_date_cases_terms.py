"""Worked examples: month arithmetic, terms that rolled on, and notice deadlines."""

from tests.unit.domain.open_date_case import Case, Expected, Given

_CALENDAR = frozenset({"calendar"})

TERMS = (
    Case(
        name="three months from 31 January",
        why="31 Jan + 3 months clips to 30 Apr, so the term ends 29 Apr; 30 Apr less 1 month is Sunday 30 Mar; "
        "the Friday before is 28 Mar",
        given=Given(start="2025-01-31", term_months=3, before_renewal="1 month"),
        expected=Expected(term="2025-01-31 to 2025-04-29", opens="2025-03-28 Fri", named=_CALENDAR),
    ),
    Case(
        name="twelve months from 31 January",
        why="31 Jan 2024 + 12 months is 31 Jan 2025; less 90 days (31 to 31 Dec, 31 to 30 Nov, 28 more) is "
        "Saturday 2 Nov 2024; the Friday before is 1 Nov",
        given=Given(start="2024-01-31", term_months=12, before_renewal="90 days"),
        expected=Expected(term="2024-01-31 to 2025-01-30", opens="2024-11-01 Fri", named=_CALENDAR),
    ),
    Case(
        name="six months from 31 August, rolled once, is back on the 31st",
        why="31 Aug + 6 months clips to 28 Feb; the next turn is 31 Aug + 12 months = 31 Aug 2025, not 28 Aug; "
        "less 30 days is Friday 1 Aug",
        given=Given(
            start="2024-08-31", end="2025-02-27", renews=True, today="2025-03-01", before_renewal="30 days"
        ),
        expected=Expected(term="2025-02-28 to 2025-08-30", ordinal=2, opens="2025-08-01 Fri"),
    ),
    Case(
        name="three months from 30 November",
        why="30 Nov + 3 months clips to 28 Feb 2025; less 1 month is Tuesday 28 Jan",
        given=Given(start="2024-11-30", term_months=3, before_renewal="1 month"),
        expected=Expected(term="2024-11-30 to 2025-02-27", opens="2025-01-28 Tue"),
    ),
    Case(
        name="three months from 29 November of a leap winter",
        why="29 Nov 2023 + 3 months is 29 Feb 2024, which exists; less 1 month is Monday 29 Jan",
        given=Given(start="2023-11-29", term_months=3, before_renewal="1 month"),
        expected=Expected(term="2023-11-29 to 2024-02-28", opens="2024-01-29 Mon"),
    ),
    Case(
        name="twelve months from 29 February",
        why="29 Feb 2024 + 12 months clips to 28 Feb 2025; less 6 months is Wednesday 28 Aug 2024",
        given=Given(start="2024-02-29", term_months=12, before_renewal="6 months"),
        expected=Expected(term="2024-02-29 to 2025-02-27", opens="2024-08-28 Wed"),
    ),
    Case(
        name="29 February comes back after four years of rolling on",
        why="turns are 28 Feb 2025, 2026, 2027 and 29 Feb 2028; on 1 Jun 2027 the fourth term runs; 29 Feb 2028 "
        "less 90 days (29 to 31 Jan, 31 to 31 Dec, 30 more) is Wednesday 1 Dec 2027",
        given=Given(
            start="2024-02-29", end="2025-02-27", renews=True, today="2027-06-01", before_renewal="90 days"
        ),
        expected=Expected(term="2027-02-28 to 2028-02-28", ordinal=4, opens="2027-12-01 Wed"),
    ),
    Case(
        name="evergreen from 29 February",
        why="on 1 Mar 2025 the next anniversary of 29 Feb 2020 is 28 Feb 2026, the sixth; less 60 days (28 to "
        "31 Jan, 31 to 31 Dec, 1 more) is Tuesday 30 Dec 2025",
        given=Given(start="2020-02-29", today="2025-03-01", before_renewal="60 days"),
        expected=Expected(term="2025-02-28 to 2026-02-27", ordinal=6, opens="2025-12-30 Tue"),
    ),
    Case(
        name="evergreen on its anniversary",
        why="15 May 2025 is the turn itself, so the next anniversary after it is 15 May 2026; less 3 months is "
        "Sunday 15 Feb; the Friday before is 13 Feb",
        given=Given(start="2021-05-15", today="2025-05-15", before_renewal="3 months"),
        expected=Expected(
            term="2025-05-15 to 2026-05-14", ordinal=5, opens="2026-02-13 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="evergreen on the day before its anniversary",
        why="on 14 May 2025 the next anniversary is the day after; 15 May 2025 less 3 months is Saturday 15 "
        "Feb; Friday",
        given=Given(start="2021-05-15", today="2025-05-14", before_renewal="3 months"),
        expected=Expected(
            term="2024-05-15 to 2025-05-14", ordinal=4, opens="2025-02-14 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="twenty-four months",
        why="1 Apr 2024 + 24 months is 1 Apr 2026; less 6 months is Wednesday 1 Oct 2025",
        given=Given(start="2024-04-01", term_months=24, before_renewal="6 months"),
        expected=Expected(term="2024-04-01 to 2026-03-31", opens="2025-10-01 Wed"),
    ),
    Case(
        name="thirty-six months from 31 March",
        why="31 Mar 2023 + 36 months is 31 Mar 2026; less 1 month clips to Saturday 28 Feb; the Friday before "
        "is 27 Feb",
        given=Given(start="2023-03-31", term_months=36, before_renewal="1 month"),
        expected=Expected(term="2023-03-31 to 2026-03-30", opens="2026-02-27 Fri", named=_CALENDAR),
    ),
    Case(
        name="three years roll on by one",
        why="36 months are over on 31 Mar 2025; the renewal term defaults to the last one, at most 12: to 31 "
        "Mar 2026; 1 Apr 2026 less 180 days (1 Nov is 151 days before, 29 more) is Friday 3 Oct 2025",
        given=Given(
            start="2022-04-01", end="2025-03-31", renews=True, today="2025-05-01", before_renewal="180 days"
        ),
        expected=Expected(term="2025-04-01 to 2026-03-31", ordinal=2, opens="2025-10-03 Fri"),
    ),
    Case(
        name="two years roll on by a mapped two",
        why="the mapped renewal term of 24 months goes before the default: to 30 Jun 2026; 1 Jul 2026 less 90 "
        "days (30 to 1 Jun, 31 to 1 May, 29 more) is Thursday 2 Apr",
        given=Given(
            start="2022-07-01",
            end="2024-06-30",
            renews=True,
            renewal_months=24,
            today="2025-01-10",
            before_renewal="90 days",
        ),
        expected=Expected(term="2024-07-01 to 2026-06-30", ordinal=2, opens="2026-04-02 Thu"),
    ),
    Case(
        name="a quarter from 31 October, rolled twice",
        why="turns are 31 Jan, 30 Apr (clipped) and 31 Jul 2025 (not 30 Jul); less 14 days is Thursday 17 Jul",
        given=Given(
            start="2024-10-31", end="2025-01-30", renews=True, today="2025-06-15", before_renewal="14 days"
        ),
        expected=Expected(term="2025-04-30 to 2025-07-30", ordinal=3, opens="2025-07-17 Thu"),
    ),
    Case(
        name="auto-renewing on its last day",
        why="31 Mar 2025 still belongs to the first term; 1 Apr less 30 days is Sunday 2 Mar; Friday 28 Feb",
        given=Given(
            start="2024-04-01", end="2025-03-31", renews=True, today="2025-03-31", before_renewal="30 days"
        ),
        expected=Expected(term="2024-04-01 to 2025-03-31", opens="2025-02-28 Fri", named=_CALENDAR),
    ),
    Case(
        name="auto-renewing on the day after its last",
        why="on 1 Apr 2025 the second term has begun; 1 Apr 2026 less 30 days is Monday 2 Mar",
        given=Given(
            start="2024-04-01", end="2025-03-31", renews=True, today="2025-04-01", before_renewal="30 days"
        ),
        expected=Expected(term="2025-04-01 to 2026-03-31", ordinal=2, opens="2026-03-02 Mon"),
    ),
    Case(
        name="an end that is a day late still rolls by twelve months",
        why="1 Apr 2024 to 1 Apr 2025 is 12 months and a day, nearest 12; from 2 Apr 2025 it rolls to 1 Apr "
        "2026; 2 Apr less 30 days is Tuesday 3 Mar",
        given=Given(
            start="2024-04-01", end="2025-04-01", renews=True, today="2025-06-01", before_renewal="30 days"
        ),
        expected=Expected(term="2025-04-02 to 2026-04-01", ordinal=2, opens="2026-03-03 Tue"),
    ),
    Case(
        name="an end that is a day early still rolls by twelve months",
        why="1 Apr 2024 to 30 Mar 2025 is a day short of 12 months, nearest 12; from 31 Mar 2025 it rolls to 30 "
        "Mar 2026; 31 Mar less 30 days is Sunday 1 Mar; Friday 27 Feb",
        given=Given(
            start="2024-04-01", end="2025-03-30", renews=True, today="2025-06-01", before_renewal="30 days"
        ),
        expected=Expected(
            term="2025-03-31 to 2026-03-30", ordinal=2, opens="2026-02-27 Fri", named=_CALENDAR
        ),
    ),
    Case(
        name="a stub to the month's end, then month by month",
        why="15 Jan to 28 Feb is no whole number of months, so turns count from 1 Mar: the sixth term is July; "
        "1 Aug less 1 week is Friday 25 Jul",
        given=Given(
            start="2025-01-15",
            end="2025-02-28",
            renews=True,
            renewal_months=1,
            today="2025-07-10",
            before_renewal="1 week",
        ),
        expected=Expected(term="2025-07-01 to 2025-07-31", ordinal=6, opens="2025-07-25 Fri"),
    ),
    Case(
        name="a contract that is over and does not renew by itself",
        why="its only term stays its term; 1 Apr 2024 less 90 days (31 to 1 Mar, 29 to 1 Feb, 30 more) is "
        "Tuesday 2 Jan",
        given=Given(start="2023-04-01", end="2024-03-31", today="2025-01-01", before_renewal="90 days"),
        expected=Expected(term="2023-04-01 to 2024-03-31", opens="2024-01-02 Tue"),
    ),
)

NOTICE = (
    Case(
        name="notice in months clips to the month's end",
        why="31 May 2026 less 3 months is 28 Feb; less 30 days is Thursday 29 Jan; 1 Jun less 60 days, 2 Apr, "
        "is later",
        given=Given(
            start="2025-06-01",
            end="2026-05-31",
            renews=True,
            notice="3 months",
            before_renewal="60 days",
            before_notice="30 days",
        ),
        expected=Expected(
            term="2025-06-01 to 2026-05-31", deadline="2026-02-28", by="notice", opens="2026-01-29 Thu"
        ),
    ),
    Case(
        name="notice in months clips to 29 February of a leap year",
        why="31 Mar 2028 less 1 month is Tuesday 29 Feb, and less 0 days stays there",
        given=Given(
            start="2027-04-01", end="2028-03-31", renews=True, notice="1 month", before_notice="0 days"
        ),
        expected=Expected(
            term="2027-04-01 to 2028-03-31", deadline="2028-02-29", by="notice", opens="2028-02-29 Tue"
        ),
    ),
    Case(
        name="no notice deadline where nothing renews by itself",
        why="60 days' notice mean nothing on a contract that simply ends; 1 Apr less 30 days is Monday 2 Mar "
        "2026",
        given=Given(
            start="2025-04-01",
            end="2026-03-31",
            notice="60 days",
            before_renewal="30 days",
            before_notice="90 days",
        ),
        expected=Expected(term="2025-04-01 to 2026-03-31", opens="2026-03-02 Mon"),
    ),
    Case(
        name="a deadline in the holidays stays",
        why="31 Jan 2026 less 1 month is 31 Dec, a day off, and stays; less 7 days is Wednesday 24 Dec",
        given=Given(
            start="2025-02-01",
            end="2026-01-31",
            renews=True,
            notice="1 month",
            before_notice="7 days",
            holidays=("2025-12-29", "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02"),
        ),
        expected=Expected(
            term="2025-02-01 to 2026-01-31", deadline="2025-12-31", by="notice", opens="2025-12-24 Wed"
        ),
    ),
    Case(
        name="a deadline in the holidays moves back where the rule says so",
        why="31 Dec, 30 and 29 Dec are off, 27 and 28 the weekend: 26 Dec; less 7 days is Friday 19 Dec",
        given=Given(
            start="2025-02-01",
            end="2026-01-31",
            renews=True,
            notice="1 month",
            notice_roll="preceding",
            before_notice="7 days",
            holidays=("2025-12-29", "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02"),
        ),
        expected=Expected(
            term="2025-02-01 to 2026-01-31", deadline="2025-12-26", by="notice", opens="2025-12-19 Fri"
        ),
    ),
    Case(
        name="notice of no days runs to the last day",
        why="31 Mar 2026 less 0 days is itself; less 2 weeks is Tuesday 17 Mar",
        given=Given(
            start="2025-04-01", end="2026-03-31", renews=True, notice="0 days", before_notice="2 weeks"
        ),
        expected=Expected(
            term="2025-04-01 to 2026-03-31", deadline="2026-03-31", by="notice", opens="2026-03-17 Tue"
        ),
    ),
)
