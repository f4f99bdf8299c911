"""`--csv`: the tables of `forecast` and `metrics` with raw numbers, so that their sums can be checked elsewhere.

Amounts are plain digits of the currency of their line, ratios have six decimals, dates are ISO 8601. What is not known
is empty. A text that a spreadsheet would take for a formula is led by an apostrophe.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from csops_sync.app.forecast.report_values import Basis, ForecastReport, MetricsReport, PeriodMetrics
from csops_sync.domain.forecast.renewal_rates import RenewalRates
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.forecast_lines import Clock, ClockedLine, clocked_lines
from csops_sync.interfaces.cli.render_forecast import plain_amount, rounded
from csops_sync.interfaces.cli.render_values import instant_text

RATIO_PLACES = 6
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | bool | Money | Fraction | date | None
Row = Mapping[str, Cell]
_AMOUNTS = ("due", "landing", "low", "high", "won", "lost", "open")
_BESIDE = ("target", "gap", "of_target", "call", "called")
_RATIOS = ("nrr", "grr", "gross_revenue_churn", "logo_retention")
_MOVED = ("new", "expansion", "reactivation", "late", "contraction", "churn", "fx")


def forecast_csv(report: ForecastReport) -> str:
    """This function will write the lines of a forecast, the total last; what another clock says follows its line."""
    return csv_text([_forecast_row(report, told) for told in clocked_lines(report)])


def metrics_csv(reports: Sequence[MetricsReport]) -> str:
    """This function will write the lines of retention, one report after the other; a restated line follows its own."""
    return csv_text(
        [
            _metrics_row(report, each, restated=each is not line)
            for report in reports
            for line in (*report.periods, *([] if report.total is None else [report.total]))
            for each in (line, line.restated)
            if each is not None
        ]
    )


def made_with(basis: Basis) -> Row:
    """This function will give the columns that say by which definition, matrix and rates a number was made."""
    return {"profile": basis.profile, "scenario": basis.scenario, "rates": basis.rates}


def csv_text(rows: Sequence[Row]) -> str:
    """This function will write rows with a heading, lines ended by CR LF (RFC 4180); all rows have the same columns."""
    target = io.StringIO()
    writer = csv.writer(target)
    if rows:
        writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return target.getvalue()


def _forecast_row(report: ForecastReport, told: ClockedLine) -> Row:
    line = told.line
    return {
        report.by.value: line.key,
        "name": line.name,
        "first": report.window.first,
        "last": report.window.last,
        "currency": report.basis.currency,
        "renewals": line.terms,
        **{name: getattr(line, name) for name in _AMOUNTS},
        "unjudged": line.unjudged,
        **{name: getattr(line, name) for name in _BESIDE},
        "at_close": told.clock is Clock.AT_CLOSE,
        "restated": told.clock is Clock.RESTATED,
        "known_at": instant_text(told.known_at),
        "as_of": report.basis.as_of,
        **made_with(report.basis),
        "rules_hash": report.basis.rules_hash,
    }


def _metrics_row(report: MetricsReport, line: PeriodMetrics, *, restated: bool) -> Row:
    measured = line.measured
    return {
        report.by.value: line.key,
        "name": line.name,
        "first": line.window.first,
        "last": line.window.last,
        "predicted": line.predicted,
        "currency": report.basis.currency,
        "start": line.start,
        "end": line.end,
        "kept": measured.kept if measured is not None else None,
        **{name: getattr(line, name) for name in _RATIOS},
        **_bands(line),
        "logos_start": measured.start_logos if measured is not None else None,
        "logos_kept": measured.kept_logos if measured is not None else None,
        **{name: getattr(line.movements, name, None) for name in _MOVED},
        "movements_end": line.movements.end if line.movements is not None else None,
        **_renewals(line.renewals),
        "unjudged": len(line.unjudged),
        "target_nrr": line.target_nrr,
        "target_grr": line.target_grr,
        "restated": restated,
        "known_at": instant_text(line.known_at or report.basis.known_at),
        "as_of": report.basis.as_of,
        **made_with(report.basis),
        "rules_hash": report.basis.rules_hash,
    }


def _bands(line: PeriodMetrics) -> Row:
    return {
        f"{name}_{end}": getattr(band, end, None)
        for name, band in (("nrr", line.nrr_band), ("grr", line.grr_band))
        for end in ("low", "high")
    }


def _renewals(rates: RenewalRates | None) -> Row:
    saves = rates.saves if rates is not None else None
    names = ("due", "kept", "renewed", "undecided", "windfall", "due_terms", "renewed_terms")
    logos = ("due_logos", "renewed_logos", "gross", "net", "logo")
    return {
        **{f"renewals_{name}": getattr(rates, name, None) for name in (*names, *logos)},
        "cancellations_announced": saves.announced if saves is not None else None,
        "cancellations_saved": saves.saved if saves is not None else None,
        "cancellations_save_rate": saves.rate if saves is not None else None,
        "overdue": len(rates.overdue) if rates is not None else None,
        "lost": _losses(rates),
    }


def _losses(rates: RenewalRates | None) -> str | None:
    """Write what was lost for each reason, the largest first; `-` where nobody gave one."""
    if rates is None:
        return None
    return "; ".join(f"{one.reason or '-'}: {plain_amount(one.amount)}" for one in rates.losses)


def _cell(value: Cell) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Money):
        return plain_amount(value)
    if isinstance(value, Fraction):
        return f"{rounded(value, places=RATIO_PLACES):f}"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else _unarmed(value)


def _unarmed(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and text != "-" else text
