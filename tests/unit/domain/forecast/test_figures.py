"""The figures of a renewal opportunity: its type, prior, delta and landing, summed over the terms that share it."""

from decimal import Decimal

import pytest
from tests.fakes.landings import built, term, yen

from csops_sync.domain.forecast.figures import FIGURE_FIELDS, Figures, figures_of
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

RULES = built()


def figures(*states: TermState, currency: str = "JPY") -> Figures:
    return figures_of(states, rules=RULES, currency=currency)


def values(found: Figures) -> tuple[object, ...]:
    return tuple(found.value(name) for name in FIGURE_FIELDS)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rank": "C"}, ("flat", 1_000_000, 0, 900_000)),
        ({"new": None}, ("flat", 1_000_000, 0, 900_000)),
        ({"rank": "D", "new": yen(1_200_000)}, ("upsell", 1_000_000, 200_000, 720_000)),
        ({"rank": "B", "new": yen(800_000)}, ("downsell", 1_000_000, -200_000, 760_000)),
        ({"new": yen(1_030_000), "proposed": True}, ("upsell", 1_000_000, 30_000, 900_000)),
        ({"standing": TermStanding.WON, "new": yen(1_200_000)}, ("upsell", 1_000_000, 200_000, 1_200_000)),
        ({"standing": TermStanding.LOST, "new": None}, ("lost", 1_000_000, -1_000_000, 0)),
        ({"standing": TermStanding.TERMINATED, "new": yen(9)}, ("lost", 1_000_000, -1_000_000, 0)),
    ],
)
def test_one_term_gives_its_type_prior_delta_and_landing(
    changes: dict[str, object], expected: tuple[object, ...]
) -> None:
    assert values(figures(term(**changes))) == expected


def test_the_landing_follows_a_persons_type_and_the_computed_one_stands_beside_it() -> None:
    """At rank C a flat renewal weighs 90 %, one that a person calls an upsell 95 %."""
    found = figures(term(rank="C", chosen_type=RenewalType.UPSELL))
    assert values(found) == ("flat", 1_000_000, 0, 950_000)


def test_terms_that_share_an_opportunity_are_summed_and_typed_together() -> None:
    """1,000,000 -> 1,100,000 and 500,000 -> 400,000 are flat together: 1,500,000 -> 1,500,000."""
    first = term(key="a-1", rank="A", new=yen(1_100_000))
    other = term(key="b-1", rank="A", prior=yen(500_000), new=yen(400_000))
    assert values(figures(first, other)) == ("flat", 1_500_000, 0, 1_500_000)
    assert values(figures(other, first)) == values(figures(first, other))


def test_a_member_that_ended_counts_as_nothing_and_the_rest_is_weighed() -> None:
    rest = term(key="a-1", rank="A")
    ended = term(key="b-1", standing=TermStanding.TERMINATED, new=None)
    assert values(figures(rest, ended)) == ("downsell", 2_000_000, -1_000_000, 1_000_000)


@pytest.mark.parametrize(
    "odd",
    [
        {"standing": TermStanding.ASIDE, "new": None},
        {"prior": None},
        {"new": Money(Decimal(9), "USD")},
    ],
    ids=["aside", "no prior amount", "another currency"],
)
def test_where_one_member_cannot_be_judged_there_is_no_sum(odd: dict[str, object]) -> None:
    found = figures(term(key="a-1"), term(key="b-1", **odd))
    assert values(found) == (None, None, None, None)
    assert len(found.parts) == 2


def test_figures_are_in_the_currency_of_the_opportunity_or_not_at_all() -> None:
    dollars = term(prior=Money(Decimal("10.50"), "USD"), new=Money(Decimal("12.00"), "USD"), rank="A")
    assert values(figures(dollars, currency="USD")) == (
        "upsell",
        Decimal("10.50"),
        Decimal("1.50"),
        Decimal("12.00"),
    )
    assert values(figures(dollars, currency="JPY")) == (None,) * 4


def test_what_has_no_opportunity_yet_and_no_term_at_all_have_no_figures() -> None:
    assert figures(term(standing=TermStanding.UNOPENED)) == Figures()
    assert figures() == Figures()
