"""Ranks of confidence (確度ヨミ), and in which direction a renewal has moved."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from csops_sync.domain.facts import Scalar


class RankKind(StrEnum):
    """Where a rank stands: in the stage history's own columns, or in a field with a history of its own."""

    PROBABILITY = "probability"
    FORECAST_CATEGORY = "forecast_category"
    FIELD = "field"


class Outcome(StrEnum):
    """Whether the opportunity is closed, and how."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Direction(StrEnum):
    """Where a renewal moved; each is routed somewhere or named under `none`."""

    RATED = "rated"
    IMPROVED = "improved"
    WORSENED = "worsened"
    LOST = "lost"
    WON = "won"


GOOD_NEWS = frozenset({Direction.IMPROVED, Direction.WON})
BAD_NEWS = frozenset({Direction.WORSENED, Direction.LOST})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a renewal stands. `rank` None is `unrated`."""

    rank: str | None
    outcome: Outcome = Outcome.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class RankScale:
    """The ranks, best first, and how a field's value becomes one.

    `field` is our mapped name on the opportunity. `at_least` cuts a number into ranks: pairs of the smallest number
    and its rank, the largest number first; what is below them all is unrated. Without it the value is the rank.
    """

    field: str
    ranks: tuple[str, ...]
    kind: RankKind = RankKind.FIELD
    at_least: tuple[tuple[Decimal, str], ...] = ()

    def rank_of(self, value: Scalar) -> str | None:
        """This function will give the rank of a field's value; None where it is empty or is no rank of the scale."""
        if self.at_least:
            number = _number(value)
            return None if number is None else self._cut(number)
        text = _text(value)
        return text if text in self.ranks else None

    def direction(self, before: Standing, after: Standing) -> Direction | None:
        """This function will say where a move leads, None where nothing moved. A close outweighs the rank.

        A rank that is withdrawn is worsened; a lost renewal that is open again improved, a won one worsened.
        """
        if before.outcome is not after.outcome:
            return _by_outcome(before.outcome, after.outcome)
        if before.rank == after.rank or after.outcome is not Outcome.OPEN:
            return None
        if before.rank is None:
            return Direction.RATED
        if after.rank is None:
            return Direction.WORSENED
        return (
            Direction.IMPROVED if self._place(after.rank) < self._place(before.rank) else Direction.WORSENED
        )

    def _cut(self, number: Decimal) -> str | None:
        return next((rank for least, rank in self.at_least if number >= least), None)

    def _place(self, rank: str) -> int:
        return self.ranks.index(rank) if rank in self.ranks else len(self.ranks)


def _by_outcome(before: Outcome, after: Outcome) -> Direction:
    if after is Outcome.WON:
        return Direction.WON
    if after is Outcome.LOST:
        return Direction.LOST
    return Direction.IMPROVED if before is Outcome.LOST else Direction.WORSENED


def _number(value: Scalar) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _text(value: Scalar) -> str | None:
    if isinstance(value, float | Decimal | int) and not isinstance(value, bool):
        return format(Decimal(str(value)).normalize(), "f")
    return None if value is None else str(value).strip() or None
