"""What people call: the forms on a renewal's page and on the overview. Who may call what is decided by `app`."""

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from csops_sync.app.forecast.calling import LONGEST_NOTE, CallOrder
from csops_sync.config.section import read_money
from csops_sync.interfaces.web.access import Identity, NotAllowedError, Role, may_call
from csops_sync.interfaces.web.asked import read_span
from csops_sync.interfaces.web.dashboard_data import DashboardOrders
from csops_sync.interfaces.web.forms import read_form
from csops_sync.interfaces.web.query_values import UnreadableError
from csops_sync.interfaces.web.rendering import Page

_SEE_OTHER = 303
_LONGEST = 300
_WITHDRAW = "withdraw"
_SIGNS = "¥￥円$, "
Fields = Mapping[str, Sequence[str]]


async def call_renewal(page: Page, orders: DashboardOrders) -> Response:
    """This function will keep what the form says that one renewal will come to, and show its page anew."""
    identity = _caller(page)
    fields = await read_form(page.request)
    key, order = page.request.path_params["key"], _order(identity, fields)
    await run_in_threadpool(orders.call_renewal, key, order, by=identity.name)
    return RedirectResponse(f"/renewals/{quote(key, safe='')}?done=call", status_code=_SEE_OTHER)


async def call_team(page: Page, orders: DashboardOrders) -> Response:
    """This function will keep what the form says that a team's period will come to, and show the overview anew."""
    identity = _caller(page)
    fields = await read_form(page.request)
    team, period, order = _text(fields, "team"), _text(fields, "period"), _order(identity, fields)
    await run_in_threadpool(orders.call_team, team, period, order, by=identity.name)
    span = read_span(page.request.query_params)
    return RedirectResponse(f"/?{urlencode({'span': span.value, 'done': 'call'})}", status_code=_SEE_OTHER)


def called_just_now(page: Page) -> bool:
    """This function will say whether a page is shown after a call, as its address tells."""
    return page.request.query_params.get("done") == "call"


def _caller(page: Page) -> Identity:
    identity = page.identity
    if identity is None or not may_call(identity):
        raise NotAllowedError("a call is somebody's own: sign in as who makes it; a token only looks")
    return identity


def _order(identity: Identity, fields: Fields) -> CallOrder:
    """Read a call; whoever is no admin makes it in their own name."""
    by = _text(fields, "by", needed=False)
    if by and identity.role is not Role.ADMIN:
        raise NotAllowedError("only an admin enters the call of somebody else")
    note = _text(fields, "note", needed=False, longest=LONGEST_NOTE)
    withdraws = _text(fields, "act", needed=False) == _WITHDRAW
    return CallOrder(
        amount=None if withdraws else _amount(_text(fields, "amount")),
        by=by if identity.role is Role.ADMIN else identity.name,
        note=note,
        people=identity.people,
    )


def _text(fields: Fields, name: str, *, needed: bool = True, longest: int = _LONGEST) -> str:
    values = fields.get(name, ())
    text = values[0].strip() if len(values) == 1 else ""
    if len(values) > 1 or (needed and not text) or len(text) > longest:
        raise UnreadableError(name)
    return text


def _amount(text: str) -> Decimal:
    """Read an amount as people type it: `1,200,000`, `¥1200000`, full-width digits."""
    plain = unicodedata.normalize("NFKC", text).strip(_SIGNS)
    try:
        return read_money(plain)
    except ValueError as error:
        raise UnreadableError("amount") from error
