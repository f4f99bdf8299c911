"""Who is in a channel: whoever is not there is not notified by a mention in it."""

from datetime import datetime, timedelta

from csops_sync.adapters.slack.connection import Body, Listing
from csops_sync.adapters.slack.mrkdwn import user_mention
from csops_sync.adapters.slack.workspace import Workspace
from csops_sync.ports.errors import AuthFailedError, PermanentError

_UNKNOWN_SCOPE = "missing_scope"


class Presence:
    """Remembers who is in a channel as long as `People` remembers who is who."""

    def __init__(self, workspace: Workspace) -> None:
        self._client = workspace.client
        self._clock = workspace.clock
        self._keep = timedelta(seconds=workspace.options.cache_seconds)
        self._listing = Listing(_members, clock=workspace.clock)
        self._known: dict[str, tuple[datetime, frozenset[str] | None]] = {}

    def hears(self, markup: str, channel_id: str) -> bool:
        """This function will say whether a mention notifies somebody there; True for groups, and where Slack is silent.

        Raises TransientError, and AuthFailedError where Slack does not let us in.
        """
        if not markup.startswith("<@"):
            return True
        members = self._in(channel_id)
        return members is None or markup in members

    def _in(self, channel_id: str) -> frozenset[str] | None:
        now = self._clock.now()
        entry = self._known.get(channel_id)
        if entry is None or entry[0] <= now:
            entry = (now + self._keep, self._read(channel_id))
            self._known[channel_id] = entry
        return entry[1]

    def _read(self, channel_id: str) -> frozenset[str] | None:
        """Give the mentions of all members; None where we may not know them."""
        call = self._client.conversations_members
        try:
            return frozenset(self._listing.read(call, about=channel_id, channel=channel_id))
        except PermanentError:
            return None
        except AuthFailedError as error:
            if error.code != _UNKNOWN_SCOPE:
                raise
            return None


def _members(page: Body) -> list[str]:
    members = page.get("members")
    return [user_mention(str(one)) for one in members] if isinstance(members, list) else []
