"""Renewals as CSV for a spreadsheet: exact amounts, ISO dates, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence

from csops_sync.app.forecast.listing_order import at_risk
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.domain.money import Money

_RUNS = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"
COLUMNS = (
    "key",
    "account",
    "contract",
    "ends",
    "standing",
    "type",
    "rank",
    "csm",
    "manager",
    "segment",
    "currency",
    "prior",
    "new",
    "landing",
    "at_risk",
)


def renewals_csv(lines: Iterable[RenewalLine]) -> str:
    """This function will write one row a renewal, under English names that stay; amounts in major units."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_row(line) for line in lines)
    return _BOM + out.getvalue()


def _row(line: RenewalLine) -> Sequence[str]:
    state, landing = line.state, line.landing
    words = (
        state.key,
        line.account,
        line.contract,
        state.end.isoformat(),
        state.standing.value,
        landing.type.value if landing.type is not None else "",
        state.rank or "",
        line.csm or "",
        line.manager or "",
        state.grouping.segment or "",
        state.prior.currency if state.prior else "",
    )
    amounts = (state.prior, state.new, landing.amount, at_risk(state, landing))
    return [*(_harmless(one) for one in words), *(_plain(one) for one in amounts)]


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running what an account is called (CSV injection)."""
    return f"'{text}" if text.startswith(_RUNS) else text


def _plain(money: Money | None) -> str:
    return f"{money.amount:f}" if money is not None else ""
