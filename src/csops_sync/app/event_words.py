"""Journal events in words, as `explain` and the dashboard list them. Pure.

The sentences are English here; `event_words_ja` has the Japanese ones.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from csops_sync.app.copied_words import copied_words
from csops_sync.app.event_people import People, mentioned_in, names_of
from csops_sync.app.event_tables import EventTable
from csops_sync.app.event_values import in_currency, said_value
from csops_sync.app.event_words_ja import JAPANESE_WORDS
from csops_sync.app.order_events import ORDERED
from csops_sync.app.step_words import ENGLISH, JAPANESE
from csops_sync.app.views import EventRow
from csops_sync.domain.facts import Scalar
from csops_sync.ports.store import Event

_NOT_SAID = frozenset({"order", "by", "row"})
_NAMES = {
    "confidence_told": "told",
    "asked_again": "asked again",
    "called_later": "called later",
    "task_logged": "task",
}
_ANSWERS = frozenset({"acknowledged", "snoozed", "noted", "reasoned"})
ENGLISH_WORDS = EventTable()
"""What is said of each kind of event."""


def event_row(
    event: Event, people: People, *, language: str = ENGLISH, currency: str | None = None
) -> EventRow:
    """This function will say what happened; an event of a kind that this version does not know is shown by its name.

    `currency` is that of the opportunity whose fields were written, None where it is not known.
    """
    detail: Mapping[str, Any] = json.loads(event.detail)
    name = (
        str(detail.get("order", event.kind)) if event.kind == ORDERED else _NAMES.get(event.kind, event.kind)
    )
    words = (JAPANESE_WORDS if language == JAPANESE else ENGLISH_WORDS).of(event.kind)
    return EventRow(
        at=_answered_at(event, detail),
        name=name,
        text=words(event, _with_amounts(detail, currency), people) if words else "",
        detail={key: _scalar(value) for key, value in sorted(detail.items())},
        language=language,
    )


def _with_amounts(detail: Mapping[str, Any], currency: str | None) -> Mapping[str, Any]:
    values = detail.get("values")
    return {**detail, "values": in_currency(values, currency)} if isinstance(values, dict) else detail


@ENGLISH_WORDS.says("dated")
def _dated(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    decision = detail.get("decision") or {}
    day = decision.get("open_date", "no day")
    rule = f" by rule {detail['rule']}" if detail.get("rule") else ""
    before = detail.get("before")
    return f"open date {before} -> {day}{rule}" if before else f"opens {day}{rule}"


@ENGLISH_WORDS.says("created")
def _created(event: Event, detail: Mapping[str, Any], _people: People) -> str:
    said = copied_words(detail.get("copied"), language=ENGLISH)
    return f"Opportunity {event.opportunity_id}, key {detail.get('key')}{said}"


@ENGLISH_WORDS.says("updated", "figures")
def _updated(event: Event, detail: Mapping[str, Any], _people: People) -> str:
    values = ", ".join(
        f"{name.replace('_', ' ')} {'empty' if value is None else said_value(name, value, language=ENGLISH)}"
        for name, value in detail.get("values", {}).items()
    )
    return f"Opportunity {event.opportunity_id}: {values}; {detail.get('reason', '')}"


@ENGLISH_WORDS.says("stamped")
def _stamped(event: Event, _detail: Mapping[str, Any], _people: People) -> str:
    return f"the renewal key, on Opportunity {event.opportunity_id}"


@ENGLISH_WORDS.says("adopted")
def _adopted(event: Event, detail: Mapping[str, Any], _people: People) -> str:
    return f"Opportunity {detail.get('opportunity') or event.opportunity_id}, which a person made"


@ENGLISH_WORDS.says("settled")
def _settled(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    return f"as {detail.get('as')}"


@ENGLISH_WORDS.says("told")
def _told(_event: Event, detail: Mapping[str, Any], people: People) -> str:
    names = names_of(detail.get("mentions", ()), people)
    mentioned = f", mentioned {', '.join(names)}" if names else ""
    return f"{detail.get('channel')}{mentioned}"


@ENGLISH_WORDS.says("confidence_told")
def _told_of_confidence(_event: Event, detail: Mapping[str, Any], people: People) -> str:
    names = names_of(detail.get("mentions", ()), people)
    mentioned = f", mentioned {', '.join(names)}" if names else ""
    about = detail.get("about", "card")
    where = "" if about == "card" else f", in its thread ({str(about).replace('_', ' ')})"
    return f"{detail.get('channel')}{where}{mentioned}"


@ENGLISH_WORDS.says("escalated")
def _escalated(_event: Event, detail: Mapping[str, Any], people: People) -> str:
    name = mentioned_in(detail, people)
    _, _, why = str(detail.get("reason", "")).partition("; ")
    return f"nobody answered in time; step {detail.get('level')} mentions {name}{why and f': {why}'}"


@ENGLISH_WORDS.says("asked_again")
def _asked_again(_event: Event, detail: Mapping[str, Any], people: People) -> str:
    return f"the snooze is over; {mentioned_in(detail, people)} is mentioned again"


@ENGLISH_WORDS.says("called_later")
def _called_later(_event: Event, detail: Mapping[str, Any], people: People) -> str:
    begins = f", from {_instant(detail['from'])} on" if detail.get("from") else ""
    return (
        f"{mentioned_in(detail, people)} is outside business hours, and mentioned in the thread then{begins}"
    )


@ENGLISH_WORDS.says("acknowledged")
def _acknowledged(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    emoji = f" with :{detail['value']}:" if detail.get("value") else ""
    since = f", found by reading again, after {_instant(detail['since'])}" if detail.get("since") else ""
    return f"by {detail.get('by')}{emoji}{since}"


@ENGLISH_WORDS.says("snoozed")
def _snoozed(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    until = f" until {_instant(detail['until'])}" if detail.get("until") else ""
    return f"by {detail.get('by')}{until}"


def _instant(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M}Z"


@ENGLISH_WORDS.says("noted", "reasoned")
def _written(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    return f"by {detail.get('by')}: {detail.get('value')}"


@ENGLISH_WORDS.says("task_logged")
def _task_logged(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    return f"Task {detail.get('task')}: {detail.get('subject')}"


def _answered_at(event: Event, detail: Mapping[str, Any]) -> datetime:
    """An answer counts from when it was given, not from when it was processed."""
    given = detail.get("at") if event.kind in _ANSWERS else None
    return datetime.fromisoformat(given) if given else event.at


@ENGLISH_WORDS.says(ORDERED)
def _ordered(_event: Event, detail: Mapping[str, Any], _people: People) -> str:
    about = "".join(
        f", {name.replace('_', ' ')} {said_value(name, value, language=ENGLISH)}"
        for name, value in sorted(detail.items())
        if name not in _NOT_SAID
    )
    return f"by {detail.get('by') or 'somebody'}{about}"


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, str | bool | int):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
