"""The rows of the list as they are written: a template that writes each cell itself takes five times as long."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from csops_sync.app.forecast.listing_order import at_risk
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.interfaces.web.formats import DASH
from csops_sync.interfaces.web.rendering import Page, type_word


class ListedRow(NamedTuple):
    """One renewal, in the reader's language and not escaped yet. What is empty is not said."""

    address: str
    account: str
    contract: str
    due: str
    standing: str
    is_overdue: bool
    type: str
    type_name: str
    rank: str
    csm: str
    prior: str
    landing: str
    call: str
    caller: str
    risk: str
    is_at_risk: bool


def listed_rows(page: Page, lines: Iterable[RenewalLine]) -> Iterator[ListedRow]:
    """This function will write the renewals of a list, in order."""
    words, money, day = page.words, page.formats.money, page.formats.day
    for line in lines:
        state, call = line.state, line.call
        kind, risk = type_word(line), at_risk(state, line.landing)
        yield ListedRow(
            address=f"/renewals/{quote(state.key)}",
            account=line.account,
            contract=line.contract,
            due=day(state.end),
            standing=words.code("standing", state.standing.value),
            is_overdue=line.overdue,
            type=kind,
            type_name=words.code("type", kind) if kind else "",
            rank=state.rank or "",
            csm=line.csm or DASH,
            prior=money(state.prior),
            landing=money(line.landing.amount),
            call=money(call.amount) if call is not None else "",
            caller=call.by if call is not None else "",
            risk=money(risk),
            is_at_risk=risk is not None and risk.amount > 0,
        )
