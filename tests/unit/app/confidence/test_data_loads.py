"""Data loads: many changes by one person are one summary for each manager, whenever and however slowly they come."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.telling import PostCard, PostSummary

PLAIN = replace(RULES, routes=tuple(replace(one, prior_at_least=None) for one in RULES.routes))
NINE_HOURS = 9 * 3600


def load(shop: ConfidenceShop, deals: list[str], rank: str = "D") -> None:
    """Let the head of CS change many renewals in one second."""
    for deal in deals:
        shop.move(deal, rank, by=shop.head)


def summaries(shop: ConfidenceShop) -> list[PostSummary]:
    return [one for one in shop.tellings() if isinstance(one, PostSummary)]


def test_a_load_that_takes_longer_than_a_poll_is_told_once() -> None:
    shop, deals = watched(PLAIN, deals=12)
    for start in range(0, 12, 2):
        load(shop, deals[start : start + 2])
        shop.cycle(minutes=1)
    for _ in range(10):
        shop.cycle(minutes=1)

    (summary,) = summaries(shop)
    assert len(summary.lines) == 12
    assert shop.verdicts() == ["summarised"] * 12


def test_a_load_without_an_end_is_told_in_parts() -> None:
    shop, deals = watched(PLAIN, deals=40)
    for deal in deals:
        load(shop, [deal])
        shop.cycle(minutes=1)

    assert [len(one.lines) for one in summaries(shop)] == [11, 11, 11]


def test_a_load_at_night_is_one_summary_in_the_morning() -> None:
    shop, deals = watched(PLAIN, deals=5)
    shop.crm.advance(seconds=NINE_HOURS)
    load(shop, deals)
    shop.settle()
    shop.cycle(minutes=60)
    assert (shop.tellings(), shop.verdicts()) == ([], ["held"] * 5)

    shop.crm.advance(seconds=14 * 3600)
    shop.cycle()

    (summary,) = summaries(shop)
    assert len(summary.lines) == 5
    assert shop.verdicts() == ["summarised"] * 5


def test_a_load_that_nobody_saw_for_hours_is_one_summary() -> None:
    shop, deals = watched(PLAIN, deals=5)
    load(shop, deals)
    shop.cycle(minutes=180)

    (summary,) = shop.tellings()
    assert isinstance(summary, PostSummary)
    assert len(summary.lines) == 5


def test_a_load_in_both_directions_is_one_summary_with_bad_news_first() -> None:
    shop, deals = watched(PLAIN, deals=5)
    load(shop, deals[:2])
    load(shop, deals[2:], "A")
    shop.settle()

    (summary,) = summaries(shop)
    assert summary.channel == "#renewals"
    assert [one.direction for one in summary.lines] == [Direction.WORSENED] * 2 + [Direction.IMPROVED] * 3


def test_what_the_same_person_changes_by_hand_afterwards_is_a_card_again() -> None:
    shop, deals = watched(PLAIN, deals=6)
    load(shop, deals[:5])
    shop.settle()
    shop.crm.advance(seconds=1200)
    shop.move(deals[5], "E", by=shop.head)
    shop.settle()

    assert [type(one) for one in shop.tellings()] == [PostSummary, PostCard]


def test_a_day_s_own_change_is_no_part_of_the_load_that_waited_for_the_morning() -> None:
    shop, deals = watched(PLAIN, deals=6)
    shop.crm.advance(seconds=NINE_HOURS)
    load(shop, deals[:5])
    shop.settle()
    shop.crm.advance(seconds=13.8 * 3600)
    shop.move(deals[5], "E", by=shop.head)
    shop.crm.advance(seconds=3600)
    shop.settle()

    assert sorted(type(one).__name__ for one in shop.tellings()) == ["PostCard", "PostSummary"]
