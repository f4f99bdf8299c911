"""A renewal whose insert lost its answer, and a question about it that is answered in Slack: what is read meanwhile."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.fakes.daemon_process import DaemonProcess, Files
from tests.fakes.rig import Rig, running
from tests.fakes.sandbox import Record

from csops_sync.adapters.slack.card_actions import ACKNOWLEDGE

_RULES = Path(__file__).parents[1] / "acceptance" / "config" / "confidence.yaml"
_KEPT_IN_SALESFORCE = "  answer: {acknowledged_by: opportunity.next_step}\n"
_AUTOMATION = {"mode: live\n": "mode: live\nownership: {automation_users: [flow@csops.example]}\n"}
_TODAY = date(2026, 4, 1)
_SETTLED = 301
_CHANNEL = "renewals-risk"


def queries_of_an_answer(folder: Path) -> Sequence[str]:
    """Give every query of it all: a daemon tells of the fallen rank, hears the button, and writes Task and field."""
    rules = folder / "rules-of-answers.yaml"
    rules.write_text(_RULES.read_text("utf-8") + _KEPT_IN_SALESFORCE, "utf-8")
    with running(today=_TODAY, rules=rules) as rig:
        _open_without_hearing_of_it(rig)
        _rate(rig)
        with DaemonProcess.start(rig, Files.copied(folder, rig, changes=_AUTOMATION)) as daemon:
            daemon.until(lambda: _is_heard(daemon))
            _move(rig, "D")
            daemon.until(lambda: _cards(rig))
            (card,) = _cards(rig)
            rig.sandbox.slack(click=ACKNOWLEDGE, channel=_CHANNEL, user=_asked(rig), ts=card["ts"])
            daemon.until(lambda: rig.sandbox.records("Task") and _deal(rig)["NextStep"])
        return list(rig.sandbox.ledger()["queries"])


def _open_without_hearing_of_it(rig: Rig) -> None:
    """The renewal is found again by its key."""
    rig.sell("みなと商事", start=date(2025, 7, 2))
    rig.sync()
    rig.sandbox.faults({"fault": "drop_after", "path": "composite/sobjects"})
    rig.next_day(3)
    (fault,) = rig.sandbox.fault_report()
    assert fault["fired"] == 1
    rig.sync()


def _rate(rig: Rig) -> None:
    """It is 10:00 in Tokyo on a business day afterwards, and no process holds the org."""
    rig.sandbox.update("Opportunity", _deal(rig)["Id"], {"Confidence__c": "B"}, by=rig.csm())
    rig.sync()
    rig.sandbox.set_clock(rig.sandbox.now().replace(hour=1, minute=0))
    rig.sandbox.advance(days=4)
    rig.sync()
    rig.restart()


def _move(rig: Rig, rank: str) -> None:
    rig.sandbox.update("Opportunity", _deal(rig)["Id"], {"Confidence__c": rank}, by=rig.csm())
    rig.sandbox.advance(seconds=_SETTLED)


def _is_heard(daemon: DaemonProcess) -> bool:
    ready = daemon.ready()
    return bool(ready.get("ready")) and "not heard" not in str(ready.get("warnings"))


def _deal(rig: Rig) -> Record:
    (found,) = rig.renewals()
    return found


def _cards(rig: Rig) -> list[Record]:
    return [one for one in rig.sandbox.messages() if ACKNOWLEDGE in str(one.get("blocks"))]


def _asked(rig: Rig) -> str:
    """The e-mail of the CSM's manager."""
    users = {str(one["Id"]): one for one in rig.sandbox.records("User")}
    return str(users[str(users[rig.csm()]["ManagerId"])]["Email"])
