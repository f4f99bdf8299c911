"""Renewals as CSV for a spreadsheet: exact amounts, ISO dates, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence

from csops_sync.app.forecast.listing_order import at_risk
from csops_sync.app.forecast.report_values import Basis, RenewalCall, RenewalLine
from csops_sync.domain.money import Money

_RUNS = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"
MADE_WITH = ("profile", "rates")
"""The columns that say by which definition and which rates a number was made."""
COLUMNS = (
    "key",
    "account",
    "contract",
    "ends",
    "standing",
    "overdue",
    "type",
    "rank",
    "csm",
    "manager",
    "segment",
    "currency",
    "prior",
    "new",
    "bookings",
    "landing",
    "at_risk",
    "call",
    "call_currency",
    "call_by",
    "call_at",
    "call_note",
)


def renewals_csv(lines: Iterable[RenewalLine]) -> str:
    """This function will write one row a renewal, under English names that stay; amounts in major units."""
    return csv_text(COLUMNS, (_row(line) for line in lines))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """This function will write a table as a spreadsheet opens it: with a byte order mark, lines ending in CR LF."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return _BOM + out.getvalue()


def made_with(basis: Basis) -> Sequence[str]:
    """This function will give what stands in the columns `MADE_WITH`."""
    return harmless(basis.profile), basis.rates


def _row(line: RenewalLine) -> Sequence[str]:
    state, landing = line.state, line.landing
    words = (
        state.key,
        line.account,
        line.contract,
        state.end.isoformat(),
        state.standing.value,
        "true" if line.overdue else "false",
        landing.type.value if landing.type is not None else "",
        state.rank or "",
        line.csm or "",
        line.manager or "",
        state.grouping.segment or "",
        state.prior.currency if state.prior else "",
    )
    amounts = (state.prior, state.new, state.bookings, landing.amount, at_risk(state, landing))
    return [*(harmless(one) for one in words), *(plain(one) for one in amounts), *_called(line.call)]


def _called(call: RenewalCall | None) -> Sequence[str]:
    if call is None:
        return [""] * 5
    said = (call.amount.currency, call.by, call.at.isoformat(), call.note)
    return [plain(call.amount), *(harmless(one) for one in said)]


def harmless(text: str) -> str:
    """This function will keep a spreadsheet from running what an account is called (CSV injection)."""
    return f"'{text}" if text.startswith(_RUNS) else text


def plain(money: Money | None) -> str:
    """This function will write an amount exactly, in major units; nothing where there is none."""
    return f"{money.amount:f}" if money is not None else ""
