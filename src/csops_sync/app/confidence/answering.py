"""What people did with cards: events from the inbox become acknowledgements, snoozes, notes and reasons.

Who may answer are the people that a card asked, those above them, and the members of a group that it asked. Everything
else is welcome and changes nothing. Names and groups are asked of Slack before the transaction begins.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from csops_sync.app.books import read_people
from csops_sync.app.confidence.answers import Actor, Answerer, chain_of
from csops_sync.app.confidence.hearing import NOT_FOR_US
from csops_sync.app.confidence.reacting import WAITING, Spot, asked_in, standing_spots
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.facts import Person
from csops_sync.ports.cards import Answer, Place, SlackPerson
from csops_sync.ports.chat import Addressee
from csops_sync.ports.errors import AuthFailedError, PermanentError
from csops_sync.ports.shelves import InboxItem
from csops_sync.ports.store import Transaction

_FORM = TypeAdapter(Answer)
_AT_ONCE = 100
_UNREADABLE = "it cannot be read, so it changes nothing"


def inbox_item(answer: Answer) -> InboxItem:
    """This function will write an answer down as the inbox keeps it."""
    payload = _FORM.dump_json(answer).decode()
    return InboxItem(key=answer.key, kind=answer.kind.value, payload=payload, received_at=answer.at)


def process_answers(engine: Engine) -> int:
    """This function will work through the inbox, oldest first, and count what was processed.

    What cannot be read, and a person or group that Slack refuses to show, holds up nothing else. Raises TransientError
    or AuthFailedError where Slack cannot say who somebody is: the rest waits.
    """
    confidence = engine.rules.confidence
    if confidence is None:
        return 0
    with engine.store.reading() as tx:
        items = tx.confidence.inbox.with_status("pending", limit=_AT_ONCE)
        if not items:
            return 0
        asked = _asked(tx, fallback=confidence.fallback)
        people = read_people(tx)
        standing = standing_spots(tx)
    known = _Known(
        slack={},
        people=people,
        groups={one: _members(engine, one) for one in asked if one.startswith("@")},
        users=_users(engine, asked, people),
        standing=standing,
    )
    for item in items:
        _process(engine, item, confidence=confidence, known=known)
    return len(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is read once for many answers: who is who on both sides, and which card waits in which places.

    `slack` fills up with people by Slack id; `groups` are the members of the handles that cards ask, `users` the
    Salesforce ids of who may answer by Slack id.
    """

    slack: dict[str, SlackPerson | None]
    people: Mapping[str, Person]
    groups: Mapping[str, frozenset[str]]
    users: Mapping[str, str]
    standing: Mapping[Place, Spot]


def _users(engine: Engine, asked: Sequence[str], people: Mapping[str, Person]) -> Mapping[str, str]:
    """Give the Salesforce ids of who may answer, by Slack id: overrides count, as they do for mentions."""
    found: dict[str, str] = {}
    for user_id in sorted({above for one in asked for above in chain_of(one, people)}):
        person = people[user_id]
        slack_id = _slack_id(engine, Addressee(id=person.id, name=person.name, email=person.email))
        if slack_id is not None:
            found.setdefault(slack_id, user_id)
    return found


def _slack_id(engine: Engine, addressee: Addressee) -> str | None:
    try:
        return engine.cards.user_of(addressee)
    except PermanentError:
        return (
            None  # the others are known; an answer of theirs is found by its writer's e-mail, or is welcome
        )


def _members(engine: Engine, handle: str) -> frozenset[str]:
    """Give who stands behind a handle; nobody where Slack does not show this, which must not hold up the others."""
    try:
        return frozenset(engine.cards.members(handle))
    except PermanentError:
        return frozenset()
    except AuthFailedError as refusal:
        if refusal.code not in NOT_FOR_US:
            raise
        return frozenset()


def _asked(tx: Transaction, *, fallback: str | None) -> Sequence[str]:
    waiting = tx.confidence.cards.with_status(*WAITING)
    return sorted({one for card in waiting for one in card.asked} | ({fallback} if fallback else set()))


def _process(engine: Engine, item: InboxItem, *, confidence: ConfidenceRules, known: _Known) -> None:
    answer = _read(item)
    if answer is not None and answer.slack_user not in known.slack:
        known.slack[answer.slack_user] = _who(engine, answer.slack_user)
    with engine.store.transaction(engine.grant) as tx:
        outcome = _UNREADABLE
        if answer is not None:
            outcome = _taken(engine, tx, answer, confidence=confidence, known=known)
        tx.confidence.inbox.put([replace(item, outcome=outcome)])


def _read(item: InboxItem) -> Answer | None:
    """Read what was received; None for what another version wrote and this one does not know."""
    try:
        return _FORM.validate_json(item.payload)
    except ValueError:
        return None


def _taken(
    engine: Engine, tx: Transaction, answer: Answer, *, confidence: ConfidenceRules, known: _Known
) -> str:
    spot = None if answer.card_id else known.standing.get(answer.place)
    card = _card(tx, answer, spot)
    if card is None:
        return "it is about no card that waits for an answer"
    answerer = Answerer(
        engine=engine,
        tx=tx,
        confidence=confidence,
        people=known.people,
        actor=_actor(answer, known),
        came_with=spot.came_with if spot else asked_in(card, answer.place),
    )
    return answerer.take(card, answer)


def _who(engine: Engine, slack_user: str) -> SlackPerson | None:
    try:
        return engine.cards.person(slack_user)
    except PermanentError:
        return None


def _actor(answer: Answer, known: _Known) -> Actor:
    """Find the Salesforce user behind a Slack user; some have none, and are known by name only."""
    slack = known.slack[answer.slack_user]
    user = known.people.get(known.users.get(answer.slack_user, "")) or _by_email(slack, known.people.values())
    handles = frozenset(handle for handle, members in known.groups.items() if answer.slack_user in members)
    name = user.name if user else slack.name if slack else answer.slack_user
    is_named = user is not None or slack is not None
    return Actor(user_id=user.id if user else None, name=name, handles=handles, is_named=is_named)


def _by_email(slack: SlackPerson | None, people: Collection[Person]) -> Person | None:
    """Find a user by e-mail, an active one first; without the suffix that a refreshed Salesforce sandbox appends."""
    email = slack.email.casefold() if slack and slack.email else None
    found = [one for one in people if email and _plain(one.email) == email]
    return min(found, key=lambda one: (not one.is_active, one.id), default=None)


def _plain(email: str | None) -> str:
    return (email or "").casefold().removesuffix(".invalid")


def _card(tx: Transaction, answer: Answer, spot: Spot | None) -> Card | None:
    """Find a card by what our button carries, or by the message that a reaction stands on."""
    card_id = spot.card.id if spot else answer.card_id
    card = next(iter(tx.confidence.cards.get([card_id])), None)
    return card if card is not None and (answer.card_id or card.waits) else None
