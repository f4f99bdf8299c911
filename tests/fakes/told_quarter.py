"""A quarter as it was lived: one renewal, snapshots 180, 90 and 30 days before the end, a call, and the result."""

from dataclasses import replace
from datetime import date

from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.domain.forecast.calls import CalledRenewal, CalledTeam
from csops_sync.domain.forecast.periods import Window
from csops_sync.ports.crm import Role

RULES = replace(ruleset(confidence=RATED), forecast=built())
QUARTER = Window(date(2026, 7, 1), date(2026, 9, 30))


class ToldQuarter:
    """¥6,000,000 ends on 5 July 2026, due in FY2026 Q2.

    It is told at T-180 (3 April), rated C before T-90 (2 July), called at 5,900,000 by then, won at 6,180,000 on that
    day, and told once more at T-30 (31 August).
    """

    def __init__(self) -> None:
        self.shop = Workshop(rules=RULES)
        self.account = self.shop.customer()
        self.shop.sell(self.account, auto_renews=False)
        self.shop.sync()
        self.key = next(iter(self.shop.renewals(self.account)))

    def until(self, day: date) -> None:
        """Let time pass and tell the day."""
        self.pass_to(day)
        take_snapshot(self.shop.engine())

    def pass_to(self, day: date) -> None:
        """Let time pass, without a snapshot."""
        self.shop.day((day - self.shop.office().today).days)
        self._seen()

    def live(self) -> None:
        """Live the quarter to its end and two days more."""
        self.until(date(2026, 4, 3))
        self.pass_to(date(2026, 7, 1))
        self.edit({"confidence": "C"})
        self.call()
        self.until(date(2026, 7, 2))
        self.edit({"closed": True, "won": True})
        self.until(date(2026, 8, 31))
        self.until(date(2026, 10, 2))

    def edit(self, values: dict[str, str | bool | int]) -> None:
        """Edit the opportunity as its CSM."""
        [deal] = self.shop.crm.records(Role.OPPORTUNITY)
        self.shop.crm.edit(Role.OPPORTUNITY, deal.id, dict(values), by=CSM)
        self._seen()

    def call(self) -> None:
        """Somebody calls the renewal, and its CSM the quarter."""
        at = self.shop.office().now
        with self.shop.store.transaction() as tx:
            (state,) = tx.forecast.states.get([self.key])
            csm = state.grouping.csm_id or ""
            amount = yen(5_900_000)
            tx.forecast.calls.add(subject=CalledRenewal(key=self.key), at=at, by_id=csm, amount=amount)
            team = CalledTeam(user_id=csm, window=QUARTER)
            tx.forecast.calls.add(subject=team, at=at, by_id=csm, amount=yen(6_000_000))

    @property
    def csm(self) -> str:
        """Who looks after the renewal."""
        with self.shop.store.reading() as tx:
            (state,) = tx.forecast.states.get([self.key])
        return state.grouping.csm_id or ""

    def _seen(self) -> None:
        self.shop.crm.advance(seconds=60)
        self.shop.sync()
