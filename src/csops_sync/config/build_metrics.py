"""From the checked `forecast: profiles:` to the domain's definitions of metrics."""

from collections.abc import Mapping

from csops_sync.config.models_metrics import ProfileSection
from csops_sync.domain.forecast.periods import NrrBoundary
from csops_sync.domain.forecast.profile import (
    DEFAULT_PROFILE,
    CustomerIs,
    DueBy,
    EarlyRenewals,
    LatePolicy,
    MetricProfile,
)


def metric_profiles(sections: Mapping[str, ProfileSection]) -> tuple[MetricProfile, ...]:
    """This function will build the definitions in their order; the plain one where there is none."""
    return tuple(_profile(name, section) for name, section in sections.items()) or (DEFAULT_PROFILE,)


def _profile(name: str, section: ProfileSection) -> MetricProfile:
    return MetricProfile(
        name=name,
        nrr_boundary=NrrBoundary(section.nrr_boundary),
        due_by=DueBy(section.due_by),
        early=EarlyRenewals(section.early),
        late=LatePolicy(section.late),
        outside_expansion=section.outside_expansion,
        reactivation_gap_days=section.reactivation_gap.days,
        customer=CustomerIs(section.customer),
    )
