"""`bridge`, for people, as CSV and as JSON. Pure."""

from collections.abc import Iterator, Mapping

from csops_sync.app.forecast.bridging import BridgeEnd, BridgeReport
from csops_sync.domain.forecast.bridge import Bar
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.render_forecast import basis_lines
from csops_sync.interfaces.cli.render_forecast_csv import Row, csv_text, made_with
from csops_sync.interfaces.cli.render_values import instant_text, money_text, short_hash

_MOST_MOVERS = 5
_COLUMNS = (Column(minimum=15, gap=2), Column(right=True, gap=2), Column(gap=2), Column())


def bridge_text(report: BridgeReport) -> str:
    """This function will lead from one landing to the other, cause by cause, ending in a newline."""
    found = report.bridge
    rows = [("landing", money_text(found.start), str(report.before.as_of), "")]
    for bar in found.bars:
        rows.extend(_bar_rows(bar, report.accounts))
    rows.append(("landing", money_text(found.end), str(report.after.as_of), ""))
    lines = [
        f"Renewals due {found.window.first} to {found.window.last}",
        "",
        *table(rows, _COLUMNS, indent=0),
        "",
        *_remarks(report),
        *basis_lines([report.basis]),
    ]
    return "\n".join(lines) + "\n"


def bridge_csv(report: BridgeReport) -> str:
    """This function will write every mover of every bar, between the two landings; the amounts add up to the last."""
    found = report.bridge
    rows = [_csv_row("landing", found.start, report.before)]
    for bar in found.bars:
        for mover in bar.movers:
            row = _csv_row(bar.cause.value, mover.amount, None)
            name = report.accounts.get(mover.account_id, mover.account_id)
            rows.append({**row, "key": mover.key, "contract_id": mover.contract_id, "account": name})
    rows.append(_csv_row("landing", found.end, report.after))
    return csv_text([{**row, **made_with(report.basis)} for row in rows])


def bridge_plain(report: BridgeReport) -> Mapping[str, object]:
    """This function will give a bridge as it goes into JSON."""
    found = report.bridge
    return {
        "basis": report.basis,
        "window": found.window,
        "before": {"landing": found.start, **_end_plain(report.before)},
        "after": {"landing": found.end, **_end_plain(report.after)},
        "bars": [_bar_plain(bar, report.accounts) for bar in found.bars],
        "left_out": report.left_out,
        "reweighed": report.is_reweighed,
    }


def _bar_rows(bar: Bar, accounts: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    if not bar.movers:
        return
    yield f"{bar.cause}", _signed(bar.amount), "", ""
    for mover in bar.movers[:_MOST_MOVERS]:
        yield "", _signed(mover.amount), mover.key, accounts.get(mover.account_id, mover.account_id)
    left = len(bar.movers) - _MOST_MOVERS
    if left > 0:
        yield "", "", f"and {left:,} more", ""


def _signed(money: Money) -> str:
    return f"+{money_text(money)}" if money.amount > 0 else money_text(money)


def _remarks(report: BridgeReport) -> Iterator[str]:
    if report.left_out:
        yield clean(
            f"! {len(report.left_out):,} in a currency without a rate are on neither side; --json lists them"
        )
    if report.is_reweighed:
        ends = (report.before, report.after)
        hashes = ", ".join(short_hash(one.rules_hash) for one in ends if one.weighed_by != one.rules_hash)
        yield f"! The rules of then ({hashes}) were not kept; today's weigh in their place."


def _end_plain(end: BridgeEnd) -> Mapping[str, object]:
    return {
        "as_of": end.as_of,
        "known_at": end.known_at,
        "rules_hash": end.rules_hash,
        "weighed_by": end.weighed_by,
    }


def _bar_plain(bar: Bar, accounts: Mapping[str, str]) -> Mapping[str, object]:
    movers = [
        {
            "key": mover.key,
            "contract_id": mover.contract_id,
            "account_id": mover.account_id,
            "account_name": accounts.get(mover.account_id, mover.account_id),
            "amount": mover.amount,
        }
        for mover in bar.movers
    ]
    return {"cause": bar.cause, "amount": bar.amount, "movers": movers}


def _csv_row(cause: str, amount: Money, end: BridgeEnd | None) -> Row:
    return {
        "cause": cause,
        "amount": amount,
        "currency": amount.currency,
        "key": "",
        "contract_id": "",
        "account": "",
        "as_of": end.as_of if end is not None else None,
        "known_at": instant_text(end.known_at) if end is not None else "",
        "rules_hash": end.rules_hash if end is not None else "",
    }
