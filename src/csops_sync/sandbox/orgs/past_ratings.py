"""How a renewal's rank moves until it is decided: towards what becomes of it more often than away from it.

The outcome is drawn before the path, so that each rank on the way has a true chance of its own: by Bayes' rule, from
the chance before it and from how likely the step is where the renewal is won, and where it is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from csops_sync.sandbox.orgs.past_truth import RANKS, Rank, drawn_from
from csops_sync.sandbox.orgs.spread import draw

RATED_BEFORE, LOOKED_AT = 90, (55, 25)
"""Days before the term's last day: of the first rank, and of the looks after it."""
LOOSE = 7
_TOWARDS, _STAYS, _AWAY = 0.45, 0.45, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A look at a renewal: its rank from that day on, and the true chance that it is won, all ranks so far known."""

    on: date
    rank: Rank
    chance: float


def ratings(*, first: Rank, chance: float, won: bool, end: date, at: tuple[int, int]) -> tuple[Rating, ...]:
    """This function will draw a renewal's path from its first rank; `at` are the seed and the number to draw by."""
    seed, number = at
    rated_on = end - timedelta(days=RATED_BEFORE - _loose(at, "rated"))
    found = [Rating(on=rated_on, rank=first, chance=chance)]
    rank = first
    for place, days in enumerate(LOOKED_AT):
        if rank is None:
            break
        if_won, if_lost = _steps(rank, won=True), _steps(rank, won=False)
        rank = drawn_from(if_won if won else if_lost, seed, number, f"rank {place}")
        chance = _known(chance, if_won[rank], if_lost[rank])
        found.append(
            Rating(on=end - timedelta(days=days - _loose(at, f"look {place}")), rank=rank, chance=chance)
        )
    return tuple(found)


def _steps(rank: str, *, won: bool) -> Mapping[str, float]:
    """Give how likely each next rank is; at either end a step beyond it is none."""
    place = RANKS.index(rank)
    better, worse = RANKS[max(place - 1, 0)], RANKS[min(place + 1, len(RANKS) - 1)]
    steps = {better: 0.0, rank: 0.0, worse: 0.0}
    steps[better] += _TOWARDS if won else _AWAY
    steps[worse] += _AWAY if won else _TOWARDS
    steps[rank] += _STAYS
    return steps


def _known(chance: float, if_won: float, if_lost: float) -> float:
    won = chance * if_won
    return won / (won + (1 - chance) * if_lost)


def _loose(at: tuple[int, int], purpose: str) -> int:
    return draw(*at, purpose) % LOOSE
