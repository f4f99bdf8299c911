"""Clicks, modals and response URLs of the sandbox's Slack, with the vendor's own clients at the other end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from tests.fakes.slack_cards import button, card, modal, plain
from tests.fakes.slack_workspace import APP_TOKEN, Workspace, refused, running_workspace, word
from tests.fakes.socket_app import SocketApp, connected, eventually

from csops_sync.sandbox.slack.acts import Place
from csops_sync.sandbox.slack.envelopes import Fate
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.interactions import WHOLE_VIEW
from csops_sync.sandbox.slack.model import BOT_USER_ID

MISAKI, KEN = "U0000000001", "U0000000002"
NOTE = {("note", "text"): ["call back"]}


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


@pytest.fixture
def app(slack: Workspace) -> Iterator[SocketApp]:
    """An app that is connected and acknowledges."""
    with connected(slack.base, APP_TOKEN) as made:
        yield made


def posted(slack: Workspace, *elements: dict[str, Any]) -> Place:
    return Place(channel=slack.channel().id, ts=slack.post("card", blocks=card(*elements)))


def opened(slack: Workspace, app: SocketApp, **more: object) -> dict[str, Any]:
    """A modal before Misaki, opened by the trigger of her click."""
    before = len(app.heard)
    slack.acts.click(MISAKI, posted(slack), "note")
    trigger = app.wait(before + 1)[-1].payload["trigger_id"]
    return dict(slack.client.views_open(trigger_id=trigger, view=modal(**more))["view"])


def test_a_click_is_told_with_who_where_and_what(slack: Workspace, app: SocketApp) -> None:
    place = posted(slack)
    slack.acts.click(KEN, place, "ack")
    (request,) = app.wait(1)
    payload = request.payload
    assert (request.type, request.retry_attempt) == ("interactive", None)
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": KEN, "username": "ken", "name": "ken", "team_id": "T0SANDBOX0"}
    assert payload["channel"] == {"id": place.channel, "name": "renewals"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": place.ts,
        "channel_id": place.channel,
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == place.ts
    assert payload["message"]["blocks"][1]["block_id"] == "answer"
    action = payload["actions"][0]
    assert (action["type"], action["action_id"], action["block_id"]) == ("button", "ack", "answer")
    assert (action["value"], action["text"]) == ("006-1", plain("I'm on it"))
    assert action["action_ts"].split(".")[0] == str(int(slack.clock.now().timestamp()))


def test_a_choice_in_a_menu_names_the_option(slack: Workspace, app: SocketApp) -> None:
    slack.acts.click(KEN, posted(slack), "snooze", value="3")
    (request,) = app.wait(1)
    assert request.payload["actions"][0]["selected_option"] == {"text": plain("3"), "value": "3"}


def test_elements_without_ids_get_some_that_stay(slack: Workspace, app: SocketApp) -> None:
    nameless = {"type": "button", "text": plain("later")}
    place = posted(slack, nameless)
    shown = slack.client.conversations_history(channel=place.channel)["messages"][0]["blocks"][1]
    slack.acts.click(KEN, place, shown["elements"][0]["action_id"])
    (request,) = app.wait(1)
    assert request.payload["actions"][0]["action_id"] == shown["elements"][0]["action_id"]


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda slack, place: slack.acts.click(KEN, place, "gone"), "action_not_found"),
        (lambda slack, place: slack.acts.click(KEN, place, "ack", block_id="other"), "action_not_found"),
        (lambda slack, place: slack.acts.click(KEN, place, "snooze", value="9"), "option_not_found"),
        (lambda slack, place: slack.acts.click("U404", place, "ack"), "channel_not_found"),
        (
            lambda slack, place: slack.acts.react(KEN, Place(channel=place.channel, ts="1.0"), "x"),
            "message_not_found",
        ),
        (lambda slack, place: slack.acts.react(KEN, place, "Not An Emoji"), "invalid_name"),
        (lambda slack, place: slack.acts.unreact(KEN, place, "eyes"), "no_reaction"),
        (lambda slack, _place: slack.acts.submit(KEN, {}), "not_found"),
    ],
)
def test_what_a_person_cannot_do_is_refused(slack: Workspace, act: Any, error: str) -> None:  # noqa: ANN401  # any act
    with pytest.raises(SlackError) as caught:
        act(slack, posted(slack))
    assert caught.value.word == error


def test_a_click_that_nobody_hears_fails_and_is_not_tried_again(slack: Workspace) -> None:
    assert slack.acts.click(KEN, posted(slack), "ack").fate is Fate.FAILED
    with connected(slack.base, APP_TOKEN) as app:
        app.silent = True
        delivery = slack.acts.click(KEN, posted(slack), "ack")
        app.wait(1)
        slack.clock.advance(timedelta(seconds=3))
        eventually(lambda: delivery.fate is Fate.FAILED, "it is still tried")
        slack.clock.advance(timedelta(minutes=10))
        assert len(app.heard) == 1


def test_a_modal_opens_once_for_a_trigger_within_three_seconds(slack: Workspace, app: SocketApp) -> None:
    slack.acts.click(MISAKI, posted(slack), "note")
    slack.acts.click(KEN, posted(slack), "note")
    first, second = [request.payload["trigger_id"] for request in app.wait(2)]
    view = slack.client.views_open(trigger_id=first, view=modal())["view"]
    assert (view["callback_id"], view["private_metadata"], view["state"]) == ("note", "006-1", {"values": {}})
    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)
    assert slack.state.surfaces.view_of(MISAKI) is not None
    assert word(slack.client.views_open, trigger_id=first, view=modal()) == "exchanged_trigger_id"
    slack.clock.advance(timedelta(seconds=4))
    assert word(slack.client.views_open, trigger_id=second, view=modal()) == "expired_trigger_id"
    assert word(slack.client.views_open, trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"


def clicked(slack: Workspace) -> str:
    """Click, and give the trigger as the workspace has it, whether an app hears of it or not."""
    slack.acts.click(MISAKI, posted(slack), "note")
    return list(slack.state.surfaces.triggers)[-1]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            {"private_metadata": "x" * 3_001},
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            {"title": {"type": "mrkdwn", "text": "x"}},
            "must be one of plain_text [json-pointer:/view/title/type]",
        ),
        ({"type": "home"}, "unsupported type: home [json-pointer:/view/type]"),
        ({"surprise": 1}, "invalid additional property: surprise [json-pointer:/view]"),
        ({"blocks": []}, "no fewer than 1 items allowed [json-pointer:/view/blocks]"),
        ({"blocks": "x"}, "must be an array [json-pointer:/view/blocks]"),
        ({"blocks": [{"type": "actions", "elements": [button("a", "b")]}]}, "unsupported type: actions"),
        ({"notify_on_close": "yes"}, "must be a boolean [json-pointer:/view/notify_on_close]"),
        (
            {"blocks": [{"type": "input", "label": plain("x"), "element": button("a", "b")}]},
            "unsupported type: button",
        ),
        ({"blocks": [{"type": "input", "label": plain("x")}]}, "missing required field: element"),
    ],
)
def test_a_view_that_slack_would_not_show_is_refused_and_the_trigger_stays_good(
    slack: Workspace, more: dict[str, Any], problem: str
) -> None:
    trigger = clicked(slack)
    error = refused(slack.client.views_open, trigger_id=trigger, view=modal(**more))
    assert error.response["error"] == "invalid_arguments"
    assert any(problem in message for message in error.response["response_metadata"]["messages"])
    slack.client.views_open(trigger_id=trigger, view=modal())


def test_a_view_without_a_submit_button_holds_no_inputs_and_a_huge_one_is_too_large(slack: Workspace) -> None:
    trigger = clicked(slack)
    without = {key: value for key, value in modal().items() if key != "submit"}
    assert word(slack.client.views_open, trigger_id=trigger, view=without) == "invalid_arguments"
    assert (
        word(slack.client.views_open, trigger_id=trigger, view=modal(big="x" * 250_000)) == "view_too_large"
    )


def test_an_open_view_is_updated_while_its_hash_holds(slack: Workspace, app: SocketApp) -> None:
    view = opened(slack, app, external_id="ext-1")
    other = modal(title=plain("Other"), external_id="ext-1")
    changed = slack.client.views_update(view_id=view["id"], hash=view["hash"], view=other)["view"]
    assert changed["title"]["text"] == "Other"
    assert changed["hash"] != view["hash"]
    update = slack.client.views_update
    assert word(update, view_id=view["id"], hash=view["hash"], view=other) == "hash_conflict"
    assert word(update, view_id="V404", view=modal()) == "not_found"
    bare = {"api_method": "views.update", "json": {"view": modal()}}
    assert word(slack.client.api_call, **bare) == "invalid_arguments"
    assert update(external_id="ext-1", view=other)["view"]["id"] == view["id"]


def test_what_is_filled_in_is_submitted_and_the_modal_closes(slack: Workspace, app: SocketApp) -> None:
    view = opened(slack, app)
    slack.acts.submit(MISAKI, {**NOTE, ("when", "day"): ["2026-12-01"], ("how", "boxes"): ["b"]})
    request = app.wait(2)[-1]
    payload = request.payload
    assert (request.type, request.accepts_response_payload) == ("interactive", True)
    assert (payload["type"], payload["user"]["id"]) == ("view_submission", MISAKI)
    assert (payload["view"]["id"], payload["view"]["private_metadata"]) == (view["id"], "006-1")
    assert payload["view"]["state"]["values"] == {
        "note": {"text": {"type": "plain_text_input", "value": "call back"}},
        "reason": {"pick": {"type": "static_select", "selected_option": None}},
        "when": {"day": {"type": "datepicker", "selected_date": "2026-12-01"}},
        "how": {"boxes": {"type": "checkboxes", "selected_options": [{"text": plain("b"), "value": "b"}]}},
    }
    eventually(lambda: slack.state.surfaces.view_of(MISAKI) is None, "it is still open")


def test_slack_itself_holds_back_what_is_missing_or_too_long(slack: Workspace, app: SocketApp) -> None:
    """The app hears nothing of it."""
    opened(slack, app)
    for filled, said in (
        ({}, {"note": "required"}),
        ({("note", "text"): ["x" * 21]}, {"note": "unfit"}),
        ({**NOTE, ("when", "day"): ["soon"]}, {"when": "unfit"}),
    ):
        assert slack.acts.submit(MISAKI, filled) is None
        assert slack.acts.view(MISAKI).errors == said
    with pytest.raises(ValueError, match="the view has no field note/other"):
        slack.acts.submit(MISAKI, {("note", "other"): ["x"]})
    with pytest.raises(ValueError, match="there is no option 'free'"):
        slack.acts.submit(MISAKI, {**NOTE, ("reason", "pick"): ["free"]})
    assert len(app.heard) == 1


def test_the_app_can_answer_a_submission_with_errors_or_another_view(
    slack: Workspace, app: SocketApp
) -> None:
    opened(slack, app)
    app.answer = lambda _request: {"response_action": "errors", "errors": {"note": "too short"}}
    slack.acts.submit(MISAKI, NOTE)
    eventually(lambda: slack.acts.view(MISAKI).errors == {"note": "too short"}, "no error is shown")
    app.answer = lambda _request: {"response_action": "update", "view": modal(title=plain("Thanks"))}
    slack.acts.submit(MISAKI, NOTE)
    eventually(lambda: slack.acts.view(MISAKI).content["title"] == plain("Thanks"), "it is not replaced")
    app.answer = lambda _request: {"response_action": "push", "view": modal()}
    slack.acts.submit(MISAKI, NOTE)
    eventually(lambda: WHOLE_VIEW in slack.acts.view(MISAKI).errors, "an answer that is none passed")
    assert "invalid_response_action" in str(slack.acts.sockets.as_json()["misuses"])
    app.answer = lambda _request: {"response_action": "clear"}
    slack.acts.submit(MISAKI, NOTE)
    eventually(lambda: slack.state.surfaces.view_of(MISAKI) is None, "it is still open")


def test_a_closed_modal_is_told_only_to_an_app_that_wants_to_hear(slack: Workspace, app: SocketApp) -> None:
    opened(slack, app)
    assert slack.acts.close(MISAKI) is None
    view = opened(slack, app, notify_on_close=True)
    slack.acts.close(MISAKI)
    payload = app.wait(3)[-1].payload
    assert (payload["type"], payload["view"]["id"], payload["is_cleared"]) == (
        "view_closed",
        view["id"],
        False,
    )


def test_a_response_url_answers_five_times_within_half_an_hour(slack: Workspace, app: SocketApp) -> None:
    place = posted(slack)
    slack.acts.click(KEN, place, "ack")
    url = app.wait(1)[0].payload["response_url"]

    def answer(**body: object) -> requests.Response:
        return requests.post(url, json=body, timeout=5)

    assert answer(text="only you").text == "ok"
    assert [user for user, _ in slack.channel().whispers.values()] == [KEN]
    assert answer(text="all", response_type="in_channel").ok
    assert [one.text for one in slack.channel().timeline()] == ["card", "all"]
    assert answer(replace_original=True, text="changed").ok
    assert slack.channel().messages[place.ts].text == "changed"
    assert answer(text="").status_code == 404
    assert answer(delete_original=True).ok
    assert place.ts not in slack.channel().messages
    assert answer(text="a sixth").json() == {"ok": False, "error": "used_url"}
    slack.acts.click(KEN, posted(slack), "ack")
    url = app.wait(2)[-1].payload["response_url"]
    slack.clock.advance(timedelta(minutes=31))
    assert answer(text="late").json()["error"] == "expired_url"
    url = f"{slack.base}actions/T0SANDBOX0/made-up"
    assert answer(text="x").json()["error"] == "invalid_url"


def test_whispers_are_no_part_of_the_history(slack: Workspace, app: SocketApp) -> None:
    slack.acts.click(KEN, posted(slack), "ack")
    requests.post(app.wait(1)[0].payload["response_url"], json={"text": "only you"}, timeout=5)
    shown = slack.client.conversations_history(channel=slack.channel().id)["messages"]
    assert [(one["user"], one["text"]) for one in shown] == [(BOT_USER_ID, "card")]
