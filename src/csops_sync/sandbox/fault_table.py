"""Every refusal that can be asked for by name, with the status, headers and body that it has on the wire.

Salesforce's are those of its REST guide's error codes and of what connectors met on real orgs; Slack's those of the
methods' error lists. A name is the error's code in lower case, or says what stands in for Salesforce (`edge_502`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One named fault.

    Where there is a `code`, the service itself refuses: Salesforce with `[{"message", "errorCode"}]`, and with the row
    form where a row is named; Slack with `{"ok": false, "error": code}`; `extra` stands beside these. Where there is
    none, `text` is the whole body, and it is answered before the service sees the request, or in place of its answer.
    """

    status: int
    code: str | None = None
    message: str = ""
    fields: tuple[str, ...] | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json;charset=UTF-8"
    text: str = ""


def _coded(
    status: int, messages: Mapping[str, str], fields: tuple[str, ...] | None = None
) -> dict[str, Refusal]:
    """Give refusals by code, each with its message."""
    return {
        code.lower(): Refusal(status=status, code=code, message=message, fields=fields)
        for code, message in messages.items()
    }


def _page(status: int, title: str) -> Refusal:
    text = f"<html><head><title>{title}</title></head><body>{title}</body></html>"
    return Refusal(status=status, content_type="text/html", text=text)


def _oauth(error: str, description: str) -> Refusal:
    text = json.dumps({"error": error, "error_description": description})
    return Refusal(status=400, text=text)


_LOCKED = "unable to obtain exclusive access to this record"
_URLS = ("/services/data/v66.0/sobjects/Opportunity/006000000000001AAA",) * 2

