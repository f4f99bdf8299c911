"""What each of Slack's answers means for us: one table, read by every call.

Codes are those of the Web API reference (docs.slack.dev/reference/methods). Slack says of `fatal_error` and
`internal_error` that part of the work may have been done.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from http import HTTPStatus
from http.client import HTTPException
from socket import gaierror
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from csops_sync.ports import chat_words as words
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.errors import AuthFailedError, OutsideError, PermanentError, TransientError

DEFAULT_RETRY_AFTER = 30.0
LOST_CURSOR = "invalid_cursor"
ONE_THING = frozenset({"missing_scope", "no_permission", "access_denied"})
"""Codes with which Slack may refuse one thing to a token that is good for all others."""
TRANSPORT_ERRORS = (SlackClientError, OSError, HTTPException, ValueError)
_TOKEN = re.compile(r"x(?:ox[a-z]|app)[A-Za-z0-9.-]*")


class Blame(StrEnum):
    """Whose turn it is after an answer."""

    WAIT = "wait"
    UNCERTAIN = "uncertain"
    AUTH = "auth"
    CONFIG = "config"
    PAYLOAD = "payload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One answer, judged. `message` tells an operator what happened and what to do; no token is in it."""

    blame: Blame
    code: str
    message: str
    retry_after: float | None = None


