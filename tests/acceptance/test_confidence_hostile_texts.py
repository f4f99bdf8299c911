"""Texts that would call everybody: from Salesforce to Slack, through the window for a note, and back as a Task."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.daemon_process import DaemonProcess, Files
from tests.fakes.rated_renewal import RatedRenewal, rated_renewal

from csops_sync.adapters.slack.card_actions import NOTE, NOTE_BLOCK, NOTE_INPUT

HOSTILE = "<!channel> <@U0000000001> <!here> R&D \u202etxet\u202c 🎉 *b*"
NOTED = f"{HOSTILE}\n{'長い' * 1400}"
CALLS = re.compile(r"<[!@#][^>]*>")


@pytest.fixture
def renewal() -> Iterator[RatedRenewal]:
    with rated_renewal() as made:
        yield made


def hostile(renewal: RatedRenewal) -> None:
    """Give the customer and the next step texts that would call everybody."""
    sandbox = renewal.rig.sandbox
    (deal,) = renewal.rig.renewals()
    sandbox.update("Account", deal["AccountId"], {"Name": HOSTILE * 4})
    sandbox.update("Opportunity", deal["Id"], {"NextStep": HOSTILE * 4}, by=renewal.rig.csm())


def write_a_note(renewal: RatedRenewal, daemon: DaemonProcess) -> None:
    """Let the manager open the window, fill it in and save it."""
    sandbox, boss = renewal.rig.sandbox, renewal.boss()
    renewal.click(NOTE)
    daemon.until(lambda: sandbox.slack(view_of=boss).get("view"))
    sandbox.slack(submit={NOTE_BLOCK: {NOTE_INPUT: NOTED}}, user=boss)


def called(text: str) -> set[str]:
    return set(CALLS.findall(text))


def test_hostile_texts_are_shown_as_text_and_a_note_comes_back_as_its_writers_task(
    renewal: RatedRenewal, tmp_path: Path
) -> None:
    hostile(renewal)
    with DaemonProcess.start(renewal.rig, Files.copied(tmp_path, renewal.rig)) as daemon:
        daemon.until(lambda: daemon.ready().get("ready") and not daemon.ready().get("warnings"))
        renewal.move("D")
        daemon.until(lambda: renewal.told("card/") and renewal.told("more/card/"))
        write_a_note(renewal, daemon)
        daemon.until(renewal.tasks)
        daemon.until(lambda: renewal.told("more/note/"))

    ours = [str(one) for one in renewal.told("")]
    people = {str(one["Email"]): str(one["Id"]) for one in renewal.rig.sandbox.records("User")}
    assert len({call for one in ours for call in called(one)}) == 1, "the manager, whom the route mentions"
    assert not any("<!" in one or "\u202e" in one for one in ours)
    (task,) = renewal.tasks()
    assert str(task["Description"]).startswith(NOTED.strip())
    assert "B → D" in task["Subject"]
    assert task["OwnerId"] == people[renewal.boss()]
    assert len(renewal.told("more/card/")) == len(
        {str(one["metadata"]) for one in renewal.told("more/card/")}
    )
