"""What `validate` warns of in a matrix, as the domain finds it."""

from decimal import Decimal

from tests.fakes.landings import RANKS, built, one_cell, rules_of

from csops_sync.domain.forecast.lint import Finding, LintKind, Part, lint
from csops_sync.domain.forecast.matrix import Matrix, Scenario, Weights
from csops_sync.domain.forecast.term_state import RenewalType


def test_the_shared_example_has_nothing_odd() -> None:
    assert list(lint(rules=built(), uplifts=(Decimal("0.03"),))) == []


def test_a_rising_weight_is_found_with_its_cell_and_both_weights() -> None:
    plain = one_cell("0.5")
    odd = Matrix(
        cells={**plain.cells, (RenewalType.FLAT, "D"): Weights(Decimal("0.6"))}, unopened=plain.unopened
    )

    (found,) = lint(rules=rules_of(odd))

    assert found == Finding(
        kind=LintKind.RISING,
        scenario=Scenario.BASE,
        segment=None,
        row=RenewalType.FLAT,
        part=Part.BASE,
        ranks=("C", "D"),
        expected=Decimal("0.5"),
        found=Decimal("0.6"),
    )


def test_a_column_that_is_lower_for_upsells_moves_the_landing_only_where_an_uplift_is_proposed() -> None:
    """Opened at the prior amount it is flat; opened 3 % above, it is an upsell, and weighs 0.4."""
    plain = one_cell("0.5")
    odd = Matrix(
        cells={**plain.cells, (RenewalType.UPSELL, None): Weights(Decimal("0.4"))}, unopened=plain.unopened
    )

    (found,) = lint(rules=rules_of(odd), uplifts=(Decimal("0.03"),))

    assert (found.kind, found.expected, found.found) == (
        LintKind.OPENING,
        Decimal(500_000),
        Decimal(400_000),
    )
    assert list(lint(rules=rules_of(odd))) == []


def test_scenarios_that_the_rules_do_not_give_are_not_looked_at() -> None:
    rules = built({"matrix": {"every_type": dict.fromkeys(RANKS, 0.5), "unopened": 0.5}})

    assert rules.scenarios == {Scenario.BASE}
    assert list(lint(rules=rules)) == []
