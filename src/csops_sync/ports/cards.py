"""Cards in Slack as the rest of the product sees them: posted, moved on, answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from csops_sync.domain.confidence.telling import SlackTelling
from csops_sync.ports.chat import Addressee, Found, PostResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands: the channel's id and the message's timestamp."""

    channel_id: str
    ts: str

    @property
    def text(self) -> str:
        """As the outbox keeps it: `C0123/1700000000.000100`."""
        return f"{self.channel_id}/{self.ts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingCard:
    """A telling with all that it takes to write it down.

    `place` is where its card stands, None for a card or summary that is posted first. `people` are those to mention by
    Salesforce id, `links` addresses by opportunity id. `continued_at` is where the card stands that took its place.
    `later` are those who are asleep: they are named, and mentioned in the thread in their own hours.
    """

    telling: SlackTelling
    people: Mapping[str, Addressee]
    links: Mapping[str, str]
    place: Place | None = None
    continued_at: Place | None = None
    later: tuple[str, ...] = ()


class AnswerKind(StrEnum):
    """What a person did with a card."""

    REACTED = "reacted"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    NOTED = "noted"
    REASONED = "reasoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as it came from Slack.

    `key` is unique to the event; `value` is the emoji, the days, the words; `card_id` is what a button or a modal of
    ours carries, empty for a reaction. `since` is given where reading again found it: it came between `since` and
    `at` (UTC).
    """

    key: str
    kind: AnswerKind
    place: Place
    slack_user: str
    at: datetime
    value: str = ""
    card_id: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackPerson:
    """Who somebody is in Slack: name, e-mail and time zone, as far as Slack says."""

    id: str
    name: str
    email: str | None
    timezone: str | None


class Cards(Protocol):
    """Posts, updates, replies, reacts once; never retries by itself. What Slack refuses is a result, not an error."""

    def tell(self, outgoing: OutgoingCard) -> PostResult:
        """This function will do one telling once, with its key as metadata where it is a message."""
        ...

    def find_reply(self, *, keys: Sequence[str], place: Place) -> Found:
        """This function will page a card's thread for our replies that carry one of these keys."""
        ...

    def answers(self, places: Sequence[Place], *, since: datetime) -> Sequence[Answer]:
        """This function will read the reactions that stand on these cards now, by pages of their channels.

        Raises TransientError, PermanentError, AuthFailedError.
        """
        ...

    def answers_in_thread(
        self, thread: Place, places: Sequence[Place], *, since: datetime
    ) -> Sequence[Answer]:
        """This function will read the reactions that stand on these replies of a card's thread now.

        None of a thread that is gone. Raises as `answers`.
        """
        ...

    def person(self, slack_user: str) -> SlackPerson:
        """This function will say who a Slack user is; cached. Raises as `answers`."""
        ...

    def timezone_of(self, addressee: Addressee) -> str | None:
        """This function will give a person's time zone in Slack, None where Slack does not know them; cached."""
        ...

    def user_of(self, addressee: Addressee) -> str | None:
        """This function will give a person's Slack id: by an override, else by e-mail; None where Slack knows nobody.

        Cached. Raises as `answers`.
        """
        ...

    def members(self, handle: str) -> Sequence[str]:
        """This function will list the Slack users behind a `@handle`, user or group; cached. Raises as `answers`."""
        ...


Receive = Callable[[Answer], bool]
"""Puts an answer into the inbox before Slack hears that it came; False where it is there already."""


class Listener(Protocol):
    """The open connection through which answers come."""

    def start(self, receive: Receive) -> None:
        """This function will connect and come back; it connects again by itself whenever the connection ends."""
        ...

    def connected_since(self) -> datetime | None:
        """This function will say since when it is connected, None while it is not."""
        ...

    def problem(self) -> str | None:
        """This function will say in words why it is not connected."""
        ...

    def stop(self) -> None:
        """This function will close the connection within a second."""
        ...
