"""The watch over the configuration: a valid change is taken between cycles, a faulty one refused and said once."""

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.daemon import PULL, Bench

from csops_sync.ports.errors import PermanentError, TransientError
from csops_sync.ports.store import OutboxStatus

FAULTS = (
    "rules.yaml:12:5: renewals[0].open: before_renewal: no duration",
    "rules.yaml:30:1: guards: unknown key",
)


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.sell()
    made.keeper.beat()
    made.cycle.run()
    return made


def write(bench: Bench, content: str, *faults: str) -> None:
    bench.files.content = content
    bench.files.problems = faults
    bench.files.rules = ruleset(hash=content)


def test_an_untouched_configuration_is_not_loaded_again(bench: Bench) -> None:
    bench.cycle.run()

    assert bench.files.takes == 0


def test_a_valid_change_decides_the_very_next_cycle(bench: Bench) -> None:
    write(bench, "second")

    bench.cycle.run()

    assert bench.installation.rules_hash == "second"
    with bench.store.reading() as tx:
        assert tx.progress.setting("rules_hash") == "second"
    assert ("configuration", "True") in bench.meter.counted


def test_a_faulty_change_keeps_the_old_rules_and_says_every_fault_with_its_place(bench: Bench) -> None:
    write(bench, "faulty", *FAULTS)

    bench.cycle.run()

    assert bench.replaced == []
    assert [line["problem"] for line in bench.log.named("configuration.refused")] == list(FAULTS)
    assert bench.ready().ready
    assert any(FAULTS[0] in one and FAULTS[1] in one for one in bench.ready().warnings)
    assert ("configuration", "False") in bench.meter.counted


def test_the_operator_hears_of_one_faulty_configuration_once(bench: Bench) -> None:
    write(bench, "faulty", *FAULTS)

    for _ in range(5):
        bench.cycle.run()
        bench.pass_time(PULL)
    bench.delivery.run()

    assert bench.files.takes == 1
    assert len(bench.notes()) == 1
    assert FAULTS[1] in bench.notes()[0].reason
    assert bench.outbox(OutboxStatus.PENDING) == []


def test_a_second_faulty_text_is_told_again_and_a_mended_one_ends_it(bench: Bench) -> None:
    for content in ("faulty", "still faulty"):
        write(bench, content, FAULTS[0])
        bench.cycle.run()
    assert len(bench.notes()) == 2

    write(bench, "mended")
    bench.cycle.run()

    assert bench.ready().warnings == ()
    assert bench.installation.rules_hash == "mended"


def test_a_valid_change_that_cannot_be_checked_now_is_tried_again(bench: Bench) -> None:
    write(bench, "second")
    bench.files.raises = [TransientError("Salesforce does not answer")]

    bench.cycle.run()
    assert bench.replaced == []
    assert bench.notes() == []
    bench.cycle.run()

    assert bench.installation.rules_hash == "second"


def test_a_change_that_the_org_refuses_is_refused(bench: Bench) -> None:
    write(bench, "second")
    bench.files.raises = [
        PermanentError("ownership.automation_users: Salesforce knows no user flow@example.com")
    ]

    bench.cycle.run()

    assert bench.replaced == []
    assert any("knows no user flow@example.com" in one for one in bench.ready().warnings)


def test_a_file_that_is_still_being_written_is_waited_for(bench: Bench) -> None:
    write(bench, "half", FAULTS[0])
    pauses: list[float] = []

    def finish(seconds: float) -> bool:
        pauses.append(seconds)
        write(bench, "whole")
        return False

    bench.stop.wait = finish  # type: ignore[method-assign]  # the editor's second write falls into the pause
    bench.cycle.run()

    assert bench.installation.rules_hash == "whole"
    assert bench.log.named("configuration.refused") == []
    assert len(pauses) == 2


def test_a_problem_of_the_start_check_that_was_mended_counts_without_a_restart(bench: Bench) -> None:
    bench.files.check = ("csops-sync.yaml:31:14: the field End__c is hidden",)
    bench.replace(bench.installed())
    bench.recheck_job.run()
    assert len(bench.replaced) == 1
    bench.files.check = ()

    bench.recheck_job.run()

    assert bench.installation.problems == ()
    assert len(bench.log.named("check.mended")) == 1


def test_a_configuration_that_nobody_could_foresee_is_refused_and_said_once(bench: Bench) -> None:
    """Whatever taking it raises, the rules of before stay in force and the cycles go on."""
    write(bench, "second")
    bench.files.raises = [ValueError("calendar own: a week needs at least one business day")]

    for _ in range(3):
        bench.cycle.run()
        bench.pass_time(PULL)

    assert bench.meter.counted.count(("cycle", "done")) == 4
    assert len(bench.log.named("configuration.failed")) == 1
    assert len(bench.notes()) == 1
    assert "unexpected ValueError" in bench.notes()[0].reason
    assert any("unexpected ValueError" in one for one in bench.ready().warnings)


def test_the_words_of_the_unforeseen_do_not_reach_slack(bench: Bench) -> None:
    """They may quote what they choked on."""
    write(bench, "second")
    bench.files.raises = [ValueError("cannot encode hunter2")]

    bench.cycle.run()

    assert "hunter2" not in bench.notes()[0].reason


def test_a_watch_that_fails_still_lets_the_outbox_be_delivered_and_the_alarm_be_raised(bench: Bench) -> None:
    """The first look of a holder may fail; what is decided already is sent nevertheless."""

    def fail() -> str:
        raise OSError("the folder is gone")

    fresh = Bench(crm=bench.crm, database=bench.database)
    fresh.keeper.beat()
    bench.holding.release()
    fresh.keeper.beat()
    fresh.fingerprint = fail  # type: ignore[method-assign]  # the files cannot even be looked at

    with pytest.raises(OSError, match="folder is gone"):
        fresh.cycle.run()

    assert fresh.cycle.tried_epoch is not None
