"""Tellings of confidence in words, as `plan`, `sync` and the daemon's lines show them. Pure."""

from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.views import MessageRow
from csops_sync.domain.confidence.face import ReplyKind
from csops_sync.domain.confidence.telling import (
    LogTask,
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    React,
    Telling,
    UpdateOverflow,
)
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

_DOUBTED = frozenset({OutboxStatus.SENDING, OutboxStatus.UNKNOWN})
_SALESFORCE = "Salesforce"
_ABOUT = {
    ReplyKind.MOVED: "in its thread",
    ReplyKind.REVERSED: "reversed, in its thread",
    ReplyKind.ESCALATED: "escalated in its thread",
    ReplyKind.ASKED_AGAIN: "asked again in its thread",
    ReplyKind.CORRECTED: "corrected in its thread",
    ReplyKind.NOTED: "a note in its thread",
    ReplyKind.CALLED: "called in their own hours, in its thread",
}


def is_telling(row: OutboxRow) -> bool:
    """This function will say whether a row holds a telling of confidence, and not what is decided about a renewal."""
    return row.target in (Target.CARDS, Target.TASKS)


def telling_row(row: OutboxRow) -> MessageRow:
    """This function will show an outbox row of confidence as a message; a Task's channel is `Salesforce`."""
    telling = decode_telling(row.payload)
    mentions = mentions_of_telling(telling)
    is_searched = row.status in _DOUBTED and isinstance(
        telling, PostCard | PostSummary | PostReply | PostOverflow
    )
    first = "; looked for in the channel first" if is_searched else ""
    return MessageRow(
        key=row.key,
        channel=place_words(telling),
        notice=telling.kind,
        text=f"{telling_words(telling)}{_counted(mentions)}{first}",
        renewal_keys=_renewal_keys(telling),
        mentions=mentions,
    )


def telling_words(telling: Telling) -> str:
    """This function will say what a telling is, without its place: `confidence of みなと商事: B > D, in its thread`."""
    match telling:
        case PostCard() | PostSummary():
            return telling.reason
        case PostReply():
            about = _ABOUT[telling.about]
            return f"{telling.face.account_name}: {telling.reason}, {about}"
        case React():
            return f":{telling.emoji}:, {telling.reason}"
        case PostOverflow() | UpdateOverflow():
            return f"{telling.reason}, in its thread"
        case LogTask():
            return f"Task {telling.values.get('subject') or telling.key}; {telling.reason}"
        case _:
            return f"the card of {telling.face.account_name} brought up to date"


def place_words(telling: Telling) -> str:
    """This function will say where a telling goes: a channel, or Salesforce."""
    if isinstance(telling, LogTask):
        return _SALESFORCE
    if isinstance(telling, PostCard | PostSummary | PostOverflow | UpdateOverflow):
        return telling.channel
    return telling.card_id.partition("/")[2]


def mentions_of_telling(telling: Telling) -> tuple[str, ...]:
    """This function will give whom a telling mentions: user ids and `@handles`."""
    return telling.mentions if isinstance(telling, PostCard | PostReply | PostSummary) else ()


def _renewal_keys(telling: Telling) -> tuple[str, ...]:
    face = getattr(telling, "face", None)
    return (face.renewal_key,) if face is not None else ()


def _counted(mentions: tuple[str, ...]) -> str:
    if not mentions:
        return ""
    return ", 1 mention" if len(mentions) == 1 else f", {len(mentions)} mentions"
