"""The tables of the overview and the matrix as CSV: exact amounts, ratios of six places, English names of columns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from csops_sync.app.forecast.groups import UNOPENED
from csops_sync.app.forecast.overview_values import MatrixPage, Overview
from csops_sync.app.forecast.report_values import Basis, ForecastLine, PeriodMetrics
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.interfaces.web.csv_tables import MADE_WITH, csv_text, harmless, made_with, plain

_PLACES = Decimal("0.000001")
_AMOUNTS = ("due", "landing", "low", "high", "won", "lost", "open", "target", "gap", "call")
_RATIOS = ("nrr", "grr", "gross_revenue_churn", "logo_retention", "target_nrr", "target_grr")
Row = Mapping[str, str]


def landing_csv(shown: Overview) -> str:
    """This function will write the landing of each quarter of the span, the total last.

    A quarter that was known otherwise at its close has a second row, `at_close`, which is in no sum.
    """
    report = shown.by_quarter
    rows = [
        _landing_row(each, report.basis, at_close=each is not line)
        for line in (*report.lines, report.total)
        for each in (line, line.at_close)
        if each is not None
    ]
    return _table(rows)


def retention_csv(shown: Overview) -> str:
    """This function will write the retention of each quarter, past and predicted; a restated one has a second row."""
    report = shown.metrics
    rows = [
        _retention_row(each, report.basis, restated=each is not line)
        for line in report.periods
        for each in (line, line.restated)
        if each is not None
    ]
    return _table(rows)


def months_csv(shown: Overview) -> str:
    """This function will write what is due and lands in each month (`2026-04`), one row a renewal type."""
    rows = [
        {
            "month": cell.month,
            "type": _type(cell.type),
            "renewals": str(cell.terms),
            "currency": cell.due.currency,
            "due": plain(cell.due),
            "landing": plain(cell.landing),
            **_stands_on(shown.basis),
        }
        for cell in shown.by_type
    ]
    return _table(rows)


def matrix_csv(found: MatrixPage) -> str:
    """This function will write each cell of the matrix: what stands in it, and what it weighs."""
    rows = [
        {
            "type": _type(cell.type),
            "rank": harmless(cell.rank or ""),
            "renewals": str(cell.terms),
            "currency": cell.due.currency,
            "due": plain(cell.due),
            "base_weight": f"{cell.weights.base:f}",
            "expansion_weight": f"{cell.weights.expansion:f}",
            "landing": plain(cell.landing),
            **_stands_on(found.basis),
        }
        for cell in found.cells
    ]
    return _table(rows)


def _landing_row(line: ForecastLine, basis: Basis, *, at_close: bool) -> Row:
    return {
        "quarter": line.key,
        "name": harmless(line.name),
        "renewals": str(line.terms),
        "unjudged": str(line.unjudged),
        "called": str(line.called),
        "currency": line.due.currency,
        **{name: plain(getattr(line, name)) for name in _AMOUNTS},
        "at_close": str(at_close).lower(),
        **_stands_on(basis, known_at=line.known_at),
    }


def _retention_row(line: PeriodMetrics, basis: Basis, *, restated: bool) -> Row:
    bands = {"nrr": line.nrr_band, "grr": line.grr_band}
    return {
        "quarter": line.key,
        "name": harmless(line.name),
        "first": line.window.first.isoformat(),
        "last": line.window.last.isoformat(),
        "predicted": str(line.predicted).lower(),
        "currency": line.start.currency,
        "start": plain(line.start),
        "end": plain(line.end),
        **{name: _ratio(getattr(line, name)) for name in _RATIOS},
        **{
            f"{name}_{edge}": _ratio(band and getattr(band, edge))
            for name, band in bands.items()
            for edge in ("low", "high")
        },
        "restated": str(restated).lower(),
        **_stands_on(basis, known_at=line.known_at),
    }


def _stands_on(basis: Basis, *, known_at: datetime | None = None) -> Row:
    instant = (known_at or basis.known_at).astimezone(UTC)
    return {
        "known_at": f"{instant:%Y-%m-%dT%H:%M:%SZ}",
        "as_of": basis.as_of.isoformat(),
        **dict(zip(MADE_WITH, made_with(basis), strict=True)),
        "rules_hash": basis.rules_hash,
    }


def _table(rows: Sequence[Row]) -> str:
    return csv_text(tuple(rows[0]) if rows else (), _values(rows))


def _values(rows: Sequence[Row]) -> Iterator[Sequence[str]]:
    return (tuple(row.values()) for row in rows)


def _type(type_: RenewalType | None) -> str:
    return UNOPENED if type_ is None else type_.value


def _ratio(share: Fraction | None) -> str:
    if share is None:
        return ""
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return f"{exact.quantize(_PLACES, ROUND_HALF_UP):f}"
