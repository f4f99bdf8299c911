"""The dashboard over a running installation: its state, its health, and a person's orders. Computes nothing itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from csops_sync.app import orders_outbox
from csops_sync.app.forecast.accuracy import AccuracyReport, accuracy_report
from csops_sync.app.forecast.bridge_page import BridgeAsked, BridgePage, bridge_page_of
from csops_sync.app.forecast.callers import calls_of_renewal
from csops_sync.app.forecast.calling import CallOrder, call_renewal, call_team
from csops_sync.app.forecast.closed import ClosedLines
from csops_sync.app.forecast.kept_reports import KeptReports, Stamp, stamp_of
from csops_sync.app.forecast.kept_terms import KeptTerms
from csops_sync.app.forecast.landing_history import landing_history
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter, RenewalsPage
from csops_sync.app.forecast.matrix_page import matrix_of
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import MatrixPage, Overview, Span
from csops_sync.app.forecast.renewal_lists import every_renewal_of, prepare_lists, renewals_of
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.forecast.reports import renewal_of
from csops_sync.app.forecast.scope_parts import ScopeParts
from csops_sync.app.health import HealthView
from csops_sync.app.office import Office
from csops_sync.app.outbox_subjects import outbox_seen, queue_of
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.queries_state import source_rows, status_view
from csops_sync.app.recording import held_hash
from csops_sync.app.refusals import RefusedError
from csops_sync.app.row_scope import longest_lines, people_of, users_of
from csops_sync.app.views import StatusView
from csops_sync.domain.facts import Person
from csops_sync.interfaces.web.dashboard_data import Operations, People, RenewalPage
from csops_sync.interfaces.web.lately import Lately
from csops_sync.interfaces.web.scopes import MOST, LatestScopes
from csops_sync.ports.store import OutboxStatus

_BY = "dashboard"
_EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What is running now. `org_name` is the org's host, `mode` live or shadow."""

    office: Office
    org_id: str
    org_name: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveData:
    """Implements `DashboardData` and `DashboardOrders`.

    `installed` gives what runs, for the person who asks; it raises NotReadyError before the first start is through.
    """

    installed: Callable[[str], Installed]
    health: Callable[[], HealthView]
    kept: KeptReports = field(default_factory=KeptReports)
    closed: ClosedLines = field(default_factory=ClosedLines)
    terms: KeptTerms = field(default_factory=KeptTerms)
    parts: ScopeParts = field(default_factory=ScopeParts)
    scopes: LatestScopes = field(default_factory=LatestScopes)
    lately: Lately = field(default_factory=Lately)

    def overview(self, span: Span, people: People) -> Overview:
        """This function will give the numbers of the first page."""
        self.scopes.note(people)
        return self._overview(span, people)

    def renewals(self, wanted: RenewalFilter, paging: Paging) -> RenewalsPage:
        """This function will give one page of the renewals that match."""
        return renewals_of(self._office(), wanted=wanted, paging=paging, kept=self.kept)

    def every_renewal(self, wanted: RenewalFilter, paging: Paging) -> tuple[RenewalLine, ...]:
        """This function will give all renewals that match, in order."""
        return every_renewal_of(self._office(), wanted=wanted, paging=paging, kept=self.kept)

    def renewal(self, key: str, people: People, *, language: str) -> RenewalPage | None:
        """This function will give one renewal; None where there is none of that key within the scope."""
        office = self._office()
        try:
            line = renewal_of(office, key, people=people)
            users = self._users(office)
            found = explain_view(office, key, language=language, people=users)
        except RefusedError:
            return None
        own = next((one for one in found.renewals if one.key == key), None)
        calls = calls_of_renewal(office, line.state, people=users)
        told = landing_history(office, key)
        return RenewalPage(contract=found, renewal=own, line=line, calls=calls, told=told)

    def bridge(self, asked: BridgeAsked, people: People) -> BridgePage:
        """This function will lead from one landing to another, with the renewals behind one bar."""
        return bridge_page_of(self._office(), asked, people=people, kept=self.kept)

    def accuracy(self, period: str | None, people: People) -> AccuracyReport:
        """This function will compare a closed period, None for the last quarter, with what was expected of it."""
        office = self._office()
        asked = ("accuracy", period, people)
        make = partial(accuracy_report, office, period=period, people=people, kept=self.kept)
        return self.kept.get(office, asked, make)

    def matrix(self, people: People) -> MatrixPage:
        """This function will give the open renewals by type and rank."""
        office = self._office()
        return self.kept.get(office, ("matrix", people), lambda: matrix_of(office, people=people))

    def operations(self, people: People) -> Operations:
        """This function will say how the product stands, with the outbox rows about these people's renewals."""
        running = self.installed(_BY)
        scoped = people is not None
        (status, approval), queue = self.lately.get(
            ("queue", scoped), lambda: (self._standing(running), queue_of(running.office, scoped=scoped))
        )  # in this order, at one moment: no hash approves rows that are not shown
        seen = self.lately.get(
            ("outbox", people, queue), partial(outbox_seen, running.office, people=people, queue=queue)
        )
        return Operations(
            status=status,
            health=self.health(),
            outbox=seen.view,
            held_hash=approval,
            subjects=seen.subjects,
            others=seen.others,
        )

    def stands_on(self) -> Stamp:
        """This function will read what all pages stand on; while it is the same they are too."""
        return stamp_of(self._office())

    def prepare(self, *, at_start: bool = False) -> Sequence[Overview]:
        """This function will make what most readers ask for, and give the first pages.

        They are lists, what the other pages begin with, and the first page of the managers who read lately; at the
        start, when nobody has, of those with the longest lines.
        """
        office = self._office()
        with self.kept.fresh():
            shown = self._overview(Span.YEAR, None)
            prepare_lists(office, self.kept)
            self.matrix(None)
            self.accuracy(None, None)
            self.bridge(BridgeAsked(), None)
            for span in Span:
                self._overview(span, None)
                self.bridge(BridgeAsked(span=span), None)
            lines = longest_lines(self._users(office))[:MOST] if at_start else self.scopes.latest()
            return [shown, *(self._overview(Span.YEAR, people) for people in lines)]

    def people_of(self, email: str) -> frozenset[str] | None:
        """This function will give whose renewals a Salesforce user may see, by e-mail address."""
        return people_of(self._users(self._office()), email)

    def call_renewal(self, key: str, order: CallOrder, *, by: str) -> None:
        """This function will keep what somebody says that one renewal will come to."""
        call_renewal(self._office(by), key, order)
        self.kept.hurry()

    def call_team(self, team: str, period: str, order: CallOrder, *, by: str) -> None:
        """This function will keep what somebody says that a team's period will come to."""
        call_team(self._office(by), team, period, order)
        self.kept.hurry()

    def approve(self, approval: str, *, by: str) -> int:
        """This function will let go exactly what is held under a hash."""
        with self._ordering():
            return orders_outbox.approve(self._office(by), approval)

    def retry(self, keys: tuple[str, ...], *, by: str) -> int:
        """This function will have rows sent again."""
        with self._ordering():
            retried = orders_outbox.retry(self._office(by), keys)
        return retried.sent + retried.waiting

    def drop(self, keys: tuple[str, ...], *, by: str) -> int:
        """This function will give rows up."""
        with self._ordering():
            return orders_outbox.drop(self._office(by), keys)

    @contextmanager
    def _ordering(self) -> Iterator[None]:
        """Have whoever looks after an order see what it did."""
        try:
            yield
        finally:
            self.lately.forget()

    def _standing(self, running: Installed) -> tuple[StatusView, str | None]:
        """Read how the product stands, and the hash that approves what is held."""
        office = running.office
        status = status_view(
            office,
            org_id=running.org_id,
            org_name=running.org_name,
            mode=running.mode,
            rows=self.kept.get(office, "rows", partial(source_rows, office)),
        )
        return status, _held_hash(office) if status.outbox.get(OutboxStatus.HELD) else None

    def _overview(self, span: Span, people: People) -> Overview:
        office = self._office()
        make = partial(
            overview_of,
            office,
            span=span,
            people=people,
            closed=self.closed,
            parts=self.parts,
            kept=self.kept,
        )
        return self.kept.get(office, ("overview", span, people), make)

    def _users(self, office: Office) -> Mapping[str, Person]:
        return self.kept.get(office, "users", partial(users_of, office), may_be_former=False)

    def _office(self, by: str = _BY) -> Office:
        return replace(self.installed(by).office, held=self.terms)


def _held_hash(office: Office) -> str | None:
    with office.store.reading() as tx:
        return held_hash(tx.outbox.with_status(OutboxStatus.HELD, limit=_EVERYTHING))