_PAGES = {
    "bad_gateway_html": _page(502, "Bad Gateway"),
    "server_error_html": _page(500, "Internal Server Error"),
    "server_unavailable_html": _page(503, "The service is unavailable."),
}
_FROM_OUTSIDE = {
    **_PAGES,
    "edge_420": _page(420, "Salesforce Edge: the request could not be served"),
    "edge_502": _page(502, "Salesforce Edge: Bad Gateway"),
    "not_acceptable_empty": Refusal(status=406, content_type="text/plain"),
    "multiple_choices": Refusal(status=300, text=json.dumps(_URLS)),
    "invalid_grant": _oauth("invalid_grant", "user hasn't approved this consumer"),
    "invalid_client": _oauth("invalid_client", "invalid client credentials"),
    "invalid_client_id": _oauth("invalid_client_id", "client identifier invalid"),
}
_LIMITS = {
    "total_requests_limit": Refusal(
        status=403, code="REQUEST_LIMIT_EXCEEDED", message="TotalRequests Limit exceeded."
    ),
    "concurrent_limit": Refusal(
        status=403, code="REQUEST_LIMIT_EXCEEDED", message="ConcurrentPerOrgLongTxn Limit exceeded."
    ),
    "trigger_lock_row": Refusal(
        status=400,
        code="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        message=f"Renewal: execution of AfterUpdate caused by: UNABLE_TO_LOCK_ROW, {_LOCKED}: []",
        fields=(),
    ),
    "unable_to_lock_row_500": Refusal(status=500, code="UNABLE_TO_LOCK_ROW", message=_LOCKED, fields=()),
    "server_unavailable_500": Refusal(status=500, code="SERVER_UNAVAILABLE", message="server unavailable"),
}
_PASSING = {
    **_coded(401, {"INVALID_SESSION_ID": "Session expired or invalid"}),
    **_coded(503, {"SERVER_UNAVAILABLE": "Server temporarily unavailable, please try again"}),
    **_coded(400, {"UNABLE_TO_LOCK_ROW": _LOCKED}, ()),
    **_coded(
        400,
        {
            "QUERY_TIMEOUT": "Your query request was running for too long.",
            "INVALID_QUERY_LOCATOR": "invalid query locator",
            "REQUEST_RUNNING_TOO_LONG": "Your request was running for too long, and has been stopped.",
            "LIMIT_EXCEEDED": "Apex CPU time limit exceeded",
            "TXN_SECURITY_METERING_ERROR": "The operation was stopped by a transaction security policy.",
            "EXCEEDED_ID_LIMIT": "The request matched more than 600000 ids; narrow its time range.",
            "INVALID_REPLICATION_DATE": "startDate cannot be more than 30 days ago",
        },
    ),
    **_coded(500, {"UNKNOWN_EXCEPTION": "An unexpected error occurred. Please include this ErrorId: 42"}),
}
_QUESTIONS = _coded(
    400,
    {
        "MALFORMED_QUERY": "unexpected token: 'FORM'",
        "INVALID_FIELD": "No such column 'Gone__c' on entity 'Opportunity'.",
        "INVALID_TYPE": "sObject type 'Gone__c' is not supported.",
        "MALFORMED_ID": "Opportunity ID: id value of incorrect type: 006",
        "JSON_PARSER_ERROR": "Unexpected character at [line:1, column:2]",
        "NUMBER_OUTSIDE_VALID_RANGE": "Amount: value outside of valid range on numeric field: 1.0E18",
        "QUERY_TOO_COMPLICATED": "Query is either selecting too many fields or the filter conditions"
        " are too complicated.",
    },
)
_ROWS = _coded(
    400,
    {
        "FIELD_CUSTOM_VALIDATION_EXCEPTION": "The renewal may not be changed any more.",
        "REQUIRED_FIELD_MISSING": "Required fields are missing: [CloseDate]",
        "STRING_TOO_LONG": "Next Step: data value too large: (max length=255)",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "Stage: bad value for restricted picklist field: gone",
        "FIELD_INTEGRITY_EXCEPTION": "Contract ID: id value of incorrect type",
        "FIELD_FILTER_VALIDATION_EXCEPTION": "Value does not exist or does not match filter criteria.",
        "INVALID_EMAIL_ADDRESS": "Email: invalid email address: nobody",
        "DUPLICATE_VALUE": "duplicate value found: Renewal_Key__c duplicates value on record with id:"
        " 006000000000001AAA",
        "INSUFFICIENT_ACCESS_OR_READONLY": "insufficient access rights on object id",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "insufficient access rights on cross-reference id",
        "CANNOT_EXECUTE_FLOW_TRIGGER": "We can't save this record because the “Renewal” process failed.",
        "INVALID_FIELD_FOR_INSERT_UPDATE": "Unable to create/update fields: Amount. Please check the security settings"
        " of this field and verify that it is read/write for your profile or permission set.",
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "Renewal: execution of BeforeInsert caused by:"
        " System.NullPointerException",
    },
    (),
)
_GONE = {
    **_coded(404, {"NOT_FOUND": "The requested resource does not exist"}),
    **_coded(404, {"INVALID_CROSS_REFERENCE_KEY": "invalid cross reference id"}, ()),
    **_coded(404, {"ENTITY_IS_DELETED": "entity is deleted"}, ()),
}
_CLOSED = _coded(
    403,
    {
        "API_DISABLED_FOR_ORG": "The REST API is not enabled for this Organization.",
        "API_CURRENTLY_DISABLED": "API is currently disabled for this user",
        "FUNCTIONALITY_NOT_ENABLED": "This feature is not currently enabled for this user.",
        "OPERATION_TOO_LARGE": "exceeded 100000 distinct who/what's",
    },
)
_HTTP = {
    **_coded(405, {"METHOD_NOT_ALLOWED": "HTTP Method 'PUT' not allowed. Allowed are GET"}),
    **_coded(410, {"UNSUPPORTED_API_VERSION": "The requested resource is no longer available"}),
    **_coded(412, {"PRECONDITION_FAILED": "The record was modified after the given time"}),
    **_coded(414, {"URI_TOO_LONG": "The URI is longer than 16384 bytes"}),
    **_coded(415, {"UNSUPPORTED_MEDIA_TYPE": "Content type is not supported here; send application/json"}),
    **_coded(428, {"PRECONDITION_REQUIRED": "The request must be conditional"}),
    **_coded(
        431, {"REQUEST_HEADER_FIELDS_TOO_LARGE": "URI and headers together are longer than 16384 bytes"}
    ),
}
_DUPLICATES: Mapping[str, object] = {
    "duplicateResult": {
        "allowSave": False,
        "duplicateRule": "Standard_Account_Duplicate_Rule",
        "duplicateRuleEntityType": "Account",
        "errorMessage": "Use one of these records?",
        "matchResults": [],
    }
}

