"""What was expected beside what came of it: sums by who answers, terms that came and went, and who called."""

from datetime import date
from fractions import Fraction

from tests.fakes.landings import yen

from csops_sync.domain.forecast.accuracy import (
    AccuracyLine,
    Foresight,
    Known,
    accuracy_by,
    accuracy_of,
    accuracy_total,
)

DAY = date(2026, 7, 2)
GROUPS = {"won": "ann", "lost": "ann", "late": "ben", "left": "ben"}


def known(**changes: object) -> Known:
    """Won at 100, lost, one that came after T-90, and one that left the period after it."""
    values: dict[str, object] = {
        "results": {"won": 100, "lost": 0, "late": 40},
        "foresights": [
            Foresight(
                distance=90, as_of=DAY, landings={"won": 90, "lost": 30, "left": 50}, calls={"lost": 10}
            )
        ],
        "currency": "JPY",
    }
    return Known(**{**values, **changes})  # type: ignore[arg-type]  # the caller names real fields


def landings(line: AccuracyLine) -> list[int | None]:
    return [None if one.landing is None else one.landing.to_minor() for one in line.expected]


def test_the_total_holds_what_left_and_what_came_later() -> None:
    """90 + 30 + 50 was expected; 100 + 0 + 40 came."""
    total = accuracy_total(known())

    assert (total.terms, total.result) == (4, yen(140))
    assert landings(total) == [None, 170, None]
    assert total.error(total.expected[1].landing) == yen(30)
    assert total.error_share(total.expected[1].landing) == Fraction(30, 140)


def test_a_distance_that_nothing_was_kept_of_is_there_and_empty() -> None:
    far = accuracy_total(known()).expected[0]

    assert (far.distance, far.as_of, far.landing, far.call) == (180, None, None, None)
    assert accuracy_total(known()).error(far.landing) is None


def test_groups_add_up_to_the_total() -> None:
    ann, ben = accuracy_by(known(), GROUPS)

    assert (ann.key, ann.terms, ann.result, landings(ann)[1]) == ("ann", 2, yen(100), 120)
    assert (ben.key, ben.terms, ben.result, landings(ben)[1]) == ("ben", 2, yen(40), 50)


def test_a_call_counts_with_the_landings_of_what_was_not_called_and_is_none_where_nobody_did() -> None:
    """Ann: 90 by its landing, 10 by the call; nobody called Ben's."""
    ann, ben = accuracy_by(known(), GROUPS)

    assert ann.expected[1].call == yen(100)
    assert ben.expected[1].call is None


def test_a_call_of_nothing_is_a_call() -> None:
    lost = Foresight(distance=30, as_of=DAY, landings={"lost": 30}, calls={"lost": 0})

    assert accuracy_total(known(foresights=[lost])).expected[2].call == yen(0)


def test_an_error_of_nothing_has_no_share() -> None:
    line = accuracy_of(known(), ["lost"], key="lost")

    assert line.error(line.expected[1].landing) == yen(30)
    assert line.error_share(line.expected[1].landing) is None


def test_nothing_known_is_a_line_of_zeroes() -> None:
    empty = accuracy_total(known(results={}, foresights=[]))

    assert (empty.terms, empty.result, landings(empty)) == (0, yen(0), [None, None, None])
