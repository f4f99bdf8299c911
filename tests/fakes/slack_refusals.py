"""Slack's words of refusal, each with what it means for us: reference/api.md B1.2, written out by hand.

They are not read from the table that they test, so that a changed row changes a test.
"""

from collections.abc import Mapping
from typing import Final

from csops_sync.ports.chat import PostStatus

MEANS: Final[Mapping[str, PostStatus]] = {
    "wait": PostStatus.RETRY,
    "uncertain": PostStatus.UNKNOWN,
    "config": PostStatus.REJECTED,
    "payload": PostStatus.REJECTED,
}
"""What becomes of a message; `auth` is about no message and is not here."""

GONE: Final = frozenset({"channel_not_found", "message_not_found"})
"""What says of a message to be removed that it is gone already."""

_WAIT: Final = (
    "invalid_cursor ratelimited rate_limited service_unavailable request_timeout team_added_to_org "
    "external_channel_migrating update_failed fetch_members_failed file_not_found"
)
_UNCERTAIN: Final = "fatal_error internal_error duplicate_channel_not_found duplicate_message_not_found"
_AUTH: Final = (
    "invalid_auth not_authed account_inactive token_revoked token_expired missing_scope no_permission "
    "org_login_required ekm_access_denied access_denied invalid_refresh_token "
    "not_allowed_token_type team_access_not_granted forbidden_team"
)
_CONFIG: Final = (
    "channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel "
    "restricted_action_thread_only_channel messages_tab_disabled user_not_in_channel users_not_found cannot_dm_bot "
    "team_not_found cant_delete_message compliance_exports_prevent_deletion plan_upgrade_required "
    "message_not_found thread_not_found thread_locked cant_update_message edit_window_closed is_inactive invalid_name "
    "too_many_emoji too_many_reactions not_reactable user_not_found user_not_visible expired_trigger_id "
    "exchanged_trigger_id file_uploads_disabled file_upload_size_restricted"
)
_PAYLOAD: Final = (
    "msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text markdown_text_conflict "
    "too_many_attachments invalid_arguments view_too_large invalid_metadata_format invalid_metadata_schema "
    "metadata_too_large metadata_must_be_sent_from_app invalid_trigger_id alt_txt_too_large"
)

WORDS: Final[tuple[tuple[str, str], ...]] = tuple(
    (blame, word)
    for blame, words in (
        ("wait", _WAIT),
        ("uncertain", _UNCERTAIN),
        ("auth", _AUTH),
        ("config", _CONFIG),
        ("payload", _PAYLOAD),
    )
    for word in words.split()
)

REFERENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "wait": ("ratelimited", "rate_limited", "service_unavailable", "request_timeout", "team_added_to_org"),
    "uncertain": (
        *("fatal_error", "internal_error", "duplicate_channel_not_found", "duplicate_message_not_found"),
        *("server_error_html", "bad_gateway_html", "server_unavailable_html", "drop"),
    ),
    "auth": (
        *(
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "missing_scope",
        ),
        *(
            "no_permission",
            "org_login_required",
            "ekm_access_denied",
            "access_denied",
            "invalid_refresh_token",
        ),
    ),
    "config": (
        *("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "messages_tab_disabled"),
        *("restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
        *("restricted_action_non_threadable_channel", "restricted_action_thread_locked"),
        *("user_not_in_channel", "users_not_found", "cannot_dm_bot", "team_not_found"),
    ),
    "payload": (
        *("msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "no_text"),
        *("markdown_text_conflict", "too_many_attachments", "invalid_arguments", "view_too_large"),
        *("invalid_metadata_format", "invalid_metadata_schema"),
    ),
}
"""The rows of reference/api.md B1.2, as faults of the sandbox by name; `drop` is a connection without an answer."""
