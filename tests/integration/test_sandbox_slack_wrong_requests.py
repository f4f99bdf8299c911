"""Wrong requests to the sandbox's Slack that no other module has a place for, each with Slack's word for it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import requests
from tests.fakes.slack_cards import button, card, modal, option, plain
from tests.fakes.slack_workspace import (
    APP_TOKEN,
    TOKEN,
    Workspace,
    client_for,
    refused,
    running_workspace,
    word,
)

from csops_sync.sandbox.clock_orders import OrderError
from csops_sync.sandbox.slack.acts import Place
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.triggers import new_response_url
from csops_sync.sandbox.slack_orders import SlackOrders

MISAKI, KEN = "U0000000001", "U0000000002"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    """One workspace: what is refused leaves nothing behind."""
    with running_workspace() as workspace:
        yield workspace


@pytest.fixture(scope="module")
def ts(slack: Workspace) -> str:
    """A message of the bot's."""
    return slack.post("card", blocks=card())


WRONG: Sequence[tuple[str, Json, str]] = [
    ("chat.postMessage", {"text": "a", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
    ("chat.postMessage", {"text": "a", "blocks": "[{"}, "invalid_blocks_format"),
    ("chat.postMessage", {"text": "a", "metadata": ["key"]}, "invalid_metadata_format"),
    (
        "chat.postMessage",
        {"text": "a", "metadata": {"event_type": "", "event_payload": {}}},
        "invalid_metadata_format",
    ),
    (
        "chat.postMessage",
        {"text": "a", "metadata": {"event_type": "a", "event_payload": []}},
        "invalid_metadata_format",
    ),
    ("chat.postMessage", {"text": "a", "reply_broadcast": "often"}, "invalid_arguments"),
    ("chat.update", {"ts": "message"}, "no_text"),
    ("chat.getPermalink", {"message_ts": "1.0"}, "message_not_found"),
    ("conversations.list", {"types": "public_channel,rooms"}, "invalid_types"),
    ("conversations.members", {"cursor": "bmV4dDo5OTk="}, "invalid_cursor"),
    ("conversations.members", {"cursor": "c29tZXRoaW5n"}, "invalid_cursor"),
    ("conversations.members", {"cursor": "%%%"}, "invalid_cursor"),
    ("files.completeUploadExternal", {"files": "[{"}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": [{"title": "no id"}]}, "invalid_arguments"),
    ("views.update", {"view_id": "V1", "view": "{"}, "invalid_arguments"),
    ("views.update", {"view_id": "V1", "view": ["modal"]}, "invalid_arguments"),
]


@pytest.mark.parametrize(("method", "arguments", "error"), WRONG)
def test_a_wrong_call_is_refused_with_slacks_word(
    slack: Workspace, ts: str, method: str, arguments: Json, error: str
) -> None:
    names = {"files.completeUploadExternal": "channel_id", "views.update": "", "conversations.list": ""}
    own = names.get(method, "channel")
    given = {name: ts if value == "message" else value for name, value in arguments.items()}
    place = {own: slack.channel().id} if own else {}
    before = slack.channel().timeline()
    reads = method.startswith("conversations") or method == "chat.getPermalink"
    sent: Json = {"params" if reads else "json": {**place, **given}}
    assert word(slack.client.api_call, api_method=method, **sent) == error
    assert slack.channel().timeline() == before


@pytest.mark.parametrize(
    ("elements", "problem"),
    [
        ([button("a", "b", confirm="yes")], "must be an object [json-pointer:/blocks/1/elements/0/confirm]"),
        ([button("a", "b", value=5)], "must be a string [json-pointer:/blocks/1/elements/0/value]"),
        (
            [{"type": "static_select", "action_id": "a", "options": ["one"]}],
            "must be an object [json-pointer:/blocks/1/elements/0/options/0]",
        ),
    ],
)
def test_a_block_that_slack_would_not_show_is_refused(
    slack: Workspace, elements: Sequence[Json], problem: str
) -> None:
    error = refused(
        slack.client.chat_postMessage, channel=slack.channel().id, text="a", blocks=card(*elements)
    )
    assert error.response["error"] == "invalid_blocks"
    assert f"[ERROR] {problem}" in error.response["response_metadata"]["messages"]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (
            {"type": "section", "text": plain("a"), "accessory": button("a", "b")},
            "unsupported type: button [json-pointer:/view/blocks/0/accessory/type]",
        ),
        (
            {"element": {"type": "plain_text_input", "min_length": -1}},
            "must be a number from 0 to 3000 [json-pointer:/view/blocks/0/element/min_length]",
        ),
        (
            {"element": {"type": "datepicker", "initial_date": "2026-02-30"}},
            "must be a valid date as YYYY-MM-DD [json-pointer:/view/blocks/0/element/initial_date]",
        ),
        (
            {"element": {"type": "checkboxes", "options": [option("a")]}, "optional": "yes"},
            "must be a boolean [json-pointer:/view/blocks/0/optional]",
        ),
    ],
)
def test_a_view_that_slack_would_not_show_is_refused_whatever_its_trigger(
    slack: Workspace, block: Mapping[str, Any], problem: str
) -> None:
    view = modal(blocks=[{"type": "input", "label": plain("a"), **block} if "element" in block else block])
    error = refused(slack.client.views_open, trigger_id="1.2.3", view=view)
    assert error.response["error"] == "invalid_arguments"
    assert f"[ERROR] {problem}" in error.response["response_metadata"]["messages"]


def test_a_second_view_of_the_same_external_id_is_refused(slack: Workspace, ts: str) -> None:
    place = Place(channel=slack.channel().id, ts=ts)
    for _ in range(2):
        slack.acts.click(KEN, place, "note")
    first, second = list(slack.state.surfaces.triggers)[-2:]
    slack.client.views_open(trigger_id=first, view=modal(external_id="one"))
    error = word(slack.client.views_open, trigger_id=second, view=modal(external_id="one"))
    assert error == "duplicate_external_id"


def test_a_person_fills_in_the_fields_that_the_view_has(slack: Workspace, ts: str) -> None:
    orders = SlackOrders(acts=slack.acts, limits=slack.limits)
    with pytest.raises(OrderError, match="the workspace refuses: not_found"):
        orders.do({"submit": {}, "user": "misaki@csops.example"})
    slack.acts.click(MISAKI, Place(channel=slack.channel().id, ts=ts), "note")
    slack.client.views_open(trigger_id=list(slack.state.surfaces.triggers)[-1], view=modal())
    with pytest.raises(OrderError, match="the view has no field note/other"):
        orders.do({"submit": {"note": {"other": "a"}}, "user": "misaki@csops.example"})


def test_a_click_on_one_of_two_controls_of_a_name_says_in_which_block(slack: Workspace) -> None:
    blocks = [{"type": "actions", "block_id": name, "elements": [button("ack", "a")]} for name in ("a", "b")]
    place = Place(channel=slack.channel().id, ts=slack.post("two", blocks=blocks))
    with pytest.raises(SlackError, match="action_ambiguous"):
        slack.acts.click(KEN, place, "ack")


def test_a_bot_joins_open_public_channels_alone(slack: Workspace) -> None:
    join, secret, general = (
        slack.client.conversations_join,
        slack.channel("secret"),
        slack.channel("general"),
    )
    secret.members.add(KEN)
    general.is_archived = True
    assert word(join, channel=general.id) == "is_archived"
    general.is_archived = False
    secret.members.add(slack.client.auth_test()["user_id"])
    assert word(join, channel=secret.id) == "method_not_supported_for_channel_type"


def test_a_file_is_shared_in_up_to_a_hundred_channels(slack: Workspace) -> None:
    made = slack.client.files_getUploadURLExternal(filename="a.txt", length=1)
    assert requests.post(made["upload_url"], data=b"a", timeout=5).ok
    channels = [f"C{number:09d}" for number in range(101)]
    share = slack.client.files_completeUploadExternal
    assert word(share, files=[{"id": made["file_id"]}], channels=channels) == "channels_limit_exceeded"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": "a", "replace_original": True}, "cant_update_message"),
        ({"text": "a", "response_type": "everywhere"}, "invalid_arguments"),
        ({"text": "", "blocks": []}, "no_text"),
    ],
)
def test_a_wrong_answer_to_an_interaction_is_refused(slack: Workspace, body: Json, error: str) -> None:
    said = slack.state.say(slack.channel(), user=KEN, text="not the bot's", thread_ts=None)
    url = new_response_url(slack.state, user=KEN, channel=slack.channel().id, ts=said.ts)
    answer = requests.post(url, json=body, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (404, error)


def test_each_token_is_for_its_own_methods_and_an_address_is_asked_for_by_post(slack: Workspace) -> None:
    assert word(client_for(slack.base, APP_TOKEN).auth_test) == "not_allowed_token_type"
    assert word(slack.client.apps_connections_open, app_token=TOKEN) == "not_allowed_token_type"
    headers = {"Authorization": f"Bearer {APP_TOKEN}"}
    got = requests.get(f"{slack.base}api/apps.connections.open", headers=headers, timeout=5)
    assert got.json()["error"] == "insecure_request"


def test_a_body_of_no_kind_is_refused(slack: Workspace) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = requests.post(f"{slack.base}api/chat.postMessage", data=b"text", headers=headers, timeout=5)
    assert answer.json() == {"ok": False, "error": "missing_post_type"}
