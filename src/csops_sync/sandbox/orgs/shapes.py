"""What the generated contract of a number looks like: most run and renew, some are over, a few are replaced early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from csops_sync.sandbox.orgs.dates import add_months, end_for, open_for, start_for
from csops_sync.sandbox.orgs.deals import Course, Deal, Renewing
from csops_sync.sandbox.orgs.names import japanese_company
from csops_sync.sandbox.orgs.people import Staff
from csops_sync.sandbox.orgs.spread import draw, pick

YEAR = 12
DUE_NEXT = 6
NOTICES = ((25, 30), (50, 60), (25, 90))
TERMS = ((75, 12), (12, 24), (10, 36), (3, 6))
TIERS = ((6, "Enterprise"), (64, "Standard"), (30, "Starter"))
AMOUNTS = {"Enterprise": 4_000_000, "Standard": 1_000_000, "Starter": 240_000}
COURSES = (
    (40, Course.PREPARED),
    (30, Course.PROPOSED),
    (20, Course.NEGOTIATED),
    (6, Course.WON),
    (4, Course.LOST),
)
RANKS = {
    Course.PREPARED: "C",
    Course.PROPOSED: "B",
    Course.NEGOTIATED: "A",
    Course.WON: "A",
    Course.LOST: "E",
}
SPECIAL = {
    20: "ended",
    21: "ended",
    30: "terminated",
    40: "cancelling",
    50: "replaced",
    51: "replacing",
    60: "evergreen",
}
DRAFT = 70
_OVER = frozenset({"terminated", "cancelling", "replacing"})
SECOND_OF_ACCOUNT = 9
ALREADY_ROLLED = 25
AUTOMATIC = 85
TAKEN_UP = 90
LINKED = 90
MADE_LATE = timedelta(days=7)


def account_of(number: int) -> int:
    """This function will give the number of the account that holds contract `number`: some hold two."""
    shared = number % 10 == SECOND_OF_ACCOUNT or SPECIAL.get(number % 100) == "replacing"
    return number - 1 if shared else number


def tier_of(account: int, *, seed: int) -> str:
    """This function will give an account's tier; the first are never Enterprise, for they are due next by notice."""
    if account < DUE_NEXT:
        return "Standard"
    return pick(TIERS, draw(seed, account, "tier"))


class Paper(NamedTuple):
    """What a contract says: day numbers, months (None is evergreen), a year's amount.

    `end` is the last day of the term that is to be renewed; on `over` something ended the contract, or will.
    """

    start: int
    end: int
    months: int | None
    notice_days: int
    automatic: bool
    amount: int
    over: int | None


