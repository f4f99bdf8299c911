"""`calibrate`, for people. Pure."""

from collections.abc import Iterator, Sequence

from csops_sync.app.forecast.calibrating import CalibrationReport
from csops_sync.config.reweighing import Reweighed
from csops_sync.domain.forecast import pooling, realised, scoring
from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.observing import Cell, Left
from csops_sync.domain.forecast.realised import Realised
from csops_sync.domain.forecast.scoring import Score, Trial, Verdict
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_columns import Column, table
from csops_sync.interfaces.cli.render_forecast import basis_lines
from csops_sync.interfaces.cli.render_shares import interval_text, share_text, signed_text
from csops_sync.interfaces.cli.render_values import count_text, money_text

NOT_REBUILT = (
    "Known today and taken as known then: a contract's own amount and end date, and whose customer it "
    "was. A termination counts as known from the day the term stopped earning; a person's choice of type, only after "
    "the close."
)
LEFT = {
    Left.UNDECIDED: "still open, or not opened and not over: nobody knows yet",
    Left.UNJUDGED: "cannot be judged (`csops-sync forecast` lists them)",
    Left.DECIDED_BEFORE: "decided before that day: no weight was applied to them any more",
    Left.NOT_BEGUN: "of terms that had not begun on that day",
    Left.NO_RATE: "in a currency without a rate under `forecast: rates:`",
    Left.OWN_WEIGHTS: "of segments with weights of their own, which are not calibrated",
    Left.CALLED_LOST: "called lost by a person by then: no weight is applied to them",
    Left.NO_HISTORY: "without history of the rank or amount that far back: what was said then is not known",
    Left.NEGATIVE: "of an amount below zero, which is no share of anything",
}
_COUNT = ("", "renewals", "renewed", "", "95 %")
_AMOUNT = ("", "at stake", "came to be", "", "95 %", "weight", "suggested")
_VERDICTS = {
    Verdict.BETTER: "The suggestion foretold better",
    Verdict.WORSE: "The suggestion foretold worse",
    Verdict.NO_DIFFERENCE: "The two cannot be told apart on what was seen",
}


def calibration_text(report: CalibrationReport, rewritten: Reweighed | None) -> str:
    """This function will show what each cell was worth and should weigh, ending in a newline."""
    found = report.calibration
    due = f"{count_text(len(found.rates.observations), 'renewal')} due {report.window.first} to {report.window.last}"
    lines = (
        f"Calibration: {due}, as they stood {report.days_before} days before their last day",
        "",
        "How many were renewed",
        *_numbers([_COUNT, *_count_rows(report)]),
        "",
        "What was kept of the base",
        *_numbers([_AMOUNT, *_base_rows(report)]),
        *_expansion_lines(report),
        *_beyond_lines(report),
        "",
        *_trial_lines(found.trial),
        *_scatter_lines(report),
        *_suggestion_lines(report, rewritten),
        "",
        *_left_lines(report),
        f"intervals: {realised.METHOD}.",
        f"suggested: {pooling.METHOD}.",
        f"tried: {scoring.METHOD}.",
        NOT_REBUILT,
        *basis_lines([report.basis]),
    )
    return "\n".join(lines) + "\n"


def _count_rows(report: CalibrationReport) -> Iterator[Sequence[str]]:
    for cell, one in _seen(report):
        share = one.count
        yield (
            cell_name(cell),
            f"{one.n:,}",
            f"{one.renewed:,}",
            share_text(share.value),
            interval_text(share.low, share.high),
        )


def _base_rows(report: CalibrationReport) -> Iterator[Sequence[str]]:
    found = report.calibration
    for cell, one in _seen(report):
        weight = found.current[cell].base
        better = f"{found.suggested[cell].base.normalize():f}" if found.suggested else "-"
        money = (_money(report, one.kept), _money(report, one.kept_real))
        spread = interval_text(one.base.low, one.base.high) if one.base.value is not None else ""
        yield (
            cell_name(cell),
            *money,
            share_text(one.base.value),
            spread,
            f"{weight.normalize():f}",
            better,
        )


