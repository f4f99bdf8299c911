"""The Slack app that operators make from our manifest may do what the program does, hears what it reads, and no more.

Which scopes a method needs is the sandbox's table, which was written from Slack's reference.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from csops_sync.adapters.slack.envelopes import read_envelope
from csops_sync.adapters.slack.readiness import CARD_SCOPES, FILE_SCOPES, NEEDED_SCOPES
from csops_sync.ports.cards import Answer
from csops_sync.sandbox.slack.app import APP_SCOPE, METHODS

ROOT = Path(__file__).parents[2]
ADAPTER = ROOT / "src" / "csops_sync" / "adapters" / "slack"
MANIFEST = ROOT / "deploy" / "slack-app-manifest.yaml"
COMPOSE = ROOT / "deploy" / "compose.yaml"
NOW = datetime(2026, 4, 13, 1, tzinfo=UTC)
BY_PYTHON_NAME = {name.replace(".", "_"): name for name in METHODS}


def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(MANIFEST.read_text("utf-8"))
    return loaded


def asked_for() -> set[str]:
    return set(manifest()["oauth_config"]["scopes"]["bot"])


def called_methods() -> set[str]:
    """The Web API methods that the adapter names, called at once or handed on."""
    return {BY_PYTHON_NAME[one] for one in _attributes() if one in BY_PYTHON_NAME}


def _attributes() -> Iterator[str]:
    for path in sorted(ADAPTER.glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                yield node.attr


def needed_scopes() -> set[str]:
    return {scope for name in called_methods() for scope in METHODS[name].scopes}


def test_the_methods_that_the_program_calls_are_found() -> None:
    assert {"chat.postMessage", "views.open", "reactions.add", "usergroups.list"} <= called_methods()
    assert "apps.connections.open" in called_methods()
    assert len(called_methods()) > 15


def test_the_bot_asks_for_every_scope_that_a_call_needs_and_for_no_other() -> None:
    assert asked_for() == needed_scopes()


def test_what_the_start_check_looks_for_is_asked_for() -> None:
    assert {*NEEDED_SCOPES, *CARD_SCOPES, *FILE_SCOPES} <= asked_for()


def test_the_bot_asks_for_each_scope_once_and_for_nothing_in_the_name_of_people() -> None:
    scopes = manifest()["oauth_config"]["scopes"]

    assert list(scopes) == ["bot"]
    assert len(scopes["bot"]) == len(asked_for())


def test_answers_come_over_socket_mode_and_buttons_are_switched_on() -> None:
    settings = manifest()["settings"]

    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert "request_url" not in MANIFEST.read_text("utf-8")


def test_the_events_are_those_that_the_program_reads() -> None:
    read = re.findall(
        r"""event\.get\("type"\) [!=]= "(\w+)\"""", (ADAPTER / "envelopes.py").read_text("utf-8")
    )

    assert read
    assert manifest()["settings"]["event_subscriptions"]["bot_events"] == read


@pytest.mark.parametrize("event", ["reaction_removed", "message", "app_mention"])
def test_an_event_that_the_manifest_does_not_ask_for_says_nothing_to_the_program(event: str) -> None:
    heard = {one: read_envelope("events_api", _event(one), now=NOW) for one in (event, "reaction_added")}

    assert heard[event] is None
    assert isinstance(heard["reaction_added"], Answer)


def _event(kind: str) -> dict[str, object]:
    item = {"type": "message", "channel": "C1", "ts": "1776042360.000100"}
    reaction = {"type": kind, "user": "U1", "reaction": "eyes", "item": item, "item_user": "U0BOT"}
    return {
        "event_id": "Ev1",
        "event_time": 1776042400,
        "event": {**reaction, "event_ts": "1776042400.000200"},
    }


def test_every_event_has_its_scope() -> None:
    """docs.slack.dev/reference/events/reaction_added: `reactions:read`."""
    assert "reactions:read" in asked_for()


def test_the_app_level_token_is_no_scope_of_the_bot_and_is_told_to_be_made() -> None:
    assert APP_SCOPE not in asked_for()
    for page in (MANIFEST, COMPOSE, ROOT / "docs" / "slack.md", ROOT / "docs" / "operating.md"):
        text = page.read_text("utf-8")
        assert APP_SCOPE in text, page.name
        assert "xapp-" in text, page.name


@pytest.mark.parametrize("variable", ["CSOPS_SYNC_SLACK_TOKEN", "CSOPS_SYNC_SLACK_APP_TOKEN"])
def test_the_compose_file_mounts_every_secret_that_a_variable_names(variable: str) -> None:
    loaded = YAML(typ="safe").load(COMPOSE.read_text("utf-8"))
    ours = loaded["services"]["csops-sync"]
    secret = ours["environment"][f"{variable}_FILE"].removeprefix("/run/secrets/")

    assert secret in ours["secrets"]
    assert loaded["secrets"][secret] == {"file": f"./secrets/{secret}"}


@pytest.mark.parametrize("page", ["README.md", "docs/slack.md", "docs/operating.md"])
def test_the_pages_lead_to_the_manifest(page: str) -> None:
    assert "deploy/slack-app-manifest.yaml" in (ROOT / page).read_text("utf-8")
