"""`--json` of `forecast` and `metrics`: plain values for `json_text`. `docs/json.md` lists the keys."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction

from csops_sync.app.forecast.report_values import ForecastLine, ForecastReport, MetricsReport, PeriodMetrics
from csops_sync.domain.forecast.renewal_rates import RenewalRates
from csops_sync.domain.forecast.retention import Retention
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_forecast import rounded
from csops_sync.interfaces.cli.render_forecast_csv import RATIO_PLACES

Plain = Mapping[str, object]


def forecast_plain(report: ForecastReport) -> Plain:
    """This function will give a forecast as it goes into JSON: every key of the report."""
    plain = {each.name: getattr(report, each.name) for each in fields(report)}
    return {
        **plain,
        "lines": [_line(one) for one in report.lines],
        "total": _line(report.total),
        "restated": None if report.restated is None else _restated(report.restated),
    }


def _restated(report: ForecastReport) -> Plain:
    return {
        "basis": report.basis,
        "lines": [_line(one) for one in report.lines],
        "total": _line(report.total),
        "unjudged": report.unjudged,
    }


def _line(line: ForecastLine) -> Plain:
    plain = {each.name: getattr(line, each.name) for each in fields(line)}
    return {
        **plain,
        "gap": line.gap,
        "of_target": _ratio(line.of_target, line.landing, line.target),
        "at_close": None if line.at_close is None else _line(line.at_close),
    }


def metrics_plain(reports: Sequence[MetricsReport]) -> Plain:
    """This function will give retention as it goes into JSON, one report for each definition."""
    return {"reports": [_report(one) for one in reports]}


def _report(report: MetricsReport) -> Plain:
    return {
        "basis": report.basis,
        "by": report.by,
        "periods": [_period(one) for one in report.periods],
        "total": None if report.total is None else _period(report.total),
        "remarks": report.remarks,
        "band": report.band,
    }


def _period(line: PeriodMetrics) -> Plain:
    found = line.measured
    return {
        "key": line.key,
        "name": line.name,
        "window": line.window,
        "predicted": line.predicted,
        "start": line.start,
        "end": line.end,
        "nrr": _ratio(line.nrr, found and found.end, found and found.start),
        "grr": _ratio(line.grr, found and found.kept, found and found.start),
        "nrr_low": _share(line.nrr_band and line.nrr_band.low),
        "nrr_high": _share(line.nrr_band and line.nrr_band.high),
        "grr_low": _share(line.grr_band and line.grr_band.low),
        "grr_high": _share(line.grr_band and line.grr_band.high),
        "gross_revenue_churn": _ratio(line.gross_revenue_churn, found and found.lost, found and found.start),
        "logo_retention": _logos(line, found),
        "movements": line.movements,
        "renewals": None if line.renewals is None else _renewals(line.renewals),
        "unjudged": line.unjudged,
        "target_nrr": _share(line.target_nrr),
        "target_grr": _share(line.target_grr),
        "known_at": line.known_at,
        "restated": None if line.restated is None else _period(line.restated),
    }


def _logos(line: PeriodMetrics, found: Retention | None) -> Plain | None:
    return _ratio(line.logo_retention, found and found.kept_logos, found and found.start_logos)


def _renewals(rates: RenewalRates) -> Plain:
    plain = {
        each.name: getattr(rates, each.name)
        for each in fields(rates)
        if each.name not in ("window", "profile", "saves")
    }
    saves = rates.saves
    return {
        **plain,
        "gross": _ratio(rates.gross, rates.kept, rates.due),
        "net": _ratio(rates.net, rates.renewed, rates.due),
        "logo": _ratio(rates.logo, rates.renewed_logos, rates.due_logos),
        "gross_decided": _ratio(rates.gross_decided, rates.kept, rates.due - rates.undecided),
        "saves": {
            "announced": saves.announced,
            "saved": saves.saved,
            "announced_amount": saves.announced_amount,
            "saved_amount": saves.saved_amount,
            "rate": _ratio(saves.rate, saves.saved, saves.announced),
        },
    }


def _ratio(ratio: Fraction | None, numerator: object, denominator: object) -> Plain | None:
    """Give a ratio to six places, with what it was divided of, exactly."""
    if ratio is None:
        return None
    return {
        "value": f"{rounded(ratio, places=RATIO_PLACES):f}",
        "numerator": _exact(numerator),
        "denominator": _exact(denominator),
    }


def _share(share: Fraction | None) -> str | None:
    return None if share is None else f"{rounded(share, places=RATIO_PLACES):f}"


def _exact(part: object) -> object:
    return f"{part.amount:f}" if isinstance(part, Money) else part
