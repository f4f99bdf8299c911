"""What people call: the forms on a renewal's page and on the overview. Who may call what is decided by `app`."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from urllib.parse import quote, urlencode

from babel.numbers import get_currency_symbol
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from csops_sync.app.forecast.calling import LONGEST_NOTE, CallOrder
from csops_sync.app.forecast.period_words import period_key
from csops_sync.config.section import read_money
from csops_sync.domain.forecast.periods import Period, PeriodKind
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.access import Identity, NotAllowedError, Role, may_call
from csops_sync.interfaces.web.asked import read_span
from csops_sync.interfaces.web.dashboard_data import DashboardOrders
from csops_sync.interfaces.web.forms import read_form
from csops_sync.interfaces.web.query_values import UnreadableError, path_key
from csops_sync.interfaces.web.rendering import Page
from csops_sync.interfaces.web.words import LANGUAGES

_SEE_OTHER, _BAD_REQUEST = 303, 400
_LONGEST = 300
_WITHDRAW = "withdraw"
_OTHERS = ("team", "period", "by")
_SAID = {"call": "call.done", "withdrawn": "call.taken_back"}
_MORE_SIGNS = {"JPY": ("円",)}
Fields = Mapping[str, Sequence[str]]


class AmountError(UnreadableError):
    """What was typed as an amount is none, or has the sign of another currency."""


async def call_renewal(page: Page, orders: DashboardOrders) -> Response:
    """This function will keep what the form says that one renewal will come to, and show its page anew."""
    identity = _caller(page)
    fields = await read_form(page.request)
    key = path_key(page.request)
    address = f"/renewals/{quote(key, safe='')}"
    try:
        order = _order(identity, fields)
    except AmountError:
        return _asked_again(page, fields, action=f"{address}/call", back=address)
    await run_in_threadpool(orders.call_renewal, key, order, by=identity.name)
    return RedirectResponse(f"{address}?done={_done(order)}", status_code=_SEE_OTHER)


async def call_team(page: Page, orders: DashboardOrders) -> Response:
    """This function will keep what the form says that a team's period will come to, and show the overview anew."""
    identity = _caller(page)
    fields = await read_form(page.request)
    span = read_span(page.request.query_params).value
    team, period = _text(fields, "team"), _text(fields, "period")
    try:
        order = _order(identity, fields)
    except AmountError:
        return _asked_again(page, fields, action=f"/calls?span={span}", back=f"/?span={span}")
    await run_in_threadpool(orders.call_team, team, period, order, by=identity.name)
    return RedirectResponse(f"/?{urlencode({'span': span, 'done': _done(order)})}", status_code=_SEE_OTHER)


def called_just_now(page: Page) -> str:
    """This function will say what a call did, as the address of the page after it tells; else nothing."""
    key = _SAID.get(page.request.query_params.get("done", ""))
    return page.words(key) if key else ""


def periods_to_call(page: Page, periods: Iterable[Period]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """This function will group the periods that a team's call may be for: key, name, and the one that is usual.

    The usual one is the first quarter.
    """
    usual = next((one for one in periods if one.kind is PeriodKind.QUARTER), None)
    return [
        (kind.value, [(period_key(one), page.formats.month(one.name), one == usual) for one in group])
        for kind, group in groupby(periods, key=lambda one: one.kind)
    ]


def _done(order: CallOrder) -> str:
    return "withdrawn" if order.amount is None else "call"


def _asked_again(page: Page, fields: Fields, *, action: str, back: str) -> Response:
    """Say how an amount is written, with all that was typed still there."""
    return page.render(
        "call_again.html",
        {
            "action": action,
            "back": back,
            "amount": _text(fields, "amount", needed=False),
            "currency": _text(fields, "currency", needed=False),
            "note": _text(fields, "note", needed=False, longest=LONGEST_NOTE),
            "others": [(name, _text(fields, name, needed=False)) for name in _OTHERS if name in fields],
        },
        status=_BAD_REQUEST,
    )


def _caller(page: Page) -> Identity:
    identity = page.identity
    if identity is None or not may_call(identity):
        raise NotAllowedError(
            Sentence("call.token", "a call is somebody's own: sign in as who makes it; a token only looks")
        )
    return identity


def _order(identity: Identity, fields: Fields) -> CallOrder:
    """Read a call, in the currency that the form showed; whoever is no admin makes it in their own name."""
    by = _text(fields, "by", needed=False)
    if by and identity.role is not Role.ADMIN:
        raise NotAllowedError(Sentence("call.by-admin", "only an admin enters the call of somebody else"))
    note = _text(fields, "note", needed=False, longest=LONGEST_NOTE)
    typed, currency = (_text(fields, name, needed=False) for name in ("amount", "currency"))
    withdraws = _text(fields, "act", needed=False) == _WITHDRAW
    return CallOrder(
        amount=None if withdraws else _amount(typed, currency),
        by=by if identity.role is Role.ADMIN else identity.name,
        note=note,
        currency=currency or None,
        people=identity.people,
    )


def _text(fields: Fields, name: str, *, needed: bool = True, longest: int = _LONGEST) -> str:
    values = fields.get(name, ())
    text = values[0].strip() if len(values) == 1 else ""
    if len(values) > 1 or (needed and not text) or len(text) > longest:
        raise UnreadableError(name)
    return text


def _amount(text: str, currency: str) -> Decimal:
    """Read an amount as people type it: `1,200,000`, `¥1200000` of yen, full-width digits; AmountError otherwise."""
    try:
        amount = read_money(_without_sign(unicodedata.normalize("NFKC", text), currency))
    except ValueError as error:
        raise AmountError("amount") from error
    if amount.is_signed():
        raise AmountError("amount")
    return amount


def _without_sign(text: str, currency: str) -> str:
    """Take off the one sign, of this currency alone, that may stand before or after an amount."""
    for sign in _signs(currency):
        if text.startswith(sign):
            return text.removeprefix(sign).strip()
        if text.endswith(sign):
            return text.removesuffix(sign).strip()
    return text


def _signs(currency: str) -> tuple[str, ...]:
    """Give how people write a currency: its code, and its sign in either language."""
    if not currency:
        return ()
    symbols = [get_currency_symbol(currency, locale=language) for language in LANGUAGES]
    plain = [unicodedata.normalize("NFKC", one) for one in symbols]
    return (currency, *plain, *_MORE_SIGNS.get(currency, ()))
