"""Good news is celebrated with the emoji of the rules, in their order."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.domain.confidence.telling import React
from csops_sync.ports.chat import PostResult, PostStatus

EMOJI = ("tada", "clap", "beers", "100")
RISK, RENEWALS, GOOD = RULES.routes
CHEERING = replace(RULES, routes=(RISK, RENEWALS, replace(GOOD, celebrate=EMOJI)))


def improved() -> ConfidenceShop:
    shop, (deal,) = watched(CHEERING)
    shop.move(deal, "A")
    shop.settle()
    return shop


def reactions(shop: ConfidenceShop) -> tuple[str, ...]:
    return tuple(one.telling.emoji for one in shop.slack.tellings if isinstance(one.telling, React))


def test_emoji_go_out_in_the_order_of_the_rules() -> None:
    shop = improved()
    shop.deliver()

    assert reactions(shop) == EMOJI


def test_the_first_emoji_stays_the_first_where_slack_asks_to_wait() -> None:
    shop = improved()
    first = next(row.key for row in shop.rows() if row.key.endswith(EMOJI[0]))
    shop.slack.answer_of(first, PostResult(status=PostStatus.RETRY, code="ratelimited", retry_after=30))
    shop.deliver()
    assert reactions(shop) == ()

    shop.crm.advance(seconds=60)
    shop.deliver()
    assert reactions(shop) == EMOJI


def test_an_emoji_that_slack_does_not_know_holds_up_no_other() -> None:
    shop = improved()
    strange = next(row.key for row in shop.rows() if row.key.endswith(EMOJI[1]))
    shop.slack.answer_of(strange, PostResult(status=PostStatus.REJECTED, code="invalid_name"))
    shop.deliver()

    assert reactions(shop) == ("tada", "beers", "100")
