"""Channels by name or id, and whether the app is in them."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from slack_sdk import WebClient

from csops_sync.adapters.slack.connection import Body, Listing, SlackOptions, entries, read
from csops_sync.adapters.slack.verdicts import ONE_THING
from csops_sync.ports.chat_words import NO_CHANNEL
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import AuthFailedError, PermanentError

_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_SETTLE = timedelta(minutes=1)
_PUBLIC = "public_channel"
_EVERY = "public_channel,private_channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A conversation that the app can see. `is_member`: it may post there and read its history."""

    id: str
    name: str
    is_private: bool
    is_member: bool


class Channels:
    """Knows the workspace's channels for `cache_seconds`, and joins public ones when the scope allows it."""

    def __init__(self, client: WebClient, *, options: SlackOptions, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._keep = timedelta(seconds=options.cache_seconds)
        self._listing = Listing(_channels, clock=clock)
        self._types = _EVERY
        self._by_name: dict[str, Channel] = {}
        self._by_id: dict[str, Channel] = {}
        self._read_at: datetime | None = None

    def resolve(self, wanted: str) -> Channel:
        """This function will find a channel by `#name` or id, and join it where it is public.

        Raises:
            PermanentError: the app can see no such channel; the text says what to do.
            TransientError, AuthFailedError: Slack did not tell.
        """
        channel = self._found(wanted)
        if channel is None:
            raise PermanentError(
                NO_CHANNEL(channel=wanted),
                code="channel_not_found",
            )
        return channel if channel.is_member else self._joined(channel)

    def forget(self) -> None:
        """This function will drop what is remembered, after Slack refused a channel."""
        self._read_at = None
        self._by_name = {}
        self._by_id = {}

    def _found(self, wanted: str) -> Channel | None:
        if self._is_older_than(self._keep):
            self._read_all()
        found = self._known(wanted)
        if found is None and self._is_older_than(_SETTLE):
            self._read_all()
            found = self._known(wanted)
        return found

    def _known(self, wanted: str) -> Channel | None:
        if _ID.fullmatch(wanted):
            return self._by_id.get(wanted) or _by_bare_id(wanted)
        return self._by_name.get(wanted.removeprefix("#").lower())

    def _is_older_than(self, age: timedelta) -> bool:
        return self._read_at is None or self._clock.now() - self._read_at >= age

    def _read_all(self) -> None:
        found = self._list()
        self._by_id = {channel.id: channel for channel in found}
        self._by_name = {channel.name.lower(): channel for channel in found}
        self._read_at = self._clock.now()

    def _list(self) -> list[Channel]:
        """Page through all channels; without `groups:read` Slack refuses the private ones: public ones only."""
        try:
            found = self._all()
        except AuthFailedError as error:
            if error.code != "missing_scope" or self._types == _PUBLIC:
                raise
            self._types = _PUBLIC
            found = self._all()
        self._types = _EVERY
        return found

    def _all(self) -> list[Channel]:
        call = self._client.conversations_list
        return self._listing.read(call, about=self._types, types=self._types, exclude_archived=True)

    def _joined(self, channel: Channel) -> Channel:
        """Join a public channel. Where that is refused the post decides: `chat:write.public` may allow it."""
        if channel.is_private:
            return channel
        try:
            read(self._client.conversations_join, channel=channel.id)
        except PermanentError:
            return channel
        except AuthFailedError as error:
            if error.code not in ONE_THING:
                raise
            return channel
        joined = replace(channel, is_member=True)
        self._by_id[joined.id] = joined
        self._by_name[joined.name.lower()] = joined
        return joined


def _by_bare_id(wanted: str) -> Channel:
    """Take the word of the configuration for an id that the app may not list; the post itself will tell."""
    return Channel(id=wanted, name=wanted, is_private=True, is_member=True)


def _channels(page: Body) -> list[Channel]:
    return [_channel(entry) for entry in entries(page, "channels")]


def _channel(entry: Body) -> Channel:
    return Channel(
        id=str(entry.get("id", "")),
        name=str(entry.get("name", "")),
        is_private=bool(entry.get("is_private")),
        is_member=bool(entry.get("is_member")),
    )
