"""Dates of an org file that no calendar or no org has: each is told where it stands, all of them at once."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from csops_sync.sandbox.__main__ import main
from csops_sync.sandbox.orgs.catalogue import build
from csops_sync.sandbox.orgs.file_reading import OrgFileError

TODAY = date(2026, 4, 1)
ONE = "accounts:\n  - name: a\n    contracts: [{{{}, amount: 1}}]\n"


def faults_of(folder: Path, text: str) -> list[str]:
    """What is wrong with a file, its path cut off."""
    path = folder / "org.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OrgFileError) as refused:
        build(str(path), seed=1, contracts=0, today=TODAY)
    return [fault.removeprefix(f"{path}:") for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("contract", "words"),
    [
        ("end: 2026-02-30", "there is no day 2026-02-30"),
        ("start: 2026-13-01", "there is no day 2026-13-01"),
        ("end: 2026-02-28 25:00:00", "there is no day 2026-02-28 25:00:00"),
        ("end: today + 99999 years", "write a date from 1801-01-01 to 3900-12-31"),
        ("end: today - 99999 months", "write a date from 1801-01-01 to 3900-12-31"),
        ("end: month end + 999999999 weeks", "write a date from 1801-01-01 to 3900-12-31"),
        (f"end: today + {'9' * 5000} days", "write a date from 1801-01-01 to 3900-12-31"),
        ("end: 9999-12-31", "write a date from 1801-01-01 to 3900-12-31"),
        ("start: 0001-01-01", "write a date from 1801-01-01 to 3900-12-31"),
        ("start: 2026-01-01, terminated_on: 2026-02-30", "there is no day 2026-02-30"),
        ("start: 2026-01-01, end: 9999-12-31", "write a date from 1801-01-01 to 3900-12-31"),
        ("start: 2026-01-01, months: 99999", "write a whole number from 1 to 1200"),
        ("start: 1850-01-01, end: 3849-12-31", "are more than 1200 months"),
        ("start: 2026-01-01, fields: {ActivatedDate: 2026-02-30}", "there is no day 2026-02-30"),
        ("start: 2026-01-01, name: 2026-02-30", "write text here"),
    ],
)
def test_a_date_that_there_is_not_is_a_fault_with_its_place(
    tmp_path: Path, contract: str, words: str
) -> None:
    faults = faults_of(tmp_path, ONE.format(contract))
    assert any(fault.startswith("3:") and words in fault for fault in faults), faults


def test_all_of_them_are_told_at_once(tmp_path: Path) -> None:
    text = "accounts:\n  - name: a\n    contracts:\n" + "".join(
        f"      - {{{one}, amount: 1}}\n"
        for one in ("end: 2026-02-30", "end: today + 99999 years", "start: 0001-01-01", "end: 9999-12-31")
    )
    assert [fault.split(":")[0] for fault in faults_of(tmp_path, text)] == ["4", "5", "6", "7"]


def test_the_end_that_no_term_has_is_told_without_looking_for_another(tmp_path: Path) -> None:
    """1900 was no leap year, so not even four years end there."""
    (fault,) = faults_of(tmp_path, ONE.format("end: 1904-02-28"))
    assert "no term of 12 months ends on 1904-02-28" in fault


@pytest.mark.parametrize(
    "contract", ["start: 1801-01-01", "end: 3900-12-31", "start: 2026-01-01, months: 1200"]
)
def test_the_last_dates_that_an_org_can_hold_are_taken(tmp_path: Path, contract: str) -> None:
    path = tmp_path / "org.yaml"
    path.write_text(ONE.format(contract), encoding="utf-8")
    assert build(str(path), seed=1, contracts=0, today=TODAY).records["Contract"]


def test_custom_emoji_come_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "org.yaml"
    path.write_text("emoji: [party-parrot]\n", encoding="utf-8")
    assert build(str(path), seed=1, contracts=0, today=TODAY).slack_emoji == ["party-parrot"]
    assert "without colons" in faults_of(tmp_path, "emoji: [':tada:']\n")[0]


def test_the_process_says_so_in_a_line_and_ends_with_two(tmp_path: Path) -> None:
    path = tmp_path / "org.yaml"
    path.write_text(ONE.format("end: 2026-02-30"), encoding="utf-8")
    command = [sys.executable, "-m", "csops_sync.sandbox", "--org", str(path), "--today", "2026-04-01"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # our own module
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{path}:3:23: accounts[0].contracts[0].end: there is no day 2026-02-30")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--today", "2026-02-30"], "argument --today: '2026-02-30' is no day; write one as 2026-04-01"),
        (["--today", "soon"], "argument --today: 'soon' is no day"),
        (["--today", "0001-01-01"], "argument --today: '0001-01-01' lies beyond 1970-01-02 to 2999-06-01"),
        (["--today", "9999-12-31"], "argument --today: '9999-12-31' lies beyond"),
        (["--org", "tiny"], "argument --org: 'tiny' is none of small, generated, ravenstack, "),
        (["--history", "0"], "argument --history: '0' is no number of quarters from 1 to 80"),
        (["--history", "81"], "argument --history: '81' is no number of quarters"),
    ],
)
def test_an_argument_that_no_sandbox_takes_is_refused_in_a_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err.splitlines()[-1]
