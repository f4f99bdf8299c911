"""What the dashboard's pages ask for. Values come from `app`; the pages add words, formats and layout, and no sums.

`people` is whose renewals the reader may see, as Salesforce user ids (those they look after or manage); None is
everybody's. Instants are aware UTC, days the org's business dates, amounts annual and recurring in the report's one
currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from csops_sync.app.forecast.accuracy import AccuracyReport
from csops_sync.app.forecast.bridge_page import BridgeAsked, BridgePage
from csops_sync.app.forecast.callers import NOT_CALLED, RenewalCalls
from csops_sync.app.forecast.calling import CallOrder
from csops_sync.app.forecast.landing_history import ToldLanding
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter, RenewalsPage
from csops_sync.app.forecast.overview_values import MatrixPage, Overview, Span
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.health import HealthView
from csops_sync.app.outbox_subjects import Subject
from csops_sync.app.views import ExplainView, OutboxView, RenewalView, StatusView

People = frozenset[str] | None


class NotReadyError(Exception):
    """Nothing can be shown yet: the first load is under way, or nothing was computed. The text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalPage:
    """One renewal, its contract, and everything that is known about it.

    `renewal` None: its term was over before csops-sync came, so that only its figures are known. `told` is where it was
    said to land, as the daily snapshots told it, oldest first.
    """

    contract: ExplainView
    renewal: RenewalView | None
    line: RenewalLine
    calls: RenewalCalls = NOT_CALLED
    told: tuple[ToldLanding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """How the product stands. `held_hash` approves exactly what is held; None where nothing is.

    `outbox` has the rows that the reader may see, `subjects` what each is about, by its key; `others` counts the rows
    that are about somebody else's renewals, or about none.
    """

    status: StatusView
    health: HealthView
    outbox: OutboxView
    held_hash: str | None = None
    subjects: Mapping[str, tuple[Subject, ...]] = field(default_factory=dict)
    others: int = 0


class DashboardData(Protocol):
    """Every method may raise NotReadyError; none shows what `people` may not see."""

    def overview(self, span: Span, people: People) -> Overview:
        """This function will give the numbers of the first page."""
        ...

    def renewals(self, wanted: RenewalFilter, paging: Paging) -> RenewalsPage:
        """This function will give one page of the renewals that match; `wanted.people` is the reader's scope."""
        ...

    def every_renewal(self, wanted: RenewalFilter, paging: Paging) -> tuple[RenewalLine, ...]:
        """This function will give all renewals that match, sorted, for the CSV."""
        ...

    def renewal(self, key: str, people: People, *, language: str) -> RenewalPage | None:
        """This function will give one renewal; None where there is none of that key within the scope.

        Its arithmetic and its journal are in `language`.
        """
        ...

    def bridge(self, asked: BridgeAsked, people: People) -> BridgePage:
        """This function will lead from one landing to another, with the renewals behind one bar."""
        ...

    def accuracy(self, period: str | None, people: People) -> AccuracyReport:
        """This function will compare a closed period, None for the last quarter, with what was expected of it."""
        ...

    def matrix(self, people: People) -> MatrixPage:
        """This function will give the open renewals by type and rank."""
        ...

    def operations(self, people: People) -> Operations:
        """This function will say how the product stands, with the outbox rows about these people's renewals."""
        ...

    def people_of(self, email: str) -> frozenset[str] | None:
        """This function will give the ids of an active Salesforce user and of all who report to them.

        None where nobody, or more than one, has that e-mail address.
        """
        ...


class DashboardOrders(Protocol):
    """What a person may order. Raises RefusedError with what to do instead; `by` is who asks."""

    def call_renewal(self, key: str, order: CallOrder, *, by: str) -> None:
        """This function will keep what somebody says that one renewal will come to."""
        ...

    def call_team(self, team: str, period: str, order: CallOrder, *, by: str) -> None:
        """This function will keep what somebody says that a team's period will come to."""
        ...

    def approve(self, approval: str, *, by: str) -> int:
        """This function will let go what is held, if `approval` is the hash of exactly that, and count the rows."""
        ...

    def retry(self, keys: tuple[str, ...], *, by: str) -> int:
        """This function will have rows sent again, and count them."""
        ...

    def drop(self, keys: tuple[str, ...], *, by: str) -> int:
        """This function will give rows up, and count them."""
        ...