VERDICTS: tuple[tuple[str, Blame, str], ...] = (
    ("ratelimited", Blame.WAIT, words.AGAIN_WHEN_ALLOWED()),
    ("rate_limited", Blame.WAIT, words.AGAIN_WHEN_ALLOWED()),
    ("service_unavailable", Blame.WAIT, words.AGAIN_WHEN_BACK()),
    ("request_timeout", Blame.WAIT, words.AGAIN()),
    ("team_added_to_org", Blame.WAIT, words.WORKSPACE_MOVES()),
    (LOST_CURSOR, Blame.WAIT, words.LIST_AGAIN()),
    ("fatal_error", Blame.UNCERTAIN, words.HISTORY_TELLS()),
    ("internal_error", Blame.UNCERTAIN, words.HISTORY_TELLS()),
    ("duplicate_*_not_found", Blame.UNCERTAIN, words.HISTORY_TELLS()),
    ("invalid_auth", Blame.AUTH, words.REINSTALL()),
    ("not_authed", Blame.AUTH, words.GIVE_TOKEN()),
    ("account_inactive", Blame.AUTH, words.REINSTALL()),
    ("token_revoked", Blame.AUTH, words.REINSTALL()),
    ("token_expired", Blame.AUTH, words.ROTATION()),
    ("invalid_refresh_token", Blame.AUTH, words.REINSTALL()),
    ("not_allowed_token_type", Blame.AUTH, words.BOT_TOKEN()),
    ("missing_scope", Blame.AUTH, words.GRANT()),
    ("no_permission", Blame.AUTH, words.ASK_ADMIN()),
    ("org_login_required", Blame.AUTH, words.ORGANISATION()),
    ("ekm_access_denied", Blame.AUTH, words.ASK_ADMIN()),
    ("access_denied", Blame.AUTH, words.ASK_ADMIN()),
    ("team_access_not_granted", Blame.AUTH, words.ASK_ADMIN()),
    ("channel_not_found", Blame.CONFIG, words.CORRECT_OR_INVITE()),
    ("not_in_channel", Blame.CONFIG, words.INVITE()),
    ("is_archived", Blame.CONFIG, words.ANOTHER_CHANNEL()),
    ("restricted_action*", Blame.CONFIG, words.LET_POST()),
    ("messages_tab_disabled", Blame.CONFIG, words.MESSAGES_TAB()),
    ("user_not_in_channel", Blame.CONFIG, words.INVITE()),
    ("users_not_found", Blame.CONFIG, words.OVERRIDE()),
    ("cannot_dm_bot", Blame.CONFIG, words.NOT_AN_APP()),
    ("team_not_found", Blame.CONFIG, words.CHANNEL_ID()),
    ("cant_delete_message", Blame.CONFIG, words.BY_HAND()),
    (
        "compliance_exports_prevent_deletion",
        Blame.CONFIG,
        words.BY_HAND_KEPT(),
    ),
    ("external_channel_migrating", Blame.WAIT, words.CHANNEL_MOVES()),
    ("fetch_members_failed", Blame.WAIT, words.DONE_AGAIN()),
    ("update_failed", Blame.WAIT, words.DONE_AGAIN()),
    ("file_not_found", Blame.WAIT, words.UPLOADED_ANEW()),
    ("file_uploads_disabled", Blame.CONFIG, words.LET_FILES()),
    (
        "file_upload_size_restricted",
        Blame.CONFIG,
        words.LET_LARGER(),
    ),
    ("message_not_found", Blame.CONFIG, words.REMOVED()),
    ("thread_not_found", Blame.CONFIG, words.REMOVED_ABOVE()),
    ("thread_locked", Blame.CONFIG, words.UNLOCK()),
    ("cant_update_message", Blame.CONFIG, words.OTHER_APP()),
    (
        "edit_window_closed",
        Blame.CONFIG,
        words.LET_EDIT(),
    ),
    ("is_inactive", Blame.CONFIG, words.RESTORE_CHANNEL()),
    ("invalid_name", Blame.CONFIG, words.EMOJI()),
    ("too_many_emoji", Blame.CONFIG, words.EMOJI_FULL()),
    ("too_many_reactions", Blame.CONFIG, words.REACTED()),
    ("not_reactable", Blame.CONFIG, words.NOT_REACTABLE()),
    ("user_not_found", Blame.CONFIG, words.OVERRIDE()),
    ("user_not_visible", Blame.CONFIG, words.OVERRIDE_UNSEEN()),
    ("expired_trigger_id", Blame.CONFIG, words.CLICK_AGAIN()),
    ("exchanged_trigger_id", Blame.CONFIG, words.WINDOW_OPEN()),
    ("invalid_trigger_id", Blame.PAYLOAD, words.REPORT()),
    ("forbidden_team", Blame.AUTH, words.ASK_ADMIN()),
    ("plan_upgrade_required", Blame.CONFIG, words.NAME_PEOPLE()),
    ("msg_too_long", Blame.PAYLOAD, words.REPORT()),
    ("msg_blocks_too_long", Blame.PAYLOAD, words.REPORT()),
    ("invalid_blocks*", Blame.PAYLOAD, words.REPORT()),
    ("no_text", Blame.PAYLOAD, words.REPORT()),
    ("markdown_text_conflict", Blame.PAYLOAD, words.REPORT()),
    ("too_many_attachments", Blame.PAYLOAD, words.REPORT()),
    ("invalid_arguments", Blame.PAYLOAD, words.REPORT()),
    ("view_too_large", Blame.PAYLOAD, words.REPORT()),
    ("invalid_metadata_*", Blame.PAYLOAD, words.REPORT()),
    ("metadata_*", Blame.PAYLOAD, words.REPORT()),
    ("alt_txt_too_large", Blame.PAYLOAD, words.REPORT()),
)

_STATUS = {
    Blame.WAIT: PostStatus.RETRY,
    Blame.UNCERTAIN: PostStatus.UNKNOWN,
    Blame.CONFIG: PostStatus.REJECTED,
    Blame.PAYLOAD: PostStatus.REJECTED,
}


def judge(error: Exception) -> Verdict:
    """This function will judge whatever a call to Slack raised."""
    if isinstance(error, SlackApiError):
        return _judge_answer(error)
    if _never_sent(error):
        return Verdict(
            blame=Blame.WAIT,
            code="unreachable",
            message=words.UNREACHED(why=_plain(error)),
        )
    return Verdict(
        blame=Blame.UNCERTAIN,
        code="no_answer",
        message=words.NO_ANSWER(why=_plain(error)),
    )


