"""The living card of one renewal: one parent message in Slack, and who must answer for it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.face import CardFace, CardState
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.confidence.rules import AnswerWithin


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The question that Slack still shows while a newer one cannot be read there: its move, and whom it asked.

    `messages` are the keys of what shows it: its card first, then the replies in the thread.
    """

    path: tuple[Standing, ...]
    asked: tuple[str, ...]
    messages: tuple[str, ...] = ()


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card and its question, by `id` (`<opportunity>/<channel>`). Instants are UTC.

    `key` is that of its post in the outbox, and changes where a move is posted anew. `move_id` is the last move on it,
    at `moved_at`, and `rule` the route that told it. `asked` are user ids and handles that were mentioned, who may
    answer with their managers; `level` counts the `steps` of escalation that were taken, `whys` say of each why it is
    this one, `within` is how much open time each has in the `zone` of who was asked, `due_at` is when the next is
    taken, or when a snooze ends. `question` is the key of the message that asks it last: nobody can answer, and no hour
    counts, before it stands in Slack. `calls` are those of the replies before it that asked, or mentioned people
    while it waited: a reaction on any of them answers as one on the card does. Until anything shows a new question it
    is `unread`, and answers are to the one that was `seen` before. `resting` is the key of a message that waits for
    business hours, which no `urgent` one does, and `calling` are those of calls that wait for the hours of who was
    asleep; they are over with its question. An answer that was found by reading again came between `answered_from`
    and `answered_at`; otherwise the two are one. `face` is what it shows without its question; `version` counts what
    was done to it, so that every telling has its own key.
    """

    id: str
    opportunity_id: str
    renewal_key: str
    account_id: str
    key: str
    channel: str
    move_id: str
    moved_at: datetime
    face: CardFace
    version: int = 1
    state: CardState = CardState.QUIET
    asked: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    whys: tuple[str, ...] = ()
    level: int = 0
    within: timedelta | None = None
    zone: str | None = None
    asked_at: datetime | None = None
    due_at: datetime | None = None
    answered_by: str | None = None
    answered_from: datetime | None = None
    answered_at: datetime | None = None
    note: str = ""
    rule: str = ""
    question: str = ""
    calls: tuple[str, ...] = ()
    unread: bool = False
    seen: Seen | None = None
    resting: str = ""
    urgent: bool = False
    calling: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether an answer is still wanted."""
        return self.state in {CardState.ASKING, CardState.SNOOZED}

    @property
    def called_in(self) -> tuple[str, ...]:
        """The keys of the replies in whose place its question can be answered, oldest first."""
        keys = (*self.calls, self.question)
        return tuple(dict.fromkeys(one for one in keys if one not in {"", self.key}))


def ask(
    card: Card,
    *,
    people: tuple[str, ...],
    steps: tuple[str, ...],
    within: AnswerWithin,
    hours: BusinessHours,
    now: datetime,
) -> Card:
    """This function will make a card ask these people with its own message.

    `hours` are ours: those of who is asked are known once the message is on its way. What was noted belongs to the
    question before.
    """
    return replace(
        card,
        state=CardState.ASKING,
        asked=people,
        steps=steps,
        level=0,
        within=within.span,
        asked_at=now,
        due_at=hours.after(now, within.span) if steps else None,
        answered_by=None,
        answered_from=None,
        answered_at=None,
        zone=None,
        note="",
        question=card.key,
        calls=(),
        calling=(),
        unread=True,
    )


def still_shown(card: Card) -> Seen | None:
    """This function will give the question that Slack shows of a card that moves on; None where it shows none."""
    if card.unread:
        return card.seen
    if not card.waits:
        return None
    return Seen(path=card.face.path, asked=card.asked, messages=(card.key, *card.called_in))


def also_called(card: Card, *, key: str) -> Card:
    """This function will let a card that waits be answered on this reply of its thread, too."""
    return replace(card, calls=(*card.called_in, key)) if card.waits else card


def quieted(card: Card) -> Card:
    """This function will close a card's question without an answer: what was asked about is over."""
    return replace(
        card,
        state=CardState.QUIET,
        asked=(),
        steps=(),
        due_at=None,
        level=0,
        calls=(),
        calling=(),
        unread=False,
    )


def acknowledge(card: Card, *, by: str, at: datetime, since: datetime | None = None) -> Card:
    """This function will close the question. The first answer counts; a later one changes nothing."""
    if not card.waits:
        return card
    return replace(
        card,
        state=CardState.ACKNOWLEDGED,
        answered_by=by,
        answered_from=since or at,
        answered_at=at,
        due_at=None,
        calling=(),
        unread=False,
    )


def snooze(card: Card, *, by: str, until: datetime) -> Card:
    """This function will let a card that asks rest until then; then it asks the same people again."""
    if not card.waits:
        return card
    return replace(card, state=CardState.SNOOZED, answered_by=by, due_at=until, calling=(), unread=False)


def escalate(card: Card, *, hours: BusinessHours, now: datetime) -> tuple[Card, tuple[str, ...]]:
    """This function will take the next step of a card that is due, and say whom it mentions; nobody where none is left.

    A snooze that is over asks again and mentions all who were asked at first; whoever was a step is not called back.
    """
    due_at = hours.after(now, card.within) if card.within is not None else None
    if card.state is CardState.SNOOZED:
        again = replace(card, state=CardState.ASKING, answered_by=None, due_at=due_at if card.steps else None)
        stepped = card.steps[: card.level]
        return again, tuple(one for one in card.asked if one not in stepped)
    if card.level >= len(card.steps):
        return replace(card, due_at=None), ()
    person, level = card.steps[card.level], card.level + 1
    asked = tuple(dict.fromkeys((*card.asked, person)))
    next_at = due_at if level < len(card.steps) else None
    return replace(card, level=level, due_at=next_at, asked=asked), (person,)
