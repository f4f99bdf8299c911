"""From realised rates to the weights that a matrix should have: pooled where renewals are few, falling by rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from csops_sync.domain.forecast.estimates import Rate
from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.matrix import RATED_TYPES, Matrix, Weights
from csops_sync.domain.forecast.observing import UNOPENED, UNRATED, Cell, Observation
from csops_sync.domain.forecast.pooling import Placed, falling, shrunk, strength
from csops_sync.domain.forecast.realised import RealisedRates, realised_rates
from csops_sync.domain.forecast.term_state import RenewalType

_UNSEEN = 1e-6
"""What a weight is worth, as observations go, that nothing was observed of: it only gives way."""
_STEP = Decimal("0.01")

Table = Mapping[Cell, Weights]
"""The weights of a matrix by cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The matrix in force as it is to be calibrated.

    `ranks` are best first. `unrated_alone` is True where the rules give `unrated` a weight of its own; otherwise it
    follows `unopened`, so that opening an untouched renewal does not change its landing.
    """

    matrix: Matrix
    ranks: Sequence[str]
    unrated_alone: bool = False

    def table(self) -> Table:
        """This function will give the weights that can be calibrated, by cell."""
        rated = {
            rated_cell(kind, rank): self.matrix.cell(kind, rank) or self.matrix.unrated(kind)
            for kind in RATED_TYPES
            for rank in self.ranks
        }
        unrated = self.matrix.unrated(RenewalType.FLAT)
        return {**rated, UNRATED: unrated, UNOPENED: self.matrix.unopened}


def rated_cell(kind: RenewalType, rank: str) -> Cell:
    """This function will name the cell of a type and a rank."""
    return Cell(LandingKind.RATED, kind, rank)


def suggested(observations: Sequence[Observation], *, present: Present) -> Table:
    """This function will give the weights that observations speak for, to the hundredth, each from 0 to 1.

    Of what nothing was observed the weight in force stays, as long as it stands in nobody's way.
    """
    now = present.table()
    rates = realised_rates(observations)
    base = _base(rates, present, now)
    expansion = _expansion(rates, present, now, base)
    return {
        cell: Weights(
            _rounded(base.get(cell), weights.base), _rounded(expansion.get(cell), weights.expansion)
        )
        for cell, weights in now.items()
    }


def _base(rates: RealisedRates, present: Present, now: Table) -> Mapping[Cell, float]:
    overall = rates.together(lambda cell: cell.kind is LandingKind.RATED).base
    by_rank = {rank: _of_rank(rates, rank) for rank in present.ranks}
    found: dict[Cell, float] = _unrated(rates, present)
    if overall.value is None:
        return found
    leading = strength(list(by_rank.values()), overall.value)
    rows = {kind: [_own(rates, kind, rank) for rank in present.ranks] for kind in RATED_TYPES}
    for kind, own in rows.items():
        placed = []
        for rank, rate in zip(present.ranks, own, strict=True):
            of_rank = by_rank[rank]
            if of_rank.value is None:
                placed.append(Placed(float(now[rated_cell(kind, rank)].base), _UNSEEN))
                continue
            parent = shrunk(of_rank, overall.value, leading).value
            held = strength([rows[each][len(placed)] for each in RATED_TYPES], parent)
            placed.append(shrunk(rate, parent, held))
        found.update(_row(kind, present.ranks, placed))
    return found


def _expansion(
    rates: RealisedRates, present: Present, now: Table, base: Mapping[Cell, float]
) -> Mapping[Cell, float]:
    """Give the weights of uplifts, which only the row of upsells has.

    Who does not renew signs no uplift: a rank leans on its base weight times what those who renew sign of it.
    """
    row = RenewalType.UPSELL
    upsells = rates.together(lambda cell: cell.type is row)
    overall, kept = upsells.expansion.value, upsells.base.value
    if overall is None or not kept:
        return {}
    own = [_own(rates, row, rank, expansion=True) for rank in present.ranks]
    held, signed = strength(own, overall), min(overall / kept, 1.0)
    placed = [
        Placed(float(now[rated_cell(row, rank)].expansion), _UNSEEN)
        if rate.value is None
        else shrunk(rate, base[rated_cell(row, rank)] * signed, held)
        for rank, rate in zip(present.ranks, own, strict=True)
    ]
    return _row(row, present.ranks, placed)


def _unrated(rates: RealisedRates, present: Present) -> dict[Cell, float]:
    """Give the base weights of what nobody rated: both columns by themselves, or one weight for both."""
    groups: tuple[tuple[Cell, ...], ...] = ((UNOPENED, UNRATED),)
    if present.unrated_alone:
        groups = ((UNOPENED,), (UNRATED,))
    found: dict[Cell, float] = {}
    for cells in groups:
        share = rates.together(frozenset(cells).__contains__).base.value
        if share is not None:
            found.update(dict.fromkeys(cells, share))
    return found


def _of_rank(rates: RealisedRates, rank: str) -> Rate:
    return rates.together(lambda cell: cell.rank == rank).base


def _own(rates: RealisedRates, kind: RenewalType, rank: str, *, expansion: bool = False) -> Rate:
    found = rates.cells.get(rated_cell(kind, rank))
    if found is None:
        return Rate(value=None, n=0, independent=0.0)
    return found.expansion if expansion else found.base


def _row(kind: RenewalType, ranks: Sequence[str], placed: Sequence[Placed]) -> Mapping[Cell, float]:
    cells = [rated_cell(kind, rank) for rank in ranks]
    return dict(zip(cells, falling(placed), strict=True))


def _rounded(share: float | None, otherwise: Decimal) -> Decimal:
    if share is None:
        return otherwise
    within = min(max(share, 0.0), 1.0)
    return Decimal(str(within)).quantize(_STEP)