def as_result(verdict: Verdict) -> PostResult:
    """This function will say what a verdict means for a message that was being posted.

    Raises AuthFailedError where it is ourselves that are refused, for then no message is to blame.
    """
    if verdict.blame is Blame.AUTH:
        raise as_error(verdict)
    return PostResult(
        status=_STATUS[verdict.blame],
        code=verdict.code,
        message=f"{verdict.blame}: {verdict.message}",
        retry_after=verdict.retry_after,
    )


def as_error(verdict: Verdict) -> OutsideError:
    """This function will give the port's error for a call that may simply be made again (reads, deletes)."""
    if verdict.blame in {Blame.WAIT, Blame.UNCERTAIN}:
        return TransientError(verdict.message, code=verdict.code, retry_after=verdict.retry_after)
    kind = AuthFailedError if verdict.blame is Blame.AUTH else PermanentError
    return kind(verdict.message, code=verdict.code)


def unsent(error: OutsideError) -> PostResult:
    """This function will say what becomes of a post that failed before it was sent; AuthFailedError is raised again."""
    if isinstance(error, AuthFailedError):
        raise error
    if isinstance(error, TransientError):
        return PostResult(
            status=PostStatus.RETRY, code=error.code, message=str(error), retry_after=error.retry_after
        )
    return PostResult(status=PostStatus.REJECTED, code=error.code, message=f"{Blame.CONFIG}: {error}")


def _judge_answer(error: SlackApiError) -> Verdict:
    answer = error.response
    body: Mapping[str, object] = answer.data if isinstance(answer.data, dict) else {}
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    code = str(body.get("error") or "")
    known = next((row for row in VERDICTS if fnmatchcase(code, row[0])), None)
    if known is None:
        return _judge_status(int(answer.status_code), code, headers)
    wait = _retry_after(headers) if known[1] is Blame.WAIT else None
    message = words.SAYS(said=f"{code}{_details(body)}", advice=known[2])
    return Verdict(blame=known[1], code=code, message=message, retry_after=wait)


def _judge_status(status: int, code: str, headers: Mapping[str, str]) -> Verdict:
    """Judge an answer whose error word is not in the table, or that is no JSON at all (a proxy's page)."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Verdict(
            blame=Blame.WAIT,
            code="ratelimited",
            message=words.SAYS(said="HTTP 429", advice=words.AGAIN_WHEN_ALLOWED()),
            retry_after=_retry_after(headers),
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not re.fullmatch(r"[a-z0-9_]+", code):
        return Verdict(
            blame=Blame.UNCERTAIN,
            code=f"http_{status}",
            message=words.NO_WORD(status=status),
        )
    message = words.SAYS(said=code, advice=words.LOOK_UP())
    return Verdict(blame=Blame.PAYLOAD, code=code, message=message)


def _details(body: Mapping[str, object]) -> str:
    """Give what Slack adds to its word: the scope that it wants, or what is wrong with a block."""
    if body.get("needed"):
        return f" (needed: {scrub(str(body['needed']))})"
    extra = body.get("response_metadata")
    messages = extra.get("messages") if isinstance(extra, dict) else None
    if isinstance(messages, list) and messages:
        return f" ({scrub('; '.join(str(entry) for entry in messages[:3]))[:300]})"
    return ""


def _retry_after(headers: Mapping[str, str]) -> float:
    given = headers.get("retry-after", "")
    return float(given) if re.fullmatch(r"\d+(\.\d+)?", given) else DEFAULT_RETRY_AFTER


def _never_sent(error: Exception) -> bool:
    """Whether the connection itself failed, so that no byte of the request can have arrived."""
    cause = error.reason if isinstance(error, URLError) else error
    return isinstance(cause, ConnectionRefusedError | gaierror | ssl.SSLCertVerificationError)


def _plain(error: Exception) -> str:
    return scrub(f"{type(error).__name__}: {error}")[:200]


def scrub(text: str) -> str:
    """This function will take anything that looks like a Slack token out of a text."""
    return _TOKEN.sub("xox***", text)
