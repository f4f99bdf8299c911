"""Our own messages, found again by the key in their metadata."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from slack_sdk import WebClient

from csops_sync.adapters.slack.channels import Channels
from csops_sync.adapters.slack.connection import Body, Call, Listing, entries, read
from csops_sync.domain.intents import Message
from csops_sync.ports.cards import Place
from csops_sync.ports.chat import Found, Told
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import AuthFailedError, PermanentError

EVENT_TYPE = "csops_sync"
_SKEW = timedelta(minutes=10)
_COVERS_LIMIT = 6000
_UNREADABLE = frozenset({"missing_scope", "no_permission", "access_denied"})


def key_metadata(key: str) -> dict[str, object]:
    """This function will give the metadata of a message by which it is found again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def metadata(message: Message) -> dict[str, object]:
    """This function will give the metadata of a message: its key, and the keys of what a group tells of.

    Anyone in the channel may read it, so it holds no secret. Slack limits its size (`metadata_too_large`, by
    8,000 characters and less): of a very large group the first keys are named, and the group's own key always.
    """
    payload: dict[str, object] = {"key": message.key}
    if message.covers:
        fitting = max(1, _COVERS_LIMIT // (max(map(len, message.covers)) + 3))
        payload["covers"] = list(message.covers[:fitting])
    return {"event_type": EVENT_TYPE, "event_payload": payload}


class History:
    """Reads channels' histories; needs `channels:history` (and `groups:history` for private channels)."""

    def __init__(self, client: WebClient, channels: Channels, *, clock: Clock) -> None:
        self._client = client
        self._channels = channels
        self._listing = Listing(self._told, clock=clock)
        self._bot: str | None = None

    def find(self, *, keys: Sequence[str], channel: str, since: datetime) -> Found:
        """This function will page the channel from a little before `since` (aware UTC) for what tells one of `keys`.

        That is their own key, or one that they cover. Only what this app posted counts: another installation (a
        rehearsal in the same workspace) has the same keys. The little before allows for a difference between Slack's
        clock and ours. Raises TransientError, and AuthFailedError where it is the token itself that is refused.
        """
        return as_found(lambda: self._in_channel(frozenset(keys), channel, since))

    def find_reply(self, *, keys: Sequence[str], place: Place) -> Found:
        """This function will page a message's thread for our replies of these keys; raises as `find` does."""
        return as_found(lambda: self._in_thread(frozenset(keys), place))

    def _in_channel(self, keys: frozenset[str], channel: str, since: datetime) -> Found:
        channel_id = self._channels.resolve(channel).id
        return self._matching(
            keys,
            self._client.conversations_history,
            about=(channel_id, keys),
            channel=channel_id,
            oldest=f"{(since - _SKEW).timestamp():.6f}",
        )

    def _in_thread(self, keys: frozenset[str], place: Place) -> Found:
        """A message that is gone has no thread in which a reply of ours could stand."""
        call = self._client.conversations_replies
        about = (place.channel_id, place.ts, keys)
        try:
            return self._matching(keys, call, about=about, channel=place.channel_id, ts=place.ts)
        except PermanentError as error:
            if error.code != "thread_not_found":
                raise
            return Found(readable=True, channel_id=place.channel_id)

    def _matching(self, keys: frozenset[str], call: Call, *, channel: str, **arguments: object) -> Found:
        self._bot = self._bot or str(read(self._client.auth_test).get("bot_id") or "")
        ours = self._listing.read(call, channel=channel, include_all_metadata=True, **arguments)
        telling = [one for one in ours if keys & {one.key, *one.covers}]
        messages = tuple(sorted(telling, key=lambda one: moment(one.ts)))
        return Found(readable=True, messages=messages, channel_id=channel)

    def _told(self, page: Body) -> Iterator[Told]:
        """Give our own messages of a page; a token that is no bot's says nothing about who posted."""
        for entry in entries(page, "messages"):
            told = _told(entry)
            if told is not None and (not self._bot or entry.get("bot_id") == self._bot):
                yield told


def as_found(look: Callable[[], Found]) -> Found:
    """This function will say that a history cannot be read, where that is what Slack refuses."""
    try:
        return look()
    except PermanentError:
        return Found(readable=False)
    except AuthFailedError as error:
        if error.code not in _UNREADABLE:
            raise
        return Found(readable=False)


def _told(entry: Body) -> Told | None:
    attached = entry.get("metadata")
    if not isinstance(attached, dict) or attached.get("event_type") != EVENT_TYPE:
        return None
    payload = attached.get("event_payload")
    if not isinstance(payload, dict):
        return None
    covered = payload.get("covers")
    return Told(
        ts=str(entry["ts"]),
        key=str(payload.get("key")),
        covers=frozenset(map(str, covered if isinstance(covered, list) else ())),
    )


def moment(timestamp: str) -> tuple[int, int]:
    """This function will order Slack's timestamps as numbers: seconds, then the part that makes them unique."""
    seconds, _, unique = timestamp.partition(".")
    return int(seconds), int(unique or "0")
