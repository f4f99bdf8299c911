"""How one renewal went: opened, rated, asked for more or less, signed early, on time or late, or lost for a reason."""

from collections.abc import Mapping
from datetime import date, timedelta

from csops_sync.sandbox.orgs.past_ratings import LOOKED_AT, ratings
from csops_sync.sandbox.orgs.past_terms import PastTerm, RenewalDeal, Timing
from csops_sync.sandbox.orgs.past_truth import FIRST_RANKS, OFFERS, Offer, Truth, drawn_from, happens
from csops_sync.sandbox.orgs.spread import draw, pick

OPENED_BEFORE, OPENED_LOOSE = 100, 15
TIMINGS = ((74, Timing.ON_TIME), (13, Timing.EARLY), (13, Timing.LATE))
REASONS = (
    (28, "Price"),
    (22, "Features"),
    (16, "Budget"),
    (16, "Competitor"),
    (12, "Support"),
    (6, "Unknown"),
)
EARLY_BEFORE = LOOKED_AT[0] + 10
_PERCENT: Mapping[Offer, tuple[int, ...]] = {
    Offer.UPSELL: (105, 110, 115, 120, 130),
    Offer.FLAT: (100,),
    Offer.DOWNSELL: (60, 75, 80, 90, 95),
}


def drawn_deal(term: PastTerm, *, truth: Truth, csm: str, seed: int) -> RenewalDeal:
    """This function will draw the renewal of a term; its outcome is won by the truth's chance, and by nothing else."""
    number = term.number
    offer = drawn_from(OFFERS, seed, number, "offer")
    rank = drawn_from(FIRST_RANKS, seed, number, "first rank")
    chance = truth.chance(offer=offer, rank=rank, csm=csm, end=term.end)
    won = happens(seed, number, "won", chance=chance)
    timing = pick(TIMINGS, draw(seed, number, "timing")) if won else Timing.ON_TIME
    closed_on = _closed_on(term, timing, seed)
    path = ratings(first=rank, chance=chance, won=won, end=term.end, at=(seed, number))
    offered = _offered(term, offer, seed)
    full = offer is not Offer.UPSELL or happens(seed, number, "in full", chance=truth.signed[rank])
    return RenewalDeal(
        opened_on=term.end - timedelta(days=OPENED_BEFORE + draw(seed, number, "opened") % OPENED_LOOSE),
        offer=offer,
        offered=offered,
        ratings=[one for one in path if one.on < closed_on],
        won=won,
        timing=timing,
        closed_on=closed_on,
        signed=(offered if full else term.prior) if won else None,
        reason=None if won else pick(REASONS, draw(seed, number, "reason")),
    )


def _closed_on(term: PastTerm, timing: Timing, seed: int) -> date:
    drawn = draw(seed, term.number, "closed")
    match timing:
        case Timing.EARLY:
            return term.end - timedelta(days=EARLY_BEFORE + drawn % 12)
        case Timing.LATE:
            return term.end + timedelta(days=5 + drawn % 50)
        case _:
            return term.end - timedelta(days=3 + drawn % 12)


def _offered(term: PastTerm, offer: Offer, seed: int) -> int:
    choices = _PERCENT[offer]
    return term.prior * choices[draw(seed, term.number, "percent") % len(choices)] // 100
