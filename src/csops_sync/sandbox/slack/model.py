"""What a Slack workspace is made of: people, groups, channels, messages, and what interactions left open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from csops_sync.sandbox.slack.elapsed import Moment

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

TEAM_ID, TEAM_NAME = "T0SANDBOX0", "Sandbox"
BOT_USER_ID, BOT_ID, APP_ID, BOT_NAME = "U0CSOPSSYNC", "B0CSOPSSYNC", "A0CSOPSSYNC", "csops-sync"
GROUPS = {"cs-ops": "CS Ops", "cs-leads": "CS leads"}
SCOPES = frozenset(
    {
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "reactions:read",
        "reactions:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


@dataclass(slots=True, kw_only=True)
class User:
    """A member of the workspace; `deleted` is Slack's word for deactivated, `timezone` an IANA name."""

    id: str
    name: str
    real_name: str
    email: str | None
    is_bot: bool = False
    deleted: bool = False
    timezone: str = "UTC"


@dataclass(slots=True, kw_only=True)
class UserGroup:
    """A group that is mentioned by its handle."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class File:
    """A file. `secret` ends its upload address, `length` is what was announced, `content` what came: None before.

    `shares` are the messages that show it, (channel id, ts); it is `complete` once it was shared, or kept private.
    """

    id: str
    secret: str
    name: str
    title: str
    length: int
    created: int
    alt: str | None = None
    content: bytes | None = None
    complete: bool = False
    shares: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Message:
    """One message. `user` is who wrote it; `thread_ts` is the parent's ts for a reply. `edited` is the ts of an edit.

    `reactions` maps an emoji's name to the users who gave it, in order. `files` stand below the text.
    """

    ts: str
    user: str
    text: str
    blocks: Sequence[Mapping[str, Json]] = ()
    metadata: Mapping[str, Json] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    edited: str | None = None
    client_msg_id: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: tuple[File, ...] = ()

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel with its messages by ts. `members` are user ids. `whispers` are messages that one person sees."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    whispers: dict[str, tuple[str, Message]] = field(default_factory=dict)

    def timeline(self) -> list[Message]:
        """This method will give what the channel itself shows, oldest first: no replies, unless broadcast."""
        shown = [message for message in self.messages.values() if not message.is_reply or message.broadcast]
        return sorted(shown, key=lambda message: message.ts)

    def replies(self, ts: str) -> list[Message]:
        """This method will give the replies to a message, oldest first."""
        below = [
            message for message in self.messages.values() if message.is_reply and message.thread_ts == ts
        ]
        return sorted(below, key=lambda message: message.ts)


@dataclass(slots=True, kw_only=True)
class View:
    """A modal that a person has before them. `content` is what the app gave, `values` what was submitted.

    `errors` are the app's, by block id. `hash` changes with each change of the content.
    """

    id: str
    user: str
    content: dict[str, Json]
    hash: str
    values: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Trigger:
    """The right to open one view for a person, for three seconds."""

    user: str
    made: Moment
    exchanged: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """The right to answer an interaction without a token: five times within half an hour."""

    user: str
    channel: str
    ts: str
    made: Moment
    used: int = 0


@dataclass(slots=True, kw_only=True)
class Surfaces:
    """What interactions left open: views by id, triggers by id, response URLs by their secret."""

    views: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    made: int = 0

    def view_of(self, user: str) -> View | None:
        """This method will give the view that a person has before them."""
        return next((view for view in self.views.values() if view.user == user), None)
