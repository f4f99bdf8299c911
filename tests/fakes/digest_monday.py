"""A week of renewals on the sandbox up to the Monday morning on which the digest is due, and ways to end there."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.crossings import Crossings, Watch
from tests.fakes.lives import Killed
from tests.fakes.persevering import A_MINUTE
from tests.fakes.plain_charts import PlainCharts
from tests.fakes.rig import Rig
from tests.fakes.sandbox import Record

from csops_sync.app.delivery import has_work, run_delivery
from csops_sync.app.engine import Engine
from csops_sync.app.forecast.digest_week import tell_week
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.ports.errors import OutsideError

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "digest.yaml"
SUNDAY = datetime(2026, 4, 5, 1, 0, tzinfo=UTC)
EARLY = datetime(2026, 4, 5, 23, 50, tzinfo=UTC)
"""Ten minutes to nine on Monday in Tokyo."""
NINE = datetime(2026, 4, 6, 0, 0, 30, tzinfo=UTC)
FIRST_KEY = "digest/2026-W15"
PICTURE = "a picture"
_PASSES = 40


def engine_of(rig: Rig) -> Engine:
    """This function will give an engine under the lease that draws at once."""
    return replace(rig.engine(), charts=PlainCharts())


def live_a_week(rig: Rig) -> None:
    """This function will let a week pass: the first day's snapshot, a rank that falls, and Sunday."""
    rig.sync()
    take_snapshot(rig.engine())
    tell_week(rig.engine())
    for _ in range(5):
        rig.next_day()
        take_snapshot(rig.engine())
        tell_week(rig.engine())
    rig.sandbox.set_clock(SUNDAY)
    rig.sync()
    take_snapshot(rig.engine())


def tell_monday(rig: Rig) -> None:
    """This function will do what the daemon does on Monday morning, until nothing waits."""
    for _ in range(_PASSES):
        try:
            rig.cycle()
            engine = engine_of(rig)
            take_snapshot(engine)
            tell_week(engine)
            run_delivery(engine)
            if not has_work(engine):
                return
        except OutsideError:
            pass
        rig.sandbox.advance(seconds=A_MINUTE)
    raise AssertionError("something is still waiting in the outbox")


def tell_and_die(rig: Rig, crossings: Crossings, watch: Watch) -> bool:
    """This function will do the same until the watch kills the process, and say whether it did."""
    crossings.begin(watch)
    try:
        tell_monday(rig)
    except Killed:
        crossings.begin()
        rig.die()
        return True
    return False


def messages_of(rig: Rig) -> Counter[str]:
    """This function will count what stands in Slack of the digest: messages by key, and the files that are shown."""
    keys = [str(one["metadata"]["event_payload"]["key"]) for one in rig.sandbox.messages() if one["metadata"]]
    files = [PICTURE for one in rig.sandbox.messages() for _ in one["files"]]
    return Counter([*(key for key in keys if key.startswith("digest/")), *files])


def message(rig: Rig, key: str) -> Record:
    """This function will give one message of the digest as it stands in Slack."""
    return next(
        one
        for one in rig.sandbox.messages()
        if one["metadata"] and one["metadata"]["event_payload"]["key"] == key
    )
