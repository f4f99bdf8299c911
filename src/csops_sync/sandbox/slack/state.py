"""What a Slack workspace remembers, and how it changes. One lock, so that pages and methods agree."""

import threading
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.slack.elapsed import Stopwatch
from csops_sync.sandbox.slack.model import (
    BOT_NAME,
    BOT_USER_ID,
    GROUPS,
    SCOPES,
    Channel,
    File,
    Message,
    Surfaces,
    User,
    UserGroup,
)
from csops_sync.sandbox.slack.stamps import micros_at, ts_of


@dataclass(slots=True, kw_only=True)
class _Data:
    users: dict[str, User]
    channels: dict[str, Channel]
    groups: dict[str, UserGroup]
    scopes: frozenset[str]
    emoji: frozenset[str]
    surfaces: Surfaces = field(default_factory=Surfaces)
    files: dict[str, File] = field(default_factory=dict)
    edit_window: float | None = None


class SlackState:
    """The workspace. Hold `lock` while you read or change more than one thing.

    `users` maps e-mail to name; the first of them is in the two user groups that every workspace here has.
    `timezone` and `language` (`ja` or `en`) are how its page shows times and words; `timezones` are those of people,
    by e-mail, who live elsewhere. `home` is the workspace's address, `http://127.0.0.1:PORT`, once it is known.
    """

    def __init__(
        self,
        *,
        clock: VirtualClock,
        channels: Iterable[str] = (),
        users: Mapping[str, str] | None = None,
        timezone: str = "Asia/Tokyo",
        language: str = "ja",
        timezones: Mapping[str, str] | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.clock, self.timezone, self.language = clock, timezone, language
        self.watch = Stopwatch(clock=clock)
        self.home = ""
        self._data = _Data(users={}, channels={}, groups={}, scopes=SCOPES, emoji=frozenset())
        bot = User(
            id=BOT_USER_ID, name=BOT_NAME, real_name=BOT_NAME, email=None, is_bot=True, timezone=timezone
        )
        self._data.users[bot.id] = bot
        for email, name in (users or {}).items():
            self.add_user(email=email, name=name, timezone=(timezones or {}).get(email))
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

    @property
    def emoji(self) -> frozenset[str]:
        """The workspace's custom emoji."""
        return self._data.emoji

    def have_emoji(self, names: Iterable[str]) -> None:
        """This method will set the custom emoji, all of them at once."""
        self._data.emoji = frozenset(names)

    @property
    def surfaces(self) -> Surfaces:
        """Views, triggers and response URLs."""
        return self._data.surfaces

    @property
    def files(self) -> dict[str, File]:
        """Files by id, those that are still on their way included."""
        return self._data.files

    @property
    def edit_window(self) -> float | None:
        """For how many seconds a message may be changed after it was posted; None: for ever."""
        return self._data.edit_window

    def limit_edits(self, seconds: float | None) -> None:
        """This method will set for how long a message may be changed; None lifts the limit."""
        self._data.edit_window = seconds

    def add_user(self, *, email: str, name: str, deleted: bool = False, timezone: str | None = None) -> User:
        """This method will add a person; their time zone is the workspace's unless another is given."""
        user = User(
            id=f"U{len(self._data.users):010d}",
            name=email.partition("@")[0],
            real_name=name,
            email=email,
            deleted=deleted,
            timezone=timezone or self.timezone,
        )
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

    def people(self) -> list[User]:
        """This method will give those who work here: no bots, nobody who left."""
        return [user for user in self._data.users.values() if not user.is_bot and not user.deleted]

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
                        "files": [file.id for file in message.files],
                    }
                    for _, message in sorted(channel.messages.items())
                ]
                for channel in self._data.channels.values()
            }