SALESFORCE: Mapping[str, Refusal] = MappingProxyType(
    {
        **_FROM_OUTSIDE,
        **_PASSING,
        **_LIMITS,
        **_QUESTIONS,
        **_ROWS,
        "duplicates_detected": Refusal(
            status=400, code="DUPLICATES_DETECTED", message="Use one of these records?", extra=_DUPLICATES
        ),
        **_GONE,
        **_CLOSED,
        **_HTTP,
    }
)
"""Salesforce's refusals by name."""


def _words(*words: str) -> dict[str, Refusal]:
    return {word: Refusal(status=200, code=word) for word in words}


def _limited(words: Iterable[str]) -> dict[str, Refusal]:
    return {word: Refusal(status=429, code=word, headers={"Retry-After": "1"}) for word in words}


_SCOPES = {"needed": "chat:write", "provided": "users:read"}
_BLOCKS = {"response_metadata": {"messages": ["[ERROR] invalid blocks [json-pointer:/blocks/0]"]}}

SLACK: Mapping[str, Refusal] = MappingProxyType(
    {
        **_PAGES,
        **_limited(("ratelimited", "rate_limited")),
        **_words("service_unavailable", "request_timeout", "team_added_to_org"),
        **_words(
            "fatal_error", "internal_error", "duplicate_channel_not_found", "duplicate_message_not_found"
        ),
        **_words("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        "missing_scope": Refusal(status=200, code="missing_scope", extra=_SCOPES),
        **_words("no_permission", "org_login_required", "ekm_access_denied", "access_denied"),
        **_words("invalid_refresh_token", "channel_not_found", "not_in_channel", "is_archived"),
        **_words("restricted_action", "restricted_action_read_only_channel"),
        **_words("restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"),
        **_words("restricted_action_thread_locked", "messages_tab_disabled", "user_not_in_channel"),
        **_words("users_not_found", "cannot_dm_bot", "team_not_found", "plan_upgrade_required"),
        **_words("msg_too_long", "msg_blocks_too_long", "no_text", "markdown_text_conflict"),
        **_words("file_not_found", "file_uploads_disabled", "file_upload_size_restricted"),
        **_words("too_many_attachments", "missing_argument", "view_too_large", "metadata_too_large"),
        "invalid_blocks": Refusal(status=200, code="invalid_blocks", extra=_BLOCKS),
        "invalid_blocks_format": Refusal(status=200, code="invalid_blocks_format", extra=_BLOCKS),
        "invalid_arguments": Refusal(status=200, code="invalid_arguments", extra=_BLOCKS),
        **_words("invalid_metadata_format", "invalid_metadata_schema", "metadata_must_be_sent_from_app"),
        **_words("already_reacted", "no_reaction", "message_not_found", "already_in_channel"),
        **_words("cant_update_message", "edit_window_closed", "expired_trigger_id", "exchanged_trigger_id"),
        **_words("invalid_trigger_id", "duplicate_external_id", "hash_conflict", "not_found", "is_inactive"),
        **_words(
            "invalid_name", "bad_timestamp", "no_item_specified", "too_many_emoji", "too_many_reactions"
        ),
        **_words(
            "thread_locked", "thread_not_found", "cant_delete_message", "user_not_found", "no_such_subteam"
        ),
        **_words("not_allowed_token_type", "insecure_request", "method_not_supported_for_channel_type"),
    }
)
"""Slack's refusals by name."""

BY_SERVICE: Mapping[str, Mapping[str, Refusal]] = MappingProxyType({"salesforce": SALESFORCE, "slack": SLACK})


def from_outside(service: str, name: str) -> Refusal | None:
    """This function will give a refusal that the HTTP server answers in the service's place, None for any other."""
    found = BY_SERVICE[service].get(name)
    return found if found is not None and found.code is None else None
