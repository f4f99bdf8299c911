"""Everything that happened to a renewal and where it was said to land, on one line of time, the newest first."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from csops_sync.app.forecast.landing_history import ToldLanding
from csops_sync.app.views import EventRow
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.dashboard_data import RenewalPage
from csops_sync.interfaces.web.formats import Formats

_HYPHEN = re.compile(r"(?<!\w)-(?=(?:[^\W\d_]{1,3}\s?\W?|\$|[^\w\s!-~])\d)")
"""Before a currency, of letters or a sign, and its amount; not within what people wrote, such as `#cs-(2)`."""
_MINUS = "\N{MINUS SIGN}\N{WORD JOINER}"
"""Without the joiner a line may break before the currency's sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One entry: what happened, or what a snapshot told."""

    at: datetime
    event: EventRow | None = None
    told: ToldLanding | None = None


def days_of(found: RenewalPage, formats: Formats) -> list[tuple[str, list[Moment]]]:
    """This function will put the entries of each of the org's days under its date."""
    events = found.renewal.events if found.renewal is not None else ()
    moments = [
        *(Moment(at=one.at, event=_with_minus_signs(one)) for one in events),
        *(Moment(at=one.at, told=one) for one in found.told),
    ]
    moments.sort(key=lambda one: one.at, reverse=True)
    return [(day, list(group)) for day, group in groupby(moments, key=lambda one: formats.date_of(one.at))]


def _with_minus_signs(event: EventRow) -> EventRow:
    """Write negative amounts as everywhere on pages, on one line."""
    if isinstance(event.text, Sentence):
        return event
    return replace(event, text=_HYPHEN.sub(_MINUS, event.text))
