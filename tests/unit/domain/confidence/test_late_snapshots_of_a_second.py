"""Snapshots that show themselves late, beside what was told already: of their second, of an earlier or a later one."""

from dataclasses import replace
from decimal import Decimal

from tests.fakes.confidence import entry, rank, watch
from tests.fakes.readings import Readings, snapshot

from csops_sync.domain.confidence.history import order_edits, order_entries
from csops_sync.domain.confidence.ranks import Outcome, RankKind, RankScale, Standing

OPEN, LOST, WON = Standing("B"), Standing("B", Outcome.LOST), Standing("B", Outcome.WON)
BY_PROBABILITY = RankScale(
    field="probability",
    ranks=("A", "B"),
    kind=RankKind.PROBABILITY,
    at_least=((Decimal(70), "A"), (Decimal(0), "B")),
)


BY_NUMBER = RankScale(field="confidence", ranks=("A", "B"), at_least=((Decimal(70), "A"), (Decimal(0), "B")))


def test_a_close_that_shows_itself_after_the_amount_of_its_second_is_not_told_again() -> None:
    close, amount = snapshot(1, 10, "失注"), snapshot(2, 10, "失注", amount=120)
    readings = Readings()
    readings.read(12, LOST, amount)
    readings.read(22, LOST, close, amount)

    assert readings.told == [(OPEN, LOST)]
    assert readings.moves == [("008001", OPEN, LOST), ("008002", LOST, LOST)]


def test_a_close_that_shows_itself_after_the_amount_of_a_later_second_is_not_told_again() -> None:
    close, amount = snapshot(1, 10, "失注"), snapshot(2, 11, "失注", amount=120)
    readings = Readings()
    readings.read(12, LOST, amount)
    readings.read(22, LOST, close, amount)
    readings.read(100, LOST, close, amount)

    assert readings.told == [(OPEN, LOST)]
    assert readings.moves == [("008001", OPEN, LOST), ("008002", LOST, LOST)]


def test_a_probability_that_shows_itself_after_the_amount_of_its_second_is_not_told_again() -> None:
    likely = Decimal(80)
    likelier, amount = snapshot(1, 10, probability=likely), snapshot(2, 10, amount=120, probability=likely)
    readings = Readings(BY_PROBABILITY)
    readings.read(12, Standing("A"), amount)
    readings.read(22, Standing("A"), likelier, amount)

    assert readings.told == [(OPEN, Standing("A"))]
    assert readings.moves == [
        ("008001", OPEN, Standing("A")),
        ("008002", Standing("A"), Standing("A")),
    ]


def test_snapshots_without_an_order_end_as_it_is_seen_now_also_where_a_rank_was_edited_after_them() -> None:
    rows = snapshot(9, 10, "失注"), snapshot(2, 10, "交渉"), rank(3, 11, "B", "A")
    readings = Readings()
    readings.read(12, Standing("A"), *rows)

    assert readings.told == [(OPEN, Standing("A"))]


def test_a_win_among_snapshots_without_an_order_is_told_at_once_also_where_a_rank_was_edited_after_them() -> (
    None
):
    rows = snapshot(2, 10, "受注"), snapshot(9, 10, "交渉"), rank(3, 11, "B", "A")
    readings = Readings()
    readings.read(12, Standing("A", Outcome.WON), *rows)

    assert readings.told == [(OPEN, WON)]


def test_a_close_that_shows_itself_before_a_net_move_that_was_told_turns_the_card() -> None:
    ways = [("B", "A"), ("A", "B"), ("B", "C"), ("C", "B")]
    net = [rank(number, 11, *way) for number, way in enumerate(ways, start=1)]
    readings = Readings()
    readings.read(12, LOST, *net)
    readings.read(22, LOST, snapshot(9, 10, "失注"), *net)
    turned = readings.last.turned if readings.last else None
    readings.read(100, LOST, snapshot(9, 10, "失注"), *net)

    assert turned is not None
    assert turned.after == LOST
    assert readings.told == []
    assert [after for _, _, after in readings.moves] == [LOST, LOST]


def test_a_close_that_shows_itself_after_the_rank_of_its_second_was_told_is_told_too() -> None:
    """Whoever heard of a better rank must hear of the loss, also where one person saved both at once."""
    better, close = rank(1, 10, "B", "A"), snapshot(2, 10, "失注")
    readings = Readings()
    lost = Standing("A", Outcome.LOST)
    readings.read(12, lost, better)
    readings.read(22, lost, better, close)
    readings.read(32, lost, better, close)

    assert readings.told == [(OPEN, Standing("A")), (Standing("A"), lost)]
    assert readings.moves == [("017001", OPEN, Standing("A")), ("008002", Standing("A"), lost)]


