"""What surrounds every CRM page: the org's name, its time with the buttons that move it, a notice of what was done."""

import hmac
import secrets
from collections.abc import Mapping

from starlette.requests import Request

from csops_sync.sandbox.pages.org_reader import OrgReader

TOKEN, BACK = "token", "back"
STEPS = ("day", "week", "next")
_TOKEN_BYTES = 32


class Frame:
    """Makes the part of a page's context that the frame needs. A notice is shown once, on the next page.

    Every form carries a token that other sites' pages cannot read; a form without it is refused.
    """

    def __init__(self, reader: OrgReader) -> None:
        self._reader = reader
        self._token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._notice = ""

    def context(self, request: Request, *, here: str = "", wanted: str = "") -> dict[str, object]:
        """This function will give the frame's context; `here` is the open tab, `wanted` the list's filter."""
        reader, notice = self._reader, self._notice
        self._notice = ""
        query = request.url.query
        return {
            "here": here,
            "wanted": wanted,
            "organization": reader.organization,
            "now": reader.locale.time(reader.now()),
            "counts": {name: reader.count(name) for name in ("Contract", "Opportunity")},
            "token": self._token,
            "back": request.url.path + (f"?{query}" if query else ""),
            "steps": STEPS,
            "notice": notice,
        }

    def announce(self, notice: str) -> None:
        """This function will show a notice on the next page."""
        self._notice = notice

    def is_ours(self, form: Mapping[str, str]) -> bool:
        """This function will say whether a form was sent from one of these pages."""
        return hmac.compare_digest(form.get(TOKEN, "").encode(), self._token.encode())


def way_back(form: Mapping[str, str]) -> str:
    """This function will give the page to which a form returns: a path of this server, else its first page."""
    back = form.get(BACK, "/")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
