"""State and rules of one org without the outside: what a person's questions and orders need.

Neither a login nor the lease is needed here. Salesforce may be down, and the daemon may be at work.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from csops_sync.app.engine import Engine
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.forecast_store import Snapshot
from csops_sync.ports.store import Store, Transaction


class HeldTerms(Protocol):
    """Terms that stay in memory from one report to the next."""

    def now(self, tx: Transaction) -> Iterable[TermState]:
        """This function will give all terms as a transaction sees them, in order of key."""
        ...

    def then(self, tx: Transaction, snapshot: Snapshot) -> Iterable[TermState]:
        """This function will give those of a snapshot, in order of key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`now` is business time (aware UTC); `by` is the person who asks, as the operating system names them.

    `held` keeps terms for who asks again and again; without it every report reads those that it needs.
    """

    store: Store
    rules: RuleSet
    now: datetime
    by: str = ""
    held: HeldTerms | None = None

    @property
    def timezone(self) -> str:
        """The org's time zone."""
        return self.rules.calendar.timezone

    @property
    def today(self) -> date:
        """The org's business date."""
        return self.now.astimezone(ZoneInfo(self.timezone)).date()

    def writing(self) -> AbstractContextManager[Transaction]:
        """This function will open the transaction of one order.

        It needs no lease. A transaction without a grant excludes every other write of the org while it is open, on
        both engines, so that reading, checking and changing within it are one step: what the holder of the lease
        decided before is committed, and what it decides next sees the order. Orders change rows and never write to
        Salesforce or Slack themselves; that stays with the holder.
        """
        return self.store.transaction()


def office_of(engine: Engine, *, by: str = "") -> Office:
    """This function will give the office that belongs to an engine."""
    return Office(store=engine.store, rules=engine.rules, now=engine.now(), by=by)
