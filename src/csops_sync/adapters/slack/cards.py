"""Slack behind the port `Cards`: posts cards, moves them on, says things in their threads, reacts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic

from csops_sync.adapters.slack.blocks import Payload
from csops_sync.adapters.slack.card_drafts import CardScene
from csops_sync.adapters.slack.card_render import Written, render_telling
from csops_sync.adapters.slack.card_texts import CardTexts
from csops_sync.adapters.slack.connection import read
from csops_sync.adapters.slack.directory import Directory
from csops_sync.adapters.slack.history import key_metadata
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.adapters.slack.posting import TOO_SLOW, Stopwatch, posted
from csops_sync.adapters.slack.presence import Presence
from csops_sync.adapters.slack.reactions import Reactions
from csops_sync.adapters.slack.readiness import missing_card_scopes
from csops_sync.adapters.slack.verdicts import (
    ONE_THING,
    TRANSPORT_ERRORS,
    Blame,
    as_error,
    as_result,
    judge,
    unsent,
)
from csops_sync.adapters.slack.workspace import Workspace
from csops_sync.domain.confidence.telling import (
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    React,
    UpdateCard,
    UpdateOverflow,
)
from csops_sync.ports.cards import Answer, OutgoingCard, Place, SlackPerson
from csops_sync.ports.chat import Addressee, Found, PostResult, PostStatus
from csops_sync.ports.chat_words import NO_CARD
from csops_sync.ports.errors import AuthFailedError, OutsideError, PermanentError

_NO_PLACE = PostResult(
    status=PostStatus.REJECTED,
    code="no_place",
    message=f"{Blame.CONFIG}: {NO_CARD()}",
)
_InPlace = UpdateCard | UpdateOverflow | PostReply | PostOverflow
_REACTED = "already_reacted"


class SlackCards:
    """Cards in a workspace; shares what it knows with the `SlackChat` of the same workspace.

    What Slack says of one telling never raises; AuthFailedError where it says that we may not come in. An update or a
    reaction whose answer is lost is a RETRY: it may be done again, which changes nothing more.
    """

    def __init__(self, workspace: Workspace, *, monotonic: Callable[[], float] = monotonic) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._monotonic = monotonic
        self._texts = CardTexts(workspace.texts, zone=workspace.options.timezone)
        self._directory = Directory(workspace)
        self._presence = Presence(workspace)
        self._reactions = Reactions(workspace.client, clock=workspace.clock)

    def check(self) -> Sequence[str]:
        """This function will list, in words, what cards need beyond what messages need, and the app lacks."""
        return missing_card_scopes(self._client)

    def tell(self, outgoing: OutgoingCard) -> PostResult:
        """This function will do one telling once, with its key as metadata where it is a new message."""
        match outgoing.telling:
            case PostCard() | PostSummary() as telling:
                return self._tell_channel(outgoing, telling)
            case _ if outgoing.place is None:
                return _NO_PLACE
            case React() as telling:
                return self._react(outgoing.place, telling)
            case UpdateCard() | UpdateOverflow() | PostReply() | PostOverflow() as telling:
                return self._tell_place(outgoing, telling, outgoing.place)

    def find_reply(self, *, keys: Sequence[str], place: Place) -> Found:
        """This function will page a card's thread for our replies that carry one of these keys."""
        return self._workspace.history.find_reply(keys=keys, place=place)

    def answers(self, places: Sequence[Place], *, since: datetime) -> Sequence[Answer]:
        """This function will read the reactions that stand on these cards now, by pages of their channels.

        Raises TransientError, PermanentError, AuthFailedError: one channel that is closed to us is enough.
        """
        return self._reactions.answers(places, since=since)

    def answers_in_thread(
        self, thread: Place, places: Sequence[Place], *, since: datetime
    ) -> Sequence[Answer]:
        """This function will read the reactions that stand on these replies of a card's thread now; raises so, too."""
        return self._reactions.in_thread(thread, places, since=since)

    def person(self, slack_user: str) -> SlackPerson:
        """This function will say who a Slack user is; cached. Raises as `answers`."""
        return self._directory.person(slack_user)

    def timezone_of(self, addressee: Addressee) -> str | None:
        """This function will give a person's time zone in Slack, None where Slack does not know it; cached."""
        return self._directory.timezone_of(addressee)

    def user_of(self, addressee: Addressee) -> str | None:
        """This function will give a person's Slack id, None where Slack does not know them; cached."""
        return self._directory.user_of(addressee)

    def members(self, handle: str) -> Sequence[str]:
        """This function will list the Slack users behind a `@handle`, user or group; cached. Raises as `answers`."""
        return self._directory.members(handle)

    def _tell_channel(self, outgoing: OutgoingCard, telling: PostCard | PostSummary) -> PostResult:
        watch = Stopwatch(self._monotonic)
        try:
            channel_id = self._workspace.channels.resolve(telling.channel).id
            payload = self._payload(outgoing, telling, channel_id)
        except OutsideError as error:
            return unsent(error)
        return TOO_SLOW if watch.is_late() else self._post(telling.key, payload, channel=channel_id)

    def _tell_place(self, outgoing: OutgoingCard, telling: _InPlace, place: Place) -> PostResult:
        watch = Stopwatch(self._monotonic)
        try:
            payload = self._payload(outgoing, telling, place.channel_id)
        except OutsideError as error:
            return unsent(error)
        if watch.is_late():
            return TOO_SLOW
        if isinstance(telling, UpdateCard | UpdateOverflow):
            return self._update(place, payload)
        return self._post(telling.key, payload, channel=place.channel_id, thread_ts=place.ts)

    def _payload(self, outgoing: OutgoingCard, telling: Written, channel_id: str) -> Payload:
        scene = CardScene(
            texts=self._texts,
            today=self._workspace.today(),
            mentions=self._mentions(outgoing, telling, channel_id),
            people=outgoing.people,
            links=outgoing.links,
            later=outgoing.later,
        )
        return render_telling(scene, telling, new_card_url=self._address(outgoing.continued_at))

    def _address(self, place: Place | None) -> str:
        """Ask for a message's address; none where the message is gone by now, or Slack keeps this one thing from us."""
        if place is None:
            return ""
        try:
            answer = read(self._client.chat_getPermalink, channel=place.channel_id, message_ts=place.ts)
        except PermanentError:
            return ""
        except AuthFailedError as refusal:
            if refusal.code not in ONE_THING:
                raise
            return ""
        return str(answer.get("permalink") or "")

    def _mentions(self, outgoing: OutgoingCard, telling: Written, channel_id: str) -> list[Mention]:
        """Look up those whom the message calls; an update calls nobody."""
        called = telling.mentions if isinstance(telling, PostCard | PostReply | PostSummary) else ()
        return [self._mention(who, outgoing.people, channel_id) for who in dict.fromkeys(called)]

    def _mention(self, who: str, known: Mapping[str, Addressee], channel_id: str) -> Mention:
        people = self._workspace.people
        mention = people.mention(who, known)
        if mention.missing or self._presence.hears(mention.markup, channel_id):
            return mention
        channel = self._workspace.channels.resolve(channel_id)
        return people.stand_in(who, known, channel=f"#{channel.name}")

    def _post(self, key: str, payload: Payload, *, channel: str, thread_ts: str | None = None) -> PostResult:
        try:
            response = self._client.chat_postMessage(
                channel=channel,
                text=payload.text,
                blocks=payload.blocks,
                metadata=key_metadata(key),
                unfurl_links=False,
                unfurl_media=False,
                thread_ts=thread_ts,
            )
        except TRANSPORT_ERRORS as error:
            verdict = judge(error)
            if verdict.blame is Blame.CONFIG:
                self._workspace.channels.forget()
            return as_result(verdict)
        return posted(response.get("channel"), response.get("ts"), asked=channel)

    def _update(self, place: Place, payload: Payload) -> PostResult:
        """Metadata that is not given stays as it is, so that the card is still found by its key."""
        try:
            self._client.chat_update(
                channel=place.channel_id, ts=place.ts, text=payload.text, blocks=payload.blocks
            )
        except TRANSPORT_ERRORS as error:
            return _repeatable(error)
        return PostResult(status=PostStatus.POSTED, channel_id=place.channel_id, ts=place.ts)

    def _react(self, place: Place, react: React) -> PostResult:
        try:
            self._client.reactions_add(
                channel=place.channel_id, timestamp=place.ts, name=react.emoji.strip(":")
            )
        except TRANSPORT_ERRORS as error:
            result = _reaction_result(error)
            if result is not None:
                return result
        return PostResult(status=PostStatus.POSTED, channel_id=place.channel_id, ts=place.ts)


def _repeatable(error: Exception) -> PostResult:
    """Judge a call that may be made again, so that an unknown outcome is no more than a retry."""
    verdict = judge(error)
    return unsent(as_error(verdict)) if verdict.blame is Blame.UNCERTAIN else as_result(verdict)


def _reaction_result(error: Exception) -> PostResult | None:
    """Judge a refused reaction: None where it stands already. A missing scope keeps us from nothing else."""
    if judge(error).code == _REACTED:
        return None
    try:
        return _repeatable(error)
    except AuthFailedError as refusal:
        if refusal.code != "missing_scope":
            raise
        return PostResult(status=PostStatus.REJECTED, code=refusal.code, message=f"{Blame.CONFIG}: {refusal}")
