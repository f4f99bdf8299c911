"""Settling into moves, and storms."""

from dataclasses import replace
from datetime import timedelta

from tests.fakes.confidence import SCALE, at, change

from csops_sync.domain.confidence.changes import ConfidenceChange, Source
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.settling import Move, next_settling, settled_moves
from csops_sync.domain.confidence.storms import StormRule, fold, storms_going_on, stormy_changes

WINDOW = timedelta(minutes=5)


def settled(*changes: ConfidenceChange, minutes: float) -> tuple[Move, ...]:
    return settled_moves(changes, window=WINDOW, now=at(minutes), scale=SCALE)


def ranks(move: Move) -> list[str | None]:
    return [one.rank for one in move.path]


def test_changes_within_the_window_are_one_move_with_its_path() -> None:
    (move,) = settled(change(1, 0, "B", "D"), change(2, 4, "D", "C", by_id="mori"), minutes=5)

    assert (ranks(move), move.direction, move.by_ids) == (
        ["B", "D", "C"],
        Direction.WORSENED,
        ("csm", "mori"),
    )


def test_the_window_is_fixed_from_the_first_change() -> None:
    first, last = change(1, 0, "B", "D"), change(2, 4.9, "D", "C")

    assert settled(first, last, minutes=4.9) == ()
    assert len(settled(first, last, minutes=5)) == 1


def test_what_comes_after_the_window_is_the_next_move() -> None:
    one, two = settled(change(1, 0, "B", "D"), change(2, 5, "D", "C"), minutes=10)

    assert (ranks(one), ranks(two)) == (["B", "D"], ["D", "C"])
    assert len(settled(change(1, 0, "B", "D"), change(2, 5, "D", "C"), minutes=9)) == 1


def test_there_and_back_is_a_net_zero() -> None:
    (move,) = settled(change(1, 0, "B", "D"), change(2, 1, "D", "B"), minutes=9)

    assert (move.direction, ranks(move)) == (None, ["B", "D", "B"])


def test_a_late_change_makes_no_move() -> None:
    assert settled(change(1, 0, "B", "D", late=True), minutes=9) == ()


def test_a_compared_change_settles_from_when_it_was_seen() -> None:
    compared = change(1, 0, "B", "D", source=Source.COMPARED, until=at(8))

    assert settled(compared, minutes=12) == ()
    assert len(settled(compared, minutes=13)) == 1
    assert next_settling([compared], window=WINDOW) == at(13)


def test_renewals_settle_each_for_itself() -> None:
    other = replace(change(2, 3, "A", "B"), opportunity_id="006other")

    assert [one.opportunity_id for one in settled(change(1, 0, "B", "D"), other, minutes=6)] == [
        change(1, 0, "B", "D").opportunity_id
    ]


STORM = StormRule(changes=3, within=timedelta(minutes=10))


def edits(count: int, *, every: float, by: str) -> list[ConfidenceChange]:
    made = [change(number, number * every, "B", "C", by_id=by) for number in range(count)]
    return [replace(one, opportunity_id=f"006{by}{one.id}") for one in made]


def ids(changes: list[ConfidenceChange]) -> set[str]:
    return {one.id for one in changes}


def test_more_changes_than_a_person_makes_by_hand_are_a_storm() -> None:
    load = edits(4, every=1, by="load")

    assert stormy_changes(load, rule=STORM) == ids(load)
    assert stormy_changes(edits(3, every=1, by="sato"), rule=STORM) == frozenset()
    assert stormy_changes(edits(9, every=4, by="steady"), rule=STORM) == frozenset()


def test_many_people_are_no_storm() -> None:
    crowd = [one for number in range(25) for one in edits(1, every=1, by=f"csm{number}")]
    assert stormy_changes(crowd, rule=STORM) == frozenset()


def test_what_a_person_changed_long_before_or_after_their_data_load_is_none_of_it() -> None:
    load = edits(9, every=1, by="load")
    before, after = (
        change(number, minutes, "B", "C", by_id="load") for number, minutes in ((90, -60), (91, 60))
    )

    assert stormy_changes([after, *load, before], rule=STORM) == ids(load)


def test_a_storm_goes_on_while_its_newest_change_has_not_settled() -> None:
    load = edits(9, every=1, by="load")

    assert storms_going_on(load, rule=STORM, settle=WINDOW, now=at(12.9)) == {"load"}
    assert storms_going_on(load, rule=STORM, settle=WINDOW, now=at(13)) == frozenset()


def test_a_storm_without_an_end_is_waited_for_no_longer_than_its_window_after_the_first_change_settled() -> (
    None
):
    endless = edits(60, every=1, by="load")

    assert storms_going_on(endless[:15], rule=STORM, settle=WINDOW, now=at(14.9)) == {"load"}
    assert storms_going_on(endless[:16], rule=STORM, settle=WINDOW, now=at(15)) == frozenset()


def test_only_what_a_storm_alone_made_is_folded_and_never_the_urgent() -> None:
    load = edits(4, every=1, by="load")
    moves = settled_moves(load, window=WINDOW, now=at(60), scale=SCALE)
    by_two = (change(7, 0, "B", "D", by_id="load"), change(8, 1, "D", "E", by_id="sato"))
    mixed = settled(*by_two, minutes=9)
    stormy = frozenset({*ids(load), by_two[0].id})
    parted = fold((*moves, *mixed), stormy=stormy, urgent=frozenset({moves[0].id}))

    assert [one.id for one in parted.folded["load"]] == [one.id for one in moves[1:]]
    assert [one.id for one in parted.alone] == [moves[0].id, mixed[0].id]
