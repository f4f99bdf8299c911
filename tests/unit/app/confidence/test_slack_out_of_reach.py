"""While Slack is out of reach everything waits for it, is seen to wait, and is told once it is back."""

from itertools import pairwise
from urllib.error import URLError

import pytest
from tests.fakes.confidence_shop import ConfidenceShop, watched

from csops_sync.adapters.slack.verdicts import as_error, as_result, judge, unsent
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.queries_state import status_view
from csops_sync.domain.confidence.telling import PostCard, PostReply, UpdateCard
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.store import OutboxStatus

REFUSED = as_result(judge(URLError(ConnectionRefusedError(111, "refused"))))
TIMED_OUT = unsent(as_error(judge(TimeoutError("timed out"))))
"""An update or a lookup without an answer, or with HTTP 5xx: it may simply be made again."""
SLOW = PostResult(status=PostStatus.RETRY, code="slow", message="who is who took too long")
TICK = 10
TWO_HOURS = 2 * 3600


def outage(shop: ConfidenceShop, result: PostResult, *, seconds: int = TWO_HOURS) -> list[int]:
    """Let the time pass in which every call ends so; at which seconds a call was made. The next call ends so, too."""
    calls = []
    shop.slack.answer(result)
    for second in range(0, seconds, TICK):
        before = attempts(shop)
        shop.deliver()
        if attempts(shop) > before:
            calls.append(second)
            shop.slack.answer(result)
        shop.crm.advance(seconds=TICK)
    return calls


def attempts(shop: ConfidenceShop) -> int:
    """How often Slack was called for anything."""
    return sum(row.attempts for row in shop.rows())


def back(shop: ConfidenceShop) -> None:
    """Let five minutes pass in which Slack answers again."""
    for _ in range(30):
        shop.deliver()
        shop.crm.advance(seconds=TICK)


def posts(shop: ConfidenceShop) -> list[str]:
    """Cards and replies that stand in Slack, in order."""
    told = [one.telling for one in shop.slack.tellings if isinstance(one.telling, PostCard | PostReply)]
    return [one.key for one in told]


def problems(shop: ConfidenceShop) -> str:
    """What `status` calls a problem."""
    return "\n".join(status_view(shop.office(), org_id="00D", org_name="", mode="live").problems)


@pytest.mark.parametrize("result", [REFUSED, TIMED_OUT, SLOW])
def test_after_two_hours_without_slack_the_card_the_later_reply_and_the_escalation_stand_once_each(
    result: PostResult,
) -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    outage(shop, result, seconds=TWO_HOURS // 2)
    shop.move(deal, "E")
    shop.settle()
    outage(shop, result, seconds=TWO_HOURS // 2)
    assert {row.status for row in shop.rows()} == {OutboxStatus.PENDING}
    assert posts(shop) == []

    back(shop)

    (card,) = shop.cards()
    moved = [row.key for row in shop.rows() if row.key.startswith("move/")]
    assert posts(shop) == [card.key, *moved]
    assert len(moved) == 1
    for _ in range(60):
        shop.cycle(minutes=30)
        shop.deliver()
    assert [one for one in posts(shop) if one not in (card.key, *moved)], "nobody was asked after them"
    assert len(posts(shop)) == len(set(posts(shop)))
    assert not [row for row in shop.rows() if row.status is OutboxStatus.PARKED]


def test_an_update_and_a_reply_wait_as_long_as_a_card_does() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    shop.move(deal, "E")
    shop.settle()
    outage(shop, TIMED_OUT)

    back(shop)

    told = [type(one.telling) for one in shop.slack.tellings]
    assert (told.count(PostCard), told.count(UpdateCard), told.count(PostReply)) == (1, 1, 1)


def test_the_pauses_grow_to_a_minute_so_that_slack_is_not_called_all_the_time() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "E")
    shop.settle()

    calls = outage(shop, REFUSED)

    waits = [later - before for before, later in pairwise(calls)]
    assert max(waits) == 60
    assert len(calls) < TWO_HOURS / 60 + 8


def test_status_and_explain_say_that_a_message_waits_for_slack_and_why() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "E")
    shop.settle()
    assert "Slack" not in problems(shop)
    outage(shop, REFUSED)

    assert "messages that Slack did not take yet: 1, sent again by themselves: unreachable" in problems(shop)
    said = str(explain_view(shop.office(), deal))
    assert "waits to be sent: unreachable" in said
    assert "could not be sent" not in said
    back(shop)
    assert "Slack" not in problems(shop)


def test_what_rests_over_a_night_is_not_said_to_wait_for_slack() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "E")
    shop.settle()
    outage(shop, REFUSED, seconds=60)
    shop.crm.advance(seconds=13 * 3600)

    shop.deliver()

    (row,) = [one for one in shop.rows() if one.status is OutboxStatus.PENDING]
    assert "business hours" in (row.error or "")
    assert "Slack" not in problems(shop)


def test_a_reply_whose_answer_was_lost_as_slack_went_away_is_found_and_not_sent_again() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    shop.move(deal, "E")
    shop.settle()
    (reply,) = [row.key for row in shop.rows() if row.key.startswith("move/")]
    shop.slack.lose_answer_of(reply)
    shop.deliver()
    shop.deliver()
    assert shop.row(reply).status is OutboxStatus.UNKNOWN
    shop.crm.advance(seconds=TWO_HOURS)

    shop.deliver()

    assert shop.row(reply).status is OutboxStatus.SENT
    assert posts(shop)[1:] == [reply]


def test_what_slack_refuses_is_parked_at_once_and_says_so() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "E")
    shop.settle()
    shop.slack.answer(
        PostResult(status=PostStatus.REJECTED, code="is_archived", message="config: restore it")
    )

    shop.deliver()

    (card,) = shop.cards()
    assert (shop.row(card.key).status, shop.row(card.key).error) == (
        OutboxStatus.PARKED,
        "is_archived: config: restore it",
    )
    assert "1 rows could not be sent" in problems(shop)
