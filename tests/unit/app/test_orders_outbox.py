"""Orders about the outbox: which states may be tried again or given up, what a hash approves, and the pause."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.memory_engine import Workshop

from csops_sync.app.orders_outbox import Retried, approve, drop, pause, resume, retry
from csops_sync.app.queries_plan import plan_view
from csops_sync.app.queries_state import outbox_view
from csops_sync.app.refusals import RefusedError
from csops_sync.ports.crm import WriteStatus
from csops_sync.ports.store import Cutoffs, OutboxStatus

RETRIED = {OutboxStatus.PARKED, OutboxStatus.DROPPED, OutboxStatus.PENDING}
DROPPED = {OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED}


@pytest.fixture
def shop() -> Workshop:
    """A workshop whose baseline held one creation: the renewal fell due before the first day."""
    made = Workshop()
    made.crm.advance(days=10)
    made.sell(made.customer())
    made.sync()
    return made


def held_key(shop: Workshop) -> str:
    """The key of the one held creation."""
    (item,) = outbox_view(shop.office(), statuses=[OutboxStatus.HELD]).items
    return item.key


def test_the_hash_of_what_is_held_lets_it_go_and_it_is_announced(shop: Workshop) -> None:
    plan = plan_view(shop.engine())
    assert plan.held_hash is not None
    view = shop.sync(approval=plan.held_hash)

    wanted = {row.key for row in plan.creates} | {row.key for row in plan.messages}
    assert {item.key for item in view.settled if item.status is OutboxStatus.SENT} == wanted
    assert len(wanted) == 2


def test_another_hash_lets_nothing_go_and_nothing_is_sent(shop: Workshop) -> None:
    with pytest.raises(RefusedError, match="not what is held"):
        shop.sync(approval="0000000000")
    assert shop.row(held_key(shop)).status is OutboxStatus.HELD
    assert shop.opened() == []


def test_a_hash_from_before_more_was_held_approves_nothing(shop: Workshop) -> None:
    before = plan_view(shop.engine()).held_hash
    assert before is not None
    with shop.store.transaction() as tx:
        tx.outbox.put([replace(shop.row(held_key(shop)), key="another-1")])
    with pytest.raises(RefusedError, match="not what is held"):
        approve(shop.office(), before)


def test_nothing_held_is_nothing_to_approve() -> None:
    shop = Workshop()
    with pytest.raises(RefusedError, match="nothing is held"):
        approve(shop.office(), "0000000000")


@pytest.mark.parametrize("status", list(OutboxStatus))
def test_each_state_is_tried_again_or_refused_with_its_reason(shop: Workshop, status: OutboxStatus) -> None:
    key = held_key(shop)
    shop.set_row(key, status)
    if status in RETRIED:
        assert retry(shop.office(), [key]) == Retried(sent=1, waiting=0)
        row = shop.row(key)
        assert (row.status, row.attempts, row.error) == (OutboxStatus.PENDING, 1, None)
    else:
        with pytest.raises(RefusedError, match=f"{key} is {status}: "):
            retry(shop.office(), [key])
        assert shop.row(key).status is status


@pytest.mark.parametrize("status", list(OutboxStatus))
def test_each_state_is_given_up_or_refused_with_its_reason(shop: Workshop, status: OutboxStatus) -> None:
    key = held_key(shop)
    shop.set_row(key, status)
    if status in DROPPED:
        assert drop(shop.office(), [key]) == 1
        assert shop.row(key).status is OutboxStatus.DROPPED
    else:
        with pytest.raises(RefusedError, match=f"{key} is {status}: "):
            drop(shop.office(), [key])
        assert shop.row(key).status is status


def test_a_message_whose_answer_was_lost_may_be_given_up_but_a_write_may_not(shop: Workshop) -> None:
    shop.set_row("baseline/00D000000000001AAA", OutboxStatus.UNKNOWN)
    assert drop(shop.office(), ["baseline/00D000000000001AAA"]) == 1


def test_one_row_that_is_refused_leaves_the_others_as_they_are(shop: Workshop) -> None:
    key = held_key(shop)
    with pytest.raises(RefusedError, match="is sent"):
        drop(shop.office(), [key, "baseline/00D000000000001AAA"])
    with pytest.raises(RefusedError, match="the outbox has no nothing-1"):
        drop(shop.office(), [key, "nothing-1"])
    assert shop.row(key).status is OutboxStatus.HELD


def test_what_was_given_up_is_not_decided_again_and_comes_back_by_retry(shop: Workshop) -> None:
    key = held_key(shop)
    approve(shop.office(), str(plan_view(shop.engine()).held_hash))
    drop(shop.office(), [key])
    shop.day()
    assert plan_view(shop.engine()).creates == ()
    assert retry(shop.office(), [key]) == Retried(sent=1, waiting=0)
    shop.sync()
    assert shop.opened() == [key]


def test_what_was_given_up_while_it_was_held_is_held_again_and_needs_its_approval(shop: Workshop) -> None:
    """The guard is asked with a hash; giving up and trying again must not be a way around it."""
    key = held_key(shop)
    drop(shop.office(), [key])
    assert retry(shop.office(), [key]) == Retried(sent=0, waiting=1)
    shop.sync()
    assert shop.row(key).status is OutboxStatus.HELD
    assert shop.opened() == []
    shop.sync(approval=plan_view(shop.engine()).held_hash)
    assert shop.opened() == [key]


def test_what_was_given_up_in_shadow_mode_is_not_sent_by_a_retry(shop: Workshop) -> None:
    key = held_key(shop)
    shop.set_row(key, OutboxStatus.SHADOW, attempts=0)
    drop(shop.office(), [key])
    assert retry(shop.office(), [key]) == Retried(sent=0, waiting=1)
    assert shop.row(key).status is OutboxStatus.SHADOW


def test_what_was_given_up_before_orders_were_journalled_so_is_held(shop: Workshop) -> None:
    """Where nobody knows what had let it go, a person is asked."""
    key = held_key(shop)
    shop.set_row(key, OutboxStatus.DROPPED, attempts=0)
    retry(shop.office(), [key])
    assert shop.row(key).status is OutboxStatus.HELD


def test_a_parked_write_is_sent_once_it_is_retried(shop: Workshop) -> None:
    approve(shop.office(), str(plan_view(shop.engine()).held_hash))
    shop.crm.writes.append(WriteStatus.REJECTED)
    view = shop.sync()
    assert not view.fine
    (note,) = [one for one in plan_view(shop.engine()).notes if one.kind == "parked"]
    retry(shop.office(), [note.subject_id])
    assert shop.sync().fine
    assert shop.opened() == [note.subject_id]


def test_a_pause_of_slack_lets_records_through_and_a_pause_of_all_lets_nothing(shop: Workshop) -> None:
    approve(shop.office(), str(plan_view(shop.engine()).held_hash))
    pause(shop.office())
    shop.sync()
    assert shop.opened() == []
    assert resume(shop.office())
    pause(shop.office(), slack_only=True)
    posts = shop.chat.posts
    shop.sync()
    assert (len(shop.opened()), shop.chat.posts) == (1, posts)
    assert resume(shop.office())
    shop.sync()
    assert shop.chat.posts == posts + 1
    assert not resume(shop.office())


def test_a_pause_of_everything_stays_whatever_is_paused_beside_it(shop: Workshop) -> None:
    """`pause --slack` asks for less to be sent, never for more."""
    approve(shop.office(), str(plan_view(shop.engine()).held_hash))
    assert pause(shop.office()) == "all"
    assert pause(shop.office(), slack_only=True) == "all"
    shop.sync()
    assert shop.opened() == []


def test_a_paused_plan_says_so(shop: Workshop) -> None:
    pause(shop.office())
    assert any("paused" in reason for reason in plan_view(shop.engine()).blocked)


def test_orders_about_rows_are_journalled_on_their_renewal(shop: Workshop) -> None:
    key = held_key(shop)
    drop(shop.office(), [key])
    (event,) = shop.ordered()
    assert (event.renewal_key, '"order": "drop"' in event.detail) == (key, True)


def test_what_was_dropped_stays_dropped_after_its_row_is_old(shop: Workshop) -> None:
    """Nothing but the row remembers that the renewal is not wanted."""
    drop(shop.office(), [held_key(shop)])
    shop.day(31)
    yesterday = shop.crm.now() - timedelta(days=1)
    cutoffs = Cutoffs(outbox=yesterday, journal=yesterday, inbox=yesterday, silences=yesterday)
    dict(shop.store.tidy(cutoffs))

    shop.day()

    assert shop.opened() == []
