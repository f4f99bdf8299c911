"""The dashboard as one Starlette application: its routes, its sessions, and who is let in."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Scope

from csops_sync.config.addresses import is_loopback
from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.interfaces.web import (
    pages,
    pages_accuracy,
    pages_bridge,
    pages_calls,
    pages_operations,
    pages_tables,
)
from csops_sync.interfaces.web.access import Door
from csops_sync.interfaces.web.dashboard_data import DashboardData, DashboardOrders
from csops_sync.interfaces.web.error_pages import error_page, refusals, remember
from csops_sync.interfaces.web.guard import Guard, allowed_host
from csops_sync.interfaces.web.rendering import Desk, Page
from csops_sync.interfaces.web.sign_in import SignIn
from csops_sync.interfaces.web.static_files import StaticFiles

COOKIE = "csops_sync_session"
_SESSION_SECONDS = 8 * 3600
PAGES_AT_ONCE = 4
"""So many pages are made at once: more threads take the interpreter from one another and make each page later."""
Handler = Callable[[Page], Response]
Change = Callable[[Page, DashboardOrders], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """What the dashboard is made of."""

    data: DashboardData
    orders: DashboardOrders
    settings: DashboardSettings
    desk: Desk
    listen_host: str
    chart_script: Callable[[], str]


def dashboard(parts: Dashboard) -> ASGIApp:
    """This function will give the application; it is mounted beside health and metrics.

    Raises ValueError where `DashboardSettings.refusal` would refuse the address.
    """
    if refusal := parts.settings.refusal((parts.listen_host, 0)):
        raise ValueError(refusal)
    is_secure = not is_loopback(parts.listen_host) or parts.settings.public_url.startswith("https://")
    app = Starlette(routes=_routes(parts), exception_handlers=refusals(parts.desk))
    held = parts.settings.session_secret
    app.add_middleware(
        SessionMiddleware,
        secret_key=held.get_secret_value() if held else secrets.token_urlsafe(48),
        session_cookie=COOKIE,
        max_age=_SESSION_SECONDS,
        same_site="lax",
        https_only=is_secure,
    )
    return Guard(
        app,
        allows=allowed_host(parts.settings, parts.listen_host),
        refuse=partial(_refused_early, parts.desk),
        is_secure=is_secure,
    )


def _routes(parts: Dashboard) -> list[BaseRoute]:
    door = Door(settings=parts.settings, people_of=parts.data.people_of)
    data, at_once = parts.data, CapacityLimiter(PAGES_AT_ONCE)

    def look(path: str, handler: Callable[[Page, DashboardData], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await to_thread.run_sync(_looked, request, handler, limiter=at_once)

        return Route(path, endpoint, methods=["GET"])

    def _looked(request: Request, handler: Callable[[Page, DashboardData], Response]) -> Response:
        identity = remember(request, door.identity(request))
        return handler(Page(request=request, desk=parts.desk, identity=identity), data)

    def change(path: str, handler: Change) -> Route:
        async def endpoint(request: Request) -> Response:
            identity = remember(request, await run_in_threadpool(door.identity, request))
            return await handler(Page(request=request, desk=parts.desk, identity=identity), parts.orders)

        return Route(path, endpoint, methods=["POST"])

    shown = [
        look("/", pages.overview),
        look("/landing.csv", pages_tables.landing),
        look("/retention.csv", pages_tables.retention),
        look("/months.csv", pages_tables.months),
        look("/renewals", pages.renewals),
        look("/renewals.csv", pages.renewals_table),
        look("/renewals/{key}", pages.renewal),
        change("/renewals/{key}/call", pages_calls.call_renewal),
        change("/calls", pages_calls.call_team),
        look("/bridge", pages_bridge.bridge),
        look("/bridge.csv", pages_bridge.bridge_table),
        look("/bridge.png", pages_bridge.bridge_picture),
        look("/matrix", pages.matrix),
        look("/matrix.csv", pages_tables.matrix),
        look("/accuracy", pages_accuracy.accuracy),
        look("/accuracy.csv", pages_accuracy.accuracy_table),
        look("/accuracy.png", pages_accuracy.accuracy_picture),
        look("/operations", pages_operations.operations),
        change("/operations/approve", pages_operations.approve),
        change("/operations/retry", pages_operations.retry),
        change("/operations/drop", pages_operations.drop),
        Route("/static/{name}", StaticFiles(parts.chart_script).serve, methods=["GET"]),
    ]
    return [*shown, *(SignIn(parts.settings, parts.desk).routes() if parts.settings.signs_in else [])]


def _refused_early(desk: Desk, scope: Scope, status: int) -> ASGIApp:
    plain = {**scope, "query_string": b"", "session": {}}  # what was refused is not read any further
    return error_page(Page(request=Request(plain), desk=desk), status, "")
