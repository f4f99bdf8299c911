"""`forecast` and `metrics`, for people. Pure."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from csops_sync.app.forecast.report_values import (
    Basis,
    ForecastLine,
    ForecastReport,
    MetricsReport,
    MovementLines,
    PeriodMetrics,
    Unjudged,
)
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.ratio_band import RatioBand
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.forecast_lines import ClockedLine, clocked_lines
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.render_values import count_text, instant_text, money_text, short_hash

_MOST_UNJUDGED = 10
_PRECISION = 60
_FORECAST = ("", "renewals", "due", "landing", "low", "high", "won", "lost", "open", "unjudged")
_TARGET = ("target", "gap", "of target")
_CALL = ("call", "called")
_BAND = "low, high"
_RETENTION = (
    "",
    "",
    "NRR",
    _BAND,
    "GRR",
    _BAND,
    "churn",
    "logos",
    "start",
    "end",
    "renewed gross",
    "net",
    "logo",
    "saved",
)
_MOVEMENTS = (
    "",
    "start",
    "+ new",
    "+ expansion",
    "+ reactivation",
    "(late)",
    "- contraction",
    "- churn",
    "+ fx",
    "= end",
)


def forecast_text(report: ForecastReport) -> str:
    """This function will show where renewals land, group by group, ending in a newline."""
    lines = tuple(clocked_lines(report))
    beside = _beside_heads([one.line for one in lines])
    rows = [
        (*_FORECAST, *beside),
        *((*_forecast_cells(one), *_beside_cells(one.line, beside)) for one in lines),
    ]
    return _lines(
        f"Renewals due {_window_text(report.window)}, by {report.by}",
        "",
        *_numbers(rows, left=1),
        *_unjudged_lines(report.unjudged),
        *([""] if report.remarks else []),
        *(clean(f"! {text}") for text in report.remarks),
        *_clock_lines(report),
        "",
        f"low, high: {report.band}.",
        *basis_lines([report.basis]),
    )


def metrics_text(reports: Sequence[MetricsReport]) -> str:
    """This function will show retention, one report for each definition side by side, ending in a newline."""
    first = reports[0]
    whole = [] if first.total is None else [first.total]
    window = f" of {_window_text(whole[0].window)}" if whole else ""
    pairs = [each for name, line in _side_by_side(reports) for each in _with_restated(name, line)]
    moved = [(name, one.movements) for name, one in pairs if one.movements is not None]
    return _lines(
        f"Retention{window}, by {first.by}",
        "",
        *_numbers([_RETENTION, *(_retention_cells(name, one) for name, one in pairs)], left=2),
        *_movement_lines(moved),
        *_loss_lines(pairs),
        "",
        *_planned_lines(pairs),
        *(clean(f"! {text}") for text in dict.fromkeys(one for each in reports for one in each.remarks)),
        *_restated_lines(pairs),
        *_missing_lines(pairs),
        *([f"{_BAND}: {first.band}."] if any(one.predicted for _, one in pairs) else []),
        *basis_lines([report.basis for report in reports]),
    )


def ratio_text(ratio: Fraction | None) -> str:
    """This function will write a ratio as a percentage, rounded half up once: `103.1 %`; `-` for none."""
    if ratio is None:
        return "-"
    return f"{rounded(ratio * 100, places=1):f} %"


def band_text(band: RatioBand | None) -> str:
    """This function will write where a predicted ratio lies: `95.2-101.0 %`; nothing where there is no band."""
    if band is None:
        return ""
    return f"{rounded(band.low * 100, places=1):f}-{ratio_text(band.high)}"


def rounded(ratio: Fraction, *, places: int) -> Decimal:
    """This function will round an exact ratio to so many decimals, half up, away from zero."""
    scaled = abs(ratio) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    with localcontext(prec=_PRECISION, rounding=ROUND_HALF_UP):
        return Decimal(whole if ratio >= 0 else -whole).scaleb(-places)


def _clock_lines(report: ForecastReport) -> Iterator[str]:
    """Say by which clock the lines of a report stand, where that is not now."""
    told = []
    if report.closed:
        told.append(f"! as known at {instant_text(report.basis.known_at)}, the close of these days")
    if report.restated is not None:
        told.append("! `restated` is what is known of it now")
    if any(one.at_close is not None for one in report.lines):
        told.append("! `at its close` is what was known of a period when it closed, and in no sum")
    if told:
        yield ""
        yield from (f"{text}." for text in told)


def _forecast_cells(told: ClockedLine) -> tuple[str, ...]:
    line = told.line
    amounts = (line.due, line.landing, line.low, line.high, line.won, line.lost, line.open)
    unjudged = f"{line.unjudged:,}" if line.unjudged else ""
    return (told.name, f"{line.terms:,}", *map(money_text, amounts), unjudged)


def _beside_heads(lines: Sequence[ForecastLine]) -> tuple[str, ...]:
    """Name the columns of targets and calls; what no line has takes no room."""
    target = _TARGET if any(one.target is not None for one in lines) else ()
    return (*target, *(_CALL if any(one.call is not None for one in lines) else ()))


def _beside_cells(line: ForecastLine, heads: Sequence[str]) -> Iterator[str]:
    if _TARGET[0] in heads:
        yield from (_money(line.target), _money(line.gap), ratio_text(line.of_target))
    if _CALL[0] in heads:
        called = "" if line.call is None else f"{line.called:,} of {line.terms:,}"
        yield from (_money(line.call), called)


def _money(amount: Money | None) -> str:
    return "-" if amount is None else money_text(amount)


def _unjudged_lines(unjudged: Sequence[Unjudged]) -> Iterator[str]:
    if not unjudged:
        return
    verb = "is" if len(unjudged) == 1 else "are"
    yield ""
    yield f"{count_text(len(unjudged), 'renewal')} {verb} in no sum:"
    for one in unjudged[:_MOST_UNJUDGED]:
        yield clean(f"  ! {one.key}  {one.why}")
    if len(unjudged) > _MOST_UNJUDGED:
        yield f"  and {len(unjudged) - _MOST_UNJUDGED:,} more; --json lists them all"


def _side_by_side(reports: Sequence[MetricsReport]) -> Iterator[tuple[str, PeriodMetrics]]:
    """Give each line of every report under the others' line of the same key, the total last."""
    several = len(reports) > 1
    labels = _labels([report.basis for report in reports])
    keys = dict.fromkeys(line.key for report in reports for line in _all_lines(report))
    if any(report.total is not None for report in reports):
        total = next(report.total.key for report in reports if report.total is not None)
        keys = dict.fromkeys([*(key for key in keys if key != total), total])
    for key in keys:
        for report in reports:
            for line in _all_lines(report):
                if line.key == key:
                    yield f"{line.name}, {labels[report.basis]}" if several else line.name, line


