"""`--csv` of `calibrate`: one row for each cell of the matrix, raw numbers, amounts in the report's currency. Pure."""

from csops_sync.app.forecast.calibrating import CalibrationReport
from csops_sync.domain.forecast.estimates import Rate
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.observing import Cell
from csops_sync.domain.forecast.realised import Realised
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_forecast_csv import Row, csv_text, made_with
from csops_sync.interfaces.cli.render_shares import rate_plain

_AMOUNTS = ("kept", "kept_real", "added", "added_real", "beyond")
_RATES = ("count", "base", "expansion")


def calibration_csv(report: CalibrationReport) -> str:
    """This function will write every cell of the matrix; what nobody saw, or is not suggested, is empty."""
    return csv_text([_row(report, cell) for cell in report.calibration.current])


def _row(report: CalibrationReport, cell: Cell) -> Row:
    found, basis = report.calibration, report.basis
    seen = found.rates.cells.get(cell)
    suggested = None if found.suggested is None else found.suggested[cell]
    return {
        "kind": cell.kind.value,
        "type": None if cell.type is None else cell.type.value,
        "rank": cell.rank,
        "renewals": 0 if seen is None else seen.n,
        "customers": 0 if seen is None else seen.customers,
        "renewed": 0 if seen is None else seen.renewed,
        "currency": basis.currency,
        **{name: _amount(seen, name, basis.currency) for name in _AMOUNTS},
        **{key: value for name in _RATES for key, value in _rate(seen, name).items()},
        **_weights("weight", found.current[cell]),
        **_weights("suggested", suggested),
        "first": report.window.first,
        "last": report.window.last,
        "days_before": report.days_before,
        "as_of": basis.as_of,
        **made_with(basis),
        "rules_hash": basis.rules_hash,
    }


def _amount(seen: Realised | None, name: str, currency: str) -> Money | None:
    return None if seen is None else Money.from_minor(getattr(seen, name), currency)


def _rate(seen: Realised | None, name: str) -> Row:
    """Give a realised rate with its interval, as JSON has it."""
    rate: Rate | None = None if seen is None else getattr(seen, name)
    plain = {} if rate is None else rate_plain(rate)
    return {f"{name}_{part}": _digits(plain.get(part)) for part in ("value", "low", "high")}


def _weights(name: str, weights: Weights | None) -> Row:
    parts = ("base", "expansion")
    return {f"{name}_{part}": _digits(weights and getattr(weights, part)) for part in parts}


def _digits(number: object) -> str | None:
    return None if number is None else f"{number:f}"
