"""Slack behind the port `Chat`: posts once, finds its own messages, says what is in its way."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from zoneinfo import ZoneInfo

from csops_sync.adapters.slack.blocks import Payload, render
from csops_sync.adapters.slack.channels import Channels
from csops_sync.adapters.slack.connection import ClientFactory, SlackOptions, make_client, read
from csops_sync.adapters.slack.history import History, metadata
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.adapters.slack.notices import WITHOUT_RENEWALS
from csops_sync.adapters.slack.people import People
from csops_sync.adapters.slack.readiness import Readiness
from csops_sync.adapters.slack.texts import texts_for
from csops_sync.adapters.slack.verdicts import TRANSPORT_ERRORS, Blame, as_result, judge, unsent
from csops_sync.domain.intents import Message
from csops_sync.ports.chat import Found, Outgoing, PostResult, PostStatus
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import OutsideError, PermanentError

PREPARE_WITHIN = 20.0
"""Seconds for looking people and channels up. Whoever waits longer may have lost the claim, and must not post."""
_TOO_SLOW = PostResult(
    status=PostStatus.RETRY,
    code="slow",
    message="Slack took too long to say who is who, nothing was sent; what it said is remembered for the next try",
)
_EMPTY = PostResult(
    status=PostStatus.REJECTED,
    code="no_renewals",
    message="payload: the message is about renewals and names none, so it was not sent; drop it from the outbox",
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
        self._monotonic = monotonic
        self._client = client_factory(options)
        self._clock = clock
        self._zone = ZoneInfo(options.timezone)
        self._texts = texts_for(options.locale)
        self._channels = Channels(self._client, options=options, clock=clock)
        self._people = People(self._client, options=options, clock=clock, texts=self._texts)
        self._history = History(self._client, self._channels)
        self._readiness = Readiness(self._client, self._channels)

    def check(self, channels: Sequence[str]) -> Sequence[str]:
        """This function will list, in words, what keeps us from posting to or reading from these channels."""
        return self._readiness.problems(channels)

    def post(self, outgoing: Outgoing) -> PostResult:
        """This function will post once, with the message's key as metadata; what Slack says never raises."""
        if not outgoing.message.lines and outgoing.message.notice not in WITHOUT_RENEWALS:
            return _EMPTY
        began = self._monotonic()
        try:
            channel_id = self._channels.resolve(outgoing.message.channel).id
            payload = self._payload(outgoing)
        except OutsideError as error:
            return unsent(error)
        if self._monotonic() - began > PREPARE_WITHIN:
            return _TOO_SLOW
        return self._send(channel_id, outgoing.message, payload)

    def find(self, *, keys: Sequence[str], channel: str, since: datetime) -> Found:
        """This function will page the channel's history for our messages that carry or cover one of these keys."""
        return self._history.find(keys=keys, channel=channel, since=since)

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
        return self._people.unreachable()

    def _payload(self, outgoing: Outgoing) -> Payload:
        today = self._clock.now().astimezone(self._zone).date()
        return render(outgoing, mentions=self._mentions(outgoing), texts=self._texts, today=today)

    def _mentions(self, outgoing: Outgoing) -> dict[str, Mention]:
        everyone = {who: None for line in outgoing.message.lines for who in line.mentions}
        return {who: self._people.mention(who, outgoing.people) for who in everyone}

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
        return _posted(response.get("channel"), response.get("ts"), channel_id)


def _posted(channel: object, ts: object, asked: str) -> PostResult:
    if not isinstance(ts, str) or not ts:
        return PostResult(
            status=PostStatus.UNKNOWN,
            code="no_ts",
            message="Slack said ok and named no message; the channel's history will tell",
        )
    return PostResult(status=PostStatus.POSTED, channel_id=str(channel or asked), ts=ts)
