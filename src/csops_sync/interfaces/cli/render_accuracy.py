"""`accuracy`, for people, as CSV and as JSON. Pure."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from csops_sync.app.forecast.accuracy import AccuracyReport
from csops_sync.app.forecast.period_words import period_key
from csops_sync.domain.forecast.accuracy import AccuracyLine, Expected
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_columns import Column, table
from csops_sync.interfaces.cli.render_forecast import basis_lines, rounded
from csops_sync.interfaces.cli.render_forecast_csv import RATIO_PLACES, Row, csv_text, made_with
from csops_sync.interfaces.cli.render_values import money_text

_HEADING = ("", "renewals", "result", "when", "snapshot", "landing", "error", "call", "error")
_LEFT = frozenset({0, 3, 4})
_COLUMNS = [Column(gap=2, right=place not in _LEFT) for place in range(len(_HEADING))]


def accuracy_text(report: AccuracyReport) -> str:
    """This function will set every line's result against what was expected, ending in a newline."""
    rows: list[tuple[str, ...]] = [_HEADING]
    for line, name in _named(report):
        rows.extend(_text_rows(line, name))
    lines = [
        f"Renewals due {report.period.first} to {report.period.last} ({report.period.name})",
        "",
        *table(rows, _COLUMNS, indent=0),
        "",
        *_remarks(report),
        *basis_lines([report.basis]),
    ]
    return "\n".join(lines) + "\n"


def accuracy_csv(report: AccuracyReport) -> str:
    """This function will write one row for each line and distance; what was not kept, or not called, is empty."""
    return csv_text([row for group, line in _grouped(report) for row in _csv_rows(report, group, line)])


def accuracy_plain(report: AccuracyReport) -> Mapping[str, object]:
    """This function will give accuracy as it goes into JSON."""
    period = report.period
    return {
        "basis": report.basis,
        "period": {"key": period_key(period), "name": period.name, "window": period.window},
        "total": _plain(report, report.total),
        "by_csm": [_plain(report, one) for one in report.by_csm],
        "teams": [_plain(report, one) for one in report.teams],
        "waiting": report.waiting,
    }


def _named(report: AccuracyReport) -> Iterator[tuple[AccuracyLine, str]]:
    yield report.total, "total"
    for line in report.by_csm:
        yield line, _name(report, line)
    for line in report.teams:
        yield line, f"team of {_name(report, line)}"


def _name(report: AccuracyReport, line: AccuracyLine) -> str:
    key = line.key or ""
    return report.names.get(key, key)


def _text_rows(line: AccuracyLine, name: str) -> Iterator[tuple[str, ...]]:
    first = (name, f"{line.terms:,}", money_text(line.result))
    for one in line.expected:
        yield (*first, *_expected_text(line, one))
        first = ("", "", "")


def _expected_text(line: AccuracyLine, one: Expected) -> tuple[str, ...]:
    if one.landing is None or one.as_of is None:
        return (f"T-{one.distance}", "no snapshot so old yet")
    landing = (money_text(one.landing), _error_text(line, one.landing))
    call = ("-", "-") if one.call is None else (money_text(one.call), _error_text(line, one.call))
    return (f"T-{one.distance}", str(one.as_of), *landing, *call)


def _error_text(line: AccuracyLine, expected: Money) -> str:
    share = line.error_share(expected)
    return "-" if share is None else f"{rounded(share * 100, places=1):+.1f}%"


def _remarks(report: AccuracyReport) -> Iterator[str]:
    if report.waiting:
        yield f"! Not settled yet, and counted on neither side: {report.waiting:,}."


def _grouped(report: AccuracyReport) -> Iterator[tuple[str, AccuracyLine]]:
    yield "total", report.total
    yield from (("csm", line) for line in report.by_csm)
    yield from (("team", line) for line in report.teams)


def _csv_rows(report: AccuracyReport, group: str, line: AccuracyLine) -> Iterator[Row]:
    for one in line.expected:
        yield {
            "period": report.period.name,
            "group": group,
            "key": line.key or "",
            "name": _name(report, line),
            "terms": line.terms,
            "currency": line.result.currency,
            "result": line.result,
            "distance": one.distance,
            "as_of": one.as_of,
            "landing": one.landing,
            "landing_error": line.error(one.landing),
            "call": one.call,
            "call_error": line.error(one.call),
            **made_with(report.basis),
        }


def _plain(report: AccuracyReport, line: AccuracyLine) -> Mapping[str, object]:
    return {
        "key": line.key,
        "name": _name(report, line),
        "terms": line.terms,
        "result": line.result,
        "expected": [_expected_plain(line, one) for one in line.expected],
    }


def _expected_plain(line: AccuracyLine, one: Expected) -> Mapping[str, object]:
    return {
        "distance": one.distance,
        "as_of": one.as_of,
        "landing": one.landing,
        "landing_error": line.error(one.landing),
        "landing_error_share": _share(line.error_share(one.landing)),
        "call": one.call,
        "call_error": line.error(one.call),
        "call_error_share": _share(line.error_share(one.call)),
    }


def _share(share: Fraction | None) -> str | None:
    return None if share is None else f"{rounded(share, places=RATIO_PLACES):f}"
