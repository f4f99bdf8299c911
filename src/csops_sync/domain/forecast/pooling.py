"""Few cases lean on many: empirical Bayes shrinkage, and weights that never rise as ranks get worse.

Floating point throughout: these are statistics, and no amount is computed from them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from csops_sync.domain.forecast.estimates import Rate

METHOD = (
    "empirical Bayes (beta-binomial, strength by the method of moments): a base weight leans on its rank's rate over "
    "all types, that on the rate of all ranks; an expansion's on how often its rank renews, and then signs in full; "
    "then isotonic regression, so that no worse rank weighs more"
)
_WEAKEST, _STRONGEST, _UNKNOWN = 1.0, 200.0, 20.0
"""How many renewals the parent's rate is worth at least, at most, and where it cannot be estimated."""


class Placed(NamedTuple):
    """A value with what it is worth; a value that nobody observed is worth nearly nothing."""

    value: float
    worth: float


def strength(children: Sequence[Rate], parent: float) -> float:
    """This function will say how many renewals a parent's rate is worth to its children.

    The more the children differ beyond chance, the less: what is left of their scatter is their true spread
    (DerSimonian and Laird), and the intraclass correlation rho that follows is worth 1 / rho - 1 renewals.
    """
    known = [(one.value, one.independent) for one in children if one.value is not None]
    total = sum(worth for _, worth in known)
    chance = parent * (1 - parent)
    room = total - sum(worth * worth for _, worth in known) / total if total else 0.0
    if len(known) <= 1 or chance <= 0 or room <= 0:
        return _UNKNOWN
    scatter = sum(worth * (value - parent) ** 2 for value, worth in known) / chance
    rho = (scatter - (len(known) - 1)) / room
    if rho <= 0:
        return _STRONGEST
    return min(max(1 / rho - 1, _WEAKEST), _STRONGEST)


def shrunk(own: Rate, parent: float, held: float) -> Placed:
    """This function will draw a rate towards its parent's, which is worth `held` renewals."""
    if own.value is None:
        return Placed(parent, held)
    worth = own.independent + held
    return Placed((own.value * own.independent + parent * held) / worth, worth)


def falling(values: Sequence[Placed]) -> tuple[float, ...]:
    """This function will give the nearest values that never rise (pool adjacent violators), worth for worth."""
    blocks: list[tuple[float, float, int]] = []
    for one in values:
        block = (one.value, one.worth, 1)
        while blocks and blocks[-1][0] < block[0]:
            value, worth, size = blocks.pop()
            whole = worth + block[1]
            block = ((value * worth + block[0] * block[1]) / whole, whole, size + block[2])
        blocks.append(block)
    return tuple(value for value, _, size in blocks for _ in range(size))
