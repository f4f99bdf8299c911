"""From history rows to changes: each once, in Salesforce's order, whoever polls when."""

from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.confidence import at, entry, found, past, rank, sight, watch

from csops_sync.domain.confidence.changes import ConfidenceChange, Source
from csops_sync.domain.confidence.detection import Detected
from csops_sync.domain.confidence.ranks import Direction, Outcome, RankKind, RankScale, Standing
from csops_sync.domain.confidence.steps import steps_of
from csops_sync.domain.confidence.watch import begin_watch


def moves(detected: Detected) -> list[tuple[str | None, str | None, str | None]]:
    """From, to and who, of the new changes."""
    return [(one.before.rank, one.after.rank, one.by_id) for one in detected.new]


def test_two_moves_between_two_polls_are_two_changes_with_their_makers() -> None:
    detected = found(
        watch(), sight(Standing("C"), minutes=9), rank(1, 1, "A", "B", "sato"), rank(2, 5, "B", "C", "mori")
    )

    assert moves(detected) == [("A", "B", "sato"), ("B", "C", "mori")]
    assert [one.id for one in detected.new] == ["017001", "017002"]


def test_what_the_ledger_has_is_not_new_again() -> None:
    first = found(watch(), sight(Standing("B"), minutes=2), rank(1, 1, "A", "B"))
    rows = rank(1, 1, "A", "B"), rank(2, 5, "B", "C")
    again = found(first.watch, sight(Standing("C"), minutes=9), *rows, known=first.new)

    assert moves(again) == [("B", "C", "csm")]
    assert (
        found(again.watch, sight(Standing("C"), minutes=10), *rows, known=(*first.new, *again.new)).new == ()
    )


def test_what_was_before_the_watch_is_no_news() -> None:
    detected = found(
        watch(minutes=3), sight(Standing("C"), minutes=9), rank(1, 1, "A", "B"), rank(2, 5, "B", "C")
    )

    assert moves(detected) == [("B", "C", "csm")]


def test_the_first_sight_is_no_change() -> None:
    begun = begin_watch(
        sight(Standing("B"), minutes=4),
        opportunity_id="006",
        renewal_key="800-1",
        account_id="001",
        watched_from=at(4),
    )

    assert found(begun, sight(Standing("B"), minutes=5), rank(1, 1, None, "B")).new == ()


def test_edits_of_one_second_are_chained_by_what_each_replaced() -> None:
    rows = rank(1, 1, "B", "C", "mori"), rank(2, 1, "A", "B", "sato"), rank(3, 1, "C", "E", "sato")
    detected = found(watch(), sight(Standing("E"), minutes=2), *rows)

    assert moves(detected) == [("A", "B", "sato"), ("B", "C", "mori"), ("C", "E", "sato")]
    assert all(one.order_known for one in detected.new)


def test_edits_of_one_second_with_two_orders_are_one_net_change() -> None:
    """From A, both B and C are left and come back, whichever came first."""
    rows = (
        rank(1, 1, "A", "B", "sato"),
        rank(2, 1, "B", "A", "sato"),
        rank(3, 1, "A", "C", "mori"),
        rank(4, 1, "C", "A", "mori"),
        rank(5, 2, "A", "D", "mori"),
    )
    detected = found(watch(Standing("A")), sight(Standing("D"), minutes=3), *rows)

    assert moves(detected) == [("A", "A", None), ("A", "D", "mori")]
    assert [one.direction for one in detected.new] == [None, Direction.WORSENED]


def test_a_net_change_of_an_unknown_order_names_nobody_where_several_made_it() -> None:
    rows = (
        rank(0, 1, None, "A"),
        rank(1, 2, "A", "B", "sato"),
        rank(2, 2, "B", "A", "mori"),
        rank(3, 2, "A", "B", "mori"),
        rank(4, 2, "B", "C", "sato"),
    )
    detected = found(watch(minutes=1.5), sight(Standing("C"), minutes=3), *rows)

    (net,) = detected.new
    assert (net.before.rank, net.after.rank, net.by_id, net.order_known) == ("A", "C", None, False)
    assert net.id == f"{net.opportunity_id}@{int(at(2).timestamp())}"
    assert set(net.rows) == {"017001", "017002", "017003", "017004"}


def test_rank_and_close_of_one_save_are_one_change() -> None:
    detected = found(
        watch(),
        sight(Standing("A", Outcome.WON), minutes=3),
        rank(1, 2, "B", "A"),
        entry(1, 2, "受注", amount=120),
    )

    (won,) = detected.new
    assert (won.direction, won.before, won.after) == (
        Direction.WON,
        Standing("B"),
        Standing("A", Outcome.WON),
    )
    assert (won.amount_before, won.amount_after) == (Decimal(100), Decimal(120))


def test_a_close_whose_rank_never_moved_keeps_the_rank_that_stands_there() -> None:
    (lost,) = found(
        watch(Standing("D")), sight(Standing("D", Outcome.LOST), minutes=3), entry(1, 2, "失注")
    ).new

    assert (lost.direction, lost.before, lost.after) == (
        Direction.LOST,
        Standing("D"),
        Standing("D", Outcome.LOST),
    )


def test_an_amount_alone_is_no_change() -> None:
    assert (
        found(watch(), sight(Standing(None), minutes=3), entry(1, 2, amount=90), entry(2, 2.5, amount=80)).new
        == ()
    )


