"""An org in which people call renewals: who reports to whom, one renewal that is open, and one that was won."""

from dataclasses import replace
from decimal import Decimal

from tests.fakes.builders import ruleset
from tests.fakes.landings import built
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.call_rows import CallRow
from csops_sync.app.forecast.calling import CallOrder, call_renewal
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.forecast.reports import renewal_of
from csops_sync.ports.crm import Json, Role


class CalledShop(Workshop):
    """A customer of 佐藤, who reports to 田中, who reports to 役員; 鈴木 reports to 田中 too, 他部署 to nobody."""

    def open(self) -> "CalledShop":
        """Make the people and two contracts, one of them won already."""
        self.rules = replace(ruleset(confidence=RATED), forecast=built())
        account = self.customer()
        (csm,) = [one.id for one in self.crm.records(Role.USER) if one.values["name"] == "佐藤"]
        self.people = {"佐藤": csm}
        for name, above in (("役員", None), ("田中", "役員"), ("鈴木", "田中"), ("他部署", None)):
            manager = self.people.get(above or "")
            values: dict[str, Json] = {
                "name": name,
                "email": f"{name}@example.com",
                "active": True,
                "manager": manager,
            }
            self.people[name] = self.crm.create(Role.USER, values)
        self.crm.edit(Role.USER, csm, {"manager": self.people["田中"]})
        contract = self.sell(account, auto_renews=False)
        self.opportunity = self.deal(account, contract=contract)
        over = self.sell(account, number="00000002", auto_renews=False)
        self.deal(account, contract=over, stage="受注", closed=True, won=True, amount=6_000_000)
        self.sync()
        return self

    def line(self, number: str = "00000001") -> RenewalLine:
        """The renewal of a contract."""
        with self.store.reading() as tx:
            states = list(tx.forecast.states.all())
        lines = [renewal_of(self.office(), one.key) for one in states]
        return next(one for one in lines if one.contract == number)

    def call(
        self, asked: str = "00000001", *, by: str = "佐藤", yen: int | None = 4_000_000, **more: object
    ) -> CallRow:
        """Call a renewal."""
        order = CallOrder(amount=None if yen is None else Decimal(yen), by=by)
        return call_renewal(self.office(), asked, replace(order, **more))  # type: ignore[arg-type]  # real fields
