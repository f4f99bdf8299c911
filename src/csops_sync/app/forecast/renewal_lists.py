"""Lists of an org's renewals, from its state alone: a page for the screen, or all of them for a file.

With `kept` the terms, their landings and names stay in memory while nothing changed, and a list that was made for one
page serves the others; without it, or where an org is too large for that, each asking reads what it needs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from csops_sync.app.forecast.called_lines import with_calls
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.kept_terms import MOST_KEPT, terms_in
from csops_sync.app.forecast.listing import Directory, Listed, lines_of, listed, page_of
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter, RenewalsPage
from csops_sync.app.forecast.mirror_names import Known, MirrorNames
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.forecast.reports import due_in, frame_in
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.app.office import Office
from csops_sync.domain.forecast.landing import Landed
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.crm import Role
from csops_sync.ports.store import Transaction

_MOST_PAGES = 20
"""So many pages of a list are kept with it."""


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
    found = _list_of(office, wanted, paging, profile, kept)
    with office.store.reading() as tx:
        page = found.page(paging, MirrorNames(tx.mirror, found.names))
        return replace(page, lines=with_calls(tx, page.lines, at=office.now))


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
    found = _list_of(office, wanted, paging, profile, kept)
    with office.store.reading() as tx:
        directory = MirrorNames(tx.mirror, found.names)
        lines = lines_of(found.listed.found, frame=found.frame, directory=directory)
        return with_calls(tx, lines, at=office.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A list, what it was made with, the names that were read for it, and pages that were cut out of it."""

    listed: Listed
    frame: Frame
    names: Known
    pages: dict[tuple[int, int], RenewalsPage] = field(default_factory=dict)

    def page(self, paging: Paging, directory: Directory) -> RenewalsPage:
        """Cut a page out, or give one that was."""
        asked = (paging.page, paging.size)
        found = self.pages.get(asked)
        if found is None:
            found = page_of(self.listed, frame=self.frame, paging=paging, directory=directory)
            if len(self.pages) < _MOST_PAGES:
                self.pages[asked] = found
        return found


@dataclass(frozen=True, slots=True)
class _Ledger:
    """All terms of an org with their landings, and names as they are read."""

    states: tuple[TermState, ...]
    landed: dict[str, Landed]
    names: Known = field(default_factory=dict)

    def weigh(self, state: TermState) -> Landed:
        """Look up where a term lands."""
        return self.landed[state.key]


def _list_of(
    office: Office, wanted: RenewalFilter, paging: Paging, profile: str | None, kept: KeptReports | None
) -> _Made:
    def make() -> _Made:
        with office.store.reading() as tx:
            frame = frame_in(tx, office, profile=profile)
            if kept is None or tx.mirror.count(Role.CONTRACT) > MOST_KEPT:
                states = (
                    tx.forecast.states.all() if wanted.window is None else due_in(tx, frame, wanted.window)
                )
                return _made(tx, frame, wanted, paging, _Source(states, Weigher(frame).landed, {}))
            ledger = kept.get(office, "ledger", lambda: _ledger(tx, office, frame))
            return _made(tx, frame, wanted, paging, _Source(ledger.states, ledger.weigh, ledger.names))

    if kept is None:
        return make()
    return kept.get(office, ("list", wanted, paging.sort, paging.descending, profile), make)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a list is made from."""

    states: Iterable[TermState]
    weigh: Callable[[TermState], Landed]
    names: Known


def _made(tx: Transaction, frame: Frame, wanted: RenewalFilter, paging: Paging, source: _Source) -> _Made:
    found = listed(
        source.states,
        frame=frame,
        wanted=wanted,
        paging=paging,
        directory=MirrorNames(tx.mirror, source.names),
        weigh=source.weigh,
    )
    return _Made(listed=found, frame=frame, names=source.names)


def _ledger(tx: Transaction, office: Office, frame: Frame) -> _Ledger:
    states, weigher = tuple(terms_in(tx, office)), Weigher(frame)
    return _Ledger(states, {one.key: weigher.landed(one) for one in states})
