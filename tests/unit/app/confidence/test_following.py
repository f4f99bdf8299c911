"""Confidence within cycles: what is a change, when it is told, to whom, and what nobody is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.fakes.confidence_shop import RULES, watched

from csops_sync.domain.confidence.changes import Source
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.confidence.telling import PostCard, PostReply, PostSummary, React, UpdateCard
from csops_sync.ports.crm import Role


def test_the_baseline_and_what_is_first_seen_are_no_changes() -> None:
    shop, _ = watched(deals=3)

    assert shop.ledger() == []
    assert shop.tellings() == []


def test_a_worsened_rank_is_a_card_that_asks_the_manager() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.cycle(minutes=4)
    assert shop.verdicts() == ["waiting"]
    assert shop.tellings() == []

    shop.cycle(minutes=1)

    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert (card.channel, card.mentions, card.face.state) == ("#risk", (shop.boss,), CardState.ASKING)
    assert [one.rank for one in card.face.path] == ["B", "D"]
    assert (card.face.account_name, card.face.prior, card.face.changed_by[0].name) == (
        "みなと商事00000001",
        "6000000",
        "佐藤",
    )
    assert shop.verdicts() == ["told"]


def test_three_moves_between_two_polls_are_one_card_with_the_path() -> None:
    shop, (deal,) = watched()
    for rank in ("D", "E", "C"):
        shop.move(deal, rank)
        shop.crm.advance(seconds=30)
    shop.settle()

    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert [one.rank for one in card.face.path] == ["B", "D", "E", "C"]
    assert shop.verdicts() == ["merged", "merged", "told"]


def test_there_and_back_is_recorded_and_not_told() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.crm.advance(seconds=60)
    shop.move(deal, "B")
    shop.settle()

    assert shop.verdicts() == ["net_zero", "net_zero"]
    assert shop.tellings() == []


def test_there_and_back_is_told_where_the_rules_want_it() -> None:
    shop, (deal,) = watched(replace(RULES, tell_net_zero=True))
    shop.move(deal, "D")
    shop.crm.advance(seconds=60)
    shop.move(deal, "B")
    shop.settle()

    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert (card.face.direction, card.face.state) == (None, CardState.QUIET)


def test_a_later_move_moves_the_card_on_and_replies_with_the_mention() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.move(deal, "E")
    shop.settle()

    card, update, reply = shop.tellings()
    assert isinstance(update, UpdateCard)
    assert isinstance(reply, PostReply)
    assert update.of == reply.of == card.key
    assert (reply.mentions, reply.about) == ((shop.boss,), ReplyKind.MOVED)
    assert [one.rank for one in update.face.path] == ["D", "E"]


def test_good_news_is_celebrated_and_asks_nothing() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "A")
    shop.settle()

    card, party = shop.tellings()
    assert isinstance(card, PostCard)
    assert isinstance(party, React)
    assert (card.channel, card.face.state, party.emoji) == ("#renewals", CardState.QUIET, "tada")


def test_a_card_in_another_channel_shows_the_newest_standing_and_asks_no_more() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.move(deal, "A")
    shop.settle()

    risk, renewals = sorted(shop.cards(), key=lambda one: one.channel, reverse=True)
    assert (risk.channel, risk.state, risk.face.path[-1].rank) == ("#risk", CardState.QUIET, "A")
    assert renewals.channel == "#renewals"
    updates = [one for one in shop.tellings() if isinstance(one, UpdateCard)]
    assert [one.card_id for one in updates] == [risk.id]


def test_a_reversal_says_so_in_the_same_thread() -> None:
    everything = replace(RULES, routes=tuple(replace(one, channel="#renewals") for one in RULES.routes))
    shop, (deal,) = watched(everything)
    shop.move(deal, "A")
    shop.settle()
    shop.move(deal, "C")
    shop.settle()

    reply = shop.tellings()[-1]
    assert isinstance(reply, PostReply)
    assert reply.about is ReplyKind.REVERSED


def test_who_changed_it_is_not_mentioned() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D", by=shop.boss)
    shop.settle()

    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert card.mentions == (shop.csm,)
    assert shop.cards()[0].steps == (shop.head, "@cs-leads")


def test_a_direction_under_none_is_recorded_with_its_reason() -> None:
    shop, (deal,) = watched(replace(RULES, none=frozenset({Direction.WORSENED, Direction.RATED})))
    shop.move(deal, "D")
    shop.settle()

    (row,) = shop.ledger()
    assert (row.verdict.value, row.reason) == ("unrouted", "worsened is told to nobody")


def test_outside_business_hours_it_waits_and_is_merged_in_the_morning() -> None:
    shop, (deal,) = watched()
    shop.crm.advance(seconds=9 * 3600)
    shop.move(deal, "C")
    shop.settle()
    shop.crm.advance(seconds=3600)
    shop.move(deal, "E")
    shop.settle()
    assert shop.verdicts() == ["held", "held"]
    assert shop.tellings() == []

    shop.crm.advance(seconds=13 * 3600)
    shop.cycle()

    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert [one.rank for one in card.face.path] == ["B", "C", "E"]
    assert shop.verdicts() == ["merged", "told"]


def test_an_urgent_route_does_not_wait_for_the_morning() -> None:
    shop, (deal,) = watched(replace(RULES, routes=tuple(replace(one, urgent=True) for one in RULES.routes)))
    shop.crm.advance(seconds=9 * 3600)
    shop.move(deal, "E")
    shop.settle()

    assert len(shop.tellings()) == 1


def test_a_data_load_is_one_summary_for_the_manager() -> None:
    plain = tuple(replace(one, prior_at_least=None) for one in RULES.routes)
    shop, deals = watched(replace(RULES, routes=plain), deals=5)
    for deal in deals:
        shop.move(deal, "D", by=shop.head)
    shop.settle()

    (summary,) = shop.tellings()
    assert isinstance(summary, PostSummary)
    assert (len(summary.lines), summary.mentions, summary.changed_by.name) == (5, (shop.boss,), "部長")
    assert shop.verdicts() == ["summarised"] * 5


def test_a_worsened_move_above_the_urgent_threshold_is_never_folded_in() -> None:
    shop, deals = watched(deals=5)
    for deal in deals:
        shop.move(deal, "D", by=shop.head)
    shop.settle()

    assert [type(one) for one in shop.tellings()] == [PostCard] * 5


def test_a_silence_keeps_it_quiet_and_the_ledger_says_whose() -> None:
    shop, (deal,) = watched()
    silence = Silence(
        id="s1",
        kind=Silenced.OPPORTUNITY,
        subject=deal,
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2026, 12, 31, tzinfo=UTC),
        by="ops",
        reason="移行中",
    )
    with shop.store.transaction() as tx:
        tx.confidence.silences.put([silence])
    shop.move(deal, "D")
    shop.settle()

    (row,) = shop.ledger()
    assert row.verdict.value == "silenced"
    assert "ops until 2026-12-31 00:00Z: 移行中" in row.reason


def test_nobody_answers_and_each_step_is_mentioned_in_business_hours_only() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()
    shop.cycle(minutes=4 * 60)
    shop.deliver()
    shop.cycle(minutes=4 * 60)
    assert [one.mentions for one in shop.tellings() if isinstance(one, PostReply)] == [(shop.head,)]

    shop.cycle(minutes=16 * 60)

    replies = [one for one in shop.tellings() if isinstance(one, PostReply)]
    assert [(one.about, one.mentions) for one in replies] == [
        (ReplyKind.ESCALATED, (shop.head,)),
        (ReplyKind.ESCALATED, ("@cs-leads",)),
    ]
    assert shop.cards()[0].due_at is None


def test_a_field_without_history_is_compared() -> None:
    shop, (deal,) = watched()
    shop.crm.tracked = frozenset()
    shop.move(deal, "D")
    shop.settle()

    (row,) = shop.ledger()
    assert (row.change.source, row.change.after.rank) == (Source.COMPARED, "D")


def test_another_scale_begins_again_and_tells_nothing_of_the_past() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    finer = replace(RULES, scale=replace(RULES.scale, ranks=("A", "B", "C", "D", "E", "F")))
    shop.rules = replace(shop.rules, confidence=finer)
    shop.settle()
    assert shop.ledger() == []

    shop.move(deal, "F")
    shop.settle()
    assert [one.change.after.rank for one in shop.ledger()] == ["F"]


def test_a_loss_is_told_as_a_loss() -> None:
    shop, (deal,) = watched()
    shop.crm.edit(Role.OPPORTUNITY, deal, {"stage": "失注", "closed": True}, by=shop.csm)
    shop.settle()

    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert card.face.direction is Direction.LOST


def test_a_cycle_without_news_writes_nothing() -> None:
    shop, _ = watched()
    before = shop.database.tables
    copies = {name: tables.copy() for name, tables in before.items()}
    shop.cycle(minutes=1)

    assert {name: tables.shelves for name, tables in shop.database.tables.items()} == {
        name: tables.shelves for name, tables in copies.items()
    }


def test_the_window_is_five_minutes_from_the_change_and_not_from_the_poll() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.cycle(minutes=5)

    assert shop.verdicts() == ["told"]
    assert shop.ledger()[0].seen_at - shop.ledger()[0].change.at == timedelta(minutes=5)
