"""Slack behind the port `Chat`: posts once, finds its own messages, says what is in its way."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from csops_sync.adapters.slack.blocks import Payload, render
from csops_sync.adapters.slack.connection import ClientFactory, SlackOptions, make_client, read
from csops_sync.adapters.slack.history import metadata
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.adapters.slack.notices import WITHOUT_RENEWALS
from csops_sync.adapters.slack.posting import TOO_SLOW, Stopwatch, posted
from csops_sync.adapters.slack.readiness import Readiness
from csops_sync.adapters.slack.verdicts import TRANSPORT_ERRORS, Blame, as_result, judge, unsent
from csops_sync.adapters.slack.workspace import Workspace
from csops_sync.domain.intents import Message
from csops_sync.ports.chat import Found, Outgoing, PostResult, PostStatus
from csops_sync.ports.chat_words import NO_RENEWALS
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import OutsideError, PermanentError

_EMPTY = PostResult(
    status=PostStatus.REJECTED,
    code="no_renewals",
    message=f"{Blame.PAYLOAD}: {NO_RENEWALS()}",
)
_GONE = frozenset({"message_not_found", "channel_not_found"})


class SlackChat:
    """The product's Slack. Built once per org; not shared between threads that post at the same time.

    `clock` is business time: it dates "in 30 days" in texts and ages the caches. Raises ValueError for a token or
    an address that cannot be used.
    """

    def __init__(
        self,
        options: SlackOptions,
        *,
        clock: Clock,
        client_factory: ClientFactory = make_client,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self.workspace = Workspace(options, clock=clock, client_factory=client_factory)
        self._monotonic = monotonic
        self._client = self.workspace.client
        self._channels = self.workspace.channels
        self._readiness = Readiness(self._client, self._channels)

    def check(self, channels: Sequence[str]) -> Sequence[str]:
        """This function will list, in words, what keeps us from posting to or reading from these channels."""
        return self._readiness.problems(channels)

    def post(self, outgoing: Outgoing) -> PostResult:
        """This function will post once, with the message's key as metadata.

        What Slack says of the message never raises; AuthFailedError where it says that we may not come in.
        """
        if not outgoing.message.lines and outgoing.message.notice not in WITHOUT_RENEWALS:
            return _EMPTY
        watch = Stopwatch(self._monotonic)
        try:
            channel_id = self._channels.resolve(outgoing.message.channel).id
            payload = self._payload(outgoing)
        except OutsideError as error:
            return unsent(error)
        if watch.is_late():
            return TOO_SLOW
        return self._send(channel_id, outgoing.message, payload)

    def find(self, *, keys: Sequence[str], channel: str, since: datetime) -> Found:
        """This function will page the channel's history for our messages that carry or cover one of these keys."""
        return self.workspace.history.find(keys=keys, channel=channel, since=since)

    def delete(self, *, channel_id: str, ts: str) -> None:
        """This function will remove a message of ours; one that is gone already is fine.

        Raises TransientError, PermanentError, AuthFailedError.
        """
        try:
            read(self._client.chat_delete, channel=channel_id, ts=ts)
        except PermanentError as error:
            if error.code not in _GONE:
                raise

    def unreachable(self) -> Sequence[str]:
        """This function will drain the list of people whom no message could mention, in words, each once."""
        return self.workspace.people.unreachable()

    def _payload(self, outgoing: Outgoing) -> Payload:
        workspace = self.workspace
        mentions = self._mentions(outgoing)
        return render(outgoing, mentions=mentions, texts=workspace.texts, today=workspace.today())

    def _mentions(self, outgoing: Outgoing) -> dict[str, Mention]:
        everyone = {who: None for line in outgoing.message.lines for who in line.mentions}
        return {who: self.workspace.people.mention(who, outgoing.people) for who in everyone}

    def _send(self, channel_id: str, message: Message, payload: Payload) -> PostResult:
        try:
            response = self._client.chat_postMessage(
                channel=channel_id,
                text=payload.text,
                blocks=payload.blocks,
                metadata=metadata(message),
                unfurl_links=False,
                unfurl_media=False,
            )
        except TRANSPORT_ERRORS as error:
            verdict = judge(error)
            if verdict.blame is Blame.CONFIG:
                self._channels.forget()
            return as_result(verdict)
        return posted(response.get("channel"), response.get("ts"), asked=channel_id)
