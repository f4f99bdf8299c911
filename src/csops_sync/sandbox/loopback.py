"""Keeps other web sites out of a server on loopback: a browser may be told by any page to send requests here.

A page of another site can post a form here, but not without saying where it comes from (`Origin`); a name that is
made to point at 127.0.0.1 (DNS rebinding) gives itself away in `Host`.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


def stranger(request: Request) -> Response | None:
    """This function will give the refusal of a request that another site's page makes a browser send, else None."""
    host = request.headers.get("host", "")
    if not _is_loopback(urlsplit(f"//{host}").hostname or ""):
        text = "This sandbox answers on loopback only; open it as http://127.0.0.1 or http://localhost.\n"
        return PlainTextResponse(text, 421)
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return PlainTextResponse("This request comes from another site's page.\n", 403)
    return None


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
