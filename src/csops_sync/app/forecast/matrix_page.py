"""The open renewals by type and rank, beside what each cell weighs."""

from collections import defaultdict
from collections.abc import Iterable

from csops_sync.app.forecast.conversion import Conversion
from csops_sync.app.forecast.forecasting import judge
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.overview_values import MatrixCell, MatrixPage
from csops_sync.app.forecast.reports import frame_in
from csops_sync.app.office import Office
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.matrix import NOTHING, RATED_TYPES, Weights
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

_Place = tuple[RenewalType | None, str | None]


def matrix_of(office: Office, *, people: frozenset[str] | None = None) -> MatrixPage:
    """This function will sum what is still open in each cell; weights are those that segments share.

    A renewal that a person called lost stands in a row of its own once there is one. Raises as `reports.forecast_of`.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office)
        return matrix_page((one for one in tx.forecast.states.all() if is_for(one, people)), frame)


def matrix_page(states: Iterable[TermState], frame: Frame) -> MatrixPage:
    """This function will sum terms by cell, in the report's currency at today's rates."""
    conversion = Conversion(frame.exchange.opening(Window(frame.as_of, frame.as_of)))
    sums: defaultdict[_Place, list[int]] = defaultdict(lambda: [0, 0, 0])
    for state in states:
        if state.standing not in OPEN_STANDINGS:
            continue
        landing = land(state=state, rules=frame.rules)
        if judge(state, landing, conversion) is not None or state.prior is None or landing.currency is None:
            continue
        cell = sums[_place(state, landing.type, frame)]
        landed = landing.landed
        cell[0] += 1
        cell[1] += conversion.minor(state.prior.to_minor(), landing.currency)
        cell[2] += conversion.minor(landed.base + landed.expansion, landing.currency)
    rows = [*RATED_TYPES, *([RenewalType.LOST] if any(kind is RenewalType.LOST for kind, _ in sums) else [])]
    places: list[_Place] = [(kind, rank) for kind in rows for rank in (*frame.rules.ranks, None)]
    return MatrixPage(
        basis=frame.basis,
        ranks=frame.rules.ranks,
        cells=tuple(_cell(place, sums[place], frame, conversion.into) for place in [*places, (None, None)]),
    )


def _place(state: TermState, kind: RenewalType | None, frame: Frame) -> _Place:
    if state.standing is TermStanding.UNOPENED:
        return None, None
    return kind or RenewalType.FLAT, state.rank if state.rank in frame.rules.ranks else None


def _cell(place: _Place, sums: list[int], frame: Frame, currency: str) -> MatrixCell:
    kind, rank = place
    terms, due, landing = sums
    return MatrixCell(
        type=kind,
        rank=rank,
        weights=_weights(place, frame),
        terms=terms,
        due=Money.from_minor(due, currency),
        landing=Money.from_minor(landing, currency),
    )


def _weights(place: _Place, frame: Frame) -> Weights:
    kind, rank = place
    matrix = frame.rules.matrix(scenario=frame.scenario)
    return matrix.unopened if kind is None else matrix.cell(kind, rank) or NOTHING
