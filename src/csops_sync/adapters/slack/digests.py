"""Slack behind the port `Digests`: posts the messages of a digest, uploads its picture, finds both again."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

from csops_sync.adapters.slack.blocks import Payload
from csops_sync.adapters.slack.digest_render import render_digest
from csops_sync.adapters.slack.files import Picture, SlackFiles
from csops_sync.adapters.slack.history import key_metadata
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.adapters.slack.posting import TOO_SLOW, Stopwatch, posted
from csops_sync.adapters.slack.readiness import missing_file_scopes
from csops_sync.adapters.slack.verdicts import TRANSPORT_ERRORS, Blame, as_result, judge, unsent
from csops_sync.adapters.slack.workspace import Workspace
from csops_sync.ports.cards import Place
from csops_sync.ports.chat import Found, PostResult, PostStatus
from csops_sync.ports.chat_words import NO_MESSAGE
from csops_sync.ports.digests import DigestItem, DigestPicture, DigestPost, OutgoingDigest
from csops_sync.ports.errors import OutsideError

_NO_PLACE = PostResult(
    status=PostStatus.REJECTED,
    code="no_place",
    message=f"{Blame.CONFIG}: {NO_MESSAGE()}",
)


class SlackDigests:
    """Digests in a workspace; shares what it knows with the `SlackChat` of the same workspace."""

    def __init__(self, workspace: Workspace, *, monotonic: Callable[[], float] = monotonic) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._monotonic = monotonic
        self._files = SlackFiles(workspace)

    def check(self) -> tuple[str, ...]:
        """This function will list, in words, what digests need beyond what messages need, and the app lacks."""
        return missing_file_scopes(self._client)

    def send(self, outgoing: OutgoingDigest) -> PostResult:
        """This function will send one item once: a message with its key as metadata, or a picture."""
        item = outgoing.item
        if item.of is not None and outgoing.place is None:
            return _NO_PLACE
        if isinstance(item, DigestPost):
            return self._tell(item, outgoing)
        return self._share(item, outgoing)

    def find(self, item: DigestItem, *, place: Place | None, since: datetime) -> Found:
        """This function will look for an item: in its thread, or in its channel from `since` (aware UTC) on."""
        history = self._workspace.history
        if isinstance(item, DigestPicture):
            return Found(readable=True) if place is None else self._files.find(item.file_name, place=place)
        if place is not None:
            return history.find_reply(keys=(item.key,), place=place)
        return history.find(keys=(item.key,), channel=item.channel, since=since)

    def _share(self, item: DigestPicture, outgoing: OutgoingDigest) -> PostResult:
        if outgoing.place is None:
            return _NO_PLACE
        picture = Picture(png=outgoing.png, file_name=item.file_name, title=item.title, spoken=item.spoken)
        return self._files.share(picture, place=outgoing.place)

    def _tell(self, item: DigestPost, outgoing: OutgoingDigest) -> PostResult:
        watch = Stopwatch(self._monotonic)
        place = outgoing.place
        try:
            channel = place.channel_id if place else self._workspace.channels.resolve(item.channel).id
            payload = render_digest(item, links=outgoing.links, mentions=self._mentions(item))
        except OutsideError as error:
            return unsent(error)
        if watch.is_late():
            return TOO_SLOW
        return self._post(item.key, payload, channel=channel, thread_ts=place.ts if place else None)

    def _mentions(self, item: DigestPost) -> tuple[Mention, ...]:
        return tuple(self._workspace.people.mention(who, {}) for who in item.mentions)

    def _post(self, key: str, payload: Payload, *, channel: str, thread_ts: str | None) -> PostResult:
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
