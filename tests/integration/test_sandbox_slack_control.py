"""The control endpoint of a sandbox process makes its workspace live: people act, connections fail, events get lost."""

from collections.abc import Iterator
from datetime import date

import pytest
from slack_sdk import WebClient
from tests.fakes.sandbox import Record, SandboxProcess
from tests.fakes.slack_cards import card, modal
from tests.fakes.slack_workspace import client_for
from tests.fakes.socket_app import SocketApp, connected, eventually

CHANNEL = "renewals"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """The small org, its time standing still."""
    with SandboxProcess.start(org="small", today=date(2026, 11, 24)) as process:
        yield process


@pytest.fixture
def client(sandbox: SandboxProcess) -> WebClient:
    return client_for(f"{sandbox.urls.slack}/", sandbox.urls.slack_token)


@pytest.fixture
def app(sandbox: SandboxProcess) -> Iterator[SocketApp]:
    """An app connected to the process by the tokens that it printed."""
    with connected(f"{sandbox.urls.slack}/", sandbox.urls.slack_app_token) as made:
        yield made


def person(client: WebClient, place: int) -> str:
    """The e-mail of one of the seeded people."""
    people = [one for one in client.users_list()["members"] if not one["is_bot"]]
    return str(people[place]["profile"]["email"])


def posted(client: WebClient) -> dict[str, object]:
    """Where a new card is, as orders name it."""
    found = next(one for one in client.conversations_list()["channels"] if one["name"] == CHANNEL)
    ts = client.chat_postMessage(channel=found["id"], text="card", blocks=card())["ts"]
    return {"channel": CHANNEL, "ts": ts}


def deliveries(sandbox: SandboxProcess) -> list[Record]:
    return list(sandbox.sockets()["deliveries"])


def test_people_react_and_click_and_the_process_says_what_became_of_it(
    sandbox: SandboxProcess, client: WebClient, app: SocketApp
) -> None:
    place, email = posted(client), person(client, 1)
    sandbox.slack(react="eyes", user=email, **place)
    sandbox.slack(unreact="eyes", user=email, **place)
    answer = sandbox.slack(click="ack", user=email, **place)
    assert answer["delivery"]["type"] == "block_actions"
    app.wait(3)
    eventually(lambda: sandbox.sockets()["pending"] == 0, "not all was acknowledged")
    assert [one["fate"] for one in deliveries(sandbox)[-3:]] == ["acknowledged"] * 3
    assert sandbox.sockets()["misuses"] == []


def test_a_person_fills_a_modal_in(sandbox: SandboxProcess, client: WebClient, app: SocketApp) -> None:
    email = person(client, 2)
    sandbox.slack(click="note", user=email, **posted(client))
    client.views_open(trigger_id=app.wait(1)[0].payload["trigger_id"], view=modal(notify_on_close=True))
    assert sandbox.slack(view_of=email)["view"]["callback_id"] == "note"
    assert sandbox.slack(submit={}, user=email) == {"held_back": {"note": "required"}}
    sandbox.slack(submit={"note": {"text": "call"}, "reason": {"pick": "price"}}, user=email)
    values = app.wait(2)[-1].payload["view"]["state"]["values"]
    assert values["note"]["text"]["value"] == "call"
    eventually(lambda: sandbox.slack(view_of=email) == {"view": None}, "the modal stayed")


@pytest.mark.parametrize(
    "order", [{"drop": True}, {"disconnect": "refresh_requested"}, {"disconnect": "warning"}], ids=str
)
def test_a_connection_that_ends_is_followed_by_another(
    sandbox: SandboxProcess, client: WebClient, app: SocketApp, order: dict[str, object]
) -> None:
    before = set(sandbox.sockets()["connections"])
    assert sandbox.slack(**order) == {"connections": len(before)}

    def is_new() -> bool:
        now = set(sandbox.sockets()["connections"])
        return bool(now) and not now & before

    eventually(is_new, f"no new connection after {order}")
    sandbox.slack(react="eyes", user=person(client, 3), **posted(client))
    app.wait(1)


def test_the_next_event_is_lost_and_the_next_told_twice(
    sandbox: SandboxProcess, client: WebClient, app: SocketApp
) -> None:
    place, email = posted(client), person(client, 3)
    sandbox.slack(lose_next=1)
    sandbox.slack(react="eyes", user=email, **place)
    sandbox.slack(twice_next=1)
    sandbox.slack(react="tada", user=email, **place)
    heard = app.wait(2)
    assert [one.payload["event"]["reaction"] for one in heard] == ["tada", "tada"]
    assert [one["fate"] for one in deliveries(sandbox)[-2:]] == ["lost", "acknowledged"]


def test_going_back_to_a_snapshot_takes_answers_back_too(
    sandbox: SandboxProcess, client: WebClient, app: SocketApp
) -> None:
    place, email = posted(client), person(client, 1)
    saved = sandbox.snapshot()
    sandbox.slack(click="note", user=email, **place)
    client.views_open(trigger_id=app.wait(1)[0].payload["trigger_id"], view=modal())
    sandbox.slack(react="eyes", user=email, **place)
    sandbox.restore(saved)
    assert sandbox.slack(view_of=email) == {"view": None}
    assert sandbox.sockets()["pending"] == 0
    assert sandbox.messages()[-1]["reactions"] == {}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({}, "send one of say, react"),
        ({"dance": 1}, "send one of say, react"),
        ({"react": "eyes", "click": "ack"}, "send one of"),
        (
            {"react": "eyes", "channel": CHANNEL, "ts": "1.0", "user": "no@x", "colour": 1},
            "not with 'colour'",
        ),
        ({"react": "eyes", "channel": CHANNEL, "ts": "1.0", "user": "no@x"}, "there is no user 'no@x'"),
        (
            {"react": "eyes", "channel": "gone", "ts": "1.0", "user": "admin@csops.example"},
            "no channel 'gone'",
        ),
        (
            {"react": "eyes", "channel": CHANNEL, "ts": "1.0", "user": "admin@csops.example"},
            "message_not_found",
        ),
        ({"submit": "x", "user": "admin@csops.example"}, "submit takes"),
        ({"disconnect": "boredom"}, "disconnect takes one of"),
        ({"lose_next": -1}, "is no count"),
        ({"edit_window": "long"}, "edit_window takes seconds"),
        ({"limits": True}, "limits takes"),
    ],
)
def test_an_order_that_makes_no_sense_says_what_would(
    sandbox: SandboxProcess, order: dict[str, object], said: str
) -> None:
    with pytest.raises(RuntimeError, match=said):
        sandbox.slack(**order)


def test_one_of_the_team_lives_elsewhere(client: WebClient) -> None:
    zones = [one["tz"] for one in client.users_list()["members"]]
    assert zones.count("America/New_York") == 1
    assert set(zones) == {"Asia/Tokyo", "America/New_York"}
