"""`csops-sync digest` as a person at a terminal runs it: shown, sent once, left to the daemon, held by a pause."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import SandboxProcess

RENEWALS = ("digest", "--to", "#renewals")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """After the first cycle on Wednesday, 1 April 2026."""
    with SandboxProcess.start(org="small", today=date(2026, 4, 1)) as sandbox:
        cli = CommandLine(sandbox, tmp_path_factory.mktemp("digest"))
        cli("sync")
        cli.approved()
        yield cli


def posts(terminal: CommandLine) -> list[str]:
    """The keys of the digest's messages in Slack."""
    messages = [one for one in terminal.sandbox.messages() if one["metadata"]]
    keys = [str(one["metadata"]["event_payload"]["key"]) for one in messages]
    return [key for key in keys if key.startswith("digest/")]


def test_a_dry_run_shows_every_message_and_sends_nothing(terminal: CommandLine, tmp_path: Path) -> None:
    before = terminal.dump()
    picture = tmp_path / "digest.png"

    shown = terminal(*RENEWALS, "--dry-run", "--picture", str(picture)).out

    assert shown.startswith("今週の更新見込み（2026年4月1日）  (#renewals)\n")
    assert "    [更新の着地見込み（2026年4月1日）] csops-sync-digest-2026-W14-renewals.png\n" in shown
    assert "さんのチームの更新  (#renewals)\n" in shown
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert terminal.dump() == before
    assert posts(terminal) == []


def test_its_landing_is_that_of_the_forecast(terminal: CommandLine) -> None:
    line = terminal("forecast", "--by", "quarter", "--json").json["lines"][0]
    figure = terminal(*RENEWALS, "--dry-run", "--json").json["items"][0]["figures"][0]

    assert figure["label"] == f"着地見込み {line['name']}"
    assert figure["value"] == f"¥{int(line['landing']['amount']):,}"


def test_without_a_channel_it_says_where_to_name_one(terminal: CommandLine) -> None:
    assert "name a channel with --to '#channel'" in terminal("digest", "--dry-run", code=1).err


def test_what_is_no_channel_is_refused_as_in_the_rules(terminal: CommandLine) -> None:
    assert "is not a channel" in terminal("digest", "--to", "renewals", "--dry-run", code=2).err


def test_it_is_sent_once_a_week(terminal: CommandLine) -> None:
    """Beside a daemon it is left to the daemon; a pause holds it; the second time is refused."""
    terminal("pause", "--slack")
    held = terminal(*RENEWALS).out
    assert "sent by nobody: writes are paused" in held
    assert posts(terminal) == []

    terminal("resume")
    terminal("sync")

    told = posts(terminal)
    assert len(told) == len(set(told)) >= 5
    assert "on its way or told already" in terminal(*RENEWALS, code=1).err
    assert posts(terminal) == told


def test_beside_a_daemon_the_daemon_sends_it(terminal: CommandLine) -> None:
    """As every order does."""
    terminal.hold_lease("worker-7")

    assert "in the outbox; sent by worker-7" in terminal("digest", "--to", "#renewals-risk").out
    assert not [key for key in posts(terminal) if key.startswith("digest/2026-W14/renewals-risk")]
