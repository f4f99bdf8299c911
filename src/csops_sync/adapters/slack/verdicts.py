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


_REINSTALL = "install the Slack app again and give csops-sync its new bot token"
_GRANT = "add the scope to the Slack app (OAuth & Permissions), then install the app again"
_ASK_ADMIN = "ask a workspace admin to let the app in"
_INVITE = "invite the app there: /invite @csops-sync"
_REPORT = "report this message to the maintainers, with the outbox key"

VERDICTS: tuple[tuple[str, Blame, str], ...] = (
    ("ratelimited", Blame.WAIT, "it is sent again when Slack allows"),
    ("rate_limited", Blame.WAIT, "it is sent again when Slack allows"),
    ("service_unavailable", Blame.WAIT, "it is sent again when Slack is back"),
    ("request_timeout", Blame.WAIT, "it is sent again"),
    ("team_added_to_org", Blame.WAIT, "the workspace is being moved into an organisation; it is sent again"),
    (LOST_CURSOR, Blame.WAIT, "the list is read again from its beginning"),
    ("fatal_error", Blame.UNCERTAIN, "the channel's history will tell whether it was done"),
    ("internal_error", Blame.UNCERTAIN, "the channel's history will tell whether it was done"),
    ("duplicate_*_not_found", Blame.UNCERTAIN, "the channel's history will tell whether it was done"),
    ("invalid_auth", Blame.AUTH, _REINSTALL),
    ("not_authed", Blame.AUTH, "give csops-sync the bot token (xoxb-...)"),
    ("account_inactive", Blame.AUTH, _REINSTALL),
    ("token_revoked", Blame.AUTH, _REINSTALL),
    ("token_expired", Blame.AUTH, "switch token rotation off for the app, or " + _REINSTALL),
    ("invalid_refresh_token", Blame.AUTH, _REINSTALL),
    ("not_allowed_token_type", Blame.AUTH, "use the bot token (xoxb-...), not another kind"),
    ("missing_scope", Blame.AUTH, _GRANT),
    ("no_permission", Blame.AUTH, _ASK_ADMIN),
    ("org_login_required", Blame.AUTH, "wait until the workspace has moved into its organisation"),
    ("ekm_access_denied", Blame.AUTH, _ASK_ADMIN),
    ("access_denied", Blame.AUTH, _ASK_ADMIN),
    ("team_access_not_granted", Blame.AUTH, _ASK_ADMIN),
    ("channel_not_found", Blame.CONFIG, "correct the channel in the rules, or " + _INVITE),
    ("not_in_channel", Blame.CONFIG, _INVITE),
    ("is_archived", Blame.CONFIG, "name another channel in the rules, or restore this one"),
    ("restricted_action*", Blame.CONFIG, "let the app post in this channel (channel settings)"),
    ("messages_tab_disabled", Blame.CONFIG, "switch the app's messages tab on (App Home)"),
    ("user_not_in_channel", Blame.CONFIG, _INVITE),
    ("users_not_found", Blame.CONFIG, "add an override for this person"),
    ("cannot_dm_bot", Blame.CONFIG, "name a channel or a person, not an app"),
    ("team_not_found", Blame.CONFIG, "use a channel id (C...) with a token of a whole organisation"),
    ("cant_delete_message", Blame.CONFIG, "remove the message by hand: it is not the app's own"),
    (
        "compliance_exports_prevent_deletion",
        Blame.CONFIG,
        "remove the message by hand: this workspace keeps apps from doing so",
    ),
    ("external_channel_migrating", Blame.WAIT, "the channel is being moved; it is done again"),
    ("fetch_members_failed", Blame.WAIT, "it is done again"),
    ("update_failed", Blame.WAIT, "it is done again"),
    ("file_not_found", Blame.WAIT, "the picture is uploaded anew"),
    ("file_uploads_disabled", Blame.CONFIG, "let this workspace take files (workspace settings)"),
    (
        "file_upload_size_restricted",
        Blame.CONFIG,
        "let this workspace take larger files (workspace settings)",
    ),
    ("message_not_found", Blame.CONFIG, "somebody removed the message; nothing can be done to it any more"),
    ("thread_not_found", Blame.CONFIG, "somebody removed the message; nothing can be said under it any more"),
    ("thread_locked", Blame.CONFIG, "unlock the thread, or leave the message as it is"),
    ("cant_update_message", Blame.CONFIG, "another app posted the message: give csops-sync that app's token"),
    (
        "edit_window_closed",
        Blame.CONFIG,
        "let apps edit messages any time (workspace settings, Message editing)",
    ),
    ("is_inactive", Blame.CONFIG, "restore the channel, or name another in the rules"),
    ("invalid_name", Blame.CONFIG, "correct the emoji in the rules: Slack has none of this name here"),
    ("too_many_emoji", Blame.CONFIG, "the message holds as many kinds of emoji as Slack allows"),
    ("too_many_reactions", Blame.CONFIG, "the app has reacted to the message as often as Slack allows"),
    ("not_reactable", Blame.CONFIG, "nobody can react to this message"),
    ("user_not_found", Blame.CONFIG, "add an override for this person"),
    ("user_not_visible", Blame.CONFIG, "the app may not see this person; add an override"),
    ("expired_trigger_id", Blame.CONFIG, "the person must click once more: it took too long"),
    ("exchanged_trigger_id", Blame.CONFIG, "the window of this click is open already"),
    ("invalid_trigger_id", Blame.PAYLOAD, _REPORT),
    ("forbidden_team", Blame.AUTH, _ASK_ADMIN),
    ("plan_upgrade_required", Blame.CONFIG, "user groups need a paid plan: name people instead"),
    ("msg_too_long", Blame.PAYLOAD, _REPORT),
    ("msg_blocks_too_long", Blame.PAYLOAD, _REPORT),
    ("invalid_blocks*", Blame.PAYLOAD, _REPORT),
    ("no_text", Blame.PAYLOAD, _REPORT),
    ("markdown_text_conflict", Blame.PAYLOAD, _REPORT),
    ("too_many_attachments", Blame.PAYLOAD, _REPORT),
    ("invalid_arguments", Blame.PAYLOAD, _REPORT),
    ("view_too_large", Blame.PAYLOAD, _REPORT),
    ("invalid_metadata_*", Blame.PAYLOAD, _REPORT),
    ("metadata_*", Blame.PAYLOAD, _REPORT),
    ("alt_txt_too_large", Blame.PAYLOAD, _REPORT),
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
            message=f"Slack could not be reached, nothing was sent ({_plain(error)}); it is sent again",
        )
    return Verdict(
        blame=Blame.UNCERTAIN,
        code="no_answer",
        message=f"Slack's answer did not arrive ({_plain(error)}); the channel's history will tell",
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
    message = f"Slack says {code}{_details(body)}: {known[2]}"
    return Verdict(blame=known[1], code=code, message=message, retry_after=wait)


def _judge_status(status: int, code: str, headers: Mapping[str, str]) -> Verdict:
    """Judge an answer whose error word is not in the table, or that is no JSON at all (a proxy's page)."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Verdict(
            blame=Blame.WAIT,
            code="ratelimited",
            message="Slack says HTTP 429: it is sent again when Slack allows",
            retry_after=_retry_after(headers),
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not re.fullmatch(r"[a-z0-9_]+", code):
        return Verdict(
            blame=Blame.UNCERTAIN,
            code=f"http_{status}",
            message=f"HTTP {status} without an answer of Slack's; the channel's history will tell",
        )
    advice = f"look the word up on docs.slack.dev, then {_REPORT}"
    return Verdict(blame=Blame.PAYLOAD, code=code, message=f"Slack says {code}: {advice}")


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
