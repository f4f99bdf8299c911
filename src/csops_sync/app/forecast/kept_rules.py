"""What a snapshot is weighed by, written down as JSON and read back: so that its numbers stay those of its day.

It holds what the rules say about numbers (the matrices, what counts as flat, pinned rates, definitions), the currency
of the reports and the month the fiscal year starts in. Weights and rates are exact decimals, as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import orjson

from csops_sync.domain.forecast.matrix import Matrix, Scenario, Weights
from csops_sync.domain.forecast.periods import NrrBoundary, YearName
from csops_sync.domain.forecast.profile import CustomerIs, DueBy, EarlyRenewals, LatePolicy, MetricProfile
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.domain.forecast.renewal_type import Tolerance
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType

Plain = dict[str, Any]  # JSON, as orjson gives it


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What numbers are made with: the rules of the forecast, the reports' currency, the fiscal year's first month."""

    rules: ForecastRules
    currency: str
    fiscal_year_starts: int


def weighing_text(weighing: Weighing) -> str:
    """This function will write a weighing as canonical JSON: equal ones give equal text."""
    rules = weighing.rules
    plain: Plain = {
        "currency": weighing.currency,
        "fiscal_year_starts": weighing.fiscal_year_starts,
        "fiscal_year_named": rules.year_named.value,
        "type_tolerance": str(rules.tolerance.share),
        "ranks": list(rules.ranks),
        "scenarios": sorted(one.value for one in rules.scenarios),
        "matrices": {name.value: _matrix(one) for name, one in rules.matrices.items()},
        "segments": {
            name.value: {segment: _matrix(one) for segment, one in own.items()}
            for name, own in rules.by_segment.items()
        },
        "rate_policy": rules.rate_policy.value,
        "rates": {currency: str(rate) for currency, rate in rules.rates.items()},
        "profiles": [_profile(one) for one in rules.profiles],
    }
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()


def weighing_from(text: str) -> Weighing:
    """This function will read what `weighing_text` wrote."""
    plain: Plain = orjson.loads(text)
    return Weighing(
        rules=ForecastRules(
            tolerance=Tolerance(Decimal(plain["type_tolerance"])),
            ranks=tuple(plain["ranks"]),
            matrices={Scenario(name): _matrix_from(one) for name, one in plain["matrices"].items()},
            by_segment={
                Scenario(name): {segment: _matrix_from(one) for segment, one in own.items()}
                for name, own in plain["segments"].items()
            },
            scenarios=frozenset(map(Scenario, plain["scenarios"])),
            rates={currency: Decimal(rate) for currency, rate in plain["rates"].items()},
            rate_policy=RatePolicy(plain["rate_policy"]),
            profiles=tuple(map(_profile_from, plain["profiles"])),
            year_named=YearName(plain["fiscal_year_named"]),
        ),
        currency=plain["currency"],
        fiscal_year_starts=plain["fiscal_year_starts"],
    )


def _matrix(matrix: Matrix) -> Plain:
    cells = [[kind.value, rank, *_weights(weights)] for (kind, rank), weights in matrix.cells.items()]
    return {"cells": sorted(cells, key=orjson.dumps), "unopened": _weights(matrix.unopened)}


def _matrix_from(plain: Plain) -> Matrix:
    return Matrix(
        cells={(RenewalType(kind), rank): _weights_from(both) for kind, rank, *both in plain["cells"]},
        unopened=_weights_from(plain["unopened"]),
    )


def _weights(weights: Weights) -> list[str]:
    return [str(weights.base), str(weights.expansion)]


def _weights_from(both: list[str]) -> Weights:
    base, expansion = both
    return Weights(Decimal(base), Decimal(expansion))


def _profile(profile: MetricProfile) -> Plain:
    plain = {each.name: getattr(profile, each.name) for each in fields(profile)}
    return {**plain, "late": profile.late.grace_days}


def _profile_from(plain: Mapping[str, Any]) -> MetricProfile:
    read = {
        "nrr_boundary": NrrBoundary(plain["nrr_boundary"]),
        "due_by": DueBy(plain["due_by"]),
        "early": EarlyRenewals(plain["early"]),
        "late": LatePolicy(plain["late"]),
        "customer": CustomerIs(plain.get("customer", CustomerIs.ACCOUNT)),  # kept before there was a choice
    }
    return MetricProfile(**{**plain, **read})
