"""In which language a page is shown: what the address says, else what was chosen before, the browser, the org."""

from starlette.requests import Request
from starlette.responses import Response

from csops_sync.interfaces.web.words import LANGUAGES

LANGUAGE_FIELD = "lang"
_COOKIE = "csops_sync_language"
_YEAR_SECONDS = 31_536_000
_MOST_ACCEPTED = 20


def language_of(request: Request, *, default: str) -> str:
    """This function will choose the language; one that there is none of is passed over."""
    for wanted in (request.query_params.get(LANGUAGE_FIELD), request.cookies.get(_COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return _accepted(request.headers.get("accept-language", "")) or default


def keep_language(request: Request, answer: Response) -> None:
    """This function will remember a language that was chosen by address; it holds no secret."""
    wanted = request.query_params.get(LANGUAGE_FIELD)
    if wanted in LANGUAGES and request.cookies.get(_COOKIE) != wanted:
        secure = request.url.scheme == "https"
        answer.set_cookie(
            _COOKIE, wanted, max_age=_YEAR_SECONDS, samesite="lax", httponly=True, secure=secure
        )


def _accepted(header: str) -> str | None:
    """Give the language that a browser likes best (RFC 9110, 12.5.4), of those that there are."""
    ranked = [_ranked(one) for one in header.split(",")[:_MOST_ACCEPTED]]
    liked = [(quality, name) for quality, name in ranked if name in LANGUAGES and quality > 0]
    return max(liked, key=lambda one: one[0])[1] if liked else None


def _ranked(part: str) -> tuple[float, str]:
    name, _, rest = part.strip().partition(";")
    _, _, quality = rest.strip().partition("q=")
    try:
        return float(quality or 1), name.strip().lower().split("-")[0]
    except ValueError:
        return 0.0, ""
