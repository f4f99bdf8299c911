"""What happened at night is told when business hours begin: one message for each renewal, with where it came to."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.queries_explain import explain_view
from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.telling import PostCard, PostReply

NIGHT = 12 * 3600
NINE = datetime(2026, 4, 14, 0, tzinfo=UTC)  # 9:00 in Tokyo, on Tuesday


def at_ten_in_the_evening(
    rules: ConfidenceRules = RULES, *, deals: int = 1
) -> tuple[ConfidenceShop, list[str]]:
    shop, made = watched(rules, deals=deals)
    shop.crm.advance(seconds=NIGHT)
    return shop, made


def at_nine(shop: ConfidenceShop) -> None:
    """A minute before nothing is told yet; then it is nine o'clock."""
    shop.crm.advance(seconds=(NINE - shop.crm.now()).total_seconds() - 60)
    shop.cycle()
    assert shop.deliver() == 0
    shop.crm.advance(seconds=60)
    shop.cycle()
    shop.deliver()


def messages(shop: ConfidenceShop) -> list[PostCard | PostReply]:
    return [one for one in shop.tellings() if isinstance(one, PostCard | PostReply)]


def path(message: PostCard | PostReply) -> list[str | None]:
    return [one.rank for one in message.face.path]


def test_two_moves_of_one_night_are_one_card_with_the_net_move_and_its_path() -> None:
    shop, (deal,) = at_ten_in_the_evening()
    for rank in ("D", "C"):
        shop.move(deal, rank)
        shop.settle()
        assert set(shop.verdicts()) == {"held"}
    at_nine(shop)

    (card,) = messages(shop)
    assert isinstance(card, PostCard)
    assert (path(card), card.face.direction, card.mentions) == (
        ["B", "D", "C"],
        Direction.WORSENED,
        (shop.boss,),
    )
    assert shop.verdicts() == ["merged", "told"]
    assert len(shop.slack.tellings) == 1


def test_on_a_card_that_stands_they_are_one_reply_with_one_mention() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()
    shop.crm.advance(seconds=NIGHT)
    for rank in ("D", "E"):
        shop.move(deal, rank)
        shop.settle()
    at_nine(shop)

    night = [one for one in messages(shop) if isinstance(one, PostReply) and path(one)[0] == "C"]
    assert [(path(one), one.mentions) for one in night] == [(["C", "D", "E"], (shop.boss,))]


def test_three_renewals_of_one_manager_are_a_card_each() -> None:
    shop, deals = at_ten_in_the_evening(replace(RULES, storm=None), deals=3)
    for deal in deals:
        shop.move(deal, "D")
        shop.settle()
    at_nine(shop)

    cards = messages(shop)
    assert {one.face.opportunity_id for one in cards} == set(deals)
    assert [type(one) for one in cards] == [PostCard] * 3
    assert {one.mentions for one in cards} == {(shop.boss,)}
    assert shop.verdicts() == ["told"] * 3


def test_a_night_that_ends_where_it_began_is_told_to_nobody_in_the_morning() -> None:
    shop, (deal,) = at_ten_in_the_evening()
    for rank in ("D", "B"):
        shop.move(deal, rank)
        shop.settle()
    at_nine(shop)

    assert messages(shop) == []
    assert shop.verdicts() == ["net_zero", "net_zero"]


def test_bad_news_of_the_evening_that_was_mended_at_night_is_good_news_in_the_morning() -> None:
    shop, (deal,) = at_ten_in_the_evening()
    for rank in ("D", "A"):
        shop.move(deal, rank)
        shop.settle()
    at_nine(shop)

    (card,) = messages(shop)
    assert (path(card), card.face.direction) == (["B", "D", "A"], Direction.IMPROVED)


@pytest.mark.parametrize(
    ("days", "told_at"),
    [(4, datetime(2026, 4, 20, 0, tzinfo=UTC)), (15, datetime(2026, 4, 30, 0, tzinfo=UTC))],
    ids=["Friday night: Monday", "28 April: the 29th is a holiday, the 30th is not"],
)
def test_weekends_and_holidays_are_slept_through(days: int, told_at: datetime) -> None:
    shop, (deal,) = at_ten_in_the_evening()
    calendar = replace(shop.rules.calendar, own=BusinessCalendar("JP", frozenset({date(2026, 4, 29)})))
    shop.rules = replace(shop.rules, calendar=calendar)
    shop.crm.advance(days=days)
    shop.move(deal, "D")
    shop.settle()
    (held,) = shop.ledger()
    assert held.reason == f"outside business hours, until {told_at:%Y-%m-%d %H:%M}Z"

    shop.crm.advance(seconds=(told_at - shop.crm.now()).total_seconds() - 60)
    shop.cycle()
    assert messages(shop) == []
    shop.cycle(minutes=1)
    assert len(messages(shop)) == 1


def test_what_is_held_is_explained_until_it_is_told() -> None:
    shop, (deal,) = at_ten_in_the_evening()
    shop.move(deal, "D")
    shop.settle()

    said = [one.text for found in explain_view(shop.office(), deal).renewals for one in found.events]
    assert any(one.endswith("held: outside business hours, until 2026-04-14 00:00Z") for one in said), said


def test_urgent_news_wake_people_at_once() -> None:
    risk, *others = RULES.routes
    shop, (deal,) = at_ten_in_the_evening(replace(RULES, routes=(replace(risk, urgent=True), *others)))
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()

    assert len(shop.slack.tellings) == 1
    assert shop.verdicts() == ["told"]
