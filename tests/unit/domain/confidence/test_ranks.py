"""Ranks and directions."""

from decimal import Decimal

import pytest

from csops_sync.domain.confidence.ranks import Direction, Outcome, RankKind, RankScale, Standing
from csops_sync.domain.facts import Scalar

SCALE = RankScale(field="confidence", ranks=("A", "B", "C", "D", "E"))
CUT = RankScale(
    field="probability",
    ranks=("A", "B", "C"),
    kind=RankKind.PROBABILITY,
    at_least=((Decimal(80), "A"), (Decimal(50), "B"), (Decimal(0), "C")),
)


@pytest.mark.parametrize(
    ("value", "rank"), [("A", "A"), (" B ", "B"), ("", None), (None, None), ("Z", None), ("a", None)]
)
def test_a_picklist_value_is_its_own_rank(value: Scalar, rank: str | None) -> None:
    assert SCALE.rank_of(value) == rank


@pytest.mark.parametrize(
    ("value", "rank"),
    [
        (Decimal(80), "A"),
        (Decimal("79.9"), "B"),
        (50, "B"),
        ("0", "C"),
        (Decimal(-1), None),
        (None, None),
        ("x", None),
    ],
)
def test_a_number_is_cut_into_ranks(value: Scalar, rank: str | None) -> None:
    assert CUT.rank_of(value) == rank


def test_a_number_may_be_the_rank() -> None:
    whole = RankScale(field="probability", ranks=("90", "50", "10"))
    assert [whole.rank_of(Decimal("90.0")), whole.rank_of(50), whole.rank_of(7)] == ["90", "50", None]


OPEN, WON, LOST = Outcome.OPEN, Outcome.WON, Outcome.LOST


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (("B", OPEN), ("A", OPEN), Direction.IMPROVED),
        (("A", OPEN), ("C", OPEN), Direction.WORSENED),
        ((None, OPEN), ("E", OPEN), Direction.RATED),
        (("A", OPEN), (None, OPEN), Direction.WORSENED),
        (("B", OPEN), ("B", OPEN), None),
        (("B", OPEN), ("A", LOST), Direction.LOST),
        (("E", OPEN), ("E", WON), Direction.WON),
        (("A", LOST), ("A", OPEN), Direction.IMPROVED),
        (("A", WON), ("A", OPEN), Direction.WORSENED),
        (("A", LOST), ("A", WON), Direction.WON),
        (("A", LOST), ("B", LOST), None),
    ],
)
def test_a_move_has_a_direction(
    before: tuple[str | None, Outcome], after: tuple[str | None, Outcome], direction: Direction | None
) -> None:
    assert SCALE.direction(Standing(*before), Standing(*after)) is direction
