"""Lists of an org's renewals, from its state alone: a page for the screen, or all of them for a file.

With `kept` all renewals are laid out in memory while nothing changed, and every list is cut out of that; without it, or
where an org is too large for that, each asking reads what it needs.
"""

from dataclasses import dataclass, field, replace

from csops_sync.app.forecast.called_lines import with_calls
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.kept_terms import MOST_KEPT, terms_in
from csops_sync.app.forecast.listing import Listed, lines_of, listed, page_of
from csops_sync.app.forecast.listing_index import RenewalIndex
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter, RenewalsPage
from csops_sync.app.forecast.mirror_names import Known, MirrorNames
from csops_sync.app.forecast.overdue import with_overdue
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.forecast.reports import due_in, frame_in
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.app.office import Office
from csops_sync.ports.crm import Role
from csops_sync.ports.store import Transaction


def renewals_of(
    office: Office,
    *,
    wanted: RenewalFilter,
    paging: Paging,
    profile: str | None = None,
    kept: KeptReports | None = None,
) -> RenewalsPage:
    """This function will give one page of the renewals that a filter lets through.

    Raises as `reports.forecast_of` does.
    """
    ledger = _kept(office, profile, kept)
    with office.store.reading() as tx:
        if ledger is not None:
            page = ledger.index.page(wanted, paging, MirrorNames(tx.mirror, ledger.names))
        else:
            frame, found = _read(tx, office, wanted, paging, profile)
            page = page_of(found, frame=frame, paging=paging, directory=MirrorNames(tx.mirror))
        lines = with_overdue(page.lines, today=office.today)
        return replace(page, lines=with_calls(tx, lines, at=office.now))


def every_renewal_of(
    office: Office,
    *,
    wanted: RenewalFilter,
    paging: Paging,
    profile: str | None = None,
    kept: KeptReports | None = None,
) -> tuple[RenewalLine, ...]:
    """This function will give all renewals that a filter lets through; of the paging only the order counts.

    Raises as `reports.forecast_of` does.
    """
    ledger = _kept(office, profile, kept)
    with office.store.reading() as tx:
        if ledger is not None:
            lines = ledger.index.every(wanted, paging, MirrorNames(tx.mirror, ledger.names))
        else:
            frame, found = _read(tx, office, wanted, paging, profile)
            lines = lines_of(found.found, frame=frame, directory=MirrorNames(tx.mirror))
        return with_calls(tx, with_overdue(lines, today=office.today), at=office.now)


def prepare_lists(office: Office, kept: KeptReports) -> None:
    """This function will lay out all renewals and their orders, so that the first reader of a list does not wait.

    Nothing is done where an org is too large for that. Raises as `reports.forecast_of` does.
    """
    ledger = _kept(office, None, kept)
    if ledger is not None:
        with office.store.reading() as tx:
            ledger.index.prepare(MirrorNames(tx.mirror, ledger.names))


@dataclass(frozen=True, slots=True)
class _Ledger:
    """All renewals of an org, and names as they are read."""

    index: RenewalIndex
    names: Known = field(default_factory=dict)


def _kept(office: Office, profile: str | None, kept: KeptReports | None) -> _Ledger | None:
    """Give what is kept; None where nothing is."""

    def make() -> _Ledger | None:
        with office.store.reading() as tx:
            frame = frame_in(tx, office, profile=profile)
            if tx.mirror.count(Role.CONTRACT) > MOST_KEPT:
                return None
            return _Ledger(RenewalIndex(terms_in(tx, office), frame=frame, weigh=Weigher(frame).landed))

    return None if kept is None else kept.get(office, ("ledger", profile), make)


def _read(
    tx: Transaction, office: Office, wanted: RenewalFilter, paging: Paging, profile: str | None
) -> tuple[Frame, Listed]:
    frame = frame_in(tx, office, profile=profile)
    states = tx.forecast.states.all() if wanted.window is None else due_in(tx, frame, wanted.window)
    found = listed(
        states,
        frame=frame,
        wanted=wanted,
        paging=paging,
        directory=MirrorNames(tx.mirror),
        weigh=Weigher(frame).landed,
    )
    return frame, found