def test_a_row_that_comes_late_is_marked_and_its_neighbour_corrected() -> None:
    by_snapshots = RankScale(
        field="probability",
        ranks=("A", "B", "C"),
        kind=RankKind.PROBABILITY,
        at_least=((Decimal(80), "A"), (Decimal(50), "B"), (Decimal(0), "C")),
    )
    high, low = entry(1, 5, probability=Decimal(90)), entry(2, 10, probability=Decimal(10))
    early, late = steps_of(past(low), scale=by_snapshots), steps_of(past(high, low), scale=by_snapshots)

    assert [(one.before.rank, one.after.rank) for one in early] == [("B", "C")]
    assert [(one.before.rank, one.after.rank) for one in late] == [("B", "A"), ("A", "C")]


def test_a_late_edit_is_told_as_late() -> None:
    first = found(watch(), sight(Standing("D"), minutes=12), rank(2, 10, "C", "D"))
    rows = rank(1, 5, "A", "C"), rank(2, 10, "C", "D")
    seen = found(first.watch, sight(Standing("D"), minutes=50), *rows, known=first.new, settled=("017002",))

    (late,) = seen.new
    assert (late.id, late.late) == ("017001", True)
    assert seen.watch.standing == Standing("D")


def test_a_late_edit_before_what_still_waits_is_told_with_it() -> None:
    first = found(watch(), sight(Standing("D"), minutes=12), rank(2, 10, "C", "D"))
    rows = rank(1, 5, "A", "C"), rank(2, 10, "C", "D")
    seen = found(first.watch, sight(Standing("D"), minutes=14), *rows, known=first.new)

    (late,) = seen.new
    assert not late.late
    assert (seen.watch.standing, seen.watch.differs_since) == (Standing("D"), None)


@pytest.mark.parametrize("tracked", [False, True])
def test_without_history_values_are_compared_and_with_it_only_after_an_hour(*, tracked: bool) -> None:
    under = watch(Standing("A"))
    soon = found(under, sight(Standing("C"), minutes=2, tracked=tracked))
    later = found(soon.watch, sight(Standing("C"), minutes=63, tracked=tracked), known=soon.new)

    changes: list[ConfidenceChange] = [*soon.new, *later.new]
    assert [(one.before.rank, one.after.rank, one.source) for one in changes] == [("A", "C", Source.COMPARED)]
    assert bool(later.new) is tracked
    assert (changes[0].at, changes[0].until) == (at(0), at(63) if tracked else at(2))


def test_history_that_comes_after_the_comparison_is_not_told_twice() -> None:
    under = watch(Standing("A"))
    soon = found(under, sight(Standing("C"), minutes=2))
    compared = found(soon.watch, sight(Standing("C"), minutes=70))
    late = found(compared.watch, sight(Standing("C"), minutes=80), rank(1, 1, "A", "C"), known=compared.new)

    assert len(compared.new) == 1
    assert late.new == ()
    (told,) = compared.new
    (corrected,) = late.corrected
    assert (corrected.id, corrected.at, corrected.rows) == (told.id, at(1), ("017001",))
    ended = found(late.watch, sight(Standing("C"), minutes=82), rank(1, 1, "A", "C"), known=late.corrected)
    assert (ended.new, ended.corrected) == ((), ())


def test_snapshots_of_one_second_are_chained_by_the_amounts_they_replaced() -> None:
    scale = RankScale(
        field="forecast", ranks=("Closed", "BestCase", "Pipeline"), kind=RankKind.FORECAST_CATEGORY
    )
    day = date(2026, 6, 30)
    second = entry(
        1,
        5,
        amount=140,
        forecast_category="BestCase",
        replaced_amount=Decimal(120),
        replaced_close_date=day,
        knows_replaced=True,
    )
    first = entry(
        2,
        5,
        amount=120,
        forecast_category="Closed",
        replaced_amount=Decimal(100),
        replaced_close_date=day,
        knows_replaced=True,
    )
    steps = steps_of(past(second, first), scale=scale)

    assert [(one.before.rank, one.after.rank, one.amount_after) for one in steps] == [
        ("Pipeline", "Closed", Decimal(120)),
        ("Closed", "BestCase", Decimal(140)),
    ]


def test_a_comparison_that_several_rows_of_history_lead_along_is_told_once() -> None:
    compared = found(watch(Standing("B")), sight(Standing("D"), minutes=10, tracked=False))
    (told,) = compared.new
    rows = rank(1, 5, "B", "C"), rank(2, 6, "C", "D")

    later = found(compared.watch, sight(Standing("D"), minutes=20), *rows, known=(told,), settled=(told.id,))
    again = found(
        later.watch, sight(Standing("D"), minutes=30), *rows, known=later.corrected, settled=(told.id,)
    )

    assert (moves(later), moves(again)) == ([], [])
    assert [(one.id, one.rows) for one in later.corrected] == [(told.id, ("017001", "017002"))]
    assert again.corrected == ()


def test_rows_that_lead_elsewhere_than_a_comparison_are_news() -> None:
    compared = found(watch(Standing("B")), sight(Standing("D"), minutes=10, tracked=False))
    rows = rank(1, 5, "B", "C"), rank(2, 6, "C", "E")

    later = found(compared.watch, sight(Standing("E"), minutes=20), *rows, known=compared.new)

    assert moves(later) == [("B", "C", "csm"), ("C", "E", "csm")]


def test_who_changed_an_amount_in_the_second_of_a_rank_did_not_move_the_rank() -> None:
    edits = rank(1, 5, "B", "E", "mori"), rank(2, 5, "E", None, "hina")
    detected = found(
        watch(Standing("B")), sight(Standing(None), minutes=9), *edits, entry(3, 5, amount=90, by_id="mori")
    )

    assert moves(detected) == [("B", "E", "mori"), ("E", None, "hina")]
