"""A move is held until the first of whom it mentions is at work, wherever that is; and is held once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.confidence_shop import RULES, watched
from tests.fakes.people_abroad import (
    BOSS,
    BOTH,
    NEW_YORK,
    NINE_THERE,
    TOLD,
    TUESDAY,
    at,
    falls,
    heard,
    lives_in,
    living,
    moved,
    work_until,
)

from csops_sync.app.confidence.kept_zones import keep_zones, read_wanted, read_zones, want_zones
from csops_sync.app.confidence.learning_zones import learn_zones
from csops_sync.app.queries_explain import explain_view
from csops_sync.domain.confidence.telling import PostCard
from csops_sync.ports.errors import TransientError

AT_HALF_PAST_TEN_THERE = datetime(2026, 4, 13, 14, 30, tzinfo=UTC)
"""In New York: half past eleven at night in Tokyo."""


def test_who_lives_abroad_hears_in_their_hours_what_moves_in_our_night() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    at(shop, AT_HALF_PAST_TEN_THERE)
    shop.move(deal, "D")

    (told,) = work_until(shop, AT_HALF_PAST_TEN_THERE + timedelta(minutes=30), minutes=1)
    assert told[0] <= AT_HALF_PAST_TEN_THERE + timedelta(
        minutes=8
    )  # settled after five, and asked about once
    assert told[1:] == ("card", (shop.boss,))


def test_whose_zone_is_known_is_told_as_soon_as_a_move_has_settled() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    falls(shop, deal, "C")
    heard(shop, lambda: at(shop, AT_HALF_PAST_TEN_THERE))
    shop.move(deal, "D")
    shop.settle()

    assert shop.verdicts() == ["told", "told"]
    assert [who for _, _, who in heard(shop)] == [(shop.boss,)]


def test_what_moves_in_their_night_is_held_by_their_hours_alone_and_told_as_one_move() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    falls(shop, deal, "C")
    heard(shop, lambda: at(shop, NINE_THERE))
    at(shop, TUESDAY + timedelta(hours=1))
    for rank in ("D", "E"):
        moved(shop, deal, rank)
    assert shop.verdicts() == ["told", "held", "held"]
    tomorrow = NINE_THERE + timedelta(days=1)
    assert shop.ledger()[-1].held_until == tomorrow

    assert [who for _, _, who in work_until(shop, tomorrow + timedelta(minutes=10))] == [(shop.boss,)]
    assert shop.verdicts() == ["told", "merged", "told"]


def test_there_and_back_in_their_night_is_a_net_zero_that_nobody_hears_of() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    falls(shop, deal, "C")
    heard(shop, lambda: at(shop, NINE_THERE))
    at(shop, TUESDAY + timedelta(hours=1))
    for rank in ("E", "C"):
        moved(shop, deal, rank)

    assert shop.verdicts() == ["told", "net_zero", "net_zero"]


def test_what_is_held_for_who_is_abroad_says_so() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    falls(shop, deal, "C")
    heard(shop, lambda: at(shop, NINE_THERE))
    at(shop, TUESDAY + timedelta(hours=1))
    moved(shop, deal, "D")

    said = [one.text for found in explain_view(shop.office(), deal).renewals for one in found.events]
    held = "held: outside the business hours of who is mentioned, until 2026-04-14 13:00Z"
    assert any(one.endswith(held) for one in said), said


def test_what_is_held_for_the_first_of_several_is_told_when_that_one_is_at_work() -> None:
    shop, deal = living(BOTH, boss=NEW_YORK)
    falls(shop, deal, "C")
    heard(shop, lambda: at(shop, NINE_THERE))
    at(shop, datetime(2026, 4, 13, 22, tzinfo=UTC))  # six in the evening there, seven in the morning here
    moved(shop, deal, "E")
    assert shop.ledger()[-1].held_until == TUESDAY

    told = work_until(shop, NINE_THERE + timedelta(days=1, minutes=10))
    assert [(about, who) for _, about, who in told if about != "escalated"] == [
        ("moved", (shop.csm,)),
        ("called", (shop.boss,)),
    ]


def test_who_has_moved_home_is_asked_about_again_after_a_day_and_waits_no_longer() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    falls(shop, deal, "C")
    heard(shop, lambda: at(shop, NINE_THERE))
    lives_in(shop, BOSS, "Asia/Tokyo")
    at(shop, TUESDAY + timedelta(days=1, hours=1))
    moved(shop, deal, "E")
    assert shop.verdicts() == ["told", "held"]

    assert [who for _, _, who in heard(shop, lambda: shop.cycle(minutes=1))] == [(shop.boss,)]


def test_while_slack_does_not_say_where_somebody_lives_our_hours_count_and_it_is_asked_again() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    shop.slack.refusals[shop.boss] = TransientError("Slack is out of reach")
    at(shop, AT_HALF_PAST_TEN_THERE)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    with shop.store.reading() as tx:
        assert read_wanted(tx) == (shop.boss,)
    del shop.slack.refusals[shop.boss]

    shop.deliver()
    with shop.store.reading() as tx:
        assert (read_wanted(tx), read_zones(tx).zones) == ((), {shop.boss: NEW_YORK})
    assert [who for _, _, who in heard(shop, shop.cycle)] == [(shop.boss,)]


@pytest.mark.parametrize("zone", [None, "Nowhere/Atlantis"])
def test_a_zone_that_nobody_knows_counts_as_ours(zone: str | None) -> None:
    shop, deal = living(RULES)
    lives_in(shop, BOSS, zone)

    assert heard(shop, lambda: falls(shop, deal)) == [(TOLD, "card", (shop.boss,))]


def test_whoever_was_not_mentioned_for_long_is_forgotten_when_somebody_else_is_asked_about() -> None:
    shop, deal = living(RULES, boss=NEW_YORK)
    falls(shop, deal, "C")
    at(shop, TUESDAY + timedelta(days=100))
    with shop.office().writing() as tx:
        keep_zones(shop.engine(), tx, {shop.csm: "Asia/Tokyo"})

    with shop.store.reading() as tx:
        assert read_zones(tx).zones == {shop.csm: "Asia/Tokyo"}


def test_a_zone_that_another_replica_knew_and_this_one_does_not_counts_as_ours() -> None:
    shop, deal = living(RULES)
    at(shop, AT_HALF_PAST_TEN_THERE)
    with shop.office().writing() as tx:
        keep_zones(shop.engine(), tx, {shop.boss: "America/Atlantis"})
    moved(shop, deal, "D")

    assert shop.ledger()[-1].held_until == TUESDAY
    assert [who for _, _, who in work_until(shop, TUESDAY + timedelta(minutes=10))] == [(shop.boss,)]


def test_a_stop_does_not_wait_until_everybody_was_asked_about() -> None:
    shop, _ = living(RULES)
    with shop.office().writing() as tx:
        want_zones(tx, [shop.boss, shop.csm])
    learn_zones(replace(shop.engine(), stopping=lambda: True))

    with shop.store.reading() as tx:
        assert read_wanted(tx) == tuple(sorted((shop.boss, shop.csm)))


def test_a_storm_is_told_to_a_manager_abroad_in_their_own_hours() -> None:
    shop, made = watched(deals=5)
    lives_in(shop, BOSS, NEW_YORK)
    first, *others = made
    falls(shop, first, "C")
    heard(shop, lambda: at(shop, AT_HALF_PAST_TEN_THERE))
    for deal in others:
        shop.move(deal, "A", by=shop.head)
    told = work_until(shop, AT_HALF_PAST_TEN_THERE + timedelta(minutes=30), minutes=6)

    assert [(about, who) for _, about, who in told] == [("summary", (shop.boss,))]
    assert [one for one in shop.tellings() if isinstance(one, PostCard)][1:] == []


def test_a_release_before_this_one_kept_no_hour_and_what_it_held_is_told_in_ours() -> None:
    shop, deal = living(RULES)
    at(shop, AT_HALF_PAST_TEN_THERE)
    shop.move(deal, "D")
    shop.settle()
    (held,) = shop.ledger()
    with shop.office().writing() as tx:
        tx.confidence.ledger.put([replace(held, held_until=None)])
    at(shop, TUESDAY)

    assert [who for _, _, who in heard(shop, shop.cycle)] == [(shop.boss,)]
