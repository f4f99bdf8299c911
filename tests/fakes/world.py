"""A rig whose crossings are watched, and the few things that people do beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.fakes.crossings import Crossings
from tests.fakes.outcome import Outcome, read_outcome
from tests.fakes.persevering import persevere
from tests.fakes.rig import RULES, Rig, Sold, running
from tests.fakes.sandbox import Record

from csops_sync.app.cycle import run_cycle
from csops_sync.app.delivery import run_delivery

TODAY = date(2026, 4, 1)
OPENS_TOMORROW = date(2025, 7, 1)
"""Twelve months from here the renewal date is 2026-07-01; 90 days before it is Thursday, 2 April."""
OPENS_ON_FRIDAY = date(2025, 7, 2)
BY_HAND = "手で作った更新"


@dataclass
class World(Rig):
    """Days are worked until nothing waits. The baseline is on Wednesday, 1 April."""

    crossings: Crossings = field(default_factory=Crossings)

    def __post_init__(self) -> None:
        self.transports = self.crossings.transports()

    def die(self) -> None:
        """Forget a process that gave nothing back, and close what the system would have closed for it."""
        super().die()
        self.crossings.hang_up()

    def sell_and_wait(self, *names: str, start: date = OPENS_TOMORROW) -> list[Sold]:
        """Sell to these customers, take the baseline, and let the day come on which they are opened."""
        sold = [self.sell(name, start=start) for name in names]
        persevere(self)
        self.sandbox.advance_business_days(1)
        return sold

    def work_next_day(self) -> None:
        """Let a business day pass and work."""
        self.sandbox.advance_business_days(1)
        persevere(self)

    def attempt(self) -> None:
        """Cycle and deliver once, whatever is left waiting."""
        run_cycle(self.engine())
        run_delivery(self.engine())

    def create_by_hand(self, sold: Sold, **values: object) -> str:
        """Make the renewal opportunity of a contract as its CSM would."""
        plain: dict[str, object] = {
            "Name": BY_HAND,
            "AccountId": sold.account,
            "ContractId": sold.contract,
            "StageName": "提案",
            "CloseDate": "2026-06-30",
        }
        return self.sandbox.create("Opportunity", plain | values, by=self.csm())

    def edit_by_hand(self, sold: Sold, **values: object) -> None:
        """Edit the opportunity of a renewal as its CSM would."""
        self.sandbox.update("Opportunity", self.opened(sold)["Id"], values, by=self.csm())

    def opened(self, sold: Sold) -> Record:
        """The one opportunity that carries a contract's first renewal key."""
        (found,) = [one for one in self.renewals() if one["Renewal_Key__c"] == sold.key]
        return found

    def fired(self) -> int:
        """How many faults have been played so far."""
        return sum(int(one["fired"]) for one in self.sandbox.fault_report())

    def outcome(self) -> Outcome:
        """What there is now, after making sure that nothing of it was ever made or told twice."""
        found = read_outcome(self.sandbox)
        assert found.doubled() == []
        return found


@contextmanager
def new_world(*, rules: Path = RULES) -> Iterator[World]:
    """A world on a sandbox of its own."""
    with running(today=TODAY, build=World, rules=rules) as made:
        assert isinstance(made, World)
        yield made
