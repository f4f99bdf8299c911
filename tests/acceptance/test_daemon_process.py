"""The daemon as an operator meets it: a real process on the sandbox, asked by HTTP, told by signals, killed."""

import re
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.daemon_process import DaemonProcess, Files
from tests.fakes.rig import Rig, running

TODAY = date(2026, 4, 1)
DUE_IN_A_WEEK = date(2025, 7, 5)
"""A year from here ends on 2026-07-04; renewal 07-05 less 90 days is 2026-04-06."""

OUT_WITHIN = 8.0
TAKES_OVER_WITHIN = 15.0


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(today=TODAY) as made:
        made.sell("最初の顧客", start=date(2025, 12, 1))
        yield made


def keys(rig: Rig) -> Counter[str]:
    """How often each renewal key was created, by the sandbox's ledger."""
    writes = [one for one in rig.sandbox.ledger()["writes"] if one["service"] == "salesforce"]
    created = [
        one
        for one in writes
        if (one["operation"], one["target"], one["outcome"]) == ("create", "Opportunity", "ok")
    ]
    return Counter(
        str(one["values"]["Renewal_Key__c"]) for one in created if one["values"].get("Renewal_Key__c")
    )


def told(rig: Rig) -> Counter[str]:
    """How often each message stands in Slack."""
    return Counter(rig.told())


def test_it_becomes_ready_and_serves_health_and_metrics(rig: Rig, tmp_path: Path) -> None:
    with DaemonProcess.start(rig, Files.copied(tmp_path, rig)) as daemon:
        daemon.until_ready()

        assert daemon.get("/healthz").status_code == 200
        assert daemon.get("/readyz").status_code == 200
        assert daemon.metric("csops_sync_lease_held") == 1
        assert daemon.metric("csops_sync_api_calls_allowed") > 0
        assert daemon.metric('csops_sync_cycles_total{result="done"}') >= 1


def test_what_falls_due_is_opened_and_told_without_anybody_asking(rig: Rig, tmp_path: Path) -> None:
    sold = rig.sell("来週の顧客", start=DUE_IN_A_WEEK)
    with DaemonProcess.start(rig, Files.copied(tmp_path, rig)) as daemon:
        daemon.until_ready()
        rig.sandbox.advance(days=7)

        daemon.until(lambda: told(rig)[f"opened/{sold.key}"])

    assert keys(rig) == {sold.key: 1}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_leaves_within_8_seconds_and_gives_the_lease_back(
    rig: Rig, tmp_path: Path, number: int, code: int
) -> None:
    files = Files.copied(tmp_path, rig)
    with DaemonProcess.start(rig, files) as daemon:
        daemon.until_ready()

        ended, seconds = daemon.end(number)

    assert ended == code, daemon.log_text()
    assert seconds < OUT_WITHIN
    with DaemonProcess.start(rig, files) as second:
        assert second.until_state("active") < TAKES_OVER_WITHIN - 5


def test_it_leaves_in_the_middle_of_a_first_load_with_slow_answers_and_goes_on_later(
    rig: Rig, tmp_path: Path
) -> None:
    files = Files.copied(tmp_path, rig)
    rig.sandbox.faults(
        {
            "service": "salesforce",
            "fault": "slow",
            "seconds": 25,
            "path": "query.*Annual_Amount__c.*FROM Contract",
            "times": 0,
        }
    )
    with DaemonProcess.start(rig, files) as daemon:
        daemon.until(lambda: any("first load" in one for one in daemon.ready().get("problems", ())))
        assert daemon.get("/healthz").status_code == 200
        daemon.until(lambda: any(one["fired"] for one in rig.sandbox.fault_report()))

        code, seconds = daemon.end()

    assert code == 0, daemon.log_text()
    assert seconds < OUT_WITHIN
    rig.sandbox.clear_faults()
    with DaemonProcess.start(rig, files) as second:
        second.until_ready()


def test_it_leaves_while_the_start_itself_hangs(rig: Rig, tmp_path: Path) -> None:
    rig.sandbox.faults(
        {"service": "salesforce", "fault": "slow", "seconds": 25, "path": "/services/", "times": 0}
    )
    with DaemonProcess.start(rig, Files.copied(tmp_path, rig)) as daemon:
        daemon.until(lambda: any(one["fired"] for one in rig.sandbox.fault_report()))

        code, seconds = daemon.end()

    assert code == 0, daemon.log_text()
    assert seconds < OUT_WITHIN


