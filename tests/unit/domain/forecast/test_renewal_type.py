"""Upsell, flat, downsell or lost: the bounds exactly, facts before choices, choices before sums."""

from decimal import Decimal

import pytest
from tests.fakes.landings import yen

from csops_sync.domain.forecast.renewal_type import Tolerance, TypeBasis, Typed, classify, type_of
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.domain.money import Money

UPSELL, FLAT, DOWNSELL, LOST = RenewalType
HALF_A_PERCENT = Tolerance(Decimal("0.005"))


def typed(
    prior: Money | None = None,
    new: Money | None = None,
    *,
    standing: TermStanding = TermStanding.OPEN,
    chosen: RenewalType | None = None,
) -> Typed:
    return classify(prior=prior, new=new, tolerance=HALF_A_PERCENT, standing=standing, chosen=chosen)


@pytest.mark.parametrize(
    ("prior", "new", "share", "expected"),
    [
        (1_000_000, 1_005_000, "0.005", FLAT),
        (1_000_000, 1_005_001, "0.005", UPSELL),
        (1_000_000, 995_000, "0.005", FLAT),
        (1_000_000, 994_999, "0.005", DOWNSELL),
        (1_000_000, 1_000_000, "0", FLAT),
        (1_000_000, 1_000_001, "0", UPSELL),
        (1_000_000, 999_999, "0", DOWNSELL),
        (101, 102, "0.01", FLAT),
        (99, 100, "0.01", UPSELL),
        (0, 0, "0.005", FLAT),
        (0, 1, "0.005", UPSELL),
        (0, 0, "0", FLAT),
        (1_000_000, 0, "0.005", DOWNSELL),
        (10**24 * 3, 10**24 * 3 + 1, "0", UPSELL),
        (-100, -100, "0.1", FLAT),
        (-100, -111, "0.1", DOWNSELL),
    ],
)
def test_the_bounds_of_the_tolerance_are_flat_and_one_beyond_is_not(
    prior: int, new: int, share: str, expected: RenewalType
) -> None:
    assert type_of(prior=prior, new=new, tolerance=Tolerance(Decimal(share))) is expected


def test_the_reason_holds_both_amounts_and_the_bounds_between_which_it_would_be_flat() -> None:
    found = typed(yen(1_000_000), yen(1_080_000))

    assert (found.type, found.computed, found.chosen) == (UPSELL, UPSELL, False)
    assert found.reason.basis is TypeBasis.ABOVE
    assert (found.reason.prior, found.reason.new) == (yen(1_000_000), yen(1_080_000))
    assert (found.reason.flat_from, found.reason.flat_to) == (Decimal(995_000), Decimal(1_005_000))


def test_a_person_s_choice_counts_and_the_sum_is_kept_beside_it() -> None:
    found = typed(yen(100), yen(120), chosen=DOWNSELL)

    assert (found.type, found.computed, found.chosen) == (DOWNSELL, UPSELL, True)
    assert found.reason.basis is TypeBasis.ABOVE


def test_an_open_renewal_that_a_person_calls_lost_is_lost_before_it_is_closed() -> None:
    assert typed(yen(100), yen(100), chosen=LOST).type is LOST


@pytest.mark.parametrize("standing", [TermStanding.LOST, TermStanding.TERMINATED, TermStanding.EXPIRED])
def test_what_was_closed_lost_or_ended_is_lost_whatever_was_chosen_before(standing: TermStanding) -> None:
    found = typed(yen(100), yen(120), standing=standing, chosen=UPSELL)

    assert (found.type, found.computed) == (LOST, LOST)


@pytest.mark.parametrize("standing", [TermStanding.WON, TermStanding.SUPERSEDED, TermStanding.AUTO_RENEWED])
def test_what_goes_on_is_not_lost_though_somebody_once_chose_so(standing: TermStanding) -> None:
    assert typed(yen(100), yen(80), standing=standing, chosen=LOST).type is DOWNSELL


def test_a_won_renewal_keeps_the_type_that_a_person_chose() -> None:
    assert typed(yen(100), yen(120), standing=TermStanding.WON, chosen=FLAT).type is FLAT


@pytest.mark.parametrize(
    ("prior", "new", "standing", "basis"),
    [
        (None, yen(5), TermStanding.OPEN, TypeBasis.NO_PRIOR),
        (yen(5), Money(Decimal(5), "USD"), TermStanding.OPEN, TypeBasis.OTHER_CURRENCY),
        (yen(5), None, TermStanding.UNOPENED, TypeBasis.UNOPENED),
        (yen(5), yen(5), TermStanding.ASIDE, TypeBasis.ASIDE),
    ],
)
def test_where_nothing_can_be_said_there_is_no_type_and_the_reason_says_why(
    prior: Money | None, new: Money | None, standing: TermStanding, basis: TypeBasis
) -> None:
    found = typed(prior, new, standing=standing)

    assert (found.type, found.computed, found.reason.basis) == (None, None, basis)


def test_a_choice_counts_where_the_amounts_say_nothing() -> None:
    assert typed(None, yen(5), chosen=UPSELL).type is UPSELL


def test_an_open_renewal_without_an_amount_is_flat_and_says_that_nobody_named_one() -> None:
    found = typed(yen(100), None)

    assert (found.type, found.reason.basis) == (FLAT, TypeBasis.NO_NEW_AMOUNT)


@pytest.mark.parametrize("share", ["-0.01", "1", "1.5"])
def test_a_tolerance_out_of_range_is_refused(share: str) -> None:
    with pytest.raises(ValueError, match="at least 0 % and below 100 %"):
        Tolerance(Decimal(share))
