"""The bridge and accuracy as CSV: exact amounts, ISO dates, English names of columns that stay."""

from collections.abc import Iterator, Sequence

from csops_sync.app.forecast.accuracy import AccuracyReport
from csops_sync.app.forecast.bridging import BridgeEnd, BridgeReport
from csops_sync.domain.forecast.accuracy import AccuracyLine
from csops_sync.domain.money import Money
from csops_sync.interfaces.web.csv_tables import MADE_WITH, csv_text, harmless, made_with, plain

_ACCURACY = (
    "period",
    "group",
    "key",
    "name",
    "terms",
    "currency",
    "result",
    "distance",
    "as_of",
    "landing",
    "landing_error",
    "call",
    "call_error",
    *MADE_WITH,
)
_BRIDGE = ("cause", "amount", "currency", "key", "contract_id", "account", "as_of", "rules_hash", *MADE_WITH)


def bridge_csv(report: BridgeReport) -> str:
    """This function will write every renewal of every bar between the two landings: the amounts add up to the last."""
    return csv_text(_BRIDGE, ((*row, *made_with(report.basis)) for row in _bridge_rows(report)))


def accuracy_csv(report: AccuracyReport) -> str:
    """This function will write one row for each line and distance; what was not kept, or not called, is empty."""
    grouped = (("total", (report.total,)), ("csm", report.by_csm), ("team", report.teams))
    return csv_text(
        _ACCURACY,
        (row for group, lines in grouped for line in lines for row in _accuracy_rows(report, group, line)),
    )


def _accuracy_rows(report: AccuracyReport, group: str, line: AccuracyLine) -> Iterator[Sequence[str]]:
    key = line.key or ""
    who = (report.period.name, group, key, harmless(report.names.get(key, key)), str(line.terms))
    for one in line.expected:
        yield (
            *who,
            line.result.currency,
            plain(line.result),
            str(one.distance),
            one.as_of.isoformat() if one.as_of is not None else "",
            plain(one.landing),
            plain(line.error(one.landing)),
            plain(one.call),
            plain(line.error(one.call)),
            *made_with(report.basis),
        )


def _bridge_rows(report: BridgeReport) -> Iterator[Sequence[str]]:
    found = report.bridge
    yield _landing(found.start, report.before)
    for bar in found.bars:
        for mover in bar.movers:
            name = report.accounts.get(mover.account_id, mover.account_id)
            amount = (plain(mover.amount), mover.amount.currency)
            yield (bar.cause.value, *amount, mover.key, mover.contract_id, harmless(name), "", "")
    yield _landing(found.end, report.after)


def _landing(amount: Money, end: BridgeEnd) -> Sequence[str]:
    return ("landing", plain(amount), amount.currency, "", "", "", end.as_of.isoformat(), end.rules_hash)
