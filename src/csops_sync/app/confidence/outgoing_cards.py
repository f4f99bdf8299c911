"""What a telling needs before it is sent: where it goes, whom it calls, and whether it still says what is so."""

from collections.abc import Iterable
from dataclasses import replace

from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.later_calls import is_outdated_call, without_called
from csops_sync.app.confidence.overflowing import is_outdated_page
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.engine import Engine
from csops_sync.app.facts import person_of
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.telling import (
    LogTask,
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    SlackTelling,
    Telling,
    UpdateCard,
    UpdateOverflow,
)
from csops_sync.ports.cards import OutgoingCard, Place
from csops_sync.ports.chat import Addressee
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import OutboxRow, OutboxStatus, Transaction

_REMINDERS = frozenset({ReplyKind.ESCALATED, ReplyKind.ASKED_AGAIN})
"""Replies that only ask once more: they say nothing where an answer has come, or another question."""
_ANSWERED = frozenset({CardState.ACKNOWLEDGED, CardState.SNOOZED})


def place_of(address: str | None) -> Place | None:
    """This function will read where a message stands, as the outbox keeps it; None for nowhere."""
    channel_id, slash, ts = (address or "").partition("/")
    return Place(channel_id=channel_id, ts=ts) if slash else None


def slack_telling(row: OutboxRow) -> SlackTelling:
    """This function will read the telling of a row that goes to Slack; TypeError for another."""
    telling = decode_telling(row.payload)
    if isinstance(telling, LogTask):
        raise TypeError(f"outbox row {row.key} is for Slack but holds a task")
    return telling


def outgoing_of(engine: Engine, tx: Transaction, row: OutboxRow) -> OutgoingCard | None:
    """This function will fill in what is known only now.

    None where the card that it belongs to was never posted, or is newer already.
    """
    telling = slack_telling(row)
    place = None
    if not isinstance(telling, PostCard | PostSummary):
        (posted,) = tx.outbox.get([telling.of]) or (None,)
        place = place_of(posted.result) if posted else None
        if place is None or is_outdated(tx, telling):
            return None
    telling = _as_answered(tx, telling)
    wanted = sorted(one for one in _people(telling) if not one.startswith("@"))
    people = {found.id: found for found in map(_addressee, tx.mirror.get(Role.USER, wanted))}
    links = {one: engine.link(one) for one in _opportunities(telling)}
    outgoing = OutgoingCard(
        telling=telling, people=people, links=links, place=place, continued_at=_continued_at(tx, telling)
    )
    return without_called(tx, outgoing, is_sent=row.status is OutboxStatus.SENT)


def _continued_at(tx: Transaction, telling: SlackTelling) -> Place | None:
    """Find where the card stands that took the place of this one."""
    key = telling.continued_in if isinstance(telling, UpdateCard) else None
    (row,) = (tx.outbox.get([key]) if key else ()) or (None,)
    return place_of(row.result) if row else None


def is_outdated(tx: Transaction, telling: Telling) -> bool:
    """This function will say whether a telling came too late: a newer face follows, or somebody has answered since."""
    if isinstance(telling, UpdateOverflow):
        return is_outdated_page(tx, telling)
    if isinstance(telling, LogTask | PostCard | PostSummary | PostOverflow):
        return False
    (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
    if isinstance(telling, UpdateCard):
        return _is_superseded(telling, card)
    if isinstance(telling, PostReply) and telling.about is ReplyKind.CALLED:
        return is_outdated_call(tx, telling, card)
    if not isinstance(telling, PostReply) or telling.about not in _REMINDERS:
        return False
    return card is None or card.state is not CardState.ASKING or card.question not in ("", telling.key)


def _as_answered(tx: Transaction, telling: SlackTelling) -> SlackTelling:
    """Take the question off a move that was to ask and is not asked about any more; nobody is called who has answered.

    It waited for the morning, or for Slack, while somebody answered on the card or on another of the same move.
    """
    if not isinstance(telling, PostCard | PostReply) or telling.face.state is not CardState.ASKING:
        return telling
    (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
    if card is None or card.state is CardState.ASKING:
        return telling
    answered_by = [card.answered_by] if card.answered_by else []
    people = {found.id: found for found in map(person_of, tx.mirror.get(Role.USER, answered_by))}
    face = questioned(replace(card, face=telling.face), people)
    return replace(telling, face=face, mentions=() if card.state in _ANSWERED else telling.mentions)


def _is_superseded(telling: UpdateCard, card: Card | None) -> bool:
    """Of a card in whose place another stands, only the update that leads there still counts."""
    if card is None:
        return False
    if telling.of != card.key:
        return telling.continued_in is None
    return not telling.key.endswith(f"/{card.version}")


def _addressee(row: Row) -> Addressee:
    person = person_of(row)
    return Addressee(id=person.id, name=person.name, email=person.email)


def _people(telling: SlackTelling) -> set[str]:
    mentions = set(getattr(telling, "mentions", ()))
    face = getattr(telling, "face", None)
    return mentions | (set(face.asked) if face is not None else set())


def _opportunities(telling: SlackTelling) -> Iterable[str]:
    if isinstance(telling, PostSummary):
        return [line.opportunity_id for line in telling.lines]
    if isinstance(telling, PostOverflow | UpdateOverflow):
        return [line.opportunity_id for line in telling.page.lines]
    face = getattr(telling, "face", None)
    return [face.opportunity_id] if face is not None else []
