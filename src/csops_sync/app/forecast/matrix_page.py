"""The open renewals by type and rank, beside what each cell weighs."""

from collections import defaultdict
from collections.abc import Iterable

from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.judged import Tally, judged
from csops_sync.app.forecast.kept_terms import terms_in
from csops_sync.app.forecast.listing import of_people
from csops_sync.app.forecast.overview_values import MatrixCell, MatrixPage
from csops_sync.app.forecast.reports import frame_in
from csops_sync.app.office import Office
from csops_sync.domain.forecast.matrix import NOTHING, RATED_TYPES, Weights
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

_Place = tuple[RenewalType | None, str | None]


def matrix_of(office: Office, *, people: frozenset[str] | None = None) -> MatrixPage:
    """This function will sum what is still open in each cell; weights are those that segments share.

    A renewal that a person called lost stands in a row of its own once there is one. Raises as `reports.forecast_of`.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office)
        return matrix_page(of_people(terms_in(tx, office), people), frame)


def matrix_page(states: Iterable[TermState], frame: Frame) -> MatrixPage:
    """This function will sum terms by cell, in the report's currency, each at the rates of its quarter."""
    conversion = DueConversion(frame.due_rates)
    cells: defaultdict[_Place, Tally] = defaultdict(Tally)
    still_open = (one for one in states if one.standing in OPEN_STANDINGS)
    for one in judged(still_open, frame=frame, conversion=conversion):
        cells[_place(one.state, one.type, frame)].add(one)
    rows = [*RATED_TYPES, *([RenewalType.LOST] if any(kind is RenewalType.LOST for kind, _ in cells) else [])]
    places: list[_Place] = [(kind, rank) for kind in rows for rank in (*frame.rules.ranks, None)]
    return MatrixPage(
        basis=frame.basis,
        ranks=frame.rules.ranks,
        cells=tuple(_cell(place, cells[place], frame, conversion.into) for place in [*places, (None, None)]),
    )


def _place(state: TermState, kind: RenewalType | None, frame: Frame) -> _Place:
    if state.standing is TermStanding.UNOPENED:
        return None, None
    return kind or RenewalType.FLAT, state.rank if state.rank in frame.rules.ranks else None


def _cell(place: _Place, tally: Tally, frame: Frame, currency: str) -> MatrixCell:
    kind, rank = place
    return MatrixCell(
        type=kind,
        rank=rank,
        weights=_weights(place, frame),
        terms=tally.terms,
        due=Money.from_minor(tally.due, currency),
        landing=Money.from_minor(tally.landing, currency),
    )


def _weights(place: _Place, frame: Frame) -> Weights:
    kind, rank = place
    matrix = frame.rules.matrix(scenario=frame.scenario)
    return matrix.unopened if kind is None else matrix.cell(kind, rank) or NOTHING
