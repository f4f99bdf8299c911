"""slack_bolt over Socket Mode, as most of its apps run: its own handler on the vendor's built-in client.

What is acknowledged stands in the sandbox's account of its deliveries, whatever the app believes.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt import Ack, App, BoltResponse, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from tests.fakes.slack_workspace import APP_TOKEN, TOKEN, Workspace, client_for, running_workspace
from tests.fakes.socket_app import PATIENCE, close, eventually

from csops_sync.sandbox.slack.acts import Place
from csops_sync.sandbox.slack.envelopes import ACK_SECONDS

Payload = dict[str, Any]
MISAKI = "U0000000001"
_LABEL = {"type": "plain_text", "text": "対応する"}
_BUTTON = {"type": "button", "action_id": "take", "value": "deal-1", "text": _LABEL}
CARD = [{"type": "actions", "block_id": "card-1", "elements": [_BUTTON]}]
_FIELD = {"type": "plain_text_input", "action_id": "text"}
NOTE = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "メモ"},
    "submit": {"type": "plain_text", "text": "保存"},
    "blocks": [{"type": "input", "block_id": "note", "label": _LABEL, "element": _FIELD}],
}


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A Slack with two people and three channels, its clock stopped."""
    with running_workspace() as made:
        yield made


@pytest.fixture
def app(workspace: Workspace) -> App:
    """An app that hears of nothing yet; what it was not made for is an error."""
    return App(client=client_for(workspace.base, TOKEN), raise_error_for_unhandled_request=True)


def test_an_app_takes_a_click_and_says_so_in_the_thread(workspace: Workspace, app: App) -> None:
    said: queue.Queue[Payload] = queue.Queue()

    @app.action("take")
    def take(ack: Ack, body: Payload, say: Say) -> None:
        ack()
        say(text=f"{body['user']['id']} {body['actions'][0]['value']}", thread_ts=body["message"]["ts"])
        said.put(body)

    with on_sockets(app):
        card = posted(workspace)
        workspace.acts.click(MISAKI, card, "take")
        body = said.get(timeout=PATIENCE)
        assert fates(workspace) == [("block_actions", "acknowledged", 1)]
    assert body["container"]["message_ts"] == card.ts
    replies = workspace.client.conversations_replies(channel=card.channel, ts=card.ts)["messages"]
    assert replies[-1]["text"] == f"{MISAKI} deal-1"


def test_an_app_hears_of_a_reaction_and_its_acknowledgement_counts(workspace: Workspace, app: App) -> None:
    heard: queue.Queue[Payload] = queue.Queue()

    @app.event("reaction_added")
    def note(event: Payload) -> None:
        heard.put(event)

    with on_sockets(app):
        card = posted(workspace)
        workspace.acts.react(MISAKI, card, "eyes")
        event = heard.get(timeout=PATIENCE)
        assert fates(workspace) == [("reaction_added", "acknowledged", 1)]
    assert (event["user"], event["reaction"], event["item"]["ts"]) == (MISAKI, "eyes", card.ts)


def test_an_app_opens_a_modal_and_its_answer_puts_an_error_into_it(workspace: Workspace, app: App) -> None:
    """The first submission is answered with an error, the second closes the modal."""
    opened, answered = threading.Event(), threading.Semaphore(0)

    @app.action("take")
    def take(ack: Ack, body: Payload, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=NOTE)
        opened.set()

    @app.view("note")
    def keep(ack: Ack, view: Payload) -> None:
        text = view["state"]["values"]["note"]["text"]["value"]
        if text == "?":
            ack(response_action="errors", errors={"note": "もっと詳しく"})
        else:
            ack()
        answered.release()

    with on_sockets(app):
        workspace.acts.click(MISAKI, posted(workspace), "take")
        assert opened.wait(PATIENCE)
        workspace.acts.submit(MISAKI, {("note", "text"): ["?"]})
        eventually(lambda: workspace.acts.view(MISAKI).errors == {"note": "もっと詳しく"}, "no error came")
        workspace.acts.submit(MISAKI, {("note", "text"): ["来週"]})
        eventually(lambda: not workspace.state.surfaces.views, "the modal stayed")
    told = [("block_actions", "acknowledged", 1), *[("view_submission", "acknowledged", 1)] * 2]
    assert fates(workspace) == told


def test_a_click_that_the_app_was_not_made_for_is_not_acknowledged(workspace: Workspace, app: App) -> None:
    """It fails before the person's eyes after three seconds, which pass on the workspace's clock."""
    unknown = threading.Event()

    @app.error
    def note(error: Exception) -> BoltResponse:
        assert isinstance(error, BoltUnhandledRequestError)
        unknown.set()
        return BoltResponse(status=404)

    with on_sockets(app):
        workspace.acts.click(MISAKI, posted(workspace), "take")
        assert unknown.wait(PATIENCE)
        workspace.clock.advance(timedelta(seconds=ACK_SECONDS))
        assert fates(workspace) == [("block_actions", "failed", 1)]


def test_an_app_with_the_bots_token_for_its_sockets_does_not_connect(workspace: Workspace, app: App) -> None:
    del workspace
    handler = SocketModeHandler(app, app_token=TOKEN, ping_interval=0.5)
    try:
        with pytest.raises(SlackApiError, match="not_allowed_token_type"):
            handler.connect()  # type: ignore[no-untyped-call]  # bolt gives it no types
    finally:
        close(handler.client)


@contextmanager
def on_sockets(app: App) -> Iterator[None]:
    """Run an app by bolt's own handler until the block ends; it has been greeted when the block starts."""
    handler = SocketModeHandler(app, app_token=APP_TOKEN, ping_interval=0.5)
    greeted = threading.Event()
    handler.client.on_message_listeners.append(lambda text: greeted.set() if '"hello"' in text else None)
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # bolt gives it no types
        assert greeted.wait(PATIENCE), "Slack did not say hello"
        yield
    finally:
        close(handler.client)


def posted(workspace: Workspace) -> Place:
    """Let the app post a card with a button."""
    return Place(channel=workspace.channel().id, ts=workspace.post("card", blocks=CARD))


def fates(workspace: Workspace) -> list[tuple[str, str, int]]:
    """Wait until nothing is on its way; each delivery by its type, what became of it, and how often it was tried."""
    sockets = workspace.acts.sockets
    eventually(lambda: sockets.as_json()["pending"] == 0, "something was neither acknowledged nor given up")
    found: Any = sockets.as_json()["deliveries"]
    return [(one["type"], one["fate"], len(one["attempts"])) for one in found]
