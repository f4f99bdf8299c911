"""Where one term lands, by hand: the arithmetic of each case in words beside it."""

from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.landings import built, one_cell, rules_of, term, yen

from csops_sync.domain.forecast.landing import NOT_JUDGED, WEIGHED, Landing, LandingKind, land
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, TermStanding
from csops_sync.domain.money import Money

RULES = built()


def landed(rules: ForecastRules = RULES, **changes: object) -> Landing:
    return land(state=term(**changes), rules=rules)


def test_an_upsell_at_rank_c_keeps_95_percent_of_the_base_and_wins_40_percent_of_the_expansion() -> None:
    """1,000,000 x 0.95 + 200,000 x 0.4 = 950,000 + 80,000."""
    found = landed(new=yen(1_200_000), rank="C")

    assert (found.base, found.expansion, found.amount) == (yen(950_000), yen(80_000), yen(1_030_000))
    assert (found.kind, found.type, found.rank) == (LandingKind.RATED, RenewalType.UPSELL, "C")
    assert (found.kept, found.added) == (yen(1_000_000), yen(200_000))
    assert found.weights is not None
    assert (found.weights.base, found.weights.expansion) == (Decimal("0.95"), Decimal("0.4"))


def test_a_downsell_weighs_what_would_be_left() -> None:
    """min(1,000,000, 700,000) x 0.85 = 595,000."""
    found = landed(new=yen(700_000), rank="C")

    assert (found.type, found.amount, found.expansion) == (RenewalType.DOWNSELL, yen(595_000), yen(0))


def test_growth_within_the_tolerance_is_flat_and_its_missing_expansion_weight_is_nothing() -> None:
    """1,000,000 x 0.98; the 4,000 more count at 0."""
    assert landed(new=yen(1_004_000), rank="B").amount == yen(980_000)


def test_the_type_that_a_person_chose_feeds_the_landing() -> None:
    """As a downsell at C: 1,000,000 x 0.85, and an expansion that a downsell does not have."""
    found = landed(new=yen(1_200_000), rank="C", chosen_type=RenewalType.DOWNSELL)

    assert (found.amount, found.typed.computed) == (yen(850_000), RenewalType.UPSELL)


def test_what_a_person_calls_lost_lands_at_nothing_while_it_is_open() -> None:
    assert landed(rank="A", chosen_type=RenewalType.LOST).amount == yen(0)
    assert landed(proposed=True, chosen_type=RenewalType.LOST).amount == yen(0)


@pytest.mark.parametrize(
    ("standing", "kind", "new", "expected"),
    [
        (TermStanding.WON, LandingKind.WON, 1_200_000, 1_200_000),
        (TermStanding.WON, LandingKind.WON, 700_000, 700_000),
        (TermStanding.WON, LandingKind.WON, None, 1_000_000),
        (TermStanding.AUTO_RENEWED, LandingKind.CONTINUED, None, 1_000_000),
        (TermStanding.SUPERSEDED, LandingKind.CONTINUED, 900_000, 900_000),
        (TermStanding.LOST, LandingKind.LOST, 1_200_000, 0),
        (TermStanding.TERMINATED, LandingKind.ENDED, None, 0),
        (TermStanding.EXPIRED, LandingKind.ENDED, None, 0),
    ],
)
def test_what_is_settled_counts_at_its_amount_or_at_nothing_whatever_its_rank(
    standing: TermStanding, kind: LandingKind, new: int | None, expected: int
) -> None:
    found = landed(
        standing=standing, new=None if new is None else yen(new), rank="E", settled_on=date(2026, 3, 1)
    )

    assert (found.kind, found.amount, found.rank) == (kind, yen(expected), None)
    assert found.kind not in WEIGHED | NOT_JUDGED


def test_a_won_upsell_has_its_base_and_its_expansion() -> None:
    found = landed(standing=TermStanding.WON, new=yen(1_200_000))

    assert (found.base, found.expansion) == (yen(1_000_000), yen(200_000))


