"""What the generated contract of a number looks like: most run and renew, some are over, a few are replaced early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When a contract began, and what ended it or will."""

    start: date
    terminated_on: date | None = None
    cancellation_notice: date | None = None


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

    def renewed_by_person(self, number: int) -> bool:
        """Whether a person already made the renewal opportunity: most of those whose day has come."""
        if number < DUE_NEXT or number % 100 in SPECIAL:
            return False
        end, notice_days, _ = self._paper(number)
        enterprise = tier_of(account_of(number), seed=self.seed) == "Enterprise"
        come = enterprise or open_for(end, notice_days=notice_days) < self.today
        return come and draw(self.seed, number, "taken up") % 100 < TAKEN_UP

    def deal(self, number: int) -> Deal:
        """This function will give contract `number`."""
        special = SPECIAL.get(number % 100) if number >= DUE_NEXT else None
        end, notice_days, automatic = self._paper(number)
        account = account_of(number)
        start, months = self._run(number, end, automatic=automatic)
        turn = self._turn(number, special, start, end)
        return Deal(
            key=str(number + 1),
            account=f"@account-{account + 1}",
            customer=self.customer(account),
            owner=self.staff.csm(account),
            start=turn.start,
            months=None if special == "evergreen" else months,
            amount=self._amount(number, account),
            auto_renews=automatic and special != "ended",
            notice_days=notice_days,
            status="Activated" if self.is_signed(number) else "Draft",
            terminated_on=turn.terminated_on,
            cancellation_notice=turn.cancellation_notice,
            replaces=str(number) if special == "replacing" else None,
        )

    def renewing(self, number: int) -> Renewing:
        """This function will give the renewal opportunity that a person made for contract `number`."""
        deal = self.deal(number)
        end, notice_days, _ = self._paper(number)
        course = pick(COURSES, draw(self.seed, number, "course"))
        opened = open_for(end, notice_days=notice_days) + MADE_LATE
        closed = course in (Course.WON, Course.LOST)
        return Renewing(
            deal=deal,
            end=end,
            course=course,
            made_on=min(opened, self.today - timedelta(days=3 + draw(self.seed, number, "made") % 30)),
            amount=deal.amount * (100 + draw(self.seed, number, "uplift") % 11) // 100,
            linked=closed or draw(self.seed, number, "linked") % 100 < LINKED,
            confidence=RANKS[course],
            closes_on=self.today - timedelta(days=1) if closed else None,
        )

    def _paper(self, number: int) -> tuple[date, int, bool]:
        """The present term's end, the notice in days, and whether it renews by itself."""
        automatic = number < DUE_NEXT or draw(self.seed, number, "automatic") % 100 < AUTOMATIC
        notice_days = pick(NOTICES, draw(self.seed, number, "notice")) if automatic else 0
        return end_for(self._opening_day(number), notice_days=notice_days), notice_days, automatic

    def _opening_day(self, number: int) -> date:
        behind, ahead = self.opening_days
        if number < DUE_NEXT:
            return ahead[0]
        slots = len(behind) + len(ahead)
        slot = (number + number // slots) % slots
        return ahead[slot] if slot < len(ahead) else behind[slot - len(ahead)]

    def _run(self, number: int, end: date, *, automatic: bool) -> tuple[date, int]:
        months = pick(TERMS, draw(self.seed, number, "term"))
        while add_months(end, -months) >= self.today:
            months += YEAR
        if automatic and months == YEAR and draw(self.seed, number, "rolled") % 100 < ALREADY_ROLLED:
            return start_for(end, months=3 * YEAR)[0], YEAR
        return start_for(end, months=months)

    def _amount(self, number: int, account: int) -> int:
        base = AMOUNTS[tier_of(account, seed=self.seed)]
        return base * (10 + draw(self.seed, number, "amount") % 40) // 10

    def _turn(self, number: int, special: str | None, start: date, end: date) -> Turn:
        """The dates that tell a special contract from one that runs on."""
        recently = self.today - timedelta(days=5 + draw(self.seed, number, "over") % 80)
        if special == "ended":
            return Turn(start=add_months(end, -5 * YEAR))
        if special == "terminated":
            return Turn(start=start, terminated_on=recently)
        if special == "cancelling":
            return Turn(start=start, cancellation_notice=recently)
        if special == "replacing":
            return Turn(start=recently)
        return Turn(start=start)
