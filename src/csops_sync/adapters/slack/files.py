"""Pictures into threads: the three steps of docs.slack.dev/reference/methods/files.getUploadURLExternal.

Only the last step shows anything to anybody: a file whose address was asked for, or whose bytes were sent, and that was
never shared, nobody sees. So only a lost answer to the last step is an unknown outcome.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from csops_sync.adapters.slack.connection import LOOPBACK, Body, Listing, entries, read
from csops_sync.adapters.slack.history import as_found, moment
from csops_sync.adapters.slack.verdicts import ONE_THING, TRANSPORT_ERRORS, Blame, as_result, judge, unsent
from csops_sync.adapters.slack.workspace import Workspace
from csops_sync.ports.cards import Place
from csops_sync.ports.chat import Found, PostResult, PostStatus, Told
from csops_sync.ports.chat_words import NO_ADDRESS, NOT_UPLOADED
from csops_sync.ports.errors import AuthFailedError, OutsideError, PermanentError, TransientError

SPOKEN_LIMIT = 1000
"""Characters of a picture's description (`alt_txt`)."""
_NO_FILE = "no_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG with its name, its title, and what a screen reader says of it."""

    png: bytes
    file_name: str
    title: str
    spoken: str


class SlackFiles:
    """Uploads pictures, and finds them again by their names. Needs `files:write`."""

    def __init__(self, workspace: Workspace) -> None:
        self._client = workspace.client
        self._timeout = workspace.options.timeout_seconds
        self._is_local = urlsplit(workspace.options.base_url).hostname in LOOPBACK
        self._listing = Listing(_shared, clock=workspace.clock)

    def share(self, picture: Picture, *, place: Place) -> PostResult:
        """This function will upload a picture once and show it in the thread of a message.

        The result names the file, `C0123/F0456`, for Slack does not say which message shows it. AuthFailedError where
        Slack does not let us in; that the app may not write files keeps it from nothing else, and is a result.
        """
        try:
            file_id = self._uploaded(picture)
        except AuthFailedError as refusal:
            return _refused(refusal)
        except OutsideError as error:
            return unsent(error)
        return self._completed(file_id, picture, place)

    def find(self, file_name: str, *, place: Place) -> Found:
        """This function will page a thread for messages that show a file of this name.

        A file of which Slack tells no name (that takes a scope of its own in some workspaces) counts as ours: nothing
        else shares files under a message of ours. Raises TransientError, AuthFailedError.
        """
        return as_found(lambda: self._in_thread(file_name, place))

    def _uploaded(self, picture: Picture) -> str:
        """Hand over the bytes; nobody sees them yet, so all of this may be done again."""
        answer = read(
            self._client.files_getUploadURLExternal,
            filename=picture.file_name,
            length=len(picture.png),
            alt_txt=picture.spoken[:SPOKEN_LIMIT],
        )
        address, file_id = str(answer.get("upload_url") or ""), str(answer.get("file_id") or "")
        if not file_id or not self._may_send_to(address):
            raise PermanentError(
                NO_ADDRESS(host=urlsplit(address).hostname),
                code=_NO_FILE,
            )
        self._put(address, picture.png)
        return file_id

    def _may_send_to(self, address: str) -> bool:
        parts = urlsplit(address)
        return parts.scheme == "https" or (self._is_local and parts.hostname in LOOPBACK)

    def _put(self, address: str, png: bytes) -> None:
        """Send the bytes as they are. The environment's proxy counts, except on this machine."""
        with requests.Session() as session:
            session.trust_env = not self._is_local
            try:
                answer = session.post(address, data=png, timeout=self._timeout, allow_redirects=False)
            except requests.RequestException as error:
                raise TransientError(
                    NOT_UPLOADED(why=type(error).__name__),
                    code="no_upload",
                ) from None
        if answer.status_code != HTTPStatus.OK:
            raise TransientError(
                NOT_UPLOADED(why=f"HTTP {answer.status_code}"),
                code=f"http_{answer.status_code}",
            )

    def _completed(self, file_id: str, picture: Picture, place: Place) -> PostResult:
        try:
            self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": picture.title}],
                channel_id=place.channel_id,
                thread_ts=place.ts,
            )
        except TRANSPORT_ERRORS as error:
            return _unless_refused(error)
        return PostResult(status=PostStatus.POSTED, channel_id=place.channel_id, ts=file_id)

    def _in_thread(self, file_name: str, place: Place) -> Found:
        try:
            shown = self._listing.read(
                self._client.conversations_replies,
                about=(place.channel_id, place.ts, file_name),
                channel=place.channel_id,
                ts=place.ts,
            )
        except PermanentError as error:
            if error.code != "thread_not_found":
                raise
            return Found(readable=True, channel_id=place.channel_id)
        ours = (Told(ts=one.ts, key=file_name) for one in shown if one.name in ("", file_name))
        messages = tuple(sorted(ours, key=lambda one: moment(one.ts)))
        return Found(readable=True, messages=messages, channel_id=place.channel_id)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A file in a message; its name is empty where Slack does not tell it."""

    ts: str
    name: str


def _shared(page: Body) -> Iterator[_Shown]:
    for entry in entries(page, "messages"):
        for file in entries(entry, "files"):
            yield _Shown(ts=str(entry["ts"]), name=str(file.get("name") or ""))


def _unless_refused(error: Exception) -> PostResult:
    """Judge the last step; a missing scope keeps us from nothing else."""
    verdict = judge(error)
    if verdict.blame is Blame.AUTH and verdict.code in ONE_THING:
        return _parked(verdict.code, verdict.message)
    return as_result(verdict)


def _refused(refusal: AuthFailedError) -> PostResult:
    if refusal.code not in ONE_THING:
        raise refusal
    return _parked(refusal.code, str(refusal))


def _parked(code: str, message: str) -> PostResult:
    return PostResult(status=PostStatus.REJECTED, code=code, message=f"{Blame.CONFIG}: {message}")
