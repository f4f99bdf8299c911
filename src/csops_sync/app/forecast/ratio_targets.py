"""Targets of NRR and GRR beside each line of a retention report."""

from dataclasses import replace

from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import KINDS
from csops_sync.app.forecast.report_values import MetricsReport, PeriodMetrics
from csops_sync.domain.forecast.targets import TargetScope


def with_ratio_targets(report: MetricsReport, frame: Frame) -> MetricsReport:
    """This function will put beside each line the targets of exactly its window and scope."""
    plan = frame.plan
    every = plan.scopes_of_all()

    def scopes(line: PeriodMetrics) -> tuple[TargetScope, ...]:
        if report.by in KINDS:
            return every
        scope = plan.scope_of(report.by, line.key)
        return (scope,) if scope is not None else ()

    def held(line: PeriodMetrics, against: tuple[TargetScope, ...]) -> PeriodMetrics:
        nrr = [plan.targets.nrr(line.window, one) for one in against]
        grr = [plan.targets.grr(line.window, one) for one in against]
        return replace(
            line,
            target_nrr=next((one for one in nrr if one is not None), None),
            target_grr=next((one for one in grr if one is not None), None),
        )

    total = held(report.total, every) if report.total is not None else None
    periods = tuple(held(one, scopes(one)) for one in report.periods)
    return replace(report, periods=periods, total=total, remarks=plan.remarks)
