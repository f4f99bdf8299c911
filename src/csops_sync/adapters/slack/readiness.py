"""The check at start: what would keep us from telling people, said before anything has to be told."""

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from csops_sync.adapters.slack.channels import Channel, Channels
from csops_sync.adapters.slack.connection import answer, read
from csops_sync.ports.errors import OutsideError

NEEDED_SCOPES = {
    "chat:write": "nothing can be posted",
    "channels:read": "channels cannot be found by name",
    "channels:history": "a post whose answer was lost cannot be found again, and waits for a person",
    "users:read": "nobody can be mentioned",
    "users:read.email": "nobody can be mentioned by the e-mail that Salesforce knows",
}

CARD_SCOPES = {
    "reactions:read": "a reaction to a card does not count at once",
    "reactions:write": "good news is celebrated without the first emoji",
}

FILE_SCOPES = {"files:write": "the weekly digest has no picture"}


def missing_file_scopes(client: WebClient) -> tuple[str, ...]:
    """This function will list, in words, what pictures would lack; nothing where Slack does not let us in at all."""
    return _missing_of(client, FILE_SCOPES)


def missing_card_scopes(client: WebClient) -> tuple[str, ...]:
    """This function will list, in words, what cards would lack; nothing where Slack does not let us in at all."""
    return _missing_of(client, CARD_SCOPES)


def _missing_of(client: WebClient, needed: Mapping[str, str]) -> tuple[str, ...]:
    try:
        response = answer(client.auth_test)
    except OutsideError:
        return ()
    return tuple(_missing(_granted(response), needed))


class Readiness:
    """Looks at the token, its scopes and every channel, and puts what is wrong into words."""

    def __init__(self, client: WebClient, channels: Channels) -> None:
        self._client = client
        self._channels = channels

    def problems(self, channels: Sequence[str]) -> tuple[str, ...]:
        """This function will list what is wrong and what to do; a refused token is said alone."""
        try:
            response = answer(self._client.auth_test)
        except OutsideError as error:
            return (f"Slack does not let us in: {error}",)
        missing = _missing(_granted(response), NEEDED_SCOPES)
        names = list(dict.fromkeys(channels))
        return (*missing, *(problem for name in names for problem in self._channel(name)))

    def _channel(self, name: str) -> Iterator[str]:
        try:
            channel = self._channels.resolve(name)
        except OutsideError as error:
            yield f"{name}: {error}"
            return
        if not channel.is_member:
            yield f"{name}: the app is not in this channel and may not join it; there, say /invite @csops-sync"
            return
        yield from self._readable(name, channel)

    def _readable(self, name: str, channel: Channel) -> Iterator[str]:
        try:
            read(self._client.conversations_history, channel=channel.id, limit=1)
        except OutsideError as error:
            yield f"{name}: a post whose answer is lost will wait for a person, as its history is closed. {error}"


def _granted(response: SlackResponse) -> str | None:
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return headers.get("x-oauth-scopes")


def _missing(granted: str | None, needed: Mapping[str, str]) -> Iterator[str]:
    """Compare with the scopes that Slack names in its answer; where it names none, nothing is known."""
    if granted is None:
        return
    have = {scope.strip() for scope in granted.split(",")}
    for scope, loss in needed.items():
        if scope not in have:
            yield f"the Slack app lacks {scope}: {loss}. Add it under OAuth & Permissions and install the app again"