def test_what_was_told_of_snapshots_without_an_order_stays_when_another_of_their_second_shows_itself() -> (
    None
):
    first, second, late = snapshot(1, 10), snapshot(2, 10, "受注"), snapshot(3, 10)
    after = snapshot(4, 15, "受注", amount=110)
    readings = Readings()
    readings.read(12, WON, first, second)
    readings.read(16, WON, first, second, after)
    readings.read(22, WON, first, second, late, after)

    assert readings.told == [(OPEN, WON)]


def test_edits_that_lead_round_do_not_end_where_only_a_later_row_leads() -> None:
    rows = rank(1, 10, "B", "C"), rank(2, 10, "C", "B")
    readings = Readings()
    readings.read(12, Standing("A"), *rows)
    readings.read(22, Standing("A"), *rows, rank(3, 11, "B", "A"))

    assert readings.told == [(OPEN, Standing("A"))]


def test_rows_that_are_alike_but_for_their_ids_have_one_order_however_many_they_are() -> None:
    amounts = [snapshot(number, 10) for number in range(1, 9)]
    there_and_back = [rank(number, 10, *("BA" if number % 2 else "AB")) for number in range(1, 17)]

    assert order_entries(amounts, last=None).known
    assert order_edits(there_and_back, begins=("B",), ends=("B",)).known


def test_a_rank_without_a_history_is_compared_also_where_closes_have_one() -> None:
    closed, opened = snapshot(1, 10, "失注"), snapshot(2, 20)
    readings = Readings(is_tracked=False)
    readings.read(12, LOST, closed)
    readings.read(22, OPEN, closed, opened)
    readings.read(42, Standing("A"), closed, opened)

    assert readings.told == [(OPEN, LOST), (LOST, OPEN), (OPEN, Standing("A"))]


def test_a_rank_that_is_compared_in_one_reading_with_a_reopening_comes_after_it() -> None:
    closed, opened = snapshot(1, 10, "失注"), snapshot(2, 20)
    readings = Readings(is_tracked=False)
    readings.read(12, LOST, closed)
    readings.read(22, Standing("A"), closed, opened)

    assert readings.told == [(OPEN, LOST), (LOST, OPEN), (OPEN, Standing("A"))]
    assert [after for _, _, after in readings.moves] == [LOST, OPEN, Standing("A")]


def test_numbers_of_one_rank_are_put_in_order_by_what_the_record_holds() -> None:
    rows = rank(1, 10, 71, 75), rank(2, 10, 75, 50), rank(3, 10, 50, 71)
    readings = Readings(BY_NUMBER, watch=watch(Standing("A")))
    readings.read(12, Standing("A"), *rows, value=71)

    assert readings.moves == [("017002", Standing("A"), OPEN), ("017003", OPEN, Standing("A"))]


def test_what_a_second_before_the_watch_came_to_is_known_from_where_the_watch_began() -> None:
    before = snapshot(9, 1, "失注"), snapshot(1, 1)
    edit, close = rank(3, 30, "B", "C"), snapshot(4, 40, "失注", amount=120)
    readings = Readings(watch=watch(OPEN, minutes=5))
    readings.read(32, Standing("C"), *before, edit)
    readings.read(42, Standing("C", Outcome.LOST), *before, edit, close)

    worse = Standing("C")
    assert readings.told == [(OPEN, worse), (worse, Standing("C", Outcome.LOST))]


def test_a_snapshot_that_replaced_what_stood_before_its_second_was_not_the_last() -> None:
    first, second = snapshot(9, 10, was=90), snapshot(1, 10, "失注")
    third, later = snapshot(2, 10, "受注"), snapshot(5, 11, "受注", amount=120)
    readings = Readings()
    readings.read(12, WON, replace(entry(7, 5), amount=Decimal(90)), first, second, third, later)

    assert readings.told == [(OPEN, WON)]
    assert readings.moves[0][2].outcome is not Outcome.OPEN


def test_an_order_that_contradicts_what_was_told_and_stands_there_still_is_none() -> None:
    first, second = snapshot(1, 6, amount=90), snapshot(2, 6, was=90)
    third = snapshot(3, 6, "受注", amount=90)
    readings = Readings()
    readings.read(8, WON, third)
    readings.read(16, WON, second, third)
    readings.read(32, WON, first, second, third)

    assert readings.told == [(OPEN, WON)]