def _with_restated(name: str, line: PeriodMetrics) -> Iterator[tuple[str, PeriodMetrics]]:
    """Give a line, and under it what is known now of a period that was closed with other figures."""
    yield name, line
    if line.restated is not None:
        yield f"{name} restated", line.restated


def _restated_lines(pairs: Sequence[tuple[str, PeriodMetrics]]) -> Iterator[str]:
    for name, line in pairs:
        if line.restated is not None and line.known_at is not None:
            known = instant_text(line.known_at)
            yield clean(f"! {name} is as known at {known}, its close; `restated` is what is known of it now.")


def _all_lines(report: MetricsReport) -> tuple[PeriodMetrics, ...]:
    return report.periods if report.total is None else (*report.periods, report.total)


def _labels(bases: Sequence[Basis]) -> dict[Basis, str]:
    """Name reports by their definition, and by their rates too where those differ."""
    differ = len({basis.rates for basis in bases}) > 1
    return {
        one: f"{_profile_name(one)} at {one.rates} rates" if differ else _profile_name(one) for one in bases
    }


def _profile_name(basis: Basis) -> str:
    return basis.profile.split(",")[0].removeprefix("profile: ")


def _retention_cells(name: str, line: PeriodMetrics) -> tuple[str, ...]:
    rates = line.renewals
    renewed = (rates.gross, rates.net, rates.logo, rates.saves.rate) if rates is not None else (None,) * 4
    return (
        name,
        "predicted" if line.predicted else "",
        ratio_text(line.nrr),
        band_text(line.nrr_band),
        ratio_text(line.grr),
        band_text(line.grr_band),
        ratio_text(line.gross_revenue_churn),
        ratio_text(line.logo_retention),
        money_text(line.start),
        money_text(line.end),
        *map(ratio_text, renewed),
    )


