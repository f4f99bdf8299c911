"""Intents as the outbox keeps them: JSON text, and back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from csops_sync.app.facts import as_json
from csops_sync.domain.intents import (
    AdoptOpportunity,
    Copies,
    CreateOpportunity,
    FieldChange,
    Foreseen,
    Intent,
    IntentKind,
    Message,
    NoticeKind,
    NoticeLine,
    UpdateOpportunity,
)

ANSWER = "answer/"
"""Keys of updates that a person's answer asked for begin so; no evaluation decides them, and none cancels them."""

_DIGEST_BYTES = 8
_NOT_IN_HASH = frozenset({"foreseen"})
_DATES = frozenset(
    {"open_date", "renewal_date", "bound_day", "notice_deadline", "budget_last_day", "verify_since"}
)


def encode(intent: Intent) -> str:
    """This function will write an intent as JSON text with sorted keys."""
    return json.dumps(_plain(intent), ensure_ascii=False, sort_keys=True)


def body_hash(intent: Intent) -> str:
    """This function will give a hash that is the same for the same decision, made on whatever day."""
    plain = {name: value for name, value in _plain(intent).items() if name not in _NOT_IN_HASH}
    if plain.get("copies", ...) is None:
        del plain["copies"]  # what copies nothing is the decision that it was before anything could be copied
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def decode(payload: str) -> Intent:
    """This function will read an intent back; raises ValueError where the text is none."""
    found: dict[str, Any] = json.loads(payload)
    kind = IntentKind(found.pop("kind"))
    match kind:
        case IntentKind.CREATE:
            return CreateOpportunity(
                **_dated(
                    found,
                    foreseen=Foreseen(found["foreseen"]),
                    contract_ids=tuple(found["contract_ids"]),
                    copies=_copies(found.get("copies")),
                )
            )
        case IntentKind.UPDATE:
            return UpdateOpportunity(**{**found, "changes": _changes(found)})
        case IntentKind.ADOPT:
            return AdoptOpportunity(**{**found, "changes": _changes(found)})
        case IntentKind.MESSAGE:
            return _message(found)


def _message(found: dict[str, Any]) -> Message:
    lines = tuple(
        NoticeLine(**_dated(line, mentions=tuple(line["mentions"]), others=tuple(line["others"])))
        for line in found["lines"]
    )
    return Message(
        **_dated(
            found,
            notice=NoticeKind(found["notice"]),
            lines=lines,
            after=tuple(found["after"]),
            covers=tuple(found["covers"]),
        )
    )


def _copies(found: Mapping[str, Any] | None) -> Copies | None:
    if not found:
        return None
    return Copies(**{**found, "deals": tuple(found["deals"]), "factors": tuple(found["factors"])})


def _changes(found: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(**change) for change in found["changes"])


def _dated(found: Mapping[str, Any], **others: object) -> dict[str, Any]:
    dates = {
        name: date.fromisoformat(value)
        for name, value in found.items()
        if name in _DATES and value is not None
    }
    return {**found, **dates, **others}


def _plain(value: Any) -> Any:  # noqa: ANN401 - walks values of every kind that an intent may hold
    if isinstance(value, str | bool | int | None):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Decimal | date | datetime):
        return as_json(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
