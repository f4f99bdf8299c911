"""What the addresses of the bridge and of accuracy ask for, and how such an address is written."""

from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from csops_sync.app.forecast.bridge_page import BridgeAsked
from csops_sync.app.forecast.overview_values import Span
from csops_sync.domain.forecast.bridge import Cause
from csops_sync.interfaces.web.languages import LANGUAGE_FIELD
from csops_sync.interfaces.web.query_values import (
    PAGE,
    UnreadableError,
    day_in,
    one_of,
    page_in,
    single,
)

_SINCE, _UNTIL, _SPAN, _CAUSE, _PERIOD = "since", "until", "span", "cause", "period"
_KNOWN = frozenset({_SINCE, _UNTIL, _SPAN, _CAUSE, PAGE, LANGUAGE_FIELD})


def read_bridge(params: QueryParams) -> BridgeAsked:
    """This function will read the two days, the due dates that count, the bar and the page.

    Raises UnreadableError for a field that is unknown, given twice, or no value of its kind, and for days that stand
    the other way round.
    """
    given = single(params, _KNOWN)
    since, until = day_in(given, _SINCE), day_in(given, _UNTIL)
    if since is not None and until is not None and until < since:
        raise UnreadableError(_UNTIL)
    return BridgeAsked(
        since=since,
        until=until,
        span=one_of(Span, given[_SPAN], _SPAN) if given.get(_SPAN) else None,
        cause=one_of(Cause, given[_CAUSE], _CAUSE) if given.get(_CAUSE) else None,
        page=page_in(given),
    )


def bridge_address(asked: BridgeAsked, **changed: str) -> str:
    """This function will write what was asked as the part of an address behind `?`; what is usual is left out."""
    said = {
        _SINCE: asked.since.isoformat() if asked.since else "",
        _UNTIL: asked.until.isoformat() if asked.until else "",
        _SPAN: asked.span.value if asked.span else "",
        _CAUSE: asked.cause.value if asked.cause else "",
        PAGE: str(asked.page) if asked.page > 1 else "",
    }
    return urlencode({name: value for name, value in {**said, **changed}.items() if value})


def read_period(params: QueryParams) -> str | None:
    """This function will read which period accuracy is asked of; None where nothing is said."""
    return single(params, frozenset({_PERIOD, LANGUAGE_FIELD})).get(_PERIOD) or None
