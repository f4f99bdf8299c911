"""A book of terms from a seed: contracts with the terms behind them, as a grown org has them."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from csops_sync.domain.dates import add_months
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

SEED = 7
_DAY = timedelta(days=1)
_MONTHS = 12
_MOST_BEHIND = 3
_SEGMENTS = ("Enterprise", "Mid-Market", "SMB", None)
_TIERS = ("Gold", "Silver", "Bronze")
_PRODUCTS = ("Core", "Analytics", "Support", "Mobile")
_RANKS = ("A", "B", "B", "C", "C", "D", "E", None)
_CSMS, _MANAGERS = 60, 8
_HOME, _ABROAD = "JPY", "USD"


def terms_of(
    size: int, *, today: date, seed: int = SEED, ranks: tuple[str | None, ...] = _RANKS
) -> Iterator[TermState]:
    """This function will make so many terms: of each contract up to three that are over and the one that runs.

    Customers have one to three contracts; most renew by themselves. The same seed gives the same terms.
    """
    book = _Book(Random(seed), today, ranks)  # noqa: S311 - a benchmark, no secret
    made = contract = 0
    while made < size:
        for term in book.contract(contract):
            if made < size:
                yield term
            made += 1
        contract += 1


class _Book:
    """Draws contracts, one after the other."""

    def __init__(self, random: Random, today: date, ranks: tuple[str | None, ...]) -> None:
        self._random = random
        self._today = today
        self._ranks = ranks
        self._customer = 0
        self._left = 0
        self._grouping = _grouping(0)

    def contract(self, number: int) -> list[TermState]:
        """Give the terms of the next contract, the oldest first."""
        if not self._left:
            self._customer += 1
            self._left = self._random.choice((1, 1, 2, 3))
            self._grouping = _grouping(self._random.randrange(_CSMS * len(_SEGMENTS)))
        self._left -= 1
        behind = self._random.randrange(_MOST_BEHIND + 1)
        last_start = self._today + _DAY - timedelta(days=self._random.randrange(_MONTHS * 30))
        amount = self._random.randrange(20, 400) * 5
        terms = [self._past(number, place + 1, behind - place, last_start, amount) for place in range(behind)]
        return [*terms, self._current(number, behind + 1, last_start, amount)]

    def _past(self, number: int, ordinal: int, ago: int, last_start: date, amount: int) -> TermState:
        start = _later(last_start, -_MONTHS * ago)
        standing = TermStanding.WON if self._random.random() < 0.4 else TermStanding.AUTO_RENEWED  # noqa: PLR2004
        paid = amount - 5 * ago if standing is TermStanding.WON else amount
        return self._term(
            number, ordinal, (start, _later(start, _MONTHS) - _DAY), (standing, max(paid, 5), amount)
        )

    def _current(self, number: int, ordinal: int, start: date, amount: int) -> TermState:
        standing = self._random.choice(
            (*(TermStanding.UNOPENED,) * 8, *(TermStanding.OPEN,) * 9, TermStanding.WON, TermStanding.LOST)
        )
        new = amount + self._random.choice((-50, 0, 0, 5, 25, 100)) if standing is TermStanding.OPEN else None
        days = (start, _later(start, _MONTHS) - _DAY)
        return self._term(number, ordinal, days, (standing, amount, new and max(new, 5)))

    def _term(
        self,
        number: int,
        ordinal: int,
        days: tuple[date, date],
        held: tuple[TermStanding, int, int | None],
    ) -> TermState:
        standing, prior, new = held
        currency = _ABROAD if number % 50 == 0 else _HOME
        open_now = standing is TermStanding.OPEN
        account = f"001{self._customer:012}AAA"
        rank = self._random.choice(self._ranks) if open_now else None
        return TermState(
            key=f"800{number:012}AAA-{ordinal}",
            contract_id=f"800{number:012}AAA",
            account_id=account,
            customer_id=account,
            ordinal=ordinal,
            start=days[0],
            end=days[1],
            in_force_until=days[1],
            standing=standing,
            prior=_money(prior, currency),
            new=None if new is None else _money(new, currency),
            proposed=open_now and rank is None and self._random.random() < 0.5,  # noqa: PLR2004
            rank=rank,
            chosen_type=RenewalType.UPSELL if open_now and self._random.random() < 0.01 else None,  # noqa: PLR2004
            follows_on=standing is TermStanding.AUTO_RENEWED,
            open_date=days[1] - timedelta(days=90),
            opportunity_id=f"006{number:010}{ordinal:02}AAA"
            if standing is not TermStanding.UNOPENED
            else None,
            settled_on=days[1] - 9 * _DAY if standing is TermStanding.WON else None,
            grouping=self._grouping,
        )


@cache
def _money(thousands: int, currency: str) -> Money:
    return Money(Decimal(thousands) * 1000, currency)


@cache
def _later(day: date, months: int) -> date:
    return add_months(day, months)


@cache
def _grouping(number: int) -> Grouping:
    csm = number % _CSMS
    return Grouping(
        segment=_SEGMENTS[number // _CSMS],
        tier=_TIERS[csm % len(_TIERS)],
        csm_id=f"005{csm:012}AAA",
        manager_id=f"005{_CSMS + csm % _MANAGERS:012}AAA",
        product=_PRODUCTS[number % len(_PRODUCTS)],
    )
