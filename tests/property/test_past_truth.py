"""A drawn past against the rates it was drawn from: what happened is what those rates say, within chance."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import sqrt

import pytest

from csops_sync.sandbox.orgs.past_book import PastBook
from csops_sync.sandbox.orgs.past_ratings import Rating, ratings
from csops_sync.sandbox.orgs.past_terms import Fate, PastTerm, RenewalDeal
from csops_sync.sandbox.orgs.past_truth import FIRST_RANKS, OFFERS, RANKS, Offer, Truth
from csops_sync.sandbox.orgs.people import japanese_staff
from csops_sync.sandbox.orgs.small import JAPANESE

TODAY = date(2026, 4, 1)
SURELY_OVER = TODAY - timedelta(days=65)  # who signs late has signed by then
LOOSE = 4.5  # standard errors; all the rates below are compared once, on fixed seeds


def book(
    *, seed: int = 1, customers: int = 2_000, truth: Truth | None = None, quarters: int = 12
) -> PastBook:
    """A drawn past of a staff of five."""
    staff = japanese_staff(csms=5, managers=2)
    known = truth or Truth(today=TODAY)
    return PastBook(
        seed=seed, customers=customers, quarters=quarters, truth=known, staff=staff, language=JAPANESE
    )


def decided(past: PastBook) -> Iterator[tuple[str, PastTerm, RenewalDeal]]:
    """Every deal of a term that is surely over, with its CSM."""
    for customer in past:
        for term in customer.terms:
            if term.deal is not None and term.end < SURELY_OVER:
                yield customer.csm, term, term.deal


@pytest.fixture(scope="module")
def deals() -> list[tuple[str, PastTerm, RenewalDeal]]:
    """The decided deals of one large book."""
    return list(decided(book(customers=6_000)))


def assert_as_often(cases: list[tuple[float, bool]]) -> None:
    """Hold how often something happened against its chances, within sampling error."""
    expected = sum(chance for chance, _ in cases)
    error = sqrt(sum(chance * (1 - chance) for chance, _ in cases))
    assert abs(sum(happened for _, happened in cases) - expected) <= LOOSE * error + 0.5
    assert len(cases) > 30


Deals = list[tuple[str, PastTerm, RenewalDeal]]
Key = Callable[[str, PastTerm, RenewalDeal], object]
KEYS: dict[str, Key] = {
    "type and first rank": lambda _csm, _term, deal: (deal.offer, deal.ratings[0].rank),
    "CSM": lambda csm, _term, _deal: csm,
    "season": lambda _csm, term, _deal: (term.end.month - 1) // 3,
    "year": lambda _csm, term, _deal: (TODAY - term.end).days // 365,
    "last rank before the close": lambda _csm, _term, deal: deal.ratings[-1].rank,
}


@pytest.mark.parametrize("by", KEYS)
def test_renewals_are_won_as_often_as_their_chances_say(by: str, deals: Deals) -> None:
    """Each chance is that of the last rating: all ranks so far known."""
    cases: dict[object, list[tuple[float, bool]]] = {}
    for one in deals:
        cases.setdefault(KEYS[by](*one), []).append((one[2].ratings[-1].chance, one[2].won))
    assert len(cases) >= 3
    for found in cases.values():
        if len(found) > 30:
            assert_as_often(found)


def test_the_rates_really_differ_by_csm_season_and_year(deals: Deals) -> None:
    """Who pools over them sees it."""
    for by, spread in (("CSM", 0.08), ("season", 0.02), ("year", 0.02)):
        groups: dict[object, list[bool]] = {}
        for one in deals:
            groups.setdefault(KEYS[by](*one), []).append(one[2].won)
        rates = [sum(won) / len(won) for won in groups.values() if len(won) > 100]
        assert max(rates) - min(rates) > spread, by


def test_uplifts_are_signed_as_often_as_the_truth_says_and_by_no_other_amount(deals: Deals) -> None:
    signed = Truth(today=TODAY).signed
    won = [(term, deal) for _, term, deal in deals if deal.won and deal.offer is Offer.UPSELL]
    for rank in ("A", "B", "C"):
        full = [(term, deal) for term, deal in won if deal.ratings[0].rank == rank]
        assert_as_often([(signed[rank], deal.signed == deal.offered) for _, deal in full])
    assert all(deal.signed in (deal.offered, term.prior) for term, deal in won)


def test_types_and_first_ranks_are_drawn_independently_of_each_other_and_of_the_outcome(deals: Deals) -> None:
    offers = Counter(deal.offer for _, _, deal in deals)
    ranks = Counter(deal.ratings[0].rank for _, _, deal in deals)
    for share, found in [(OFFERS[one], offers[one]) for one in OFFERS] + [
        (FIRST_RANKS[one], ranks[one]) for one in FIRST_RANKS
    ]:
        assert abs(found - share * len(deals)) <= LOOSE * sqrt(share * (1 - share) * len(deals))


def test_contracts_that_renew_by_themselves_go_on_as_often_as_the_truth_says() -> None:
    past = book(customers=3_000)
    cases = [
        (past.truth.goes_on(csm=customer.csm, end=term.end), term.fate is Fate.AUTO_RENEWED)
        for customer in past
        for term in customer.terms
        if term.rolls and term.end < TODAY
    ]
    assert_as_often(cases)


def test_a_chance_before_the_rating_is_the_mean_over_types_and_ranks() -> None:
    plain = Truth(today=TODAY, seasons=dict.fromkeys(range(1, 5), 0.0), csms=(0.0,), drift=0.0)
    expected = sum(OFFERS[o] * FIRST_RANKS[r] * plain.base[o][r] for o in OFFERS for r in FIRST_RANKS)
    assert plain.before_rating(csm="@csm-1", end=TODAY) == pytest.approx(expected)
    assert plain.chance(offer=Offer.FLAT, rank="C", csm="@csm-1", end=TODAY) == pytest.approx(0.84)


def test_a_drift_makes_the_years_before_worse_and_leaves_the_last_one() -> None:
    truth = Truth(today=TODAY, drift=1.0)
    lately, before = TODAY - timedelta(days=364), TODAY - timedelta(days=366)
    chances = [truth.chance(offer=Offer.FLAT, rank="C", csm="@csm-2", end=day) for day in (lately, before)]
    assert chances == pytest.approx([0.84, 0.7126], abs=0.0001)  # one in log-odds


def test_a_step_of_the_rank_towards_the_outcome_moves_the_chance_by_bayes_rule() -> None:
    """Won 45 %, lost 10 % to go up by one: 0.5 becomes 0.45 / (0.45 + 0.10)."""
    up = next(path for path in paths(won=True) if path[1].rank == "B")
    down = next(path for path in paths(won=True) if path[1].rank == "D")
    same = next(path for path in paths(won=False) if path[1].rank == "C")
    assert up[1].chance == pytest.approx(0.45 / 0.55)
    assert down[1].chance == pytest.approx(0.10 / 0.55)
    assert same[1].chance == pytest.approx(0.5)


def test_a_rank_at_an_end_stays_within_the_scale() -> None:
    for first in ("A", "E"):
        found = {one.rank for path in paths(won=True, first=first) for one in path}
        assert found <= set(RANKS)
        assert first in found


def test_what_nobody_rated_stays_unrated() -> None:
    assert all([one.rank for one in path] == [None] for path in paths(won=False, first=None))


def paths(*, won: bool, first: str | None = "C") -> Iterator[tuple[Rating, ...]]:
    """Two hundred paths from an even chance."""
    return (ratings(first=first, chance=0.5, won=won, end=TODAY, at=(1, number)) for number in range(200))


def test_the_same_seed_gives_the_same_past_and_another_seed_another() -> None:
    assert list(book(customers=40)) == list(book(customers=40))
    assert list(book(customers=40)) != list(book(customers=40, seed=2))


def test_fewer_customers_are_the_first_of_more() -> None:
    """Every life follows from its own number."""
    assert list(book(customers=30)) == list(book(customers=60))[:30]
