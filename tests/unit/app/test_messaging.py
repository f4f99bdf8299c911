"""Delivery to Slack: what stops all of it is no message's fault, and one message never stops all of it."""

from datetime import timedelta

import pytest
from tests.fakes.daemon import Bench
from tests.fakes.memory_engine import Workshop

from csops_sync.app.cycle import run_cycle
from csops_sync.app.delivery import run_delivery
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError
from csops_sync.ports.store import OutboxRow, OutboxStatus

CONTRACTS = 12
REVOKED = AuthFailedError("Slack says token_revoked: install the Slack app again", code="token_revoked")


@pytest.fixture
def shop() -> Workshop:
    """Twelve renewals that fall due on the day after."""
    made = Workshop()
    for number in range(CONTRACTS):
        made.sell(made.customer(f"客{number}"), number=f"{number:08d}")
    made.sync()
    made.crm.advance(days=6)
    run_cycle(made.engine())
    return made


def announcements(shop: Workshop) -> list[OutboxRow]:
    with shop.store.reading() as tx:
        return [row for row in tx.outbox.with_status(*OutboxStatus) if row.key.startswith("opened/")]


def told(shop: Workshop) -> list[str]:
    return [one.key for one in shop.chat.messages if one.key.startswith("opened/")]


def test_a_refused_token_stops_after_one_post_and_no_message_is_given_up(shop: Workshop) -> None:
    before = shop.chat.posts
    shop.chat.refusals = [REVOKED]

    with pytest.raises(AuthFailedError):
        run_delivery(shop.engine())

    assert shop.chat.posts == before + 1
    assert {(row.status, row.attempts) for row in announcements(shop)} == {(OutboxStatus.PENDING, 0)}


def test_however_long_the_token_is_refused_all_is_told_once_it_is_not(shop: Workshop) -> None:
    for _ in range(20):
        shop.chat.refusals = [REVOKED]
        with pytest.raises(AuthFailedError):
            run_delivery(shop.engine())
        shop.crm.advance(seconds=31)

    run_delivery(shop.engine())

    assert len(told(shop)) == len(set(told(shop))) == CONTRACTS


def test_after_a_lost_answer_the_others_wait_for_the_next_run(shop: Workshop) -> None:
    before = shop.chat.posts
    shop.chat.answer(PostResult(status=PostStatus.UNKNOWN, code="no_answer"))

    run_delivery(shop.engine())

    assert shop.chat.posts == before + 1
    run_delivery(shop.engine())
    assert len(told(shop)) == CONTRACTS - 1


def test_a_message_that_stands_twice_and_may_not_be_removed_stops_nothing(shop: Workshop) -> None:
    shop.chat.lose_answer()
    run_delivery(shop.engine())
    (lost,) = [row for row in announcements(shop) if row.status is OutboxStatus.UNKNOWN]
    shop.chat.repeat(lost.key)
    shop.chat.keeps = {lost.key}
    shop.crm.advance(seconds=61)

    run_delivery(shop.engine())

    assert shop.row(lost.key).status is OutboxStatus.SENT
    assert sorted(told(shop)) == sorted([lost.key, *(row.key for row in announcements(shop))])
    (note,) = [one for one in shop.chat.messages if one.key.startswith("operator/duplicate/")]
    assert lost.key in note.outgoing.message.reason
    assert "compliance" in note.outgoing.message.reason


def test_a_repeated_post_that_stands_twice_and_may_not_be_removed_counts_as_told(shop: Workshop) -> None:
    """The first one showed itself in the history only after it was sent again."""
    shop.chat.answer(PostResult(status=PostStatus.UNKNOWN, code="no_answer"))
    run_delivery(shop.engine())
    (lost,) = [row for row in announcements(shop) if row.status is OutboxStatus.UNKNOWN]
    shop.crm.advance(seconds=61)
    shop.chat.keeps = {lost.key}
    shop.chat.shows_late = {lost.key}

    run_delivery(shop.engine())

    assert shop.row(lost.key).status is OutboxStatus.SENT
    assert [one.key for one in shop.chat.messages if one.key.startswith("operator/duplicate/")]


