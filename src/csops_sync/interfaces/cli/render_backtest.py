"""`backtest`, for people, as CSV and as JSON. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from csops_sync.app.forecast.backtesting import BacktestReport
from csops_sync.domain.forecast import backtest
from csops_sync.domain.forecast.backtest import Accuracy, Source, Verdict, Way, Week
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_calibrate import LEFT, NOT_REBUILT
from csops_sync.interfaces.cli.render_columns import Column, table
from csops_sync.interfaces.cli.render_forecast import basis_lines
from csops_sync.interfaces.cli.render_forecast_csv import Row, csv_text, made_with
from csops_sync.interfaces.cli.render_shares import error_text, estimate_plain, signed_text
from csops_sync.interfaces.cli.render_values import count_text, money_text

WAYS = {
    Way.MATRIX: "the matrix",
    Way.LAST_YEARS_RATE: "last year's renewal rate on the base due",
    Way.ALL_RENEWS: "all that is open renews as it was",
}
_VERDICTS = {
    Verdict.WINS: "the matrix wins",
    Verdict.LOSES: "the matrix LOSES",
    Verdict.NO_DIFFERENCE: "no difference beyond chance",
}
_AHEAD = {0: "its own quarter", 1: "the next quarter"}


def backtest_text(report: BacktestReport) -> str:
    """This function will show how far landings were off, ending in a newline."""
    lines = (
        f"Backtest: landings told on Mondays from {report.window.first} to {report.window.last}, against what landed",
        "",
        "Shares of what was due. Bias: + is too hopeful. Last column: below 0 the matrix is nearer.",
        *_numbers([("", "error", "bias", "error of the matrix less this one's"), *_ways(report)], left=(0,)),
        *_verdict_lines(report),
        "",
        *_numbers(
            [("told on", "quarter", "due", "told", "landed", "off", ""), *_week_rows(report)], left=(0, 1, 6)
        ),
        "",
        *_note_lines(report),
        f"intervals: {backtest.INTERVAL}.",
        f"{NOT_REBUILT} Weighed by the rules of today.",
        *basis_lines([report.basis]),
    )
    return "\n".join(lines) + "\n"


def backtest_csv(report: BacktestReport) -> str:
    """This function will write each week of each quarter with all that was told, raw."""
    return csv_text([{**_csv_row(report, one), **made_with(report.basis)} for one in report.weeks])


def backtest_plain(report: BacktestReport) -> Mapping[str, object]:
    """This function will give a backtest as it goes into JSON; every key of the report."""
    return {
        "basis": report.basis,
        "window": report.window,
        "weeks": [_week(report, one) for one in report.weeks],
        "accuracies": [_accuracy(one) for one in report.accuracies],
        "left_out": {why.value: n for why, n in report.left.items()},
        "unsettled": list(report.unsettled),
        "methods": {"intervals": backtest.INTERVAL},
    }


def _week_rows(report: BacktestReport) -> Iterator[Sequence[str]]:
    for one in report.weeks:
        amounts = (one.due, one.matrix, one.real)
        yield (
            f"{one.on}",
            one.period + ("" if not one.ahead else " (next)"),
            *(_money(report, minor) for minor in amounts),
            _off(one),
            "from a snapshot" if one.source is Source.SNAPSHOT else "",
        )


def _off(one: Week) -> str:
    off = one.off(Way.MATRIX)
    return "-" if off is None else f"{off * 100:+.1f} %"


def _ways(report: BacktestReport) -> Iterator[Sequence[str]]:
    for one in report.accuracies:
        against = "" if one.against is None else signed_text(one.against)
        yield (WAYS[one.way], error_text(one.error), signed_text(one.bias), against)


def _verdict_lines(report: BacktestReport) -> Iterator[str]:
    for one in report.accuracies:
        if one.verdict is not None:
            weeks, periods = count_text(one.weeks, "week"), count_text(one.periods, "quarter")
            yield f"Against {WAYS[one.way]}: {_VERDICTS[one.verdict]}, over {weeks} of {periods}."


def _note_lines(report: BacktestReport) -> Iterator[str]:
    if report.unsettled:
        yield f"Not compared, for they are not over and settled: {', '.join(report.unsettled)}."
    if report.left:
        yield "In no sum:"
        yield from _numbers([(f"{n:,}", LEFT[why]) for why, n in report.left.items()], left=(1,))


def _csv_row(report: BacktestReport, one: Week) -> Row:
    def amount(minor: int | None) -> Money | None:
        return None if minor is None else Money.from_minor(minor, report.basis.currency)

    return {
        "on": one.on,
        "period": one.period,
        "ahead": one.ahead,
        "source": one.source.value,
        "currency": report.basis.currency,
        "renewals": one.terms,
        "due": amount(one.due),
        "landed": amount(one.real),
        "matrix": amount(one.matrix),
        "last_years_rate": amount(one.last_years_rate),
        "all_renews": amount(one.all_renews),
    }


def _week(report: BacktestReport, one: Week) -> Mapping[str, object]:
    return {**_csv_row(report, one)}


def _accuracy(one: Accuracy) -> Mapping[str, object]:
    return {
        "way": one.way.value,
        "weeks": one.weeks,
        "periods": one.periods,
        "error": estimate_plain(one.error),
        "bias": estimate_plain(one.bias),
        "against": None if one.against is None else estimate_plain(one.against),
        "verdict": None if one.verdict is None else one.verdict.value,
    }


def _money(report: BacktestReport, minor: int) -> str:
    return money_text(Money.from_minor(minor, report.basis.currency))


def _numbers(rows: Sequence[Sequence[str]], *, left: Sequence[int]) -> list[str]:
    columns = [Column(gap=2, right=place not in left) for place in range(max(map(len, rows)))]
    return table(rows, columns, indent=0)
