"""The ops admin's `forecast:` rules as frozen values: what still counts as flat, and what a renewal weighs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from csops_sync.domain.forecast.matrix import Matrix, Scenario
from csops_sync.domain.forecast.periods import YearName
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE, MetricProfile
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.domain.forecast.renewal_type import Tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRules:
    """Everything that landings are computed by.

    `ranks` are those of the matrix, best first. `matrices` hold all three scenarios; one that the rules do not give
    is that of `base`, and `scenarios` names those that they give. `by_segment` holds the whole matrices of segments
    that have weights of their own.

    `rates` say what one unit of another currency is worth in that of the reports, pinned; by another `rate_policy`
    it is the org's dated rates that count. `profiles` are the
    definitions of metrics, the first of which counts where nobody names one.
    """

    tolerance: Tolerance
    ranks: tuple[str, ...]
    matrices: Mapping[Scenario, Matrix]
    by_segment: Mapping[Scenario, Mapping[str, Matrix]] = field(default_factory=dict)
    scenarios: frozenset[Scenario] = frozenset({Scenario.BASE})
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    rate_policy: RatePolicy = RatePolicy.PINNED
    profiles: tuple[MetricProfile, ...] = (DEFAULT_PROFILE,)
    year_named: YearName = YearName.STARTS

    def matrix(self, *, scenario: Scenario = Scenario.BASE, segment: str | None = None) -> Matrix:
        """This function will give the matrix of a scenario for a segment; None and others have the common one."""
        own = self.by_segment.get(scenario)
        if own is not None and segment is not None and segment in own:
            return own[segment]
        return self.matrices[scenario]

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments with weights of their own, in any scenario."""
        return tuple(dict.fromkeys(name for own in self.by_segment.values() for name in own))
