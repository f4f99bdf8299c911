"""What a Slack workspace remembers: people, channels, messages. One lock, so that pages and methods agree."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.slack.stamps import micros_at, ts_of

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
        "groups:history",
        "groups:read",
        "reactions:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


@dataclass(slots=True, kw_only=True)
class User:
    """A member of the workspace; `deleted` is Slack's word for deactivated."""

    id: str
    name: str
    real_name: str
    email: str | None
    is_bot: bool = False
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class UserGroup:
    """A group that is mentioned by its handle."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Message:
    """One message. `user` is who wrote it; `thread_ts` is the parent's ts for a reply. `edited` is the ts of an edit.

    `reactions` maps an emoji's name to the users who gave it, in order.
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

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel with its messages by ts. `members` are user ids."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)

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
class _Data:
    users: dict[str, User]
    channels: dict[str, Channel]
    groups: dict[str, UserGroup]
    scopes: frozenset[str]


class SlackState:
    """The workspace. Hold `lock` while you read or change more than one thing.

    `users` maps e-mail to name; the first of them is in the two user groups that every workspace here has.
    `timezone` and `language` (`ja` or `en`) are how its page shows times and words.
    """

    def __init__(
        self,
        *,
        clock: VirtualClock,
        channels: Iterable[str] = (),
        users: Mapping[str, str] | None = None,
        timezone: str = "Asia/Tokyo",
        language: str = "ja",
    ) -> None:
        self.lock = threading.RLock()
        self.clock, self.timezone, self.language = clock, timezone, language
        self._data = _Data(users={}, channels={}, groups={}, scopes=SCOPES)
        bot = User(id=BOT_USER_ID, name=BOT_NAME, real_name=BOT_NAME, email=None, is_bot=True)
        self._data.users[bot.id] = bot
        for email, name in (users or {}).items():
            self.add_user(email=email, name=name)
        for name in channels:
            self.add_channel(name)
        people = [user.id for user in self._data.users.values() if not user.is_bot]
        for handle, name in GROUPS.items():
            self.add_group(handle=handle, name=name, users=people[:1])

    @property
    def users(self) -> Mapping[str, User]:
        """Users by id, the bot among them."""
        return self._data.users

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Channels by id."""
        return self._data.channels

    @property
    def groups(self) -> Mapping[str, UserGroup]:
        """User groups by id."""
        return self._data.groups

    @property
    def scopes(self) -> frozenset[str]:
        """What the app's token may do."""
        return self._data.scopes

    def grant(self, scopes: Iterable[str]) -> None:
        """This method will set the scopes of the app's token, all of them at once."""
        self._data.scopes = frozenset(scopes)

    def add_user(self, *, email: str, name: str, deleted: bool = False) -> User:
        """This method will add a person."""
        handle = email.partition("@")[0]
        number = len(self._data.users)
        user = User(id=f"U{number:010d}", name=handle, real_name=name, email=email, deleted=deleted)
        self._data.users[user.id] = user
        return user

    def add_channel(self, name: str, *, is_private: bool = False, joined: bool = True) -> Channel:
        """This method will add a channel with everybody in it; `joined` says whether the bot is too."""
        number = len(self._data.channels) + 1
        members = {user.id for user in self._data.users.values() if not user.is_bot}
        channel = Channel(id=f"C{number:010d}", name=name, is_private=is_private, members=members)
        if joined:
            channel.members.add(BOT_USER_ID)
        self._data.channels[channel.id] = channel
        return channel

    def add_group(self, *, handle: str, name: str, users: Iterable[str] = ()) -> UserGroup:
        """This method will add a user group."""
        group = UserGroup(
            id=f"S{len(self._data.groups) + 1:010d}", handle=handle, name=name, users=tuple(users)
        )
        self._data.groups[group.id] = group
        return group

    def channel_named(self, name: str) -> Channel | None:
        """This method will find a channel by its name, with or without the #."""
        wanted = name.removeprefix("#")
        return next((channel for channel in self._data.channels.values() if channel.name == wanted), None)

    def user_by_email(self, email: str) -> User | None:
        """This method will find a person by e-mail, whatever its case."""
        wanted = email.lower()
        return next(
            (user for user in self._data.users.values() if (user.email or "").lower() == wanted), None
        )

    def next_ts(self, channel: Channel) -> str:
        """This method will give a `ts` at the sandbox's time that no message of the channel has yet."""
        micros = micros_at(self.clock.now())
        while ts_of(micros) in channel.messages:
            micros += 1
        return ts_of(micros)

    def say(self, channel: Channel, *, user: str, text: str, thread_ts: str | None = None) -> Message:
        """This method will write a message as a person does; tests and the control endpoint use it."""
        message = Message(ts=self.next_ts(channel), user=user, text=text, thread_ts=thread_ts)
        channel.messages[message.ts] = message
        return message

    def snapshot(self) -> object:
        """This method will give a copy for `restore`."""
        with self.lock:
            return deepcopy(self._data)

    def restore(self, saved: object) -> None:
        """This method will go back to a `snapshot`, which may be used again; TypeError for anything else."""
        if not isinstance(saved, _Data):
            raise TypeError("not a snapshot of a Slack workspace")
        with self.lock:
            self._data = deepcopy(saved)

    def as_json(self) -> dict[str, object]:
        """This method will give every channel's messages, oldest first, threads included, for the control endpoint."""
        with self.lock:
            return {
                channel.name: [
                    {
                        "ts": message.ts,
                        "user": message.user,
                        "text": message.text,
                        "blocks": list(message.blocks),
                        "metadata": message.metadata,
                        "thread_ts": message.thread_ts,
                        "reactions": message.reactions,
                    }
                    for _, message in sorted(channel.messages.items())
                ]
                for channel in self._data.channels.values()
            }
