"""Answers to cards as people give them, heard by real processes: lost events, two replicas, a holder stopped."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import pytest
from tests.fakes.daemon_process import DaemonProcess, Files
from tests.fakes.rated_renewal import RatedRenewal, rated_renewal

from csops_sync.adapters.slack.card_actions import ACKNOWLEDGE
from csops_sync.adapters.slack.posting import PREPARE_WITHIN

ASKS, ANSWERED = "回答待ち", "さんが対応します"
TAKES_OVER_WITHIN = 15.0
CLAIM_SECONDS = 121


@pytest.fixture
def renewal() -> Iterator[RatedRenewal]:
    with rated_renewal() as made:
        yield made


@pytest.fixture
def shared(postgres_url: str) -> Iterator[RatedRenewal]:
    """A renewal whose state is in PostgreSQL, for several processes."""
    with rated_renewal(database=postgres_url) as made:
        yield made


def heard(daemon: DaemonProcess) -> bool:
    """Whether answers come in: nothing warns that they do not."""
    ready = daemon.ready()
    return bool(ready.get("ready")) and "not heard" not in str(ready.get("warnings"))


def is_asked(renewal: RatedRenewal) -> bool:
    return bool(renewal.told("card/")) and renewal.shows(ASKS)


def both_connect_anew(daemon: DaemonProcess, renewal: RatedRenewal) -> None:
    """End what connections there are, and wait for two others.

    A process that was stopped may still find that it missed its pongs, and leave a connection that was counted.
    """
    sandbox = renewal.rig.sandbox
    old = set(sandbox.sockets()["connections"])
    sandbox.slack(drop=1)
    daemon.until(lambda: len(set(sandbox.sockets()["connections"]) - old) == 2)


def test_a_reaction_whose_event_was_lost_counts_after_the_cards_are_read_again(
    renewal: RatedRenewal, tmp_path: Path
) -> None:
    sandbox = renewal.rig.sandbox
    with DaemonProcess.start(renewal.rig, Files.copied(tmp_path, renewal.rig)) as daemon:
        daemon.until(lambda: heard(daemon))
        renewal.move("D")
        daemon.until(lambda: is_asked(renewal))
        sandbox.slack(lose_next=1)
        lost = renewal.react()
        assert lost["delivery"]["fate"] == "lost"
        cycles = daemon.metric('csops_sync_cycles_total{result="done"}')
        daemon.until(lambda: daemon.metric('csops_sync_cycles_total{result="done"}') > cycles + 1)
        assert is_asked(renewal), "nobody told it of the reaction"

        sandbox.advance(seconds=600)
        sandbox.slack(disconnect="refresh_requested")

        daemon.until(lambda: renewal.shows(ANSWERED))
        daemon.until(renewal.tasks)
    assert len(renewal.tasks()) == 1
    assert len(renewal.told("card/")) == 1


@pytest.mark.parametrize("lost", [False, True], ids=["heard", "lost, and read again"])
def test_a_reaction_on_the_reply_that_mentions_its_giver_is_the_answer(
    renewal: RatedRenewal, tmp_path: Path, *, lost: bool
) -> None:
    """The renewal moves again: the mention stands in the thread, and there the manager reacts."""
    sandbox = renewal.rig.sandbox
    with DaemonProcess.start(renewal.rig, Files.copied(tmp_path, renewal.rig)) as daemon:
        daemon.until(lambda: heard(daemon))
        renewal.move("D")
        daemon.until(lambda: is_asked(renewal))
        renewal.move("E")
        daemon.until(lambda: renewal.told("move/") and renewal.shows("D → E"))
        (reply,) = renewal.told("move/")
        assert "<@" in str(reply["text"])

        sandbox.slack(lose_next=int(lost))
        delivery = renewal.react(to=reply)["delivery"]
        assert (delivery["fate"] == "lost") is lost
        if lost:
            sandbox.advance(seconds=600)
            sandbox.slack(disconnect="refresh_requested")
        daemon.until(lambda: renewal.shows(ANSWERED))
        daemon.until(renewal.tasks)
    (task,) = renewal.tasks()
    assert "D → E" in task["Subject"]
    assert renewal.told("escalated/") == []


def test_two_processes_tell_once_and_take_an_answer_once_though_one_was_stopped_and_both_hear_it(
    shared: RatedRenewal, tmp_path: Path
) -> None:
    rig = shared.rig
    with ExitStack() as running:
        first, second = (
            running.enter_context(DaemonProcess.start(rig, Files.copied(tmp_path, rig, name=name)))
            for name in ("one", "two")
        )
        first.until(
            lambda: {first.ready().get("state"), second.ready().get("state")} == {"active", "standby"}
        )
        holder, other = (first, second) if first.ready()["state"] == "active" else (second, first)
        holder.until(lambda: heard(holder) and len(rig.sandbox.sockets()["connections"]) == 2)

        rig.sandbox.faults({"service": "slack", "path": "users.lookupByEmail", "fault": "slow", "seconds": 3})
        shared.move("D")
        holder.until(lambda: rig.sandbox.fault_report()[0]["fired"])
        holder.process.send_signal(signal.SIGSTOP)
        stopped = monotonic()
        assert other.until_state("active") < TAKES_OVER_WITHIN
        rig.sandbox.advance(seconds=CLAIM_SECONDS)
        other.until(lambda: is_asked(shared))
        other.until(lambda: monotonic() - stopped > PREPARE_WITHIN)
        holder.process.send_signal(signal.SIGCONT)
        holder.until_state("standby")
        both_connect_anew(other, shared)
        assert len(shared.told("card/")) == 1

        rig.sandbox.slack(twice_next=1)
        shared.click(ACKNOWLEDGE)
        other.until(lambda: shared.shows(ANSWERED))
        other.until(lambda: rig.sandbox.sockets()["pending"] == 0)
        cycles = other.metric('csops_sync_cycles_total{result="done"}')
        other.until(lambda: other.metric('csops_sync_cycles_total{result="done"}') > cycles + 1)

    (delivery,) = rig.sandbox.sockets()["deliveries"]
    assert len({one["connection"] for one in delivery["attempts"]}) == 2, "both processes heard it"
    assert (len(shared.told("card/")), len(shared.tasks()), shared.events("acknowledged")) == (1, 1, 1)


def test_a_revoked_token_stops_slack_shows_on_readyz_and_all_is_told_once_after_it_was_mended(
    renewal: RatedRenewal, tmp_path: Path
) -> None:
    rig = renewal.rig
    files = Files.copied(tmp_path, rig)
    with DaemonProcess.start(rig, files) as daemon:
        daemon.until(lambda: heard(daemon))
        before = len(rig.sandbox.messages())
        rig.sandbox.faults(
            {"service": "slack", "path": "/api/(?!apps)", "fault": "token_revoked", "times": 0}
        )
        renewal.move("D")
        daemon.until(lambda: any("token_revoked" in one for one in daemon.ready().get("problems", ())))
        assert daemon.get("/readyz").status_code == 503
        assert daemon.get("/healthz").status_code == 200
        renewal.move("E")
        cycles = daemon.metric('csops_sync_cycles_total{result="done"}')
        daemon.until(lambda: daemon.metric('csops_sync_cycles_total{result="done"}') > cycles + 1)
        assert len(rig.sandbox.messages()) == before
        daemon.end()
    rig.sandbox.clear_faults()
    rig.sandbox.advance(seconds=61)
    with DaemonProcess.start(rig, files) as daemon:
        daemon.until(lambda: renewal.told("move/"))
        daemon.until(lambda: renewal.shows("D → E"))

    assert (len(renewal.told("card/")), len(renewal.told("move/"))) == (1, 1)
