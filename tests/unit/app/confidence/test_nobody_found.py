"""Where Salesforce names nobody active to mention, the fallback hears of it, and the operator once."""

from dataclasses import replace

import pytest
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.telling import PostCard, PostSummary
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus

FALLBACK = replace(RULES, fallback="@cs-leads")


def without_manager(shop: ConfidenceShop) -> None:
    shop.crm.edit(Role.USER, shop.boss, {"active": False})


def notices(shop: ConfidenceShop) -> list[str]:
    with shop.store.reading() as tx:
        rows = tx.outbox.with_status(*OutboxStatus)
    return [one.reason for one in rows if one.key.startswith("operator/unmet/")]


def test_the_fallback_is_mentioned_and_may_answer() -> None:
    shop, (deal,) = watched(FALLBACK)
    without_manager(shop)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()

    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert (card.mentions, shop.cards()[0].asked) == (("@cs-leads",), ("@cs-leads",))
    assert shop.answer(AnswerKind.ACKNOWLEDGED, by="U4LEAD").startswith("acknowledged by")


def test_the_operator_hears_of_it_once() -> None:
    shop, (deal,) = watched(FALLBACK)
    without_manager(shop)
    for rank in ("D", "E"):
        shop.move(deal, rank)
        shop.settle()

    (text,) = notices(shop)
    assert "みなと商事00000001" in text
    assert "csm.manager" in text
    assert "@cs-leads に知らせました" in text


def test_without_a_fallback_the_operator_hears_that_nobody_did() -> None:
    shop, (deal,) = watched()
    without_manager(shop)
    shop.move(deal, "D")
    shop.settle()

    assert "誰にも知らせていません" in notices(shop)[0]


def test_a_found_manager_keeps_the_fallback_and_the_operator_out_of_it() -> None:
    shop, (deal,) = watched(FALLBACK)
    shop.move(deal, "D")
    shop.settle()

    assert shop.cards()[0].asked == (shop.boss,)
    assert notices(shop) == []


def mentioning(*paths: str, fallback: str | None = "@cs-ops") -> ConfidenceRules:
    routes = tuple(replace(one, mention=paths) for one in RULES.routes)
    return replace(RULES, fallback=fallback, routes=routes)


def told(shop: ConfidenceShop, deal: str, *, by: str) -> tuple[str, ...]:
    without_manager(shop)
    shop.move(deal, "D", by=by)
    shop.settle()
    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    return card.mentions


def test_the_fallback_stands_in_for_an_inactive_manager_beside_the_csm_who_is_found() -> None:
    shop, (deal,) = watched(mentioning("csm.manager", "csm"))

    assert told(shop, deal, by=shop.head) == (shop.csm, "@cs-ops")
    (text,) = notices(shop)
    assert "csm.manager に当たる" in text
    assert "@cs-ops に知らせました" in text


def test_two_people_who_are_not_found_have_one_stand_in() -> None:
    shop, (deal,) = watched(mentioning("csm.manager", "account.owner.manager", "csm"))

    assert told(shop, deal, by=shop.head) == (shop.csm, "@cs-ops")


def test_the_fallback_is_not_mentioned_beside_itself() -> None:
    shop, (deal,) = watched(mentioning("csm.manager", "@cs-ops"))

    assert told(shop, deal, by=shop.head) == ("@cs-ops",)
    assert "@cs-ops に知らせました" in notices(shop)[0]


@pytest.mark.parametrize(("by", "expected"), [("head", ("csm",)), ("csm", ())])
def test_a_fallback_who_is_mentioned_already_or_made_the_change_stands_in_for_nobody(
    by: str, expected: tuple[str, ...]
) -> None:
    shop, (deal,) = watched(mentioning("csm.manager", "csm", fallback="@Sato@example.com"))

    mentions = told(shop, deal, by=getattr(shop, by))

    assert mentions == tuple(getattr(shop, one) for one in expected)
    assert "代わりには誰にも知らせていません" in notices(shop)[0]


def test_who_is_left_out_because_they_made_the_change_is_no_mention_that_finds_nobody() -> None:
    shop, (deal,) = watched(mentioning("csm.manager", "csm"))
    shop.move(deal, "D", by=shop.boss)
    shop.settle()

    assert shop.cards()[0].asked == (shop.csm,)
    assert notices(shop) == []


def test_a_change_that_csm_and_manager_made_together_is_no_fault_of_salesforce() -> None:
    shop, (deal,) = watched(FALLBACK)
    shop.move(deal, "D")
    shop.crm.advance(seconds=60)
    shop.move(deal, "E", by=shop.boss)
    shop.settle()

    assert shop.cards()[0].asked == ("@cs-leads",)
    assert notices(shop) == []


def test_a_summary_for_nobody_goes_to_the_fallback() -> None:
    plain = tuple(replace(one, prior_at_least=None) for one in FALLBACK.routes)
    shop, deals = watched(replace(FALLBACK, routes=plain), deals=5)
    without_manager(shop)
    shop.crm.edit(Role.USER, shop.csm, {"active": False})
    for deal in deals:
        shop.move(deal, "D", by=shop.head)
    shop.settle()

    (summary,) = shop.tellings()
    assert isinstance(summary, PostSummary)
    assert summary.mentions == ("@cs-leads",)
