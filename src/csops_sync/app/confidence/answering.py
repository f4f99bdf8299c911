"""What people did with cards: events from the inbox become acknowledgements, snoozes, notes and reasons.

Who may answer are the people that a card asked, those above them, and the members of a group that it asked. Everything
else is welcome and changes nothing. Names and groups are asked of Slack before the transaction begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from csops_sync.app.books import read_people
from csops_sync.app.confidence.answers import Actor, Answerer
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.facts import Person
from csops_sync.ports.cards import Answer, SlackPerson
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
    known = _Known(
        people={}, groups={one: frozenset(engine.cards.members(one)) for one in asked if one.startswith("@")}
    )
    for item in items:
        _process(engine, item, confidence=confidence, known=known)
    return len(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What Slack said: people by Slack id, and who stands behind the handles that cards ask."""

    people: dict[str, SlackPerson | None]
    groups: Mapping[str, frozenset[str]]


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
                actor=_actor(answer, slack, people, groups=known.groups),
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
    *,
    groups: Mapping[str, frozenset[str]],
) -> Actor:
    """Find the Salesforce user behind a Slack user by e-mail; some have none, and are known by name only."""
    email = slack.email.casefold() if slack and slack.email else None
    found = [one for one in people.values() if email and one.email and one.email.casefold() == email]
    active = sorted(found, key=lambda one: (not one.is_active, one.id))
    handles = frozenset(handle for handle, members in groups.items() if answer.slack_user in members)
    name = active[0].name if active else slack.name if slack else answer.slack_user
    return Actor(user_id=active[0].id if active else None, name=name, handles=handles)


def _card(tx: Transaction, answer: Answer) -> Card | None:
    """Find a card by what our button carries, or by the message that a reaction stands on."""
    if answer.card_id:
        return next(iter(tx.confidence.cards.get([answer.card_id])), None)
    waiting = tx.confidence.cards.with_status(*WAITING)
    posted = {row.key: row.result for row in tx.outbox.get([one.key for one in waiting])}
    return next((one for one in waiting if posted.get(one.key) == answer.place.text), None)