def _movement_lines(moved: Sequence[tuple[str, MovementLines]]) -> Iterator[str]:
    if moved:
        yield ""
        yield from _numbers([_MOVEMENTS, *(_movement_cells(name, lines) for name, lines in moved)], left=1)


def _movement_cells(name: str, lines: MovementLines) -> tuple[str, ...]:
    amounts = (
        lines.start,
        lines.new,
        lines.expansion,
        lines.reactivation,
        lines.late,
        lines.contraction,
        lines.churn,
        lines.fx,
        lines.end,
    )
    return (name, *map(money_text, amounts))


def _loss_lines(pairs: Sequence[tuple[str, PeriodMetrics]]) -> Iterator[str]:
    """List what was lost for which reason."""
    found = [
        (
            name,
            loss.reason or "no reason given",
            money_text(loss.amount),
            count_text(len(loss.keys), "renewal"),
        )
        for name, line in pairs
        if line.renewals is not None
        for loss in line.renewals.losses
    ]
    if found:
        yield ""
        yield "Lost"
        columns = (Column(), Column(), Column(right=True), Column(right=True))
        yield from table(found, columns, indent=2)


def _planned_lines(pairs: Sequence[tuple[str, PeriodMetrics]]) -> Iterator[str]:
    for name, line in pairs:
        planned = (("NRR", line.target_nrr), ("GRR", line.target_grr))
        words = [f"{measure} {ratio_text(share)}" for measure, share in planned if share is not None]
        if words:
            yield clean(f"target of {name}: {', '.join(words)}")


def _missing_lines(pairs: Sequence[tuple[str, PeriodMetrics]]) -> Iterator[str]:
    for name, line in pairs:
        if line.renewals is not None and line.renewals.overdue:
            number = count_text(len(line.renewals.overdue), "renewal")
            yield clean(
                f"! {name}: {number} still open after the last day, due here all the same; --json lists them"
            )
        if line.unjudged:
            yield clean(
                f"! {name}: {count_text(len(line.unjudged), 'term')} counted as nothing, something about them is not "
                "known; --json lists them"
            )


def basis_lines(bases: Sequence[Basis]) -> Iterator[str]:
    """This function will say what numbers stand on: one line, and one for each definition."""
    first = bases[0]
    scenario = "" if first.scenario == "base" else f", scenario {first.scenario}"
    rates = dict.fromkeys(basis.rates for basis in bases)
    day = f" of {first.rate_day}" if first.rate_day is not None else ""
    converted = "" if list(rates) == ["pinned"] else f" at {' and '.join(rates)} rates{day}"
    yield (
        f"as of {first.as_of}, known at {instant_text(first.known_at)}, annual recurring amounts in {first.currency}"
        f"{converted}, rules {short_hash(first.rules_hash)}{scenario}"
    )
    yield from dict.fromkeys(basis.profile for basis in bases)


def _window_text(window: Window) -> str:
    return f"{window.first} to {window.last}"


def _numbers(rows: Sequence[Sequence[str]], *, left: int) -> list[str]:
    columns = [Column(gap=2, right=place >= left) for place in range(len(rows[0]))]
    return table(rows, columns, indent=0)


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def plain_amount(money: Money) -> str:
    """This function will write an amount as plain digits, exactly: `1200000`, `19.50`."""
    return f"{money.amount:f}"
