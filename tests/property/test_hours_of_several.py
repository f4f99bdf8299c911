"""Whoever lives wherever, and whatever moves whenever: nobody is mentioned outside their hours, and nobody is left out.

Three people of any zones hear of moves in any half hour of eight days, over a weekend, a change of clocks in Europe and
a holiday of ours. Cycles and deliveries run every half hour, and some of them not.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.confidence_shop import ConfidenceShop
from tests.fakes.people_abroad import at, heard, living, mentioning, somebody_else

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.confidence.changes import Verdict

ZONES = st.sampled_from(
    (
        "Asia/Tokyo",
        "America/New_York",
        "America/Los_Angeles",
        "Europe/London",
        "Asia/Kolkata",
        "Pacific/Auckland",
    )
)
BEGIN = datetime(2026, 10, 22, tzinfo=UTC)
HOLIDAY = date(2026, 10, 27)
DAYS = 8
LIFE = st.tuples(st.integers(0, DAYS * 48 - 1), st.sampled_from("ABCDE"))
"""The half hour in which a rank is set, and the rank."""
RULES = replace(mentioning("csm", "csm.manager", "csm.manager.manager"), storm=None)
OPENS, CLOSES = 9, 18


def is_at_work(zone: str, instant: datetime) -> bool:
    """By the wall clock alone."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.weekday() < 5 and local.date() != HOLIDAY and OPENS <= local.hour < CLOSES


def shop_of(zones: tuple[str, str, str]) -> tuple[ConfidenceShop, str]:
    """A shop at nine in Tokyo on Thursday, 22 October."""
    head, boss, sato = zones
    shop, deal = living(RULES, head=head, boss=boss, sato=sato)
    own = BusinessCalendar("JP", frozenset({HOLIDAY}))
    shop.rules = replace(shop.rules, calendar=replace(shop.rules.calendar, own=own))
    at(shop, BEGIN)
    shop.cycle()
    return shop, deal


@settings(max_examples=30, deadline=None)
@given(
    zones=st.tuples(ZONES, ZONES, ZONES),
    life=st.lists(LIFE, min_size=1, max_size=5, unique_by=lambda one: one[0]),
    asleep=st.sets(st.integers(0, DAYS * 48 - 1), max_size=100),
)
def test_each_is_mentioned_in_their_own_hours_and_nobody_is_left_out(
    zones: tuple[str, str, str], life: list[tuple[int, str]], asleep: set[int]
) -> None:
    shop, deal = shop_of(zones)
    peer, moves = somebody_else(shop), dict(life)
    lives = dict(zip((shop.head, shop.boss, shop.csm), zones, strict=True))
    told: list[tuple[datetime, str]] = []
    for half_hour in range((DAYS + 6) * 48):
        if half_hour in moves:
            shop.move(deal, moves[half_hour], by=peer)
        if half_hour in asleep:
            shop.crm.advance(seconds=1800)
            continue
        found = heard(shop, lambda: shop.cycle(minutes=30))
        told.extend((when, who) for when, _, people in found for who in people if who in lives)

    assert [(when, who) for when, who in told if not is_at_work(lives[who], when)] == []
    messages = [one.telling for one in shop.slack.tellings if getattr(one.telling, "mentions", ())]
    pairs = [(one.key, who) for one in messages for who in getattr(one, "mentions", ())]
    assert len(pairs) == len(set(pairs))
    _everybody_heard_of_the_last_news(shop, told, lives)


def _everybody_heard_of_the_last_news(
    shop: ConfidenceShop, told: list[tuple[datetime, str]], lives: dict[str, str]
) -> None:
    """Everybody is mentioned after the last move that was told."""
    moves = [row.change.at for row in shop.ledger() if row.verdict is Verdict.TOLD]
    if moves:
        assert {who for when, who in told if when >= max(moves)} == set(lives)
