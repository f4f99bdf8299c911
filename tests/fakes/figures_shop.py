"""An org whose opportunities have the fields of the forecast, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tests.fakes.builders import ruleset
from tests.fakes.crm import FakeCrm
from tests.fakes.landings import built
from tests.fakes.memory_engine import ORG, Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.cycle import CycleReport, run_cycle
from csops_sync.app.engine import Engine
from csops_sync.domain.forecast.figures import FIGURE_FIELDS
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Json, Overwrite, Role, WriteResult
from csops_sync.ports.mapping import FieldMapping, ObjectMapping
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

RULES: RuleSet = ruleset(confidence=RATED, forecast=built())
_FIELDS = {
    name: FieldMapping(name=name, path=f"{name}__c", origin="x", owned_by_system=True)
    for name in FIGURE_FIELDS
}


@dataclass(slots=True)
class FiguresCrm(FakeCrm):
    """Remembers how many opportunities each call held; a flow keeps landings in thousands where `rounds` says so."""

    sizes: list[int] = field(default_factory=list)
    rounds: bool = False

    def overwrite(self, records: Sequence[Overwrite]) -> Sequence[WriteResult]:
        self.sizes.append(len(records))
        done = FakeCrm.overwrite(self, records)
        for record in records if self.rounds else ():
            landing = record.values.get("landing_amount")
            if isinstance(landing, int):
                values = {"landing_amount": landing // 1000 * 1000}
                self.edit(Role.OPPORTUNITY, record.id, values, by="005000000000009AAA")
        return done


@dataclass
class FiguresShop(Workshop):
    """A workshop with a forecast; `mapped` are the fields that are there and ours alone."""

    crm: FiguresCrm = field(default_factory=lambda: FiguresCrm(org_id=ORG))
    rules: RuleSet = RULES
    mapped: frozenset[str] = frozenset(FIGURE_FIELDS)

    def engine(self) -> Engine:
        """A fresh engine with the mapping of figures."""
        plain = super().engine()
        fields = {name: _FIELDS[name] for name in self.mapped}
        opportunity = ObjectMapping(role=Role.OPPORTUNITY, object="Opportunity", origin="x", fields=fields)
        mapping = replace(plain.mapping, figures=self.mapped, objects={Role.OPPORTUNITY: opportunity})
        return replace(plain, mapping=mapping)

    def cycle(self) -> CycleReport:
        """A minute later, another cycle without delivery."""
        self.crm.advance(seconds=60)
        return run_cycle(self.engine())

    def again(self) -> None:
        """A minute later, another cycle with all its delivery."""
        self.crm.advance(seconds=60)
        self.sync()

    def sold(self, number: int = 1, *, end: date = date(2026, 7, 5), **deal: Json) -> str:
        """A customer with a contract and its open renewal, made by a person and linked; gives the opportunity."""
        account = self.customer(f"客{number}")
        contract = self.sell(account, number=f"{number:08d}", end=end, auto_renews=False)
        return self.deal(account, contract=contract, **deal)

    def shown(self, deal: str) -> tuple[Json, ...]:
        """The figures that stand in Salesforce."""
        (row,) = self.crm.fetch(Role.OPPORTUNITY, [deal])
        return tuple(row.values.get(name) for name in FIGURE_FIELDS)

    def figures(self, *statuses: OutboxStatus) -> list[OutboxRow]:
        """The rows of figures in the outbox, of these statuses or of all."""
        with self.store.reading() as tx:
            rows = tx.outbox.with_status(*(statuses or tuple(OutboxStatus)), limit=100_000)
        return [row for row in rows if row.target is Target.FIGURES]