def _expansion_lines(report: CalibrationReport) -> Iterator[str]:
    found, rows = report.calibration, []
    for cell, one in _seen(report):
        if one.expansion.value is None or cell.type is None:
            continue
        better = f"{found.suggested[cell].expansion.normalize():f}" if found.suggested else "-"
        money = (_money(report, one.added), _money(report, one.added_real))
        spread = interval_text(one.expansion.low, one.expansion.high)
        weight = f"{found.current[cell].expansion.normalize():f}"
        rows.append((cell_name(cell), *money, share_text(one.expansion.value), spread, weight, better))
    if rows:
        yield ""
        yield "What was won of the expansion"
        yield from _numbers([_AMOUNT, *rows])


def _beyond_lines(report: CalibrationReport) -> Iterator[str]:
    beyond = sum(one.beyond for one in report.calibration.rates.cells.values())
    if beyond:
        yield f"{_money(report, beyond)} more came to be than anybody had said; no weight covers it."


def _trial_lines(tried: Trial | None) -> Iterator[str]:
    if tried is None:
        return
    renewals, quarters = count_text(tried.n, "renewal"), count_text(tried.quarters, "quarter")
    yield f"Tried on {renewals} of {quarters} that the weights were not learned from"
    heads = ("", "Brier (0 is best)", "bias (+ too hopeful)", "error of a quarter")
    rows = (("in force", tried.current), ("suggested", tried.suggested))
    yield from _numbers([heads, *((name, *_score_cells(score)) for name, score in rows)])
    one = tried.difference
    spread = "" if one.low is None or one.high is None else f" ({one.low:+.3f} to {one.high:+.3f})"
    yield f"{_VERDICTS[tried.verdict]}: Brier {one.value:+.3f}{spread}, below 0 is better."


def _score_cells(score: Score) -> tuple[str, ...]:
    return (f"{score.brier.value:.3f}", signed_text(score.bias), share_text(score.error))


def _scatter_lines(report: CalibrationReport) -> Iterator[str]:
    found = report.calibration
    if found.rates.scatter > 1:
        yield (
            f"Quarters scatter {found.rates.scatter:.1f} times as much as chance (seasons, drift, another way of "
            "rating): each renewal is worth that much less, so intervals are wider."
        )


def _suggestion_lines(report: CalibrationReport, rewritten: Reweighed | None) -> Iterator[str]:
    yield ""
    if report.calibration.withheld is not None:
        yield f"Nothing is suggested: {report.calibration.withheld}."
        return
    if rewritten is None:
        return
    tried = report.calibration.trial
    if tried is not None and tried.verdict is Verdict.NO_DIFFERENCE:
        yield "History does not say that the suggestion is better: take of it what its cells convince you of."
    yield from (f"! {one}" for one in rewritten.unplaced)
    if rewritten.diff:
        yield "Review it; `--diff FILE` writes it for `patch`. Then `csops-sync validate`, and `csops-sync forecast`:"
        yield ""
        yield from rewritten.diff.splitlines()
    elif not rewritten.unplaced:
        yield "The weights in force are those that history speaks for."


def _left_lines(report: CalibrationReport) -> Iterator[str]:
    if report.left:
        yield "Left out:"
        yield from _numbers([(f"{n:,}", LEFT[why]) for why, n in report.left.items()], left=(1,))
        yield ""


def cell_name(cell: Cell) -> str:
    """This function will name a cell: `upsell B`, `unrated`, `unopened`."""
    if cell.kind is not LandingKind.RATED or cell.type is None:
        return cell.kind.value
    return f"{cell.type.value} {cell.rank}"


def _seen(report: CalibrationReport) -> Iterator[tuple[Cell, Realised]]:
    """Give the cells in the order of the matrix, those without a renewal left out."""
    cells = report.calibration.rates.cells
    return ((cell, cells[cell]) for cell in report.calibration.current if cell in cells)


def _money(report: CalibrationReport, minor: int) -> str:
    return money_text(Money.from_minor(minor, report.basis.currency))


def _numbers(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> list[str]:
    width = max(map(len, rows))
    columns = [Column(gap=2, right=place not in left) for place in range(width)]
    return table(rows, columns, indent=0)
