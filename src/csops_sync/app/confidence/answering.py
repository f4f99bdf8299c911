"""What people did with cards: events from the inbox become acknowledgements, snoozes, notes and reasons.

Who may answer are the people that a card asked, those above them, and the members of a group that it asked. Everything
else is welcome and changes nothing. Names and groups are asked of Slack before the transaction begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from csops_sync.app.books import read_people
from csops_sync.app.confidence.answers import Actor, Answerer, chain_of
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.facts import Person
from csops_sync.ports.cards import Answer, SlackPerson
from csops_sync.ports.chat import Addressee
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.shelves import InboxItem
from csops_sync.ports.store import Transaction

_FORM = TypeAdapter(Answer)
_AT_ONCE = 100
WAITING = ("asking", "snoozed")


def inbox_item(answer: Answer) -> InboxItem:
    """This function will write an answer down as the inbox keeps it."""
    payload = _FORM.dump_json(answer).decode()
    return InboxItem(key=answer.key, kind=answer.kind.value, payload=payload, received_at=answer.at)


def process_answers(engine: Engine) -> int:
    """This function will work through the inbox, oldest first, and count what was processed.

    Raises TransientError or AuthFailedError where Slack cannot say who somebody is: the rest waits.
    """
    confidence = engine.rules.confidence
    if confidence is None:
        return 0
    with engine.store.reading() as tx:
        items = tx.confidence.inbox.with_status("pending", limit=_AT_ONCE)
        asked = _asked(tx) if items else ()
        people = read_people(tx) if items else {}
    known = _Known(
        people={},
        groups={one: frozenset(engine.cards.members(one)) for one in asked if one.startswith("@")},
        users=_users(engine, asked, people),
    )
    for item in items:
        _process(engine, item, confidence=confidence, known=known)
    return len(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What Slack said: people by Slack id, and who stands behind the handles that cards ask."""

    people: dict[str, SlackPerson | None]
    groups: Mapping[str, frozenset[str]]
    users: Mapping[str, str]


def _users(engine: Engine, asked: Sequence[str], people: Mapping[str, Person]) -> Mapping[str, str]:
    """Give the Salesforce ids of who may answer, by Slack id: overrides count, as they do for mentions."""
    found: dict[str, str] = {}
    for user_id in sorted({above for one in asked for above in chain_of(one, people)}):
        person = people[user_id]
        slack_id = engine.cards.user_of(Addressee(id=person.id, name=person.name, email=person.email))
        if slack_id is not None:
            found.setdefault(slack_id, user_id)
    return found


def _asked(tx: Transaction) -> Sequence[str]:
    waiting = tx.confidence.cards.with_status(*WAITING)
    return sorted({one for card in waiting for one in card.asked})


def _process(engine: Engine, item: InboxItem, *, confidence: ConfidenceRules, known: _Known) -> None:
    answer = _FORM.validate_json(item.payload)
    if answer.slack_user not in known.people:
        known.people[answer.slack_user] = _who(engine, answer.slack_user)
    slack = known.people[answer.slack_user]
    with engine.store.transaction(engine.grant) as tx:
        people = read_people(tx)
        card = _card(tx, answer)
        if card is None:
            outcome = "it is about no card that waits for an answer"
        else:
            answerer = Answerer(
                engine=engine,
                tx=tx,
                confidence=confidence,
                people=people,
                actor=_actor(answer, slack, people, known),
            )
            outcome = answerer.take(card, answer)
        tx.confidence.inbox.put([replace(item, outcome=outcome)])


def _who(engine: Engine, slack_user: str) -> SlackPerson | None:
    try:
        return engine.cards.person(slack_user)
    except PermanentError:
        return None


def _actor(
    answer: Answer,
    slack: SlackPerson | None,
    people: Mapping[str, Person],
    known: _Known,
) -> Actor:
    """Find the Salesforce user behind a Slack user; some have none, and are known by name only."""
    user = people.get(known.users.get(answer.slack_user, "")) or _by_email(slack, people)
    handles = frozenset(handle for handle, members in known.groups.items() if answer.slack_user in members)
    name = user.name if user else slack.name if slack else answer.slack_user
    return Actor(user_id=user.id if user else None, name=name, handles=handles)


def _by_email(slack: SlackPerson | None, people: Mapping[str, Person]) -> Person | None:
    """Find a user by e-mail, an active one first; without the suffix that a refreshed Salesforce sandbox appends."""
    email = slack.email.casefold() if slack and slack.email else None
    found = [one for one in people.values() if email and _plain(one.email) == email]
    return min(found, key=lambda one: (not one.is_active, one.id), default=None)


def _plain(email: str | None) -> str:
    return (email or "").casefold().removesuffix(".invalid")


def _card(tx: Transaction, answer: Answer) -> Card | None:
    """Find a card by what our button carries, or by the message that a reaction stands on."""
    if answer.card_id:
        return next(iter(tx.confidence.cards.get([answer.card_id])), None)
    waiting = tx.confidence.cards.with_status(*WAITING)
    posted = {row.key: row.result for row in tx.outbox.get([one.key for one in waiting])}
    return next((one for one in waiting if posted.get(one.key) == answer.place.text), None)
