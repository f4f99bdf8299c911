"""Templates, the style sheet and number formats that both pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from csops_sync.sandbox.pages.mrkdwn import emoji
from csops_sync.sandbox.pages.words import words_for

STYLE_PATH = "/assets/pages.css"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data: https:; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # under no-referrer a form's own Origin would be null
}
_SIGNS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """How a page writes: language (`ja` or `en`), IANA time zone, ISO currency."""

    language: str
    timezone: str
    currency: str = "JPY"

    def time(self, instant: datetime) -> str:
        """This method will write an aware instant as the org's wall clock reads: `2026-11-24 09:00`."""
        return f"{instant.astimezone(ZoneInfo(self.timezone)):%Y-%m-%d %H:%M}"

    def money(self, amount: float | str | None) -> str:
        """This method will write an amount in major units, or a dash."""
        if amount is None or amount == "":
            return "—"
        sign = _SIGNS.get(self.currency, f"{self.currency} ")
        number = float(amount)
        return f"{sign}{number:,.0f}" if number == int(number) else f"{sign}{number:,.2f}"


def render(template: str, locale: Locale, context: Mapping[str, object], *, status: int = 200) -> Response:
    """This function will render a page; everything that comes from data is escaped by the template engine."""
    words = words_for(locale.language)
    html = _environment().get_template(template).render(t=words, locale=locale, style=STYLE_PATH, **context)
    return HTMLResponse(html, status_code=status, headers=_HEADERS)


def style_route() -> Route:
    """This function will serve the style sheet."""
    return Route(STYLE_PATH, _style, methods=["GET"])


async def _style(_request: Request) -> Response:
    css = files("csops_sync.sandbox.pages.templates").joinpath("pages.css").read_text(encoding="utf-8")
    return Response(css, media_type="text/css")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("csops_sync.sandbox.pages"),
        autoescape=select_autoescape(default_for_string=True, default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["emoji"] = emoji
    return environment
