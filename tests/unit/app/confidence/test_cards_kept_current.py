"""A card shows where its renewal stands, whatever became of the last move, and is posted anew where it is gone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.app.engine import Mode
from csops_sync.app.orders_outbox import drop
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import GOOD_NEWS, Direction
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.confidence.telling import PostCard, PostReply, PostSummary, UpdateCard
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus

RISK, RENEWALS, GOOD = RULES.routes
QUIET_GOOD = replace(
    RULES, routes=(RISK, RENEWALS), none=frozenset({Direction.RATED, Direction.IMPROVED, Direction.WON})
)


def asking(rules: ConfidenceRules = RULES, *, deals: int = 1) -> tuple[ConfidenceShop, list[str]]:
    shop, made = watched(rules, deals=deals)
    shop.move(made[0], "D")
    shop.settle()
    shop.deliver()
    return shop, made


def ranks(shop: ConfidenceShop) -> list[str | None]:
    return [one.rank for one in shop.cards()[0].face.path]


def silence(shop: ConfidenceShop, kind: Silenced, subject: str) -> None:
    with shop.store.transaction() as tx:
        tx.confidence.silences.put(
            [
                Silence(
                    id="s1",
                    kind=kind,
                    subject=subject,
                    since=datetime(2026, 1, 1, tzinfo=UTC),
                    until=datetime(2026, 12, 31, tzinfo=UTC),
                    by="ops",
                    reason="移行中",
                )
            ]
        )


def test_good_news_under_none_closes_the_question_and_shows_on_the_card() -> None:
    shop, (deal,) = asking(QUIET_GOOD)
    shop.move(deal, "A")
    shop.settle()

    assert (ranks(shop), shop.cards()[0].state) == (["D", "A"], CardState.QUIET)
    assert shop.verdicts() == ["told", "unrouted"]
    assert [type(one) for one in shop.tellings()] == [PostCard, UpdateCard]
    assert shop.ledger()[1].message_key is None


def test_a_storm_brings_the_cards_of_its_renewals_up_to_date() -> None:
    shop, deals = asking(deals=5)
    for deal in deals:
        shop.move(deal, "A", by=shop.head)
    shop.cycle()
    shop.cycle(minutes=20)

    assert (ranks(shop), shop.cards()[0].state) == (["D", "A"], CardState.QUIET)
    (summary,) = [one for one in shop.tellings() if isinstance(one, PostSummary)]
    assert [one.card_id for one in shop.tellings() if isinstance(one, UpdateCard)] == [shop.cards()[0].id]
    assert {one.message_key for one in shop.ledger()[1:]} == {summary.key}


def test_a_silenced_move_shows_on_the_card_and_mentions_nobody() -> None:
    shop, (deal,) = asking()
    silence(shop, Silenced.OPPORTUNITY, deal)
    shop.move(deal, "E")
    shop.settle()

    assert ranks(shop) == ["D", "E"]
    assert [type(one) for one in shop.tellings()] == [PostCard, UpdateCard]


def test_there_and_back_leaves_the_last_move_and_the_question_on_the_card() -> None:
    shop, (deal,) = asking()
    shop.move(deal, "E")
    shop.crm.advance(seconds=60)
    shop.move(deal, "D")
    shop.crm.edit(Role.OPPORTUNITY, deal, {"next_step": "部長と面談"}, by=shop.csm)
    shop.settle()

    card = shop.cards()[0]
    assert (ranks(shop), card.state, card.face.next_step) == (["B", "D"], CardState.ASKING, "部長と面談")


def test_there_and_back_that_is_told_leaves_the_question_open() -> None:
    shop, (deal,) = asking(replace(RULES, tell_net_zero=True))
    shop.move(deal, "E")
    shop.crm.advance(seconds=60)
    shop.move(deal, "D")
    shop.settle()

    assert shop.verdicts()[1:] == ["merged", "told"]
    assert shop.cards()[0].state is CardState.ASKING


def test_a_card_that_was_decided_in_shadow_is_posted_anew_in_live() -> None:
    shop, (deal,) = watched()
    shop.desk = replace(shop.desk, mode=Mode.SHADOW)
    shop.move(deal, "C")
    shop.settle()
    shop.move(deal, "D")
    shop.settle()
    assert [type(one) for one in shop.tellings()] == [PostCard, UpdateCard, PostReply]

    shop.desk = replace(shop.desk, mode=Mode.LIVE)
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()

    assert shop.row(shop.cards()[0].key).status is OutboxStatus.SENT


def test_good_news_elsewhere_leaves_no_card_of_the_shadow_waiting() -> None:
    shop, (deal,) = watched()
    shop.desk = replace(shop.desk, mode=Mode.SHADOW)
    shop.move(deal, "D")
    shop.settle()
    shop.desk = replace(shop.desk, mode=Mode.LIVE)
    shop.move(deal, "A")
    shop.settle()

    assert {one.channel: one.waits for one in shop.cards()} == {"#risk": False, "#renewals": False}


def test_a_card_whose_post_a_person_dropped_is_posted_anew() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    drop(shop.office(), [shop.cards()[0].key])
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()

    assert shop.row(shop.cards()[0].key).status is OutboxStatus.SENT


def test_a_card_that_was_deleted_in_slack_is_posted_anew() -> None:
    shop, (deal,) = asking()
    place = place_of(shop.row(shop.cards()[0].key).result)
    assert place is not None
    shop.slack.remove(place)
    for rank in ("C", "E"):
        shop.move(deal, rank)
        shop.settle()
        shop.deliver()

    posts = [one for one in shop.tellings() if isinstance(one, PostCard) and one.channel == "#risk"]
    assert [[one.rank for one in post.face.path] for post in posts] == [["B", "D"], ["C", "E"]]
    assert shop.row(posts[1].key).status is OutboxStatus.SENT


def test_an_opportunity_that_moves_to_another_customer_is_told_there() -> None:
    shop, (deal,) = asking()
    other = shop.crm.create(Role.ACCOUNT, {"name": "存続会社", "country": "JP", "csm": shop.csm})
    with shop.store.reading() as tx:
        contracts = [one.contract_id for one in tx.renewals.by_opportunity(deal)]
    shop.crm.edit(Role.OPPORTUNITY, deal, {"account": other})
    for contract in contracts:
        shop.crm.edit(Role.CONTRACT, contract, {"account": other})
    shop.cycle()
    shop.move(deal, "E")
    shop.settle()

    assert shop.verdicts() == ["told", "told"]
    assert (shop.cards()[0].account_id, shop.cards()[0].face.account_name) == (other, "存続会社")


def test_a_change_that_waits_while_its_customer_changes_is_told_with_the_new_one() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.cycle()
    other = shop.crm.create(Role.ACCOUNT, {"name": "存続会社", "country": "JP", "csm": shop.csm})
    with shop.store.reading() as tx:
        contracts = [one.contract_id for one in tx.renewals.by_opportunity(deal)]
    shop.crm.edit(Role.OPPORTUNITY, deal, {"account": other})
    for contract in contracts:
        shop.crm.edit(Role.CONTRACT, contract, {"account": other})
    shop.settle()

    assert shop.verdicts() == ["told"]


def test_two_routes_into_one_channel_are_one_card_that_mentions_the_people_of_both() -> None:
    second = replace(RISK, also=True, mention=("@cs-leads",), origin="rules.yaml:63", acknowledge=None)
    shop, (deal,) = watched(replace(RULES, routes=(RISK, second, RENEWALS, GOOD)))
    shop.move(deal, "D")
    shop.settle()
    shop.move(deal, "E")
    shop.settle()

    card, update, reply = shop.tellings()
    assert isinstance(card, PostCard)
    assert isinstance(update, UpdateCard)
    assert isinstance(reply, PostReply)
    assert card.mentions == reply.mentions == (shop.boss, "@cs-leads")
    assert shop.cards()[0].asked == (shop.boss, "@cs-leads")


@pytest.mark.parametrize(
    ("subject", "expected"), [("rules.yaml:60", ["#renewals"]), ("rules.yaml:63", ["#risk"])]
)
def test_a_silenced_rule_leaves_the_other_routes_of_a_move_as_they_are(
    subject: str, expected: list[str]
) -> None:
    second = replace(RISK, also=True, channel="#renewals", origin="rules.yaml:63")
    shop, (deal,) = watched(replace(RULES, routes=(RISK, second, RENEWALS, GOOD)))
    silence(shop, Silenced.RULE, subject)
    shop.move(deal, "D")
    shop.settle()

    assert [one.channel for one in shop.tellings() if isinstance(one, PostCard)] == expected
    assert shop.verdicts() == ["told"]


def test_a_new_card_closes_the_one_before() -> None:
    shop, (deal,) = asking(replace(RULES, routes=(replace(RISK, anew=True), RENEWALS, GOOD)))
    old = shop.cards()[0]
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()

    post, closed = shop.tellings()[1:]
    assert isinstance(post, PostCard)
    assert isinstance(closed, UpdateCard)
    assert (closed.of, closed.face.state, closed.face.asked) == (old.key, CardState.QUIET, ())
    assert shop.row(closed.key).status is OutboxStatus.SENT
    assert shop.cards()[0].state is CardState.ASKING


def test_what_moved_while_the_rules_had_no_confidence_is_not_told_afterwards() -> None:
    shop, (deal,) = asking()
    with_confidence = shop.rules
    shop.rules = replace(shop.rules, confidence=None)
    for rank in ("C", "E", "B"):
        shop.move(deal, rank)
        shop.cycle(minutes=10)
    shop.rules = with_confidence
    shop.cycle(minutes=10 * 60)
    assert len(shop.ledger()) == 1
    asked_until = shop.cards()[0].due_at
    assert asked_until is not None
    assert asked_until > shop.crm.now()

    shop.crm.advance(seconds=60)
    shop.move(deal, "C")
    shop.settle()
    assert [[one.change.before.rank, one.change.after.rank] for one in shop.ledger()][1:] == [["B", "C"]]


def test_a_data_load_into_a_field_without_history_is_one_summary() -> None:
    plain = tuple(replace(one, prior_at_least=None) for one in RULES.routes)
    shop, deals = watched(replace(RULES, routes=plain), deals=5)
    shop.crm.tracked = frozenset()
    for deal in deals:
        shop.crm.advance(seconds=20 * 60)
        shop.crm.edit(Role.OPPORTUNITY, deal, {"next_step": "電話"}, by=shop.head)
        shop.cycle()
    for deal in deals:
        shop.move(deal, "D", by=shop.head)
    shop.settle()

    assert [type(one) for one in shop.tellings()] == [PostSummary]


def test_good_news_in_the_channel_of_bad_news_still_closes_the_question() -> None:
    together = replace(GOOD, channel="#risk", changes=GOOD_NEWS)
    shop, (deal,) = asking(replace(RULES, routes=(RISK, RENEWALS, together)))
    shop.move(deal, "A")
    shop.settle()

    assert shop.cards()[0].state is CardState.QUIET
