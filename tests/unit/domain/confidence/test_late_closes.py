"""Closes whose rows are late, or never to be seen: what the record was seen to stand at says that they were there."""

from tests.fakes.confidence import at, rank, watch
from tests.fakes.readings import Readings, snapshot

from csops_sync.domain.confidence.ranks import Outcome, RankKind, RankScale, Standing

OPEN, LOST, WON = Standing("B"), Standing("B", Outcome.LOST), Standing("B", Outcome.WON)
BY_CATEGORY = RankScale(field="category", ranks=("Commit", "Pipeline"), kind=RankKind.FORECAST_CATEGORY)


def test_an_amount_is_no_loss_where_the_watch_began_at_a_lost_renewal_whose_close_is_late() -> None:
    close, amount = snapshot(1, 1, "失注"), snapshot(2, 6, "失注", amount=110)
    readings = Readings(watch=watch(LOST, minutes=3))
    readings.read(7, LOST, amount)
    readings.read(14, LOST, close, amount)

    assert readings.told == []
    assert readings.moves == []


def test_a_rank_is_no_news_where_the_watch_began_at_a_lost_renewal_whose_close_is_not_to_be_seen() -> None:
    readings = Readings(watch=watch(LOST, minutes=3))
    readings.read(7, Standing("A", Outcome.LOST), rank(1, 6, "B", "A"))

    assert readings.told == []


def test_a_lost_renewal_that_opens_again_is_told_also_where_its_close_is_not_to_be_seen() -> None:
    readings = Readings(watch=watch(LOST, minutes=3))
    readings.read(7, OPEN, snapshot(2, 6))

    assert readings.told == [(LOST, OPEN)]


def test_an_amount_is_no_better_category_where_the_watch_began_at_it_and_its_row_is_late() -> None:
    began = Standing("Commit")
    amount = snapshot(2, 6, amount=110, forecast_category="Commit")
    readings = Readings(BY_CATEGORY, watch=watch(began, minutes=3))
    readings.read(7, began, amount)
    readings.read(14, began, snapshot(1, 1, forecast_category="Commit"), amount)

    assert readings.told == []


def test_a_loss_before_the_first_look_is_told_where_the_watch_goes_back_to_when_the_renewal_was_made() -> (
    None
):
    readings = Readings(watch=watch(LOST), made_at=at(0))
    readings.read(2, LOST, snapshot(1, 1, "失注"))

    assert readings.told == [(OPEN, LOST)]


def test_a_loss_that_was_compared_is_told_once_where_an_amount_is_to_be_seen_before_it() -> None:
    close, amount = snapshot(1, 10, "失注"), snapshot(2, 16, "失注", amount=110)
    readings = Readings(is_tracked=False)
    readings.read(11, LOST)
    readings.read(19, LOST, amount)
    readings.read(24, LOST, close, amount)

    assert readings.told == [(OPEN, LOST)]
    assert [change.rows for change in readings.ledger.values()] == [("008001",)]


def test_a_loss_that_was_compared_with_its_rank_is_told_once_when_its_row_comes() -> None:
    lost = Standing("C", Outcome.LOST)
    readings = Readings(is_tracked=False)
    readings.read(11, lost)
    readings.read(24, lost, snapshot(1, 10, "失注"))

    assert readings.told == [(OPEN, lost)]
    assert [(one.before, one.after, one.rows) for one in readings.ledger.values()] == [
        (OPEN, lost, ("008001",))
    ]


def test_rows_on_the_way_to_what_was_compared_are_no_news_while_the_last_of_them_is_late() -> None:
    won, lost = snapshot(1, 9, "受注"), snapshot(2, 10, "失注")
    readings = Readings(is_tracked=False)
    readings.read(11, LOST)
    readings.read(13, LOST, won)
    readings.read(24, LOST, won, lost)
    readings.read(26, LOST, won, lost)

    assert readings.told == [(OPEN, LOST)]
    assert [change.rows for change in readings.ledger.values()] == [("008001", "008002")]


def test_a_row_that_shows_itself_in_a_second_of_what_was_compared_is_not_told() -> None:
    rows = snapshot(1, 10, "受注", amount=110), snapshot(2, 10, "失注", amount=120, was=110)
    late = snapshot(3, 10, "受注", amount=140, was=130)
    readings = Readings(is_tracked=False)
    readings.read(11, LOST)
    readings.read(13, LOST, *rows)
    readings.read(24, LOST, *rows, late)

    assert readings.told == [(OPEN, LOST)]
    assert [(one.rows, one.late) for one in readings.ledger.values()] == [
        (("008001", "008002"), False),
        (("008003",), True),
    ]


def test_an_amount_is_no_win_where_a_watch_began_anew_after_a_win_that_was_told() -> None:
    won, amount = snapshot(1, 10, "受注"), snapshot(2, 300, "受注", amount=110)
    readings = Readings()
    readings.read(12, WON, won)
    readings.watch = watch(WON, minutes=200)
    readings.read(302, WON, won, amount)

    assert readings.told == [(OPEN, WON)]
    assert [one.id for one in readings.ledger.values()] == ["008001"]


def test_a_rank_that_was_compared_before_a_watch_began_anew_is_none_that_it_began_at() -> None:
    began = Standing("C")
    lost = Standing("C", Outcome.LOST)
    readings = Readings(is_tracked=False)
    readings.read(12, Standing("A"))
    readings.watch = watch(began, minutes=200)
    readings.read(202, began)
    readings.read(302, lost, snapshot(1, 300, "失注"))

    assert readings.told == [(OPEN, Standing("A")), (began, lost)]


def test_what_was_told_while_a_comparison_waited_for_its_hour_leads_on_from_where_it_did() -> None:
    lost, amount = snapshot(1, 19, "失注"), snapshot(3, 78, "受注", amount=110)
    readings = Readings()
    readings.read(10, OPEN)
    readings.read(12, WON)
    readings.read(20, WON, lost)
    readings.read(75, WON, lost)
    readings.read(80, WON, lost, amount)

    assert readings.told == [(OPEN, LOST), (LOST, WON)]
    assert {(one.before, one.after) for one in readings.ledger.values()} == {(OPEN, LOST), (LOST, WON)}


def test_a_close_in_the_second_after_a_row_that_was_read_in_its_own_is_told_once() -> None:
    second, better, lost = 1 / 60, Standing("A"), Standing("A", Outcome.LOST)
    rows = snapshot(1, 10), snapshot(2, 10 + second, "失注")
    readings = Readings(is_tracked=False, watch=watch(LOST))
    readings.read(10 + second / 2, better, rows[0])
    for minutes in (12, 14, 16):
        readings.read(minutes, lost, *rows)

    assert [after for _, after in readings.told if after.outcome is Outcome.LOST] == [lost]
