"""The dashboard's bridge: between two days that a person chose, with the renewals behind one of its bars."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from csops_sync.app.forecast.bridging import BridgedBook, BridgeReport, NoSnapshotError, bridged_book
from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.listing_values import PAGE_SIZE
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.overview import span_window
from csops_sync.app.forecast.overview_values import Span
from csops_sync.app.forecast.report_values import Basis
from csops_sync.app.forecast.reports import People, plain_frame_in
from csops_sync.app.office import Office
from csops_sync.domain.forecast.bridge import Bar, Cause, Mover
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.money import Money
from csops_sync.ports.forecast_store import SnapshotKind
from csops_sync.ports.store import Transaction

WEEK = timedelta(days=7)
"""How far back a bridge begins if nobody says."""
_SECOND_WEEK = date.min + WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeAsked:
    """What a reader chose: two days (None: a week before the other end; now), and which due dates count.

    `span` None: the current quarter and the four after it. `cause` None opens the bar that moved most; `page` is of
    its renewals, counted from 1.
    """

    since: date | None = None
    until: date | None = None
    span: Span | None = None
    cause: Cause | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverLine:
    """One renewal of a bar. `is_known`: it is there today and can be opened; `end` and `csm` are today's."""

    key: str
    account: str
    contract: str
    amount: Money
    is_known: bool
    end: date | None = None
    csm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgePage:
    """One bridge. `days` are those with a snapshot, oldest first; `report` None: none is as old as `since`.

    `opened` is the bar whose renewals are in `lines`, the largest movement first: page `page` of `pages`; None where
    nothing moved.
    """

    basis: Basis
    days: tuple[date, ...]
    since: date
    until: date | None
    span: Span | None
    report: BridgeReport | None = None
    opened: Bar | None = None
    lines: tuple[MoverLine, ...] = ()
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What was asked, with the days that stand for what was left open.

    `basis` is what a page without a bridge says it stands on; news make it another one, and the question is the same.
    """

    basis: Basis = field(compare=False)
    days: tuple[date, ...]
    since: date
    until: date | None
    window: Window | None
    revision: Hashable

    def kept_by(self, day: date | None) -> date | None:
        """Give the day whose snapshot stands for a day, so that days between two share one bridge."""
        if day is None:
            return None
        return max((one for one in self.days if one <= day), default=date.min)


def bridge_page_of(
    office: Office, asked: BridgeAsked, *, people: People = None, kept: KeptReports | None = None
) -> BridgePage:
    """This function will give a bridge and one page of the renewals behind one of its bars.

    Raises as `bridging.bridge_of` does, but for a snapshot that there is none of.
    """
    with office.store.reading() as tx:
        choice = _chosen(tx, office, asked)

    def make() -> BridgePage:
        return _page(office, choice, asked, people, _report(office, choice, people, kept))

    return make() if kept is None else kept.get(office, ("bridge page", choice, asked, people), make)


def _page(
    office: Office, choice: _Choice, asked: BridgeAsked, people: People, report: BridgeReport | None
) -> BridgePage:
    bar = _opened(report, asked.cause) if report is not None else None
    movers = bar.movers if bar is not None else ()
    pages = max(1, -(-len(movers) // PAGE_SIZE))
    page = min(asked.page, pages)
    with office.store.reading() as tx:
        lines = _lines(tx, movers[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], people)
    return BridgePage(
        basis=choice.basis if report is None else report.basis,
        days=choice.days,
        since=choice.since,
        until=choice.until,
        span=asked.span,
        report=report,
        opened=bar,
        lines=lines,
        page=page,
        pages=pages,
    )


def _chosen(tx: Transaction, office: Office, asked: BridgeAsked) -> _Choice:
    frame = plain_frame_in(tx, office)
    kept = tx.forecast.snapshots.list(kind=SnapshotKind.DAY)
    return _Choice(
        basis=replace(frame.basis, rates=frame.rules.rate_policy.value),
        days=tuple(one.as_of for one in kept),
        since=asked.since or max(asked.until or frame.as_of, _SECOND_WEEK) - WEEK,
        until=asked.until,
        window=span_window(frame, asked.span) if asked.span is not None else None,
        revision=kept[-1].id if kept else None,
    )


def _report(office: Office, choice: _Choice, people: People, kept: KeptReports | None) -> BridgeReport | None:
    def lay_out() -> BridgedBook | None:
        try:
            return bridged_book(office, since=choice.since, until=choice.until, window=choice.window)
        except NoSnapshotError:
            return None

    asked = (choice.revision, *map(choice.kept_by, (choice.since, choice.until)), choice.window)
    book = lay_out() if kept is None else kept.get(office, ("bridge", *asked), lay_out, is_large=True)
    if book is None:
        return None

    def cut() -> BridgeReport:
        with office.store.reading() as tx:
            return book.report(tx, people)

    return cut() if kept is None else kept.get(office, ("bridge of", *asked, people), cut)


def _opened(report: BridgeReport, cause: Cause | None) -> Bar | None:
    """Choose the bar that was asked for, else the one that moved most, else none."""
    bars = [one for one in report.bridge.bars if one.movers]
    if cause is not None:
        return next((one for one in report.bridge.bars if one.cause is cause), None)
    return max(bars, key=lambda one: abs(one.amount.to_minor()), default=None)


def _lines(tx: Transaction, movers: Sequence[Mover], people: People) -> tuple[MoverLine, ...]:
    names = MirrorNames(tx.mirror)
    accounts = names.accounts({one.account_id for one in movers})
    contracts = names.contracts({one.contract_id for one in movers})
    found = tx.forecast.states.get([one.key for one in movers])
    states = {one.key: one for one in found if is_for(one, people)}
    csms = names.people({one.grouping.csm_id for one in states.values() if one.grouping.csm_id is not None})
    lines = []
    for mover in movers:
        state = states.get(mover.key)
        csm_id = state.grouping.csm_id if state is not None else None
        lines.append(
            MoverLine(
                key=mover.key,
                account=accounts.get(mover.account_id, mover.account_id),
                contract=contracts.get(mover.contract_id, mover.contract_id),
                amount=mover.amount,
                is_known=state is not None,
                end=state.end if state is not None else None,
                csm=csms.get(csm_id, csm_id) if csm_id is not None else None,
            )
        )
    return tuple(lines)
