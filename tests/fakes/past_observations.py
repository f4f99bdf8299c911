"""A drawn past as calibration sees it, straight from the generator: terms, their stories, their true chances."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from csops_sync.domain.forecast.hindsight import Said, Story
from csops_sync.domain.forecast.matrix import RATED_TYPES, Matrix, Weights
from csops_sync.domain.forecast.observing import Left, Observation, observe
from csops_sync.domain.forecast.renewal_type import Tolerance
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.sandbox.orgs.past_book import PastBook
from csops_sync.sandbox.orgs.past_terms import Fate, PastTerm, RenewalDeal
from csops_sync.sandbox.orgs.past_truth import RANKS, Truth
from csops_sync.sandbox.orgs.people import japanese_staff
from csops_sync.sandbox.orgs.small import JAPANESE

TODAY = date(2026, 4, 1)
SURELY_OVER = TODAY - timedelta(days=65)
"""Who signs late has signed by then, of terms that ended before."""
DAYS_BEFORE = 80
"""All deals have their first rank by then, and none is closed."""
TOLERANCE = Tolerance(Decimal("0.005"))
_BY_RANK = dict(zip(RANKS, ("1", "0.98", "0.9", "0.6", "0.1"), strict=True))
MATRIX = Matrix(
    cells={
        (kind, rank): Weights(Decimal(_BY_RANK[rank] if rank else "0.9"), Decimal("0.4"))
        for kind in RATED_TYPES
        for rank in (*RANKS, None)
    },
    unopened=Weights(Decimal("0.9")),
)
"""Weights of an ops admin who knows no rates."""
_STANDINGS = {
    Fate.WON: TermStanding.WON,
    Fate.LOST: TermStanding.LOST,
    Fate.AUTO_RENEWED: TermStanding.AUTO_RENEWED,
    Fate.TERMINATED: TermStanding.TERMINATED,
    Fate.SUPERSEDED: TermStanding.SUPERSEDED,
    Fate.EXPIRED: TermStanding.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Lived:
    """One drawn term: its state as of today, its story, and the true chance that it was renewed as of `DAYS_BEFORE`."""

    state: TermState
    story: Story | None
    chance: float | None


def drawn(
    *, seed: int, customers: int, truth: Truth | None = None, quarters: int = 12, csms: int = 5
) -> Iterator[Lived]:
    """Draw a book's terms, all of them."""
    staff = japanese_staff(csms=csms, managers=2)
    past = PastBook(
        seed=seed,
        customers=customers,
        quarters=quarters,
        truth=truth or Truth(today=TODAY),
        staff=staff,
        language=JAPANESE,
    )
    for customer in past:
        for term in customer.terms:
            yield _lived(term)


def observations(lived: Iterator[Lived], *, until: date = SURELY_OVER) -> Iterator[tuple[Observation, Lived]]:
    """Look at the terms that are surely over as they stood `DAYS_BEFORE` their end, yen and dollars as they are."""
    for one in lived:
        if one.state.end >= until:
            continue
        found = observe(
            one.state, story=one.story, days_before=DAYS_BEFORE, matrix=MATRIX, tolerance=TOLERANCE
        )
        if not isinstance(found, Left):
            yield found, one


def _lived(term: PastTerm) -> Lived:
    deal = term.deal if term.deal is not None and term.deal.opened_on < TODAY else None
    standing = _STANDINGS.get(term.fate, TermStanding.UNOPENED if deal is None else TermStanding.OPEN)
    state = TermState(
        key=f"{term.customer}-{term.contract}-{term.ordinal}",
        contract_id=f"{term.customer}-{term.contract}",
        account_id=str(term.customer),
        customer_id=str(term.customer),
        ordinal=term.ordinal,
        start=term.start,
        end=term.end,
        in_force_until=term.until,
        standing=standing,
        prior=Money(Decimal(term.prior), term.currency),
        new=_new(term, deal),
        rank=deal.ratings[-1].rank if deal and deal.ratings else None,
        opportunity_id=None if deal is None else f"deal-{term.number}",
    )
    return Lived(state, None if deal is None else _story(term, deal), _chance(term, deal))


def _new(term: PastTerm, deal: RenewalDeal | None) -> Money | None:
    if term.fate is Fate.WON and deal is not None and deal.signed is not None:
        return Money(Decimal(deal.signed), term.currency)
    return Money(Decimal(term.prior), term.currency) if term.fate is not Fate.LOST else None


def _story(term: PastTerm, deal: RenewalDeal) -> Story:
    offered = Money(Decimal(deal.offered), term.currency)
    said = [Said(on=deal.opened_on, new=Money(Decimal(term.prior), term.currency))]
    said += [Said(on=one.on, rank=one.rank, new=offered) for one in deal.ratings if one.on < TODAY]
    return Story(said=tuple(said), closed_on=None if term.fate is Fate.RUNNING else deal.closed_on)


def _chance(term: PastTerm, deal: RenewalDeal | None) -> float | None:
    if deal is None:
        return None
    day = term.end - timedelta(days=DAYS_BEFORE)
    return next((one.chance for one in reversed(deal.ratings) if one.on <= day), None)
