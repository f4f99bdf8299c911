"""Rows of both histories in one second: what has one order is told row by row, the rest as one net move."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.fakes.confidence import at, change, entry, found, rank, sight, stage, watch

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.detection import Detected
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import Direction, Outcome, Standing

OPEN, LOST = Standing("C"), Standing("C", Outcome.LOST)


def snapshot(number: int, to: str, *, by: str = "csm") -> StageEntry:
    """A snapshot of a save that moved the stage and left amount and close date as they were."""
    plain = entry(number, 2, to, by_id=by, knows_replaced=True)
    return replace(plain, replaced_amount=Decimal(100), replaced_close_date=date(2026, 6, 30))


def ends(detected: Detected) -> list[tuple[Standing, Standing, bool]]:
    return [(one.before, one.after, one.order_known) for one in detected.new]


def test_stages_that_are_tracked_give_an_order_to_snapshots_that_have_none() -> None:
    rows = snapshot(1, "交渉"), snapshot(2, "失注"), stage(3, 2, "失注", "交渉"), stage(4, 2, "提案", "失注")
    detected = found(watch(OPEN), sight(OPEN, minutes=3), *rows)

    assert ends(detected) == [(OPEN, LOST, True), (LOST, OPEN, True)]
    assert [one.rows for one in detected.new] == [("008002",), ("008001",)]


def test_without_them_the_second_is_one_net_move_that_ends_where_it_stands_now() -> None:
    rows = snapshot(1, "交渉"), snapshot(2, "失注")
    detected = found(watch(OPEN), sight(OPEN, minutes=3), *rows)

    assert ends(detected) == [(OPEN, OPEN, False)]
    assert set(detected.new[0].rows) == {"008001", "008002"}


def test_a_net_move_that_was_told_keeps_its_end_when_the_renewal_moves_on() -> None:
    rows = snapshot(1, "交渉"), snapshot(2, "失注")
    first = found(watch(OPEN), sight(OPEN, minutes=3), *rows)
    later = entry(3, 9, "受注")
    won = Standing("C", Outcome.WON)
    second = found(first.watch, sight(won, minutes=10), *rows, later, known=first.new)

    assert ends(second) == [(OPEN, won, True)]
    assert second.corrected == ()


def test_how_edits_stand_to_a_close_of_their_second_nothing_says() -> None:
    rows = rank(1, 2, "C", "B"), rank(2, 2, "B", "A"), snapshot(3, "失注", by="boss")
    detected = found(watch(OPEN), sight(Standing("A", Outcome.LOST), minutes=3), *rows)

    (net,) = detected.new
    assert (net.direction, net.order_known, net.by_id) == (Direction.LOST, False, None)
    assert (net.before, net.after) == (OPEN, Standing("A", Outcome.LOST))


def test_snapshots_that_close_nothing_leave_the_order_of_ranks_as_it_is() -> None:
    rows = rank(1, 2, "C", "B"), rank(2, 2, "B", "D"), snapshot(3, "交渉"), snapshot(4, "提案")
    detected = found(watch(OPEN), sight(Standing("D"), minutes=3), *rows)

    assert ends(detected) == [(OPEN, Standing("B"), True), (Standing("B"), Standing("D"), True)]


def test_while_a_renewal_is_closed_ranks_without_an_order_are_no_move() -> None:
    circles = (rank(1, 5, "C", "B"), rank(2, 5, "B", "C"), rank(3, 5, "C", "A"), rank(4, 5, "A", "C"))
    detected = found(watch(OPEN), sight(LOST, minutes=6), entry(5, 2, "失注"), *circles)

    assert ends(detected) == [(OPEN, LOST, True)]


def test_what_of_a_second_shows_itself_later_is_a_change_of_its_own() -> None:
    """Two net moves of one second, each of rows that have no order, stand beside each other in the ledger."""
    first = (rank(1, 2, "C", "B"), rank(2, 2, "B", "A"), snapshot(3, "失注"))
    later = (rank(4, 2, "A", "D"), snapshot(5, "交渉"))
    one = found(watch(OPEN), sight(Standing("A", Outcome.LOST), minutes=3), *first)
    two = found(one.watch, sight(Standing("D"), minutes=4), *first, *later, known=one.new)

    assert [change.place for change in (*one.new, *two.new)] == [0, 1]
    assert [change.rows for change in two.new] == [("017004", "008005")]
    second = int(at(2).timestamp())
    assert [change.id.partition("@")[2] for change in (*one.new, *two.new)] == [f"{second}", f"{second}.1"]
    assert (two.new[0].before, two.new[0].after) == (one.new[0].after, Standing("D"))


def test_a_late_row_leaves_the_watch_where_the_renewal_stands() -> None:
    first = found(watch(OPEN), sight(Standing("D"), minutes=12), rank(2, 10, "B", "D"))
    rows = rank(1, 5, "C", "B"), rank(2, 10, "B", "D")
    second = found(first.watch, sight(Standing("D"), minutes=50), *rows, known=first.new, settled=("017002",))

    assert [one.late for one in second.new] == [True]
    assert (second.watch.standing, second.watch.differs_since) == (Standing("D"), None)


def test_a_row_of_a_second_that_was_told_is_late_where_it_lies_before_what_was_told() -> None:
    first = found(watch(Standing("B")), sight(Standing("E"), minutes=3), rank(2, 2, "C", "E"))
    rows = rank(1, 2, "B", "C"), rank(2, 2, "C", "E")
    second = found(first.watch, sight(Standing("E"), minutes=12), *rows, known=first.new, settled=("017002",))

    assert [(one.id, one.late, one.place) for one in second.new] == [("017001", True, 0)]
    assert [(one.id, one.late, one.place) for one in second.corrected] == [("017002", False, 1)]


def test_a_row_of_a_second_that_was_told_is_news_where_it_lies_after_what_was_told() -> None:
    first = found(watch(Standing("B")), sight(Standing("E"), minutes=3), rank(2, 2, "B", "C"))
    rows = rank(1, 2, "C", "E"), rank(2, 2, "B", "C")
    second = found(first.watch, sight(Standing("E"), minutes=12), *rows, known=first.new, settled=("017002",))

    assert [(one.id, one.late, one.place) for one in second.new] == [("017001", False, 1)]


def test_a_row_that_lies_within_a_net_move_of_its_second_becomes_part_of_it() -> None:
    """Without the row between them nothing said how the others stand to each other."""
    before = rank(0, 1, "A", "B")
    circles = (before, rank(1, 2, "B", "C"), rank(2, 2, "C", "B"), rank(3, 2, "B", "D"), rank(4, 2, "E", "B"))
    first = found(watch(Standing("B"), minutes=1.5), sight(Standing("B"), minutes=3), *circles)
    rows = (*circles, rank(5, 2, "D", "E"))
    second = found(first.watch, sight(Standing("B"), minutes=12), *rows, known=first.new)
    third = found(second.watch, sight(Standing("B"), minutes=80), *rows, known=_ledger(first, second))

    assert ends(first) == [(Standing("B"), Standing("B"), False)]
    held = Counter(row for one in _ledger(first, second) for row in one.rows)
    assert held == Counter(one.id for one in rows[1:])
    assert (third.new, third.corrected) == ((), ())


def test_of_rows_that_are_alike_the_one_that_was_told_first_stays_the_first() -> None:
    rows = rank(2, 2, "B", "A"), rank(3, 2, "A", "B"), rank(4, 2, "B", "A")
    first = found(watch(Standing("B")), sight(Standing("B"), minutes=3), *rows)
    again = (*rows, rank(1, 2, "A", "B"))
    told = tuple(one.id for one in first.new)
    second = found(first.watch, sight(Standing("B"), minutes=12), *again, known=first.new, settled=told)

    assert [(one.id, one.late, one.after.rank) for one in second.new] == [("017001", True, "B")]
    assert [(one.before, one.after) for one in second.corrected] == [(Standing("B"), Standing("A"))]


def test_a_row_that_is_missing_leaves_the_others_in_the_order_that_misses_nothing_else() -> None:
    """The record stands at B: who went to D came before who came back from E."""
    rows = rank(1, 2, "E", "B", "mori"), rank(2, 2, "B", "D", "sato")
    before = rank(3, 1, "A", "B")
    detected = found(watch(Standing("A")), sight(Standing("B"), minutes=3), before, *rows)

    assert [(one.id, one.after.rank, one.place) for one in detected.new[1:]] == [
        ("017002", "D", 0),
        ("017001", "B", 1),
    ]


def test_what_was_told_apart_is_put_in_order_once_all_rows_of_its_second_are_known() -> None:
    rows = rank(1, 2, "B", None), rank(2, 2, None, "D"), rank(3, 2, "D", "B")
    first = found(watch(Standing("B")), sight(Standing("B"), minutes=3), rows[2])
    told = [one.id for one in first.new]
    second = found(
        first.watch,
        sight(Standing("B"), minutes=12),
        rows[0],
        rows[2],
        known=first.new,
        settled=tuple(told),
    )
    third = found(
        second.watch,
        sight(Standing("B"), minutes=30),
        *rows,
        known=_ledger(first, second),
        settled=(*told, *(one.id for one in second.new)),
    )

    ledger = sorted(_ledger(first, second, third), key=lambda one: one.place)
    assert [(one.before.rank, one.after.rank, one.rows) for one in ledger] == [
        ("B", None, ("017001",)),
        (None, "D", ("017002",)),
        ("D", "B", ("017003",)),
    ]
    assert all(one.order_known for one in ledger)


def test_rows_that_lead_round_in_several_ways_are_one_net_move_behind_what_was_told() -> None:
    told = found(watch(Standing("B")), sight(Standing("B"), minutes=3), rank(1, 2, "C", "B"))
    rows = rank(1, 2, "C", "B"), rank(2, 2, "B", "C"), rank(3, 2, "B", "D"), rank(4, 2, "D", "B")
    ids = tuple(one.id for one in told.new)
    late = found(told.watch, sight(Standing("B"), minutes=9), *rows, known=told.new, settled=ids)

    (net,) = late.new
    assert (net.order_known, net.place, set(net.rows)) == (False, 1, {"017002", "017003", "017004"})
    assert (net.before, net.after, net.direction) == (Standing("B"), Standing("B"), None)
    assert [(one.before, one.after) for one in late.corrected] == [(Standing("B"), Standing("B"))]


def test_what_was_told_turns_where_its_last_change_proves_to_have_ended_elsewhere() -> None:
    row, told = rank(1, 2, "B", "C"), change(1, 2, "B", "E")
    detected = found(
        watch(Standing("B")), sight(Standing("C"), minutes=9), row, known=(told,), settled=(told.id,)
    )
    waiting = found(watch(Standing("B")), sight(Standing("C"), minutes=9), row, known=(told,))

    assert detected.turned == detected.corrected[0]
    assert (detected.corrected[0].after, detected.watch.standing) == (Standing("C"), Standing("C"))
    assert waiting.turned is None


def test_late_rows_that_lead_back_to_the_end_that_was_told_mention_nobody() -> None:
    told = found(watch(Standing("B")), sight(Standing("E"), minutes=3), rank(1, 2, "B", "E"))
    rows = rank(1, 2, "B", "E"), rank(2, 2, "E", "D"), rank(3, 2, "D", "E")
    ids = tuple(one.id for one in told.new)
    late = found(told.watch, sight(Standing("E"), minutes=9), *rows, known=told.new, settled=ids)

    assert [(one.id, one.late, one.place) for one in late.new] == [("017002", True, 1), ("017003", True, 2)]
    assert (late.corrected, late.turned) == ((), None)


def test_two_net_moves_of_one_second_never_share_an_id() -> None:
    second = int(at(2).timestamp())
    (deal,) = {one.opportunity_id for one in (rank(1, 2, "B", "C"),)}
    known = replace(
        change(1, 2, "B", "B"), id=f"{deal}@{second}.1", order_known=False, rows=("017001", "017002")
    )
    rows = (
        *(rank(1, 2, "B", "C"), rank(2, 2, "C", "B"), rank(3, 2, "B", "D"), rank(4, 2, "D", "B")),
        *(rank(5, 2, "B", "E"), rank(6, 2, "E", "B")),
    )
    detected = found(watch(Standing("B")), sight(Standing("B"), minutes=3), *rows, known=(known,))

    assert [one.id for one in detected.new] == [f"{deal}@{second}.2"]


def _ledger(*detected: Detected) -> tuple[ConfidenceChange, ...]:
    """What the ledger holds after these looks."""
    ledger: dict[str, ConfidenceChange] = {}
    for one in detected:
        ledger |= {change.id: change for change in (*one.new, *one.corrected)}
    return tuple(ledger.values())


def test_two_comparisons_of_one_stamp_are_two_changes_that_keep_their_ids() -> None:
    seen = sight(Standing("D"), minutes=2, tracked=False)
    first = found(watch(Standing("B")), seen)
    later = replace(seen, standing=Standing("E"), read_at=at(4))
    second = found(first.watch, later, known=first.new)
    retried = found(first.watch, replace(later, read_at=at(5)), known=first.new)
    again = found(first.watch, later, known=(*first.new, *second.new))

    assert [one.id for one in (*first.new, *second.new)] == [
        first.new[0].id,
        f"{first.new[0].id}.1",
    ]
    assert first.new[0].id == f"{first.new[0].opportunity_id}~{int(at(2).timestamp() * 1000)}"
    assert [one.id for one in retried.new] == [one.id for one in second.new]
    assert again.new == ()
