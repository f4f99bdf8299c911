"""A thread reads in the order in which things happened, whatever Slack puts off; and says only what is true."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.ports.chat import PostResult, PostStatus


def replies(shop: ConfidenceShop) -> list[PostReply]:
    """What stands in the thread, in order."""
    return [one.telling for one in shop.slack.tellings if isinstance(one.telling, PostReply)]


def test_a_reply_that_slack_puts_off_holds_up_the_next_one_of_its_thread() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()
    shop.move(deal, "D")
    shop.settle()
    shop.move(deal, "E")
    (first,) = [one.key for one in shop.rows() if one.key.startswith("move/")]
    shop.slack.answer_of(first, PostResult(status=PostStatus.RETRY, code="ratelimited"))
    shop.deliver()
    shop.settle()

    for _ in range(4):
        shop.cycle(minutes=15)
        shop.deliver()

    assert [[step.rank for step in one.face.path] for one in replies(shop)] == [["C", "D"], ["D", "E"]]


def test_good_news_is_called_undone_only_where_nothing_of_it_is_left() -> None:
    one_channel = replace(RULES, routes=tuple(replace(one, channel="#renewals") for one in RULES.routes))
    said = {}
    for rank in ("B", "C", "D", "E"):
        shop, (deal,) = watched(one_channel)
        shop.move(deal, "D")
        shop.settle()
        shop.deliver()
        for each in ("A", rank):
            shop.move(deal, each)
            shop.settle()
            shop.deliver()
        said[rank] = replies(shop)[-1].about

    moved, undone = ReplyKind.MOVED, ReplyKind.REVERSED
    assert said == {"B": moved, "C": moved, "D": undone, "E": undone}


def test_a_rank_that_is_given_again_answers_why_it_was_withdrawn() -> None:
    shop, (deal,) = watched()
    for rank in (None, "B"):
        shop.move(deal, rank)
        shop.settle()
        shop.deliver()

    (card,) = shop.cards()
    assert (card.state, card.due_at) == (CardState.QUIET, None)
