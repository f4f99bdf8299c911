"""From `forecast:` in YAML to matrices: short forms, changes laid over one another, warnings at their place."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.fakes.configuration import GOOD, SHIPPED, load_good, load_text, problems_of, with_sections
from tests.fakes.landings import EXAMPLE, built

from csops_sync.config.problems import Problem
from csops_sync.config.source import Plain
from csops_sync.domain.forecast.matrix import NOTHING, RATED_TYPES, Scenario, Weights
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType

UPSELL, FLAT, DOWNSELL, LOST = RenewalType
_CONFIDENCE: Plain = {
    "field": "opportunity.stage",
    "ranks": ["A", "B"],
    "none": ["worsened", "improved", "lost", "won", "rated"],
}
_RULES = """\
calendar: {timezone: Asia/Tokyo, holidays: JP}
people: {csm: [account.csm]}
segments: {enterprise: {account.tier: Enterprise}, everyone: {}}
confidence: {field: opportunity.stage, ranks: [A, B], none: [worsened, improved, lost, won, rated]}
renewals:
  - name: all
    open: {before_renewal: 90 days}
    opportunity: {name: "{{ account.name }}", stage: 更新準備, uplift: 3 %}
forecast:
"""


def weights(base: str, expansion: str = "0") -> Weights:
    return Weights(Decimal(base), Decimal(expansion))


def of_yaml(folder: Path, forecast: Plain, confidence: Plain = _CONFIDENCE) -> ForecastRules | None:
    sections: dict[str, Plain] = {"forecast": forecast, "confidence": confidence}
    return load_text(folder, rules=with_sections(GOOD / "small-rules.yaml", sections)).rules.forecast


def warned(folder: Path, forecast: str) -> list[Problem]:
    """The warnings of a section, whose first line is the 10th."""
    return list(load_text(folder, rules=_RULES + forecast).warnings)


def test_the_shared_example_is_the_matrix_that_it_reads_like() -> None:
    rules = load_good(GOOD / "example-rules.yaml", GOOD / "example-connections.yaml").rules.forecast

    assert rules is not None
    assert (rules.tolerance.share, rules.ranks) == (Decimal("0.005"), ("A", "B", "C", "D", "E"))
    matrix = rules.matrix()
    assert matrix.cell(UPSELL, "C") == weights("0.95", "0.4")
    assert matrix.cell(DOWNSELL, "E") == weights("0.1")
    assert matrix.unopened == weights("0.9")
    assert [matrix.unrated(kind) for kind in RATED_TYPES] == [weights("0.9")] * 3
    assert [matrix.cell(LOST, rank) for rank in (*rules.ranks, None)] == [NOTHING] * 6
    assert rules.scenarios == {Scenario.BASE}
    assert rules.matrix(scenario=Scenario.LOW) == rules.matrix(scenario=Scenario.HIGH) == matrix


@pytest.mark.parametrize("name", ["rules.yaml", "sandbox-rules.yaml"])
def test_the_shipped_rules_forecast_and_warn_of_nothing(name: str) -> None:
    loaded = load_good(SHIPPED / name, SHIPPED / "csops-sync.yaml")

    assert loaded.rules.forecast == built()
    assert loaded.warnings == ()


def test_rules_without_the_section_have_no_forecast() -> None:
    assert load_good().rules.forecast is None


def test_one_row_weighs_base_and_expansion_of_every_type_alike(tmp_path: Path) -> None:
    rules = of_yaml(tmp_path, {"matrix": {"every_type": {"A": 0.9, "B": 0.25}, "unopened": 0.6}})

    assert rules is not None
    assert {rules.matrix().cell(kind, "B") for kind in RATED_TYPES} == {weights("0.25", "0.25")}
    assert rules.matrix().unrated(FLAT) == rules.matrix().unopened == weights("0.6", "0.6")


def test_one_weight_for_all_ranks_is_that_of_each_and_a_rank_without_an_expansion_has_none() -> None:
    rules = built(
        {
            "matrix": {
                "upsell": {"base": 0.8, "expansion": {"A": 0.5}},
                "flat": {"base": 0.7},
                "downsell": {"base": 0.6},
                "unopened": {"base": 0.5},
                "unrated": {"base": 0.4, "expansion": 0.1},
            }
        },
        ranks=("A", "B"),
    )

    matrix = rules.matrix()
    assert (matrix.cell(UPSELL, "A"), matrix.cell(UPSELL, "B")) == (weights("0.8", "0.5"), weights("0.8"))
    assert (matrix.unopened, matrix.unrated(UPSELL)) == (weights("0.5"), weights("0.4", "0.1"))


def test_segments_and_scenarios_change_what_they_name_the_nearer_one_last() -> None:
    rules = built(
        {
            "matrix": {"every_type": {"A": 1, "B": 0.5}, "unopened": 0.5},
            "segments": {"enterprise": {"flat": {"base": {"B": 0.6}}, "unopened": 0.7}},
            "scenarios": {
                "low": {
                    "flat": {"base": {"B": 0.4}},
                    "segments": {"enterprise": {"flat": {"base": 0.3}}, "small": {"unopened": 0.1}},
                },
                "high": {"unrated": 0.8},
            },
        },
        ranks=("A", "B"),
    )

    def base(scenario: Scenario, segment: str | None) -> list[str]:
        matrix = rules.matrix(scenario=scenario, segment=segment)
        cells = (matrix.cell(FLAT, "A"), matrix.cell(FLAT, "B"), matrix.unrated(FLAT), matrix.unopened)
        return [str(cell.base) if cell else "" for cell in cells]

    assert base(Scenario.BASE, None) == ["1", "0.5", "0.5", "0.5"]
    assert base(Scenario.BASE, "enterprise") == ["1", "0.6", "0.7", "0.7"]
    assert base(Scenario.LOW, None) == ["1", "0.4", "0.5", "0.5"]
    assert base(Scenario.LOW, "enterprise") == ["0.3", "0.3", "0.7", "0.7"]
    assert base(Scenario.LOW, "small") == ["1", "0.4", "0.1", "0.1"]
    assert base(Scenario.HIGH, "enterprise") == ["1", "0.6", "0.8", "0.7"]
    assert base(Scenario.BASE, "small") == base(Scenario.BASE, None)
    assert rules.scenarios == set(Scenario)
    assert rules.segments == ("enterprise", "small")


def test_floors_and_caps_hold_in_every_cell_and_column() -> None:
    rules = built(
        {
            "matrix": {
                "every_type": {"A": 1, "B": 0},
                "unopened": 1,
                "floor": {"base": 0.1},
                "cap": {"base": 0.9, "expansion": 0.5},
            }
        },
        ranks=("A", "B"),
    )

    matrix = rules.matrix()
    assert (matrix.cell(FLAT, "A"), matrix.cell(FLAT, "B")) == (weights("0.9", "0.5"), weights("0.1"))
    assert (matrix.unopened, matrix.unrated(FLAT)) == (weights("0.9", "0.5"), weights("0.9", "0.5"))


def test_a_floor_above_its_cap_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"floor of base, 0\.9, is above its cap, 0\.8"):
        built({"matrix": {"every_type": 1, "unopened": 1, "floor": {"base": 0.9}, "cap": {"base": 0.8}}})


def test_without_confidence_the_ranks_are_those_that_the_matrix_names() -> None:
    assert built(EXAMPLE, ranks=()).ranks == ("A", "B", "C", "D", "E")


def test_another_weight_is_another_hash(tmp_path: Path) -> None:
    def hash_of(weight: float) -> str:
        forecast: Plain = {"matrix": {"every_type": weight, "unopened": 1}}
        sections: dict[str, Plain] = {"forecast": forecast, "confidence": _CONFIDENCE}
        rules = with_sections(GOOD / "small-rules.yaml", sections)
        return load_text(tmp_path, rules=rules).rules.hash

    assert hash_of(0.9) == hash_of(0.90)
    assert hash_of(0.9) != hash_of(0.8)


def test_a_worse_rank_that_weighs_more_is_warned_of_at_its_weight(tmp_path: Path) -> None:
    """In all three scenarios, but told once."""
    (problem,) = warned(
        tmp_path,
        "  matrix:\n"
        "    upsell: {base: {A: 0.8, B: 0.9}, expansion: 0}\n"
        "    flat: {base: 1}\n    downsell: {base: 1}\n    unopened: 1\n"
        "  scenarios: {low: {flat: {base: 0.9}}, high: {unopened: 1}}\n",
    )

    assert (problem.line, problem.column) == (11, 32)
    assert problem.path == "forecast.matrix.upsell.base.B"
    assert problem.message.startswith(
        "warning: rank B weighs 0.9 and the better rank A only 0.8: a renewal that gets worse would land higher"
    )


def test_an_opening_that_moves_the_landing_is_warned_of(tmp_path: Path) -> None:
    (problem,) = warned(
        tmp_path, "  matrix: {every_type: {A: 1, B: 0.5}, unopened: 0.9, unrated: {base: 0.8}}\n"
    )

    assert (problem.line, problem.path) == (10, "forecast.matrix.unrated")
    assert "of 1,000,000 from 900,000 to 800,000" in problem.message


def test_a_segment_in_which_opening_moves_the_landing_is_warned_of_there(tmp_path: Path) -> None:
    (problem,) = warned(
        tmp_path,
        "  matrix: {every_type: {A: 1, B: 0.5}, unopened: 0.9, unrated: 0.9}\n"
        "  segments: {enterprise: {unopened: 0.95}}\n",
    )

    assert "from 950,000 to 900,000" in problem.message


def test_a_low_scenario_above_the_base_and_a_high_one_below_it_are_warned_of(tmp_path: Path) -> None:
    low, high = warned(
        tmp_path,
        "  matrix: {every_type: {A: 0.9, B: 0.5}, unopened: 0.5}\n"
        "  scenarios:\n"
        "    low: {flat: {base: {B: 0.6}}}\n"
        "    high: {flat: {base: {B: 0.4}}}\n",
    )

    assert (low.line, low.path) == (12, "forecast.scenarios.low.flat.base.B")
    assert low.message == "warning: weighs 0.6 in the scenario low, more than in the base (0.5)"
    assert (high.line, high.message) == (
        13,
        "warning: weighs 0.4 in the scenario high, less than in the base (0.5)",
    )


def test_weights_by_rank_and_nothing_that_rates_are_warned_of(tmp_path: Path) -> None:
    rules = with_sections(
        GOOD / "small-rules.yaml", {"forecast": {"matrix": {"every_type": 1, "unopened": 1}}}
    )

    (problem,) = load_text(tmp_path, rules=rules).warnings

    assert "without the section `confidence` no renewal has a rank" in problem.message


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        ({"matrix": {"every_type": {"A": 1}, "unopened": 1}}, "has no weight for B; give every rank"),
        ({"matrix": {"every_type": 1, "unopened": 1, "flat": {"base": 1}}}, "already weighs flat"),
        ({"matrix": {"upsell": {"base": 1}, "flat": {"base": 1}, "unopened": 1}}, "downsell: is missing"),
        ({"matrix": {"every_type": 1}}, "unopened: is missing"),
        ({"matrix": {"every_type": 1, "unopened": {"base": {"A": 1}}}}, "is not a weight"),
        ({"matrix": {"every_type": 1, "unopened": 1}, "type_tolerance": "-1 %"}, "at least 0 %"),
        ({"matrix": {"every_type": 1, "unopened": 1}, "segments": {"nobody": {}}}, "nobody"),
        ({"matrix": {"every_type": 1, "unopened": 1}, "scenarios": {"middle": {}}}, "unknown key"),
        ({"matrix": {"every_type": 1, "unopened": 1}, "scenarios": {"low": {"flat": {"base": {"X": 1}}}}}, "no rank"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_once_in_words(tmp_path: Path, forecast: Plain, words: str) -> None:
    sections: dict[str, Plain] = {"forecast": forecast, "confidence": _CONFIDENCE}

    (problem,) = problems_of(tmp_path, rules=with_sections(GOOD / "small-rules.yaml", sections))

    assert words in problem.headline