def special_of(number: int) -> str | None:
    """This function will say what is out of the ordinary about a contract: `terminated`, `replacing` and the like."""
    return SPECIAL.get(number % 100) if number >= DUE_NEXT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaper:
    """Makes the deal of a number. `opening_days` are business days (before, after) today, nearest first."""

    seed: int
    today: date
    opening_days: tuple[Sequence[date], Sequence[date]]
    count: int
    staff: Staff

    def customer(self, number: int) -> str:
        """This function will give the name of the customer of account `number`."""
        return japanese_company(number, seed=self.seed)

    def is_signed(self, number: int) -> bool:
        """Whether the contract is more than a draft."""
        return number % 100 != DRAFT

    def paper(self, number: int) -> Paper:
        """This function will draw what contract `number` says."""
        special = special_of(number)
        automatic = number < DUE_NEXT or draw(self.seed, number, "automatic") % 100 < AUTOMATIC
        notice_days = pick(NOTICES, draw(self.seed, number, "notice")) if automatic else 0
        end = end_for(self._opening_day(number), notice_days=notice_days)
        start, term = self._run(number, end, automatic=automatic)
        over = None
        if special in _OVER:
            over = self.today.toordinal() - 5 - draw(self.seed, number, "over") % 80
        if special == "ended":
            start = add_months(end, -5 * YEAR)
        return Paper(
            start=over if special == "replacing" and over else start.toordinal(),
            end=end.toordinal(),
            months=None if special == "evergreen" else term,
            notice_days=notice_days,
            automatic=automatic and special != "ended",
            amount=self._amount(number, account_of(number)),
            over=over,
        )

    def renewed_by_person(self, number: int, paper: Paper) -> bool:
        """Whether a person already made the renewal opportunity: most of those whose day has come."""
        if number < DUE_NEXT or number % 100 in SPECIAL:
            return False
        enterprise = tier_of(account_of(number), seed=self.seed) == "Enterprise"
        opens = open_for(date.fromordinal(paper.end), notice_days=paper.notice_days)
        come = enterprise or opens < self.today
        return come and draw(self.seed, number, "taken up") % 100 < TAKEN_UP

    def deal(self, number: int, paper: Paper) -> Deal:
        """This function will give contract `number`."""
        special, account = special_of(number), account_of(number)
        over = None if paper.over is None else date.fromordinal(paper.over)
        return Deal(
            key=str(number + 1),
            account=f"@account-{account + 1}",
            customer=self.customer(account),
            owner=self.staff.csm(account),
            start=date.fromordinal(paper.start),
            months=paper.months,
            amount=paper.amount,
            auto_renews=paper.automatic,
            notice_days=paper.notice_days,
            status="Activated" if self.is_signed(number) else "Draft",
            terminated_on=over if special == "terminated" else None,
            cancellation_notice=over if special == "cancelling" else None,
            replaces=str(number) if special == "replacing" else None,
        )

    def renewing(self, number: int, paper: Paper) -> Renewing:
        """This function will give the renewal opportunity that a person made for contract `number`."""
        deal, end = self.deal(number, paper), date.fromordinal(paper.end)
        course = self.course(number)
        closed = course in (Course.WON, Course.LOST)
        return Renewing(
            deal=deal,
            end=end,
            course=course,
            made_on=date.fromordinal(self.renewal_made_on(number, paper)),
            amount=self.renewal_amount(number, paper),
            linked=self.is_linked(number),
            confidence=RANKS[course],
            closes_on=self.today - timedelta(days=1) if closed else None,
        )

    def course(self, number: int) -> Course:
        """This function will say where the renewal of contract `number` stands."""
        return pick(COURSES, draw(self.seed, number, "course"))

    def is_linked(self, number: int) -> bool:
        """Whether the person pointed the renewal at its contract."""
        if self.course(number) in (Course.WON, Course.LOST):
            return True
        return draw(self.seed, number, "linked") % 100 < LINKED

    def renewal_amount(self, number: int, paper: Paper) -> int:
        """This function will give the renewal's amount: none to ten per cent more."""
        return paper.amount * (100 + draw(self.seed, number, "uplift") % 11) // 100

    def renewal_made_on(self, number: int, paper: Paper) -> int:
        """This function will give the day number on which the person made the renewal."""
        end = date.fromordinal(paper.end)
        opened = (open_for(end, notice_days=paper.notice_days) + MADE_LATE).toordinal()
        return min(opened, self.today.toordinal() - 3 - draw(self.seed, number, "made") % 30)

    def _opening_day(self, number: int) -> date:
        behind, ahead = self.opening_days
        if number < DUE_NEXT:
            return ahead[0]
        slots = len(behind) + len(ahead)
        slot = (number + number // slots) % slots
        return ahead[slot] if slot < len(ahead) else behind[slot - len(ahead)]

    def _run(self, number: int, end: date, *, automatic: bool) -> tuple[date, int]:
        months = _long_enough(end, pick(TERMS, draw(self.seed, number, "term")), self.today)
        if automatic and months == YEAR and draw(self.seed, number, "rolled") % 100 < ALREADY_ROLLED:
            return _start_for(end, 3 * YEAR)[0], YEAR
        return _start_for(end, months)

    def _amount(self, number: int, account: int) -> int:
        base = AMOUNTS[tier_of(account, seed=self.seed)]
        return base * (10 + draw(self.seed, number, "amount") % 40) // 10


@cache
def _long_enough(end: date, months: int, today: date) -> int:
    """Add years to a term until it began before today."""
    while add_months(end, -months) >= today:
        months += YEAR
    return months


@cache
def _start_for(end: date, months: int) -> tuple[date, int]:
    return start_for(end, months=months)
