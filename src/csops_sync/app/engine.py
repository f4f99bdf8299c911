"""What every use case works with: the ports, the rules of this moment, and the right to act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from csops_sync.domain.dates import Duration
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.cards import Cards
from csops_sync.ports.charts import Charts
from csops_sync.ports.chat import Chat
from csops_sync.ports.clock import Clock
from csops_sync.ports.crm import CrmReader, CrmWriter, OrgIdentity
from csops_sync.ports.digests import Digests
from csops_sync.ports.mapping import OrgMapping
from csops_sync.ports.store import LeaseGrant, Store


class Mode(StrEnum):
    """`shadow` decides and records, and sends nothing."""

    LIVE = "live"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How the product speaks: whom it turns to when something needs a person who runs it.

    `creation_blocked` says why nothing may be created at all, None where it may. Rows of the outbox that are over, and
    events of the journal, are removed once they are older than `keep_outbox` and `keep_journal`.
    """

    mode: Mode = Mode.LIVE
    operator_channel: str | None = None
    creation_blocked: str | None = None
    keep_outbox: Duration = Duration(days=400)
    keep_journal: Duration = Duration(days=800)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Everything that a cycle or a delivery run needs; immutable, so that one run holds one set of rules.

    `grant` is the lease under which it acts; None for rehearsals. `still_ours` is asked right before each write, on a
    monotonic clock; `stopping` ends long work between two steps.
    """

    store: Store
    reader: CrmReader
    writer: CrmWriter
    chat: Chat
    clock: Clock
    rules: RuleSet
    mapping: OrgMapping
    identity: OrgIdentity
    slack_cards: Cards | None = None
    digests: Digests | None = None
    charts: Charts | None = None
    desk: Desk = Desk()
    grant: LeaseGrant | None = None
    still_ours: Callable[[], bool] = lambda: True
    stopping: Callable[[], bool] = lambda: False

    @property
    def cards(self) -> Cards:
        """The cards in Slack; raises RuntimeError in an engine that was put together without them."""
        if self.slack_cards is None:
            raise RuntimeError("this engine has no cards; give it `slack_cards`")
        return self.slack_cards

    @property
    def is_shadow(self) -> bool:
        """Whether everything is decided and nothing sent."""
        return self.desk.mode is Mode.SHADOW

    def now(self) -> datetime:
        """This function will give business time, aware, UTC."""
        return self.clock.now()

    def today(self) -> date:
        """This function will give the org's business date in its time zone."""
        return self.now().astimezone(ZoneInfo(self.rules.calendar.timezone)).date()

    def link(self, record_id: str, object_name: str = "Opportunity") -> str:
        """This function will give the address of a record's page."""
        return f"{self.identity.lightning_url}/lightning/r/{object_name}/{record_id}/view"
