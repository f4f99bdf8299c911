"""Comparing computed ranks as a job: after the first cycle, within the allowance, and again a while after a failure."""

from dataclasses import replace

from tests.fakes.confidence_shop import watched
from tests.fakes.daemon import Bench

from csops_sync.app.comparing_job import ComparingJob
from csops_sync.app.cycle_job import Hands
from csops_sync.domain.confidence.changes import Source
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import TransientError

HOUR = 3600


class Desk:
    """One process of an org whose rank is a formula; it has run a cycle and compared once."""

    def __init__(self) -> None:
        self.shop, (self.deal,) = watched()
        self.shop.crm.tracked = frozenset()
        self.shop.crm.formulas = frozenset({"confidence"})
        self.bench = Bench(crm=self.shop.crm, database=self.shop.database)
        self.bench.installation = replace(
            self.bench.installation,
            engine=lambda grant: replace(self.shop.engine(), grant=grant, stopping=self.bench.stop.is_set),
        )
        hands = Hands(
            keeper=self.bench.keeper, current=lambda: self.bench.installation, replace=self.bench.replace
        )
        self.job = ComparingJob(hands, self.bench.cycle, self.bench.instruments)
        self.bench.keeper.beat()

    def begin(self) -> None:
        """Run the first cycle, and the job."""
        self.bench.cycle.run()
        self.job.run()

    def recompute(self, rank: str) -> None:
        """Let the formula give another rank."""
        self.shop.crm.recompute(Role.OPPORTUNITY, self.deal, {"confidence": rank})

    def ranks(self) -> list[str | None]:
        """Where the changes of the ledger led."""
        return [one.change.after.rank for one in self.shop.ledger()]


def test_what_moved_without_an_edit_is_in_the_ledger_an_hour_later() -> None:
    desk = Desk()
    desk.begin()
    desk.recompute("D")
    desk.bench.pass_time(HOUR - 60)
    desk.job.run()
    assert desk.ranks() == []

    desk.bench.pass_time(60)
    desk.job.run()

    (row,) = desk.shop.ledger()
    assert (row.change.source, row.change.by_id, row.change.after.rank) == (Source.COMPARED, None, "D")


def test_nothing_is_compared_before_the_first_cycle_of_a_hold() -> None:
    desk = Desk()
    desk.recompute("D")
    calls = desk.shop.crm.calls

    desk.job.run()

    assert desk.shop.crm.calls == calls
    desk.begin()
    assert desk.ranks() == ["D"]


def test_it_waits_while_the_allowance_is_nearly_used_up() -> None:
    desk = Desk()
    desk.begin()
    desk.recompute("D")
    desk.bench.pass_time(HOUR)
    desk.bench.is_slow = True
    desk.job.run()
    assert desk.ranks() == []

    desk.bench.is_slow = False
    desk.job.run()
    assert desk.ranks() == ["D"]


def test_what_failed_is_compared_again_a_while_later() -> None:
    desk = Desk()
    desk.begin()
    desk.recompute("D")
    desk.bench.pass_time(HOUR)
    engine = desk.shop.engine()
    desk.bench.installation = replace(
        desk.bench.installation, engine=lambda grant: replace(engine, grant=grant)
    )
    desk.shop.crm.reads.append(TransientError("Salesforce is not there"))
    desk.job.run()
    desk.job.run()
    assert desk.ranks() == []

    desk.bench.pass_time(300)
    desk.job.run()
    assert desk.ranks() == ["D"]
