"""Slack as the rest of the product sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from csops_sync.domain.intents import Message


class PostStatus(StrEnum):
    """What became of a post."""

    POSTED = "posted"
    RETRY = "retry"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """`channel_id` and `ts` identify a posted message; `code` is Slack's error word."""

    status: PostStatus
    channel_id: str = ""
    ts: str = ""
    code: str = ""
    message: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message of ours in a channel: its timestamp, its own key, and the keys that it covers as a group."""

    ts: str
    key: str
    covers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Our messages that tell one of the keys asked for, oldest first. `readable` False: history cannot be read."""

    readable: bool
    messages: Sequence[Told] = ()
    channel_id: str = ""

    @property
    def timestamps(self) -> tuple[str, ...]:
        """The timestamps of the messages, oldest first."""
        return tuple(message.ts for message in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Someone to mention: a Salesforce user with e-mail, or a `@handle` as the rules wrote it."""

    id: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message with all that it takes to write it down: people to mention by id, and links by renewal key.

    `remarks` are sentences by renewal key, in the product's language: what a person should do about a renewal.
    """

    message: Message
    people: Mapping[str, Addressee]
    links: Mapping[str, str]
    remarks: Mapping[str, str] = field(default_factory=dict)


class Chat(Protocol):
    """Posts and finds messages. Never retries a post by itself."""

    def check(self, channels: Sequence[str]) -> Sequence[str]:
        """This function will list, in words, what keeps us from posting to or reading from these channels."""
        ...

    def post(self, outgoing: Outgoing) -> PostResult:
        """This function will post once, with the message's key as metadata.

        Raises AuthFailedError where Slack does not let us in: nothing was posted, and nothing else would be.
        """
        ...

    def find(self, *, keys: Sequence[str], channel: str, since: datetime) -> Found:
        """This function will page the channel's history for our messages that carry or cover one of these keys."""
        ...

    def delete(self, *, channel_id: str, ts: str) -> None:
        """This function will remove a message of ours; one that is gone already is fine.

        Raises PermanentError where this message may not be removed, TransientError, AuthFailedError.
        """
        ...

    def unreachable(self) -> Sequence[str]:
        """This function will drain the list of people whom a message could not mention, in words, each once."""
        ...
