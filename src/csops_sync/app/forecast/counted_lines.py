"""What each renewal of a list adds to a report's sums: in its one currency, at the rates of its own due day."""

from collections.abc import Sequence
from dataclasses import replace

from csops_sync.app.forecast.report_values import Counted, RenewalLine
from csops_sync.app.forecast.reports import frame_in
from csops_sync.app.office import Office
from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import MissingRateError, RatePolicy
from csops_sync.domain.money import Money


def counted_lines(
    office: Office,
    lines: Sequence[RenewalLine],
    *,
    profile: str | None = None,
    rates: RatePolicy | None = None,
) -> tuple[RenewalLine, ...]:
    """This function will put beside each renewal its prior amount and landing as the sums count them.

    `rates` is the policy by which other currencies are converted, None for that of the rules. What is in no sum (it
    cannot be judged, or its currency has no rate) stays as it is.

    Raises as `reports.forecast_of` does.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office, profile=profile, rates=rates)
    due_rates = frame.due_rates
    return tuple(replace(one, counted=_counted(one, frame.profile, due_rates)) for one in lines)


def _counted(line: RenewalLine, profile: MetricProfile, rates: DueRates) -> Counted | None:
    prior, landing = line.state.prior, line.landing.amount
    if prior is None or landing is None:
        return None
    at = rates.on(profile.due_day(line.state))
    try:
        return Counted(
            due=Money.from_minor(at.money(prior), at.into),
            landing=Money.from_minor(at.money(landing), at.into),
            rate=at.of(prior.currency),
            rate_day=at.day,
        )
    except MissingRateError:
        return None
