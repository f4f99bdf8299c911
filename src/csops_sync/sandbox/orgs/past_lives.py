"""The life of one customer, drawn term by term: sold, renewed early or late, up or down, replaced, left, come back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.sandbox.orgs.dates import add_months, last_day
from csops_sync.sandbox.orgs.past_deals import drawn_deal
from csops_sync.sandbox.orgs.past_terms import DAY, KEPT, Fate, PastTerm, Step
from csops_sync.sandbox.orgs.past_truth import Truth, happens
from csops_sync.sandbox.orgs.people import Staff
from csops_sync.sandbox.orgs.spread import draw, pick

YEAR, QUARTER = 12, 3
TERMS = ((78, 12), (13, 24), (9, 36))
ENDS_IN = ((34, 3), (8, 6), (16, 9), (14, 12), (7, 1), (7, 5), (7, 8), (7, 11))
"""In which months terms end, per cent: the Japanese year's ends are the commonest."""
MIDDLE_OF_MONTH = 20
NEW_LOGOS, ROLLING, RAMPED, AMENDED = 25, 22, 45, 16
HOME, FOREIGN = "JPY", "USD"
FOREIGN_CUSTOMERS = 18
BASES = {
    HOME: ((10, 4_000_000), (55, 1_200_000), (35, 360_000)),
    FOREIGN: ((20, 36_000), (50, 12_000), (30, 3_600)),
}
SUPERSEDED, FORGOTTEN, COMES_BACK = 0.06, 0.03, 0.2
NOTICE_OF_LOST, NOTICE_OF_WON = 0.4, 0.04
FORGOTTEN_FOR = timedelta(days=130)
ANNOUNCED = timedelta(days=62)
_UNIT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Draws customers. `quarters` is how far the past reaches back from the truth's `today`."""

    seed: int
    quarters: int
    truth: Truth
    staff: Staff

    def csm(self, customer: int) -> str:
        """This method will give the reference of the CSM who looks after a customer."""
        return self.staff.csm(draw(self.seed, customer, "past csm"))

    def currency(self, customer: int) -> str:
        """This method will give the ISO code of what a customer pays in."""
        return FOREIGN if draw(self.seed, customer, "currency") % 100 < FOREIGN_CUSTOMERS else HOME

    def terms(self, customer: int) -> Iterator[PastTerm]:
        """This method will draw a customer's terms, the first to the one that runs or was the last."""
        term: PastTerm | None = self._first(customer)
        while term is not None:
            settled = self._settled(term)
            yield settled
            term = self._next(settled)

    def _first(self, customer: int) -> PastTerm:
        seed = self.seed
        months = pick(TERMS, draw(seed, customer, "past term"))
        reach = self.quarters * QUARTER // YEAR + 1
        is_new = draw(seed, customer, "new logo") % 100 < NEW_LOGOS
        turns = max(reach if is_new else 0, months // YEAR)
        first = self._end_in_first_year(customer)
        end = _same_day(first, YEAR * (draw(seed, customer, "turn") % max(turns, 1)))
        start = _start(end, months)
        base = pick(BASES[self.currency(customer)], draw(seed, customer, "past base"))
        amount = _rounded(base * (10 + draw(seed, customer, "past amount") % 30) // 10)
        return self._signed(customer, contract=1, start=start, months=months, amount=amount)

    def _end_in_first_year(self, customer: int) -> date:
        month = pick(ENDS_IN, draw(self.seed, customer, "ends in"))
        begins = add_months(self.truth.today, -self.quarters * QUARTER)
        year = begins.year + (month < begins.month)
        if draw(self.seed, customer, "mid month") % 100 < MIDDLE_OF_MONTH:
            return date(year, month, 15)
        return add_months(date(year, month, 1), 1) - DAY

    def _signed(
        self, customer: int, *, contract: int, start: date, months: int, amount: int, continues: bool = False
    ) -> PastTerm:
        """Make the first term of a contract; what is drawn of it follows from its number."""
        end = last_day(start, months)
        rolls = months == YEAR and draw(self.seed, customer * 64 + contract, "rolls") % 100 < ROLLING
        term = PastTerm(
            customer=customer,
            contract=contract,
            ordinal=1,
            since=start,
            start=start,
            end=end,
            months=months,
            currency=self.currency(customer),
            steps=(Step(start, amount),),
            rolls=rolls,
            continues=continues,
            fate=Fate.RUNNING,
            until=end,
        )
        return replace(term, steps=self._steps(term, amount))

    def _steps(self, term: PastTerm, amount: int) -> tuple[Step, ...]:
        first, drawn = Step(term.start, amount), draw(self.seed, term.number, "steps") % 100
        if term.rolls:
            return (first,)
        if term.months > YEAR and drawn < RAMPED:
            later = range(1, term.months // YEAR)
            return (first, *(self._step(term, year * YEAR, amount, 10 + 2 * year) for year in later))
        if drawn < AMENDED:
            share = (12, 11, 9)[draw(self.seed, term.number, "amended by") % 3]
            return (
                first,
                self._step(term, 4 + draw(self.seed, term.number, "amended in") % 5, amount, share),
            )
        return (first,)

    def _step(self, term: PastTerm, months: int, amount: int, tenths: int) -> Step:
        return Step(add_months(term.start, months), _rounded(amount * tenths // 10))

    def _settled(self, term: PastTerm) -> PastTerm:
        if term.rolls:
            return self._rolled(term)
        if happens(self.seed, term.number, "superseded", chance=SUPERSEDED):
            until = term.end - timedelta(days=30 + draw(self.seed, term.number, "early by") % 50)
            return self._by(term, until, replace(term, fate=Fate.SUPERSEDED, until=until))
        over = term.end < self.truth.today - FORGOTTEN_FOR
        if over and happens(self.seed, term.number, "forgotten", chance=FORGOTTEN):
            return replace(term, fate=Fate.EXPIRED)
        return self._dealt(term)

    def _dealt(self, term: PastTerm) -> PastTerm:
        deal = drawn_deal(term, truth=self.truth, csm=self.csm(term.customer), seed=self.seed)
        often = NOTICE_OF_WON if deal.won else NOTICE_OF_LOST
        notice = term.end - ANNOUNCED if happens(self.seed, term.number, "notice", chance=often) else None
        known = replace(term, deal=deal, notice=notice)
        return self._by(known, deal.closed_on, replace(known, fate=Fate.WON if deal.won else Fate.LOST))

    def _rolled(self, term: PastTerm) -> PastTerm:
        chance = self.truth.goes_on(csm=self.csm(term.customer), end=term.end)
        stays = happens(self.seed, term.number, "goes on", chance=chance)
        if stays:
            return self._by(term, term.end, replace(term, fate=Fate.AUTO_RENEWED))
        known = replace(term, notice=term.end - ANNOUNCED)
        return self._by(known, term.end, replace(known, fate=Fate.TERMINATED))

    def _by(self, now: PastTerm, day: date, then: PastTerm) -> PastTerm:
        """Give what is known today: what becomes of it on a day is news until that day is over."""
        return then if day < self.truth.today else now

    def _next(self, term: PastTerm) -> PastTerm | None:
        if term.fate is Fate.AUTO_RENEWED:
            return _rolled_on(term)
        if term.fate in KEPT:
            return self._renewed(term)
        start = term.end + timedelta(days=40 + draw(self.seed, term.number, "away") % 110)
        returns = happens(self.seed, term.number, "comes back", chance=COMES_BACK)
        if term.fate is Fate.RUNNING or not returns or start >= self.truth.today:
            return None
        return self._follow(term, start, term.prior, continues=False)

    def _renewed(self, term: PastTerm) -> PastTerm:
        if term.deal is not None and term.deal.signed is not None:
            return self._follow(term, term.end + DAY, term.deal.signed, continues=True)
        amount = _rounded(term.prior * (11 + draw(self.seed, term.number, "more") % 3) // 10)
        return self._follow(term, term.until + DAY, amount, continues=True)

    def _follow(self, term: PastTerm, start: date, amount: int, *, continues: bool) -> PastTerm:
        return self._signed(
            term.customer,
            contract=term.contract + 1,
            start=start,
            months=term.months,
            amount=amount,
            continues=continues,
        )


def _rolled_on(term: PastTerm) -> PastTerm:
    """Give the next turn of a contract that renews by itself, counted from its first day as the product counts it."""
    start, end = term.end + DAY, add_months(term.since, YEAR * (term.ordinal + 1)) - DAY
    turned = replace(term, ordinal=term.ordinal + 1, start=start, end=end, until=end)
    return replace(turned, fate=Fate.RUNNING, notice=None, steps=(Step(start, term.prior),))


def _start(end: date, months: int) -> date:
    """Give the start of a term that ends on a day; from a clipped month end it may be the first of the month."""
    return add_months(end + DAY, -months)


def _same_day(day: date, months: int) -> date:
    """Step by months; the last day of a month stays one."""
    return add_months(day + DAY, months) - DAY


def _rounded(amount: int) -> int:
    return max(amount // _UNIT, 1) * _UNIT