@pytest.fixture
def bench() -> Bench:
    """A daemon with one renewal that fell due."""
    made = Bench()
    made.sell()
    made.keeper.beat()
    made.cycle.run()
    made.delivery.run()
    made.crm.advance(days=100)
    made.cycle.run()
    return made


def test_readiness_says_that_slack_does_not_let_us_in_until_it_does(bench: Bench) -> None:
    posts = bench.chat.posts
    bench.chat.refusals = [REVOKED]

    bench.delivery.run()

    assert "slack: Slack says token_revoked: install the Slack app again" in bench.ready().problems
    assert [one["job"] for one in bench.log.named("job.failed")] == ["slack"]
    bench.pass_time(200)
    bench.delivery.run()
    assert bench.chat.posts == posts + 1
    assert not bench.ready().ready
    bench.pass_time(101)
    bench.cycle.run()
    bench.delivery.run()
    assert bench.ready().ready
    assert bench.outbox(OutboxStatus.PENDING) == []


def test_while_slack_does_not_let_us_in_renewals_are_opened_at_once(bench: Bench) -> None:
    bench.chat.refusals = [REVOKED]
    bench.delivery.run()
    (sold,) = bench.crm.records(Role.CONTRACT)
    bench.crm.create(Role.CONTRACT, {**sold.values, "number": "00000002"})
    bench.cycle.run()

    bench.delivery.run()

    assert len(bench.crm.records(Role.OPPORTUNITY)) == 2


def test_readiness_says_that_salesforce_refuses_all_writes_and_they_wait(bench: Bench) -> None:
    """One call in five minutes hears whether it still does; messages go out meanwhile."""
    bench.crm.writes = [PermanentError("API_DISABLED_FOR_ORG: no API")]

    bench.delivery.run()

    assert "delivery: API_DISABLED_FOR_ORG: no API" in bench.ready().problems
    calls = bench.crm.calls
    bench.pass_time(200)
    bench.delivery.run()
    assert bench.crm.calls == calls
    assert not bench.ready().ready
    bench.pass_time(101)
    bench.delivery.run()
    assert len(bench.crm.records(Role.OPPORTUNITY)) == 1
    assert not any("delivery" in one for one in bench.ready().problems)


def test_a_wait_that_salesforce_asked_for_holds_no_message_back(bench: Bench) -> None:
    bench.crm.writes = [TransientError("the day is over", retry_after=900)]
    bench.delivery.run()
    posts = bench.chat.posts
    bench.pass_time(timedelta(minutes=5).total_seconds())
    bench.cycle.raise_alarm(bench.installation.engine(bench.keeper.grant))

    bench.delivery.run()

    assert bench.crm.records(Role.OPPORTUNITY) == []
    assert bench.chat.posts == posts + 1


@pytest.mark.parametrize(
    "result",
    [
        PostResult(status=PostStatus.RETRY, code="unreachable", message="wait: no connection"),
        PostResult(status=PostStatus.RETRY, code="service_unavailable", message="wait: down", retry_after=30),
    ],
)
def test_however_long_slack_is_out_of_reach_readiness_says_that_messages_wait_and_all_is_told_later(
    bench: Bench, result: PostResult
) -> None:
    bench.chat.answer(result)
    for _ in range(2 * 60 * 6):
        before = bench.chat.posts
        bench.delivery.run()
        if bench.chat.posts > before:
            bench.chat.answer(result)
        bench.pass_time(10)
    assert f"messages that Slack did not take yet: 1, sent again by themselves: {result.code}" in "\n".join(
        bench.ready().warnings
    )
    assert not bench.outbox(OutboxStatus.PARKED)

    for _ in range(12):
        bench.delivery.run()
        bench.pass_time(10)

    assert bench.outbox(OutboxStatus.PENDING, OutboxStatus.PARKED) == []
    opened = [one.key for one in bench.chat.messages if one.key.startswith("opened/")]
    assert len(opened) == 1
    assert not any("Slack did not take" in one for one in bench.ready().warnings)
