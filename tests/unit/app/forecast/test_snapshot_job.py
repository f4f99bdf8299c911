"""The daemon takes the day's snapshot by itself, once, whichever process holds the org."""

from tests.fakes.daemon import Bench

from csops_sync.ports.forecast_store import SnapshotKind


def taken(bench: Bench) -> list[str]:
    """The days of the snapshots that are stored."""
    with bench.store.reading() as tx:
        return [one.as_of.isoformat() for one in tx.forecast.snapshots.list(kind=SnapshotKind.DAY)]


def started() -> Bench:
    """A daemon that has run its first cycle."""
    made = Bench()
    made.sell()
    made.keeper.beat()
    made.cycle.run()
    return made


def test_each_day_is_taken_once_and_said() -> None:
    bench = started()
    bench.daily.run()
    bench.daily.run()
    assert len(taken(bench)) == 1
    bench.crm.advance(days=1)
    bench.cycle.run()
    bench.daily.run()
    assert len(taken(bench)) == 2
    assert [line["kind"] for line in bench.log.named("snapshot.taken")] == ["day", "day"]


def test_another_process_does_not_take_the_same_day_again() -> None:
    bench = started()
    bench.daily.run()
    bench.keeper.give_back()
    again = Bench(crm=bench.crm, database=bench.database, owner="another")
    again.keeper.beat()
    again.cycle.run()
    again.daily.run()
    assert len(taken(again)) == 1
    assert again.log.named("snapshot.taken") == []


def test_who_stands_by_takes_none() -> None:
    bench = started()
    other = Bench(crm=bench.crm, database=bench.database, owner="another")
    other.keeper.beat()
    other.daily.run()
    assert taken(other) == []
