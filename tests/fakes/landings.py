"""Terms and matrices for tests of landings, so that a test names only what it is about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from csops_sync.config.build_forecast import forecast_rules
from csops_sync.config.models_forecast import ForecastSection
from csops_sync.domain.forecast.matrix import Matrix, Scenario, Weights
from csops_sync.domain.forecast.renewal_type import Tolerance
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

RANKS = ("A", "B", "C", "D", "E")
EXAMPLE = {
    "type_tolerance": "0.5 %",
    "matrix": {
        "upsell": {
            "base": {"A": 1, "B": 1, "C": 0.95, "D": 0.7, "E": 0.2},
            "expansion": {"A": 1, "B": 0.7, "C": 0.4, "D": 0.1, "E": 0},
        },
        "flat": {"base": {"A": 1, "B": 0.98, "C": 0.9, "D": 0.6, "E": 0.1}},
        "downsell": {"base": {"A": 1, "B": 0.95, "C": 0.85, "D": 0.5, "E": 0.1}},
        "unopened": {"base": 0.9},
    },
}
"""The forecast of the shared example."""


def yen(amount: int) -> Money:
    """So many yen."""
    return Money(Decimal(amount), "JPY")


def term(**changes: object) -> TermState:
    """A year of ¥1,000,000 that ends on 31 March 2026, with an open opportunity at the same amount."""
    plain = TermState(
        key="8000000000001-1",
        contract_id="800000000000001AAA",
        account_id="001000000000001AAA",
        customer_id="001000000000001AAA",
        ordinal=1,
        start=date(2025, 4, 1),
        end=date(2026, 3, 31),
        in_force_until=date(2026, 3, 31),
        standing=TermStanding.OPEN,
        prior=yen(1_000_000),
        new=yen(1_000_000),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the caller names real fields


def built(section: object = None, *, ranks: tuple[str, ...] = RANKS) -> ForecastRules:
    """The rules of a `forecast:` section, that of the shared example unless another is given."""
    checked = ForecastSection.model_validate(EXAMPLE if section is None else section, strict=False)
    return forecast_rules(checked, ranks=ranks)


def rules_of(matrix: Matrix, *, tolerance: str = "0", ranks: tuple[str, ...] = RANKS) -> ForecastRules:
    """Rules of one matrix for every scenario."""
    return ForecastRules(
        tolerance=Tolerance(Decimal(tolerance)),
        ranks=ranks,
        matrices=dict.fromkeys(Scenario, matrix),
    )


def one_cell(base: str, expansion: str = "0") -> Matrix:
    """A matrix in which every type weighs the same at every rank, and so does what is unrated or unopened."""
    weights = Weights(Decimal(base), Decimal(expansion))
    kinds = (RenewalType.UPSELL, RenewalType.FLAT, RenewalType.DOWNSELL)
    return Matrix(
        cells={(kind, rank): weights for kind in kinds for rank in (*RANKS, None)}, unopened=weights
    )
