"""The command line itself: exit codes, readable errors, environment twins, and every fault with its place."""

import json
import re
import signal
from pathlib import Path

import pytest
from tests.fakes.configuration import GOOD
from typer.main import get_command
from typer.testing import CliRunner

from csops_sync.__main__ import exit_code
from csops_sync.interfaces.cli.main import app, guarded, main

FAULTY_RULES = """\
calendar: {timezone: Asia/Tokio, holidays: JP}
people: {csm: [account.csm]}
segments: {everyone: {}}
renewals:
  - name: everyone
    when: {segment: nobody}
    open: {before_renewal: 90}
    opportunity: {name: "x", stage: y, close_date: term.end_date, amount: prior, uplift: 3}
guards: {creates: many}
"""
VERBS = (
    "accuracy", "adopt", "backtest", "bridge", "calibrate", "call", "calls", "db", "digest", "explain",
    "forecast", "health", "metrics", "outbox", "pause", "plan", "reconcile", "release", "reopen", "resume",
    "run", "sandbox", "schema", "silence", "status", "sync", "unadopt", "validate",
)  # fmt: skip


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    """Run the command line and give its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def files(folder: Path, rules: str) -> list[str]:
    """Options that name faulty rules and connections that hold."""
    path = folder / "rules.yaml"
    path.write_text(rules, encoding="utf-8")
    return ["--rules", path.name, "--connections", str(GOOD / "small-connections.yaml")]


def every_command() -> list[tuple[str, ...]]:
    """Every verb, with the verbs below `outbox` and `db`."""
    below = {
        "outbox": ("list", "retry", "drop"),
        "silence": ("add", "list", "end"),
        "db": ("upgrade", "check", "backup"),
    }
    return [(verb, *under.split()) for verb in VERBS for under in below.get(verb, ("",))]


def test_the_verbs_are_these() -> None:
    command = get_command(app)
    assert sorted(command.commands) == sorted(VERBS)  # type: ignore[attr-defined]  # a group has commands


@pytest.mark.parametrize("words", [(), *every_command()], ids=" ".join)
def test_every_option_names_its_environment_twin_in_the_help(words: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, [*words, "--help"], terminal_width=200)
    assert answer.exit_code == 0
    options = re.findall(r"^  (--[\w-]+)", answer.output, flags=re.MULTILINE)
    twins = re.findall(r"\[env\s+var:\s+(CSOPS_SYNC_\w+)", answer.output)
    assert len(twins) == len([one for one in options if one != "--help"])


def test_the_configuration_that_comes_with_us_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate") == 0
    assert capsys.readouterr().out == "No problems found.\n"


def test_files_in_the_folder_config_go_before_those_that_come_with_us(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "config").mkdir()
    (alone / "config" / "rules.yaml").write_text("renewals: 5\n", encoding="utf-8")
    assert run("validate") == 1
    assert "rules.yaml:1:" in capsys.readouterr().out


def test_five_faults_are_five_exact_positions_and_exit_1(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("validate", *files(alone, FAULTY_RULES)) == 1
    out = capsys.readouterr().out
    places = re.findall(r"^rules\.yaml:(\d+):(\d+): ([\w.\[\]]+): ", out, flags=re.MULTILINE)
    assert places == [
        ("1", "22", "calendar.timezone"),
        ("6", "21", "renewals[0].when.segment"),
        ("7", "28", "renewals[0].open.before_renewal"),
        ("8", "90", "renewals[0].opportunity.uplift"),
        ("9", "19", "guards.creates"),
    ]
    assert out.endswith("5 problems\n")


def test_the_same_faults_as_json_for_machines(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", "--json", *files(alone, FAULTY_RULES)) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(one["line"], one["column"]) for one in found] == [(1, 22), (6, 21), (7, 28), (8, 90), (9, 19)]


def test_every_other_verb_says_the_faults_on_stderr_and_exits_1(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", *files(alone, FAULTY_RULES)) == 1
    said = capsys.readouterr()
    assert (said.out, "rules.yaml:6:21" in said.err) == ("", True)


def test_missing_credentials_are_named_and_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sync") == 1
    assert "CSOPS_SYNC_SLACK_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [("bogus",), ("plan", "--bogus"), ("explain",), ("adopt", "1"), ("outbox", "list", "--status", "gone")],
    ids=" ".join,
)
def test_what_cannot_be_understood_exits_2(words: tuple[str, ...]) -> None:
    assert run(*words) == 2


def test_a_database_that_nothing_was_read_into_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status") == 1
    assert "nothing has been read yet" in capsys.readouterr().err


def test_a_bug_exits_3_with_one_readable_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        guarded(lambda: dict[str, str]()["nothing"])
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n"), "Traceback" in said) == (3, 1, False)
    assert said.startswith("csops-sync: unexpected KeyError: 'nothing'; this is a bug")


def test_the_trace_of_an_error_is_shown_with_debug(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("db", "check") == 1
    assert "Traceback" not in capsys.readouterr().err
    assert run("--debug", "db", "check") == 1
    assert "Traceback" in capsys.readouterr().err


def test_the_state_is_upgraded_checked_and_copied_by_commands(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("db", "check") == 1
    assert "db upgrade" in capsys.readouterr().err
    assert run("db", "upgrade") == 0
    assert run("db", "check") == 0
    assert run("db", "backup", "copy.db") == 0
    assert (alone / "copy.db").stat().st_size > 0
    assert run("db", "backup", "copy.db") == 1


def test_the_schemas_are_printed_one_or_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", "rules") == 0
    one = json.loads(capsys.readouterr().out)
    assert run("schema") == 0
    both = json.loads(capsys.readouterr().out)
    assert (sorted(both), both["rules.json"]) == (["csops-sync.json", "rules.json"], one)
    assert run("schema", "other") == 2


def test_a_daemon_that_does_not_answer_is_not_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("health", "--address", "127.0.0.1:1") == 1
    assert "nothing answers at http://127.0.0.1:1/healthz" in capsys.readouterr().err
    assert run("health", "--address", "nowhere") == 2


def test_health_asks_where_the_daemon_listens_though_the_files_are_at_fault(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It lives on with its old rules; a container must not be restarted for a slip in a file."""
    connections = alone / "csops-sync.yaml"
    connections.write_text('listen: "127.0.0.1:1"\nmapping: gone\n', "utf-8")
    assert run("health", "--connections", str(connections)) == 1
    assert "nothing answers at http://127.0.0.1:1/healthz" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_told_in_one_line(
    alone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not as a bug of ours."""
    (alone / "var").write_text("a file where the folder must be", "utf-8")
    monkeypatch.setenv("CSOPS_SYNC_DATABASE_URL", f"sqlite:///{alone}/var/state.db")
    assert run("status") == 1
    said = capsys.readouterr().err
    assert "cannot be made" in said
    assert "bug" not in said


@pytest.mark.parametrize(
    ("number", "words", "code"),
    [
        (signal.SIGINT, ["run"], 130),
        (signal.SIGTERM, ["run"], 0),
        (signal.SIGTERM, ["sandbox", "--org", "small"], 0),
        (signal.SIGTERM, ["run", "--sandbox", "--once"], 143),
        (signal.SIGTERM, ["sync"], 143),
    ],
)
def test_being_told_to_end_is_no_failure_of_what_stays_until_then(
    number: int, words: list[str], code: int
) -> None:
    """What was to come to an end by itself has not."""
    assert exit_code(number, words) == code


def test_once_without_the_sandbox_is_a_question_of_usage() -> None:
    assert run("run", "--once") == 2
