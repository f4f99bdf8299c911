"""A card that rests when its renewal moves again: bad news that asks ends the snooze, good news leaves it."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardFace, CardState, ReplyKind
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.telling import PostCard, PostReply, UpdateCard
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.crm import Role

BOSS = "U2BOSS"
RISK, RENEWALS, GOOD = RULES.routes
ONE_CHANNEL = replace(RULES, routes=(RISK, RENEWALS, replace(GOOD, channel=RISK.channel)))
UNTOLD = replace(
    RULES, routes=(RISK, RENEWALS), none=frozenset({Direction.RATED, Direction.IMPROVED, Direction.WON})
)


def snoozed(rules: ConfidenceRules = ONE_CHANNEL) -> tuple[ConfidenceShop, str]:
    """A shop whose card rests for three days, by the manager."""
    shop, (deal,) = watched(rules)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    shop.answer(AnswerKind.SNOOZED, by=BOSS, value="3")
    shop.deliver()
    assert card(shop).state is CardState.SNOOZED
    return shop, deal


def card(shop: ConfidenceShop) -> Card:
    return shop.cards()[0]


def face(shop: ConfidenceShop) -> CardFace:
    """What the card shows in Slack."""
    place = place_of(shop.row(card(shop).key).result)
    assert place is not None
    telling = shop.slack.shown(place).telling
    assert isinstance(telling, UpdateCard | PostCard)
    return telling.face


def replies(shop: ConfidenceShop) -> list[tuple[ReplyKind, tuple[str, ...]]]:
    return [(one.about, one.mentions) for one in shop.tellings() if isinstance(one, PostReply)]


def test_a_worsened_move_asks_anew_and_ends_the_snooze_visibly() -> None:
    shop, deal = snoozed()
    rests_until = card(shop).due_at
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()

    assert (card(shop).state, card(shop).answered_by) == (CardState.ASKING, None)
    assert card(shop).due_at != rests_until
    assert (face(shop).state, face(shop).snoozed_until) == (CardState.ASKING, None)
    assert replies(shop) == [(ReplyKind.MOVED, (shop.boss,))]


def test_the_asking_that_a_worsened_move_began_escalates_in_its_own_time() -> None:
    shop, deal = snoozed()
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()
    shop.crm.advance(days=1)
    shop.cycle()

    assert [about for about, _ in replies(shop)] == [ReplyKind.MOVED, ReplyKind.ESCALATED]


def test_an_improved_move_lets_the_snooze_last_and_its_end_asks_again() -> None:
    shop, deal = snoozed()
    rests_until = card(shop).due_at
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()

    assert (card(shop).state, card(shop).due_at) == (CardState.SNOOZED, rests_until)
    shown = face(shop)
    assert (shown.state, shown.snoozed_until, shown.path[-1].rank) == (CardState.SNOOZED, rests_until, "C")
    assert shown.answered_by is not None
    assert shown.answered_by.name == "課長"
    shop.crm.advance(days=3)
    shop.cycle()
    assert replies(shop)[-1] == (ReplyKind.ASKED_AGAIN, (shop.boss,))


def test_an_improved_move_that_is_told_elsewhere_or_to_nobody_lets_it_last_too() -> None:
    for rules in (RULES, UNTOLD):
        shop, deal = snoozed(rules)
        shop.move(deal, "C")
        shop.settle()

        assert {one.channel: one.state for one in shop.cards()}["#risk"] is CardState.SNOOZED


def test_a_won_renewal_has_nothing_left_to_ask() -> None:
    for rules in (ONE_CHANNEL, RULES, UNTOLD):
        shop, deal = snoozed(rules)
        shop.crm.edit(Role.OPPORTUNITY, deal, {"stage": "受注", "closed": True, "won": True}, by=shop.csm)
        shop.settle()
        shop.crm.advance(days=1)  # the stage has no history here: that it lasts is what counts
        shop.settle()

        assert not any(one.waits for one in shop.cards())
