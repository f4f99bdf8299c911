"""An engine of the app in memory: fake Salesforce, fake Slack, memory store, and one customer to begin with."""

from dataclasses import dataclass, field, replace
from datetime import date

from tests.fakes.builders import ruleset
from tests.fakes.chat import FakeChat
from tests.fakes.crm import FakeCrm
from tests.fakes.store import MemoryDatabase, MemoryStore

from csops_sync.app.engine import Desk, Engine
from csops_sync.app.office import Office, office_of
from csops_sync.app.syncing import SyncView, sync
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Json, Role
from csops_sync.ports.mapping import OrgMapping
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus

ORG = "00D000000000001AAA"
OPERATOR = "#csops-ops"


@dataclass
class Workshop:
    """One org. `sync` is a cycle with all its delivery; `office` is what orders and questions are given."""

    crm: FakeCrm = field(default_factory=lambda: FakeCrm(org_id=ORG))
    rules: RuleSet = field(default_factory=ruleset)
    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    desk: Desk = field(default_factory=lambda: Desk(operator_channel=OPERATOR))

    def __post_init__(self) -> None:
        self.chat = FakeChat(clock=self.crm, channels=("#renewals", OPERATOR))
        self.store = MemoryStore(ORG, self.database)

    def engine(self) -> Engine:
        """A fresh engine without a lease."""
        return Engine(
            store=self.store,
            reader=self.crm,
            writer=self.crm,
            chat=self.chat,
            clock=self.crm,
            rules=self.rules,
            mapping=OrgMapping(objects={}, written=frozenset(), hashes=dict.fromkeys(Role, "m")),
            identity=self.crm.identity(),
            desk=self.desk,
        )

    def office(self) -> Office:
        """The office of a person named sato."""
        return office_of(self.engine(), by="sato")

    def sync(self, *, approval: str | None = None) -> SyncView:
        """A cycle and all its delivery."""
        return sync(self.engine(), approval=approval, by="sato")

    def day(self, days: int = 1) -> SyncView:
        """Let days pass, then sync."""
        self.crm.advance(days=days)
        return self.sync()

    def customer(self, name: str = "株式会社みなと商事") -> str:
        """Make a customer with an active CSM."""
        csm = self.crm.create(Role.USER, {"name": "佐藤", "email": "sato@example.com", "active": True})
        return self.crm.create(Role.ACCOUNT, {"name": name, "country": "JP", "csm": csm})

    def sell(
        self,
        account: str,
        *,
        number: str = "00000001",
        start: date = date(2025, 7, 6),
        end: date = date(2026, 7, 5),
        **values: Json,
    ) -> str:
        """Give a customer an active contract; as it stands it is opened 90 days before 6 July 2026, on 7 April."""
        plain: dict[str, Json] = {
            "account": account,
            "number": number,
            "status": "Activated",
            "start": start.isoformat(),
            "end": end.isoformat(),
            "term_months": 12,
            "auto_renews": True,
            "annual_amount": 6_000_000,
        }
        return self.crm.create(Role.CONTRACT, {**plain, **values})

    def deal(self, account: str, **values: Json) -> str:
        """Make an open renewal opportunity as a person."""
        plain: dict[str, Json] = {
            "account": account,
            "name": "手作りの更新",
            "stage": "提案",
            "closed": False,
            "won": False,
            "close_date": "2026-07-05",
            "record_type": "Renewal",
            "amount": 5_000_000,
        }
        return self.crm.create(Role.OPPORTUNITY, {**plain, **values})

    def renewals(self, account: str) -> dict[str, Renewal]:
        """The renewals of a customer by key."""
        with self.store.reading() as tx:
            return {one.key: one for one in tx.renewals.of_accounts([account])}

    def row(self, key: str) -> OutboxRow:
        """One row of the outbox."""
        with self.store.reading() as tx:
            return tx.outbox.get([key])[0]

    def set_row(self, key: str, status: OutboxStatus, *, attempts: int = 8) -> None:
        """Put a row into a state as delivery would have left it."""
        with self.store.transaction() as tx:
            row = tx.outbox.get([key])[0]
            tx.outbox.put([replace(row, status=status, attempts=attempts, error="as the test said")])

    def ordered(self) -> list[Event]:
        """The orders in the journal."""
        with self.store.reading() as tx:
            return [one for one in tx.journal.about() if one.kind == "ordered"]

    def opened(self) -> list[str]:
        """The renewal keys that stand in Salesforce, in order."""
        keys = [row.values.get("renewal_key") for row in self.crm.records(Role.OPPORTUNITY)]
        return sorted(str(key) for key in keys if key)
