"""Where Salesforce names nobody active to mention, the fallback hears of it, and the operator once."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

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
