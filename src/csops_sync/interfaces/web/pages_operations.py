"""The page of who runs it: lag, API budget, outbox; and what an admin may order about it."""

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from csops_sync.app.health import WAITS_FOR_A_PERSON, waiting_text
from csops_sync.interfaces.web.access import needs_admin
from csops_sync.interfaces.web.dashboard_data import DashboardData, DashboardOrders, Operations
from csops_sync.interfaces.web.forms import read_form
from csops_sync.interfaces.web.query_values import UnreadableError
from csops_sync.interfaces.web.rendering import Page
from csops_sync.ports.store import OutboxStatus

_SEE_OTHER = 303
_LONGEST_KEY = 300
_MOST_KEYS = 200
_DIGITS = 7
_MOST_NAMED = 3
RETRIED = frozenset({OutboxStatus.PARKED})
DROPPED = frozenset({OutboxStatus.PARKED, OutboxStatus.HELD, OutboxStatus.PENDING, OutboxStatus.SHADOW})


def operations(page: Page, data: DashboardData) -> Response:
    """This function will show how the product stands, and what an order has just done."""
    found = data.operations(page.people)
    return page.render(
        "operations.html",
        {
            "o": found,
            "basis": None,
            "warnings": warnings_beside(found),
            "facts": found.health.facts,
            "held": found.status.outbox.get(OutboxStatus.HELD, 0),
            "used": _used(found),
            "retried": RETRIED,
            "dropped": DROPPED,
            "done": _done(page),
            "named": _MOST_NAMED,
        },
    )


async def approve(page: Page, orders: DashboardOrders) -> Response:
    """This function will let go exactly what is held under the hash that the form names."""
    fields = await _ordered(page)
    (approval,) = _values(fields, "hash", most=1)
    return await _after(page, "approve", lambda by: orders.approve(approval, by=by))


async def retry(page: Page, orders: DashboardOrders) -> Response:
    """This function will have rows sent again."""
    keys = _values(await _ordered(page), "key", most=_MOST_KEYS)
    return await _after(page, "retry", lambda by: orders.retry(keys, by=by))


async def drop(page: Page, orders: DashboardOrders) -> Response:
    """This function will give rows up."""
    keys = _values(await _ordered(page), "key", most=_MOST_KEYS)
    return await _after(page, "drop", lambda by: orders.drop(keys, by=by))


async def _ordered(page: Page) -> dict[str, list[str]]:
    if page.identity is not None:
        needs_admin(page.identity)
    return await read_form(page.request)


def _values(fields: dict[str, list[str]], name: str, *, most: int) -> tuple[str, ...]:
    values = tuple(fields.get(name, ()))
    if not 1 <= len(values) <= most or not all(0 < len(one) <= _LONGEST_KEY for one in values):
        raise UnreadableError(name)
    return values


async def _after(page: Page, order: str, work: Callable[[str], int]) -> Response:
    """Carry an order out, and show the page anew, so that reloading it orders nothing twice."""
    by = page.identity.name if page.identity is not None else ""
    count = await run_in_threadpool(work, by)
    return RedirectResponse(f"/operations?{urlencode({'done': order, 'n': count})}", status_code=_SEE_OTHER)


def _done(page: Page) -> str:
    """Say what an order did, as the address of the page after it tells."""
    params = page.request.query_params
    order, count = params.get("done", ""), params.get("n", "")
    if order not in ("approve", "retry", "drop") or not (count.isascii() and count.isdecimal()):
        return ""
    return page.words(f"done.{order}", n=page.formats.count(int(count[:_DIGITS])))


def warnings_beside(found: Operations) -> tuple[str, ...]:
    """This function will give the warnings, without those that only say again what is listed as a problem."""
    status, counted = found.status, found.health.facts.outbox
    listed = [one for one in WAITS_FOR_A_PERSON if status.problems and status.outbox.get(one)]
    again = {waiting_text(one, counted.get(one, 0)) for one in listed}
    return tuple(one for one in found.health.warnings if one not in again and one not in status.problems)


def _used(found: Operations) -> int | None:
    """Give how much of the API allowance is used, in percent; None where nobody has said."""
    usage = found.health.facts.usage
    if usage is None or not usage.allowed:
        return None
    return min(100, usage.used * 100 // usage.allowed)
