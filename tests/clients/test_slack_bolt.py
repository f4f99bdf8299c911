"""slack_bolt, Slack's own framework, runs an app on the sandbox's Slack: it hears, answers in a thread, reacts."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse, Say
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock, SignatureVerifier
from tests.fakes.slack_workspace import TOKEN, Workspace, client_for, running_workspace

SECRET = "signing-secret"  # noqa: S105  # of an app that lives for a test
Message = dict[str, Any]


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A Slack with two people and three channels."""
    with running_workspace() as made:
        yield made


def test_an_app_answers_a_person_in_a_thread_and_reacts(workspace: Workspace) -> None:
    app = app_on(workspace)

    @app.message("更新")
    def answer(message: Message, say: Say, client: WebClient) -> None:
        client.reactions_add(channel=message["channel"], timestamp=message["ts"], name="eyes")
        say(text="了解です", thread_ts=message["ts"])

    asked = said_by_a_person(workspace, "更新をお願いします")
    assert heard(app, asked).status == 200

    replies = workspace.client.conversations_replies(channel=asked["channel"], ts=asked["ts"])["messages"]
    assert [one["text"] for one in replies] == ["更新をお願いします", "了解です"]
    assert [one["name"] for one in replies[0]["reactions"]] == ["eyes"]


def test_an_app_does_not_answer_itself(workspace: Workspace) -> None:
    """By the ids that auth.test gave it."""
    app = app_on(workspace)
    answered: list[Message] = []
    app.message("更新")(_noting(answered))

    own = {**said_by_a_person(workspace, "更新"), "user": workspace.client.auth_test()["user_id"]}
    heard(app, own)
    assert answered == []


def test_what_the_sandbox_refuses_reaches_the_app_as_slacks_error(workspace: Workspace) -> None:
    """An app's error handler is told Slack's own word."""
    app = app_on(workspace)
    words: list[str] = []

    @app.message("更新")
    def answer(say: Say) -> None:
        say(text="x", blocks=[{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}])

    @app.error
    def note(error: Exception) -> BoltResponse:
        assert isinstance(error, SlackApiError)
        words.append(str(error.response["error"]))
        return BoltResponse(status=200)

    heard(app, said_by_a_person(workspace, "更新"))
    assert words == ["invalid_blocks"]


def test_an_app_with_a_wrong_token_does_not_start(workspace: Workspace) -> None:
    with pytest.raises(BoltError, match="invalid_auth"):
        app_on(workspace, token="xoxb-wrong")  # noqa: S106  # that is the point


def test_an_event_without_slacks_signature_is_not_heard(workspace: Workspace) -> None:
    asked = said_by_a_person(workspace, "更新")
    assert heard(app_on(workspace), asked, secret="somebody-else").status == 401  # noqa: S106  # that is the point


def app_on(workspace: Workspace, *, token: str = TOKEN) -> App:
    """An app that is checked at start, and whose listeners are done when the event is."""
    return App(
        client=client_for(workspace.base, token),
        signing_secret=SECRET,
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )


def said_by_a_person(workspace: Workspace, text: str) -> Message:
    """Let a person say something in #renewals; the event's message, as Slack would tell the app."""
    person = next(one for one in workspace.state.users.values() if not one.is_bot)
    channel = workspace.channel()
    ts = workspace.state.say(channel, user=person.id, text=text, thread_ts=None).ts
    return {"type": "message", "channel": channel.id, "user": person.id, "text": text, "ts": ts}


def heard(app: App, message: Message, *, secret: str = SECRET) -> BoltResponse:
    """Send the event as Slack does, signed."""
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": "T0",
            "api_app_id": "A0",
            "event_id": "Ev0",
            "event_time": 0,
            "event": message,
        }
    )
    stamp = str(int(Clock().now()))
    signed = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": str(signed),
    }
    return app.dispatch(BoltRequest(body=body, headers={name: [value] for name, value in headers.items()}))


def _noting(kept: list[Message]) -> Callable[..., None]:
    def note(message: Message) -> None:
        kept.append(message)

    return note
