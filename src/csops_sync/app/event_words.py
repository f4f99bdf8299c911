"""Journal events in words, as `explain` lists them. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from csops_sync.app.order_events import ORDERED
from csops_sync.app.views import EventRow
from csops_sync.domain.facts import Person, Scalar
from csops_sync.ports.store import Event

People = Mapping[str, Person]
_NOT_SAID = frozenset({"order", "by", "row"})
_Words = Callable[[Event, Mapping[str, Any], People], str]


def event_row(event: Event, people: People) -> EventRow:
    """This function will say what happened; an event of a kind that this version does not know is shown by its name."""
    detail: Mapping[str, Any] = json.loads(event.detail)
    name = str(detail.get("order", event.kind)) if event.kind == ORDERED else event.kind
    words = _WORDS.get(event.kind)
    return EventRow(
        at=event.at,
        name=name,
        text=words(event, detail, people) if words else "",
        detail={key: _scalar(value) for key, value in sorted(detail.items())},
    )


def _dated(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    decision = detail.get("decision") or {}
    day = decision.get("open_date", "no day")
    rule = f" by rule {detail['rule']}" if detail.get("rule") else ""
    before = detail.get("before")
    return f"open date {before} -> {day}{rule}" if before else f"opens {day}{rule}"


def _created(event: Event, detail: Mapping[str, Any], _people: People) -> str:
    return f"Opportunity {event.opportunity_id}, key {detail.get('key')}"


def _updated(event: Event, detail: Mapping[str, Any], _people: People) -> str:
    values = ", ".join(
        f"{name.replace('_', ' ')} = {value}" for name, value in detail.get("values", {}).items()
    )
    return f"Opportunity {event.opportunity_id}: {values}; {detail.get('reason', '')}"


def _stamped(event: Event, _detail: Mapping[str, Any], _people: People) -> str:
    return f"the renewal key, on Opportunity {event.opportunity_id}"


def _adopted(event: Event, detail: Mapping[str, Any], _people: People) -> str:
    return f"Opportunity {detail.get('opportunity') or event.opportunity_id}, which a person made"


def _settled(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    return f"as {detail.get('as')}"


def _told(_event: Event, detail: Mapping[str, Any], people: People) -> str:
    names = _names(detail.get("mentions", ()), people)
    mentioned = f", mentioned {', '.join(names)}" if names else ""
    return f"{detail.get('channel')}{mentioned}"


def _ordered(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    about = "".join(
        f", {name.replace('_', ' ')} {value}"
        for name, value in sorted(detail.items())
        if name not in _NOT_SAID
    )
    return f"by {detail.get('by') or 'somebody'}{about}"


_WORDS: Mapping[str, _Words] = {
    "dated": _dated,
    "created": _created,
    "updated": _updated,
    "stamped": _stamped,
    "adopted": _adopted,
    "settled": _settled,
    "told": _told,
    ORDERED: _ordered,
}


def _names(mentions: Sequence[str], people: People) -> list[str]:
    return [people[one].name if one in people else one for one in mentions]


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, str | bool | int):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
