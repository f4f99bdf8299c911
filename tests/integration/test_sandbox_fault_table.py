"""Every error of the two vendors' tables is asked for by one line, and comes over HTTP as the tables say."""

from collections.abc import Iterator

import pytest
import requests
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, ask_token

CODED = {
    "invalid_session_id": (401, "INVALID_SESSION_ID"),
    "expired_session": (401, "INVALID_SESSION_ID"),
    "server_unavailable": (503, "SERVER_UNAVAILABLE"),
    "server_unavailable_500": (500, "SERVER_UNAVAILABLE"),
    "total_requests_limit": (403, "REQUEST_LIMIT_EXCEEDED"),
    "concurrent_limit": (403, "REQUEST_LIMIT_EXCEEDED"),
    "unable_to_lock_row": (400, "UNABLE_TO_LOCK_ROW"),
    "lock_row": (400, "UNABLE_TO_LOCK_ROW"),
    "unable_to_lock_row_500": (500, "UNABLE_TO_LOCK_ROW"),
    "query_timeout": (400, "QUERY_TIMEOUT"),
    "invalid_query_locator": (400, "INVALID_QUERY_LOCATOR"),
    "request_running_too_long": (400, "REQUEST_RUNNING_TOO_LONG"),
    "unknown_exception": (500, "UNKNOWN_EXCEPTION"),
    "limit_exceeded": (400, "LIMIT_EXCEEDED"),
    "malformed_query": (400, "MALFORMED_QUERY"),
    "invalid_field": (400, "INVALID_FIELD"),
    "invalid_type": (400, "INVALID_TYPE"),
    "malformed_id": (400, "MALFORMED_ID"),
    "json_parser_error": (400, "JSON_PARSER_ERROR"),
    "number_outside_valid_range": (400, "NUMBER_OUTSIDE_VALID_RANGE"),
    "query_too_complicated": (400, "QUERY_TOO_COMPLICATED"),
    "field_custom_validation_exception": (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
    "required_field_missing": (400, "REQUIRED_FIELD_MISSING"),
    "string_too_long": (400, "STRING_TOO_LONG"),
    "invalid_or_null_for_restricted_picklist": (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    "field_integrity_exception": (400, "FIELD_INTEGRITY_EXCEPTION"),
    "field_filter_validation_exception": (400, "FIELD_FILTER_VALIDATION_EXCEPTION"),
    "invalid_email_address": (400, "INVALID_EMAIL_ADDRESS"),
    "duplicates_detected": (400, "DUPLICATES_DETECTED"),
    "duplicate_value": (400, "DUPLICATE_VALUE"),
    "insufficient_access_or_readonly": (400, "INSUFFICIENT_ACCESS_OR_READONLY"),
    "insufficient_access_on_cross_reference_entity": (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"),
    "cannot_execute_flow_trigger": (400, "CANNOT_EXECUTE_FLOW_TRIGGER"),
    "invalid_field_for_insert_update": (400, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "cannot_insert_update_activate_entity": (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
    "trigger_lock_row": (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
    "entity_is_deleted": (404, "ENTITY_IS_DELETED"),
    "not_found": (404, "NOT_FOUND"),
    "invalid_cross_reference_key": (404, "INVALID_CROSS_REFERENCE_KEY"),
    "api_disabled_for_org": (403, "API_DISABLED_FOR_ORG"),
    "api_currently_disabled": (403, "API_CURRENTLY_DISABLED"),
    "functionality_not_enabled": (403, "FUNCTIONALITY_NOT_ENABLED"),
    "operation_too_large": (403, "OPERATION_TOO_LARGE"),
    "precondition_failed": (412, "PRECONDITION_FAILED"),
    "precondition_required": (428, "PRECONDITION_REQUIRED"),
    "unsupported_api_version": (410, "UNSUPPORTED_API_VERSION"),
    "uri_too_long": (414, "URI_TOO_LONG"),
    "request_header_fields_too_large": (431, "REQUEST_HEADER_FIELDS_TOO_LARGE"),
    "unsupported_media_type": (415, "UNSUPPORTED_MEDIA_TYPE"),
    "method_not_allowed": (405, "METHOD_NOT_ALLOWED"),
    "txn_security_metering_error": (400, "TXN_SECURITY_METERING_ERROR"),
    "exceeded_id_limit": (400, "EXCEEDED_ID_LIMIT"),
    "invalid_replication_date": (400, "INVALID_REPLICATION_DATE"),
}
"""Refusals of Salesforce itself: status and errorCode."""

OUTSIDE = {
    "edge_420": (420, "text/html", "<html>"),
    "edge_502": (502, "text/html", "<html>"),
    "bad_gateway_html": (502, "text/html", "<html>"),
    "server_error_html": (500, "text/html", "<html>"),
    "server_unavailable_html": (503, "text/html", "<html>"),
    "not_acceptable_empty": (406, "text/plain", ""),
    "multiple_choices": (300, "application/json;charset=UTF-8", '["/services/data'),
}
"""What stands between a client and Salesforce: status, content type, how the body begins."""

GRANTS = {"invalid_grant", "invalid_client", "invalid_client_id"}
ON_THE_WIRE = {
    *("drop_before", "drop_after", "slow", "drip", "hang"),
    *("truncated", "reset_in_body", "duplicate", "status"),
}
SLACK_WORDS = """
    ratelimited rate_limited service_unavailable request_timeout team_added_to_org fatal_error internal_error
    duplicate_channel_not_found duplicate_message_not_found invalid_auth not_authed account_inactive token_revoked
    token_expired missing_scope no_permission org_login_required ekm_access_denied access_denied
    invalid_refresh_token channel_not_found not_in_channel is_archived restricted_action
    restricted_action_read_only_channel restricted_action_thread_only_channel restricted_action_thread_locked
    restricted_action_non_threadable_channel messages_tab_disabled user_not_in_channel users_not_found cannot_dm_bot
    team_not_found plan_upgrade_required msg_too_long msg_blocks_too_long no_text markdown_text_conflict
    too_many_attachments missing_argument view_too_large metadata_too_large invalid_blocks invalid_blocks_format
    invalid_arguments invalid_metadata_format invalid_metadata_schema metadata_must_be_sent_from_app
    already_reacted no_reaction message_not_found already_in_channel cant_update_message edit_window_closed
    expired_trigger_id exchanged_trigger_id invalid_trigger_id duplicate_external_id hash_conflict not_found
    is_inactive invalid_name bad_timestamp no_item_specified too_many_emoji too_many_reactions thread_locked
    thread_not_found cant_delete_message user_not_found no_such_subteam not_allowed_token_type insecure_request
    method_not_supported_for_channel_type file_not_found file_uploads_disabled file_upload_size_restricted
""".split()  # noqa: SIM905  # eighty words read better as text
PAGES = {"bad_gateway_html", "server_error_html", "server_unavailable_html"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


@pytest.fixture
def rest(sandbox: SandboxHere) -> Rest:
    sandbox.clear_faults()
    return Rest(sandbox)


def test_the_tables_above_name_every_fault_that_there_is(sandbox: SandboxHere) -> None:
    names = requests.get(f"{sandbox.urls.control}/fault_names", timeout=10).json()
    own = {"row_error", "error"}
    assert set(names["salesforce"]) == CODED.keys() | OUTSIDE.keys() | GRANTS | ON_THE_WIRE | own
    assert set(names["slack"]) == {*SLACK_WORDS, *PAGES, *ON_THE_WIRE, "error"}


@pytest.mark.parametrize("name", CODED)
def test_salesforce_refuses_with_the_status_and_code_of_the_name(
    rest: Rest, sandbox: SandboxHere, name: str
) -> None:
    status, code = CODED[name]
    sandbox.faults({"fault": name, "path": "limits", "nth": 2})
    assert rest.call("GET", "/limits").status_code == 200
    refused = rest.call("GET", "/limits")
    assert refused.status_code == status
    assert refused.headers["Content-Type"] == "application/json;charset=UTF-8"
    (item,) = refused.json()
    assert item["errorCode"] == code
    assert item["message"]
    rest.log_in()
    assert rest.call("GET", "/limits").status_code == 200


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_stands_before_salesforce_answers_with_its_own_bodies(
    rest: Rest, sandbox: SandboxHere, name: str
) -> None:
    status, kind, begins = OUTSIDE[name]
    sandbox.faults({"fault": name, "method": "POST", "path": "sobjects/Account"})
    refused = rest.call("POST", "/sobjects/Account", json={"Name": name})
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, kind)
    assert refused.text.startswith(begins)
    assert bool(refused.text) == bool(begins)
    assert name not in {row["Name"] for row in sandbox.records("Account")}


@pytest.mark.parametrize("name", sorted(GRANTS))
def test_a_login_is_refused_as_oauth_refuses(sandbox: SandboxHere, name: str) -> None:
    sandbox.faults({"fault": name, "path": "oauth2/token"})
    refused = ask_token(sandbox.urls, grant_type="client_credentials")
    assert refused.status_code == 400
    assert refused.json()["error"] == name
    assert refused.json()["error_description"]


@pytest.mark.parametrize("word", SLACK_WORDS)
def test_slack_refuses_with_the_word(sandbox: SandboxHere, word: str) -> None:
    sandbox.clear_faults()
    sandbox.faults({"service": "slack", "fault": word, "path": "auth.test"})
    headers = {"Authorization": f"Bearer {sandbox.urls.slack_token}"}
    answers = [
        requests.post(f"{sandbox.urls.slack_api}auth.test", headers=headers, timeout=10) for _ in range(2)
    ]
    refused, good = answers
    limited = word in {"ratelimited", "rate_limited"}
    assert refused.status_code == (429 if limited else 200)
    assert refused.headers.get("Retry-After") == ("1" if limited else None)
    assert (refused.json()["ok"], refused.json()["error"]) == (False, word)
    assert good.json()["ok"] is True


def test_slack_says_what_a_scope_or_a_block_lacks(sandbox: SandboxHere) -> None:
    sandbox.faults(
        {"service": "slack", "fault": "missing_scope"}, {"service": "slack", "fault": "invalid_blocks"}
    )
    headers = {"Authorization": f"Bearer {sandbox.urls.slack_token}"}
    scope, blocks = (
        requests.post(f"{sandbox.urls.slack_api}auth.test", headers=headers, timeout=10).json()
        for _ in range(2)
    )
    assert (scope["needed"], scope["provided"]) == ("chat:write", "users:read")
    assert blocks["response_metadata"]["messages"]


def test_a_refusal_can_be_asked_for_by_seed_and_comes_the_same_way(rest: Rest, sandbox: SandboxHere) -> None:
    seen = []
    for _ in range(2):
        sandbox.clear_faults()
        sandbox.faults({"fault": "query_timeout", "path": "limits", "rate": 0.4, "seed": 3})
        seen.append([rest.call("GET", "/limits").status_code for _ in range(15)])
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 400}


def test_a_refusal_of_a_named_row_leaves_the_other_rows_alone(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "insufficient_access_or_readonly", "path": "composite/sobjects", "row": 1})
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("row a", "row b")]
    first, second = rest.call("POST", "/composite/sobjects", json={"records": records}).json()
    assert first["errors"][0]["statusCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert first["errors"][0]["message"] == "insufficient access rights on object id"
    assert second["success"] is True


def test_a_refusal_inside_a_composite_is_the_subrequests_own(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "unknown_exception", "method": "GET", "path": "sobjects/User"})
    url = f"{VERSION}/sobjects/User/{sandbox.records('User')[0]['Id']}"
    subs = [{"method": "GET", "url": url, "referenceId": "one"}]
    (part,) = rest.call("POST", "/composite", json={"compositeRequest": subs}).json()["compositeResponse"]
    assert (part["httpStatusCode"], part["body"][0]["errorCode"]) == (500, "UNKNOWN_EXCEPTION")


def test_an_error_after_the_work_hides_what_was_done(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults(
        {"fault": "unknown_exception", "method": "POST", "path": "sobjects/Account", "after": True}
    )
    assert rest.call("POST", "/sobjects/Account", json={"Name": "done all the same"}).status_code == 500
    assert "done all the same" in {row["Name"] for row in sandbox.records("Account")}


def test_duplicates_come_with_the_result_of_the_rule(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "duplicates_detected", "method": "POST"})
    refused = rest.call("POST", "/sobjects/Account", json={"Name": "twice"})
    assert refused.json()[0]["duplicateResult"]["duplicateRuleEntityType"] == "Account"


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ({"fault": "query_timeuot"}, "did you mean 'query_timeout'"),
        ({"fault": "chanel_not_found", "service": "slack"}, "did you mean 'channel_not_found'"),
        ({"fault": "channel_not_found"}, "unknown fault"),
        ({"fault": "expired_session", "service": "slack"}, "unknown fault"),
        ({"fault": "hang", "seconds": 3600}, "seconds are 0 to 60"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_the_nearest_one(
    sandbox: SandboxHere, spec: dict[str, object], hint: str
) -> None:
    with pytest.raises(RuntimeError, match=hint):
        sandbox.faults(spec)