def test_it_leaves_during_a_retry_after_of_slack_and_tells_once_when_it_is_over(
    rig: Rig, tmp_path: Path
) -> None:
    sold = rig.sell("来週の顧客", start=DUE_IN_A_WEEK)
    files = Files.copied(tmp_path, rig)
    with DaemonProcess.start(rig, files) as daemon:
        daemon.until_ready()
        limited = {"service": "slack", "fault": "ratelimited", "retry_after": 300, "times": 0}
        rig.sandbox.faults({**limited, "path": "chat.postMessage"})
        rig.sandbox.advance(days=7)
        daemon.until(lambda: any(one["fired"] for one in rig.sandbox.fault_report()))

        code, seconds = daemon.end()

    assert code == 0, daemon.log_text()
    assert seconds < OUT_WITHIN
    rig.sandbox.clear_faults()
    rig.sandbox.advance(seconds=301)
    with DaemonProcess.start(rig, files) as second:
        second.until(lambda: told(rig)[f"opened/{sold.key}"])
    assert told(rig)[f"opened/{sold.key}"] == 1


def test_a_standby_takes_over_from_a_killed_process_in_under_15_seconds(rig: Rig, tmp_path: Path) -> None:
    sold = rig.sell("来週の顧客", start=DUE_IN_A_WEEK)
    with (
        DaemonProcess.start(rig, Files.copied(tmp_path, rig)) as first,
        DaemonProcess.start(rig, Files.copied(tmp_path, rig, name="two")) as second,
    ):
        first.until(
            lambda: {first.ready().get("state"), second.ready().get("state")} == {"active", "standby"}
        )
        holder, standby = (first, second) if first.ready()["state"] == "active" else (second, first)
        holder.until_ready()
        assert standby.get("/readyz").status_code == 200
        rig.sandbox.advance(days=7)
        holder.process.kill()

        assert standby.until_state("active") < TAKES_OVER_WITHIN
        standby.until(lambda: keys(rig))
        rig.sandbox.advance(seconds=120)
        standby.until(lambda: told(rig)[f"opened/{sold.key}"])

    assert keys(rig) == {sold.key: 1}
    assert told(rig)[f"opened/{sold.key}"] == 1


def test_a_faulty_configuration_is_refused_and_said_while_the_old_rules_go_on(
    rig: Rig, tmp_path: Path
) -> None:
    sold = rig.sell("来週の顧客", start=DUE_IN_A_WEEK)
    files = Files.copied(tmp_path, rig)
    good = files.rules.read_text("utf-8")
    with DaemonProcess.start(rig, files) as daemon:
        daemon.until_ready()
        old = daemon.ready()["rules_hash"]

        files.rules.write_text(
            good.replace("90 days", "ninety days").replace("name: everyone", "nmae: everyone")
        )
        daemon.until(lambda: daemon.ready()["warnings"])
        rig.sandbox.advance(days=7)
        daemon.until(lambda: keys(rig)[sold.key])

        refused = [one["problem"] for one in daemon.events("configuration.refused")]
        assert len(refused) >= 2
        assert [problem for problem in refused if not re.match(r".*rules\.yaml:\d+:\d+: ", problem)] == []
        assert daemon.metric("csops_sync_config_last_reload_successful") == 0
        assert daemon.ready()["rules_hash"] == old
        assert daemon.get("/readyz").status_code == 200
        daemon.until(lambda: [key for key in told(rig) if key.startswith("operator/configuration/")])

        files.rules.write_text(good.replace("90 days", "80 days"))
        daemon.until(lambda: daemon.ready()["rules_hash"] != old)
        assert daemon.ready()["warnings"] == []

    assert sum(count for key, count in told(rig).items() if key.startswith("operator/configuration/")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {
            "service": "salesforce",
            "path": "sobjects|composite",
            "contains": "Renewal_Key__c",
            "method": "POST",
        },
        {"service": "slack", "path": "chat.postMessage"},
    ],
    ids=["during the insert", "during the post"],
)
def test_a_process_stopped_past_its_lease_writes_nothing_twice_when_it_goes_on(
    rig: Rig, tmp_path: Path, fault: dict[str, object]
) -> None:
    sold = rig.sell("来週の顧客", start=DUE_IN_A_WEEK)
    with DaemonProcess.start(rig, Files.copied(tmp_path, rig)) as first:
        first.until_ready()
        with DaemonProcess.start(rig, Files.copied(tmp_path, rig, name="two")) as second:
            second.until_state("standby")
            rig.sandbox.faults({**fault, "fault": "slow", "seconds": 2})
            rig.sandbox.advance(days=7)
            first.until(lambda: any(one["fired"] for one in rig.sandbox.fault_report()))
            first.process.send_signal(signal.SIGSTOP)

            assert second.until_state("active") < TAKES_OVER_WITHIN
            rig.sandbox.advance(seconds=120)
            second.until(lambda: told(rig)[f"opened/{sold.key}"])
            first.process.send_signal(signal.SIGCONT)
            first.until_state("standby")
            cycles = second.metric('csops_sync_cycles_total{result="done"}')
            second.until(lambda: second.metric('csops_sync_cycles_total{result="done"}') > cycles + 2)

    assert keys(rig) == {sold.key: 1}
    assert told(rig)[f"opened/{sold.key}"] == 1
