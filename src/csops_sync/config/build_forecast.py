"""From the checked `forecast:` section to the domain's `ForecastRules`.

A matrix is laid out row by row; what a segment or a scenario changes is laid over it, the nearer one last: the common
matrix, the segment's changes, the scenario's, and those of the segment in the scenario.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from csops_sync.config.build_metrics import metric_profiles
from csops_sync.config.models_forecast import (
    ChangesSection,
    ColumnSection,
    ForecastSection,
    LimitSection,
    MatrixSection,
    OneRowSection,
    ScenarioSection,
)
from csops_sync.domain.forecast.matrix import EVERYTHING, NOTHING, RATED_TYPES, Matrix, Scenario, Weights
from csops_sync.domain.forecast.periods import YearName
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.domain.forecast.renewal_type import Tolerance
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType

_Given = dict[str, Decimal] | Decimal
_Row = tuple[RenewalType, str]
_PARTS = ("base", "expansion")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """A matrix while it is laid out: rows by type and part, each by rank."""

    ranks: tuple[str, ...]
    rows: Mapping[_Row, Mapping[str, Decimal]]
    unopened: Weights = NOTHING
    unrated: Weights | None = None
    floor: Weights = NOTHING
    cap: Weights = EVERYTHING

    def matrix(self) -> Matrix:
        """Write down the cells as they count."""
        unrated = self._limited(self.unopened if self.unrated is None else self.unrated)
        columns: tuple[str | None, ...] = (*self.ranks, None)
        cells: dict[tuple[RenewalType, str | None], Weights] = {
            (RenewalType.LOST, rank): NOTHING for rank in columns
        }
        for kind, rank in product(RATED_TYPES, columns):
            cells[kind, rank] = unrated if rank is None else self._cell(kind, rank)
        return Matrix(cells=cells, unopened=self._limited(self.unopened))

    def _cell(self, kind: RenewalType, rank: str) -> Weights:
        base, expansion = (self.rows[kind, part].get(rank, _ZERO) for part in _PARTS)
        return self._limited(Weights(base, expansion))

    def _limited(self, weights: Weights) -> Weights:
        return weights.within(floor=self.floor, cap=self.cap)


def forecast_rules(section: ForecastSection, *, ranks: tuple[str, ...]) -> ForecastRules:
    """This function will build the rules of the forecast; `ranks` are those of confidence, best first.

    Without any (the rules have no `confidence`), the ranks are those that the matrix names.
    """
    known = ranks or tuple(dict.fromkeys(_named_ranks(section.matrix)))
    common = _changed(_empty(known), section.matrix)
    scenarios: Mapping[Scenario, ScenarioSection | None] = {
        Scenario.LOW: section.scenarios.low,
        Scenario.BASE: None,
        Scenario.HIGH: section.scenarios.high,
    }
    return ForecastRules(
        tolerance=Tolerance(section.type_tolerance),
        ranks=known,
        matrices={name: _changed(common, own).matrix() for name, own in scenarios.items()},
        by_segment={name: _by_segment(common, section, own) for name, own in scenarios.items()},
        scenarios=frozenset(
            name for name, own in scenarios.items() if own is not None or name is Scenario.BASE
        ),
        rates=dict(section.rates),
        rate_policy=RatePolicy(section.rate_policy),
        profiles=metric_profiles(section.profiles),
        year_named=YearName(section.fiscal_year_named),
    )


def _by_segment(
    common: _Layout, section: ForecastSection, scenario: ScenarioSection | None
) -> Mapping[str, Matrix]:
    in_scenario = scenario.segments if scenario is not None else {}
    return {
        name: _changed(
            _changed(_changed(common, section.segments.get(name)), scenario), in_scenario.get(name)
        ).matrix()
        for name in dict.fromkeys((*section.segments, *in_scenario))
    }


def _empty(ranks: tuple[str, ...]) -> _Layout:
    return _Layout(ranks=ranks, rows={(kind, part): {} for kind, part in product(RATED_TYPES, _PARTS)})


def _changed(layout: _Layout, section: MatrixSection | OneRowSection | ChangesSection | None) -> _Layout:
    """Lay a section over what is there; what it does not name stays."""
    if section is None:
        return layout
    rows = dict(layout.rows)
    for row, given in _given(section):
        rows[row] = {**rows[row], **_by_rank(given, layout.ranks)}
    return replace(
        layout,
        rows=rows,
        unopened=layout.unopened if section.unopened is None else _column(section.unopened),
        unrated=layout.unrated if section.unrated is None else _column(section.unrated),
        floor=_limit(section.floor, layout.floor),
        cap=_limit(section.cap, layout.cap),
    )


def _given(section: MatrixSection | OneRowSection | ChangesSection) -> Iterator[tuple[_Row, _Given]]:
    if not isinstance(section, MatrixSection) and section.every_type is not None:
        for row in product(RATED_TYPES, _PARTS):
            yield row, section.every_type
    if isinstance(section, OneRowSection):
        return
    named = (
        (RenewalType.UPSELL, section.upsell),
        (RenewalType.FLAT, section.flat),
        (RenewalType.DOWNSELL, section.downsell),
    )
    for kind, weights in named:
        if weights is not None and weights.base is not None:
            yield (kind, "base"), weights.base
        if weights is not None and weights.expansion is not None:
            yield (kind, "expansion"), weights.expansion


def _named_ranks(section: MatrixSection | OneRowSection) -> Iterator[str]:
    for _, given in _given(section):
        if isinstance(given, dict):
            yield from given


def _by_rank(given: _Given, ranks: tuple[str, ...]) -> Mapping[str, Decimal]:
    return given if isinstance(given, dict) else dict.fromkeys(ranks, given)


def _column(given: ColumnSection | Decimal) -> Weights:
    return Weights(given, given) if isinstance(given, Decimal) else Weights(given.base, given.expansion)


def _limit(given: LimitSection | None, before: Weights) -> Weights:
    if given is None:
        return before
    return Weights(
        before.base if given.base is None else given.base,
        before.expansion if given.expansion is None else given.expansion,
    )