def test_what_is_not_opened_lands_at_the_unopened_share_of_the_prior_amount() -> None:
    found = landed(standing=TermStanding.UNOPENED, new=None)

    assert (found.kind, found.amount, found.type) == (LandingKind.UNOPENED, yen(900_000), None)


@pytest.mark.parametrize("uplift", ["0.03", "0", "-0.05", "0.5"])
def test_opening_an_untouched_renewal_leaves_its_landing_whatever_we_proposed(uplift: str) -> None:
    opened = landed(new=yen(1_000_000).with_uplift(Decimal(uplift)), proposed=True)

    assert (opened.kind, opened.amount) == (LandingKind.UNTOUCHED, yen(900_000))


def test_an_opened_renewal_whose_amount_was_left_empty_lands_as_before() -> None:
    assert landed(new=None).amount == yen(900_000)


def test_a_proposed_uplift_counts_as_soon_as_a_person_has_rated_it() -> None:
    """1,030,000 at B, upsell: 1,000,000 x 1 + 30,000 x 0.7."""
    assert landed(new=yen(1_030_000), proposed=True, rank="B").amount == yen(1_021_000)


def test_an_amount_that_a_person_set_counts_before_there_is_a_rank() -> None:
    """Downsell to 700,000 at the unrated weight 0.9; an unrated expansion weighs nothing."""
    assert landed(new=yen(700_000)).amount == yen(630_000)
    assert landed(new=yen(1_500_000)).amount == yen(900_000)


def test_a_rank_that_the_rules_no_longer_know_is_unrated() -> None:
    found = landed(rank="Z")

    assert (found.kind, found.amount, found.rank) == (LandingKind.UNRATED, yen(900_000), None)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"standing": TermStanding.ASIDE}, LandingKind.ASIDE),
        ({"prior": None}, LandingKind.NO_PRIOR),
        ({"new": Money(Decimal(5), "USD")}, LandingKind.OTHER_CURRENCY),
    ],
)
def test_what_cannot_be_judged_has_no_landing_and_says_why(
    changes: dict[str, object], kind: LandingKind
) -> None:
    found = land(state=term(**changes), rules=RULES)

    assert (found.kind, found.amount, found.base, found.expansion) == (kind, None, None, None)
    assert found.kind in NOT_JUDGED


def test_each_landing_is_rounded_once_half_up_and_its_parts_add_up() -> None:
    """1 x 0.5 + 1 x 0.5 is 1, though each half alone would round to 1."""
    halves = rules_of(one_cell("0.5", "0.5"))
    found = landed(halves, prior=yen(1), new=yen(2), rank="A")

    assert (found.amount, found.base, found.expansion) == (yen(1), yen(1), yen(0))
    assert landed(halves, prior=yen(3), new=yen(3), rank="A").amount == yen(2)


def test_cents_are_rounded_as_cents() -> None:
    """0.333 x 10.01 = 3.33333 dollars."""
    dollars = Money(Decimal("10.01"), "USD")

    assert landed(rules_of(one_cell("0.333")), prior=dollars, new=dollars, rank="A").amount == Money(
        Decimal("3.33"), "USD"
    )


def test_a_segment_and_a_scenario_have_weights_of_their_own() -> None:
    rules = built(
        {
            "matrix": {"every_type": {"A": 1, "B": 0.8}, "unopened": 0.5},
            "segments": {"enterprise": {"every_type": {"B": 0.9}}},
            "scenarios": {"low": {"every_type": {"B": 0.7}}},
        },
        ranks=("A", "B"),
    )
    ours, theirs = (
        term(rank="B"),
        term(rank="B", grouping=Grouping(segment="enterprise")),
    )

    amounts = [
        [land(state=state, rules=rules, scenario=scenario).amount for scenario in Scenario]
        for state in (ours, theirs)
    ]

    assert amounts == [
        [yen(700_000), yen(800_000), yen(800_000)],
        [yen(700_000), yen(900_000), yen(900_000)],
    ]
