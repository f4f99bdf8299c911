"""Our own messages, found again by the key in their metadata."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk import WebClient

from csops_sync.adapters.slack.channels import Channels
from csops_sync.adapters.slack.connection import Body, entries, pages
from csops_sync.domain.intents import Message
from csops_sync.ports.chat import Found, Told
from csops_sync.ports.errors import AuthFailedError, PermanentError

EVENT_TYPE = "csops_sync"
_SKEW = timedelta(minutes=10)
_PER_PAGE = 200
_COVERS_LIMIT = 6000
_UNREADABLE = frozenset({"missing_scope", "no_permission", "access_denied"})


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

    def __init__(self, client: WebClient, channels: Channels) -> None:
        self._client = client
        self._channels = channels

    def find(self, *, keys: Sequence[str], channel: str, since: datetime) -> Found:
        """This function will page the channel from a little before `since` (aware UTC) for what tells one of `keys`.

        That is their own key, or one that they cover. The little before allows for a difference between Slack's
        clock and ours. Raises TransientError, and AuthFailedError where it is the token itself that is refused.
        """
        try:
            channel_id = self._channels.resolve(channel).id
            messages = self._messages(frozenset(keys), channel_id, since)
        except PermanentError:
            return Found(readable=False)
        except AuthFailedError as error:
            if error.code not in _UNREADABLE:
                raise
            return Found(readable=False)
        return Found(readable=True, messages=messages, channel_id=channel_id)

    def _messages(self, keys: frozenset[str], channel_id: str, since: datetime) -> tuple[Told, ...]:
        found = pages(
            self._client.conversations_history,
            channel=channel_id,
            oldest=f"{(since - _SKEW).timestamp():.6f}",
            include_all_metadata=True,
            limit=_PER_PAGE,
        )
        ours = (_told(entry) for page in found for entry in entries(page, "messages"))
        telling = [one for one in ours if one is not None and keys & {one.key, *one.covers}]
        return tuple(sorted(telling, key=lambda one: _moment(one.ts)))


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


def _moment(timestamp: str) -> tuple[int, int]:
    """Order Slack's timestamps as numbers: seconds, then the part that makes them unique."""
    seconds, _, unique = timestamp.partition(".")
    return int(seconds), int(unique or "0")
