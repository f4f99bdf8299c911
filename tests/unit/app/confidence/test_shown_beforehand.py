"""What `plan`, the daemon's lines and the outbox's orders make of cards and Tasks."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.fakes.confidence_shop import ConfidenceShop, watched
from tests.fakes.store import MemoryStore

from csops_sync.app.confidence.telling_words import telling_row
from csops_sync.app.orders_outbox import drop, pause, retry
from csops_sync.app.progress_lines import cycle_line, settled_line
from csops_sync.app.queries_plan import plan_view, rehearsed_in
from csops_sync.app.queries_state import outbox_view
from csops_sync.app.refusals import RefusedError
from csops_sync.app.views import MessageRow, PlanView
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardState
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.store import OutboxStatus

SENT = frozenset({OutboxStatus.SENT})


def about_confidence(plan: PlanView) -> list[MessageRow]:
    return [one for one in plan.messages if one.notice not in ("opened", "baseline", "opened_daily")]


def sent_keys(shop: ConfidenceShop) -> set[str]:
    return {row.key for row in shop.rows() if row.status is OutboxStatus.SENT}


@contextmanager
def plan_is_what_sync_sends(shop: ConfidenceShop) -> Iterator[None]:
    """Plan, sync, and compare, key for key."""
    before = sent_keys(shop)
    planned = {one.key for one in about_confidence(plan_view(shop.engine()))}
    yield
    view = shop.sync()
    assert {
        one.key for one in view.settled if one.target in ("cards", "tasks") and one.status in SENT
    } == planned
    assert sent_keys(shop) - before == planned


def test_a_card_that_settles_now_is_in_the_plan_with_its_mention_and_then_sent() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.cycle()
    shop.crm.advance(seconds=360)

    (card,) = about_confidence(plan_view(shop.engine()))
    assert (card.channel, card.notice, card.mentions) == ("#risk", "card", (shop.boss,))
    assert card.text == "confidence of みなと商事00000001: B > D, 1 mention"
    assert shop.rows() == []
    with plan_is_what_sync_sends(shop):
        pass
    assert about_confidence(plan_view(shop.engine())) == []


def test_an_answer_and_the_next_move_are_planned_as_face_reply_and_task() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.sync()
    shop.answer(AnswerKind.NOTED, by="U2BOSS", value="電話しました", key="Ev1")
    shop.answer(AnswerKind.ACKNOWLEDGED, by="U2BOSS", key="Ev2")

    planned = about_confidence(plan_view(shop.engine()))
    assert sorted((one.notice, one.channel) for one in planned) == [
        ("card_update", "#risk"),
        ("reply", "#risk"),
        ("task", "Salesforce"),
        ("task", "Salesforce"),
    ]
    assert {one.renewal_keys for one in planned if one.notice != "task"} == {(shop.cards()[0].renewal_key,)}
    with plan_is_what_sync_sends(shop):
        pass
    assert shop.cards()[0].state is CardState.ACKNOWLEDGED


def test_what_hangs_on_a_card_that_slack_refuses_is_not_planned_and_the_card_is_named() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.slack.answer(PostResult(status=PostStatus.REJECTED, code="not_in_channel"))
    shop.sync()
    shop.move(deal, "E")
    shop.settle()

    plan = plan_view(shop.engine())

    assert about_confidence(plan) == []
    assert [one.kind for one in plan.notes if one.subject.startswith("card ")] == ["parked"]


def test_a_plan_on_a_scratch_store_knows_what_is_watched_and_what_waits() -> None:
    shop, (deal, _) = watched(deals=2)
    shop.move(deal, "D")
    shop.cycle()
    shop.crm.advance(seconds=360)
    expected = plan_view(shop.engine())

    planned = plan_view(rehearsed_in(shop.engine(), MemoryStore(shop.crm.org_id)))

    assert [one.key for one in about_confidence(planned)] == [one.key for one in about_confidence(expected)]
    assert len(about_confidence(planned)) == 1


def test_a_card_can_be_dropped_tried_again_and_is_listed_with_its_target() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    (row,) = shop.rows()
    (item,) = [one for one in outbox_view(shop.office()).items if one.target == "cards"]
    assert (item.key, item.kind, item.status) == (row.key, "card", OutboxStatus.PENDING)

    drop(shop.office(), [row.key])
    shop.sync()
    assert shop.slack.tellings == []
    assert retry(shop.office(), [row.key]).sent == 1
    shop.sync()

    assert sent_keys(shop) == {row.key}
    events = [one for one in shop.ordered() if row.key in one.detail]
    assert [one.renewal_key for one in events] == [shop.cards()[0].renewal_key] * 2


@pytest.mark.parametrize(("target", "may"), [("cards", True), ("tasks", False)])
def test_a_card_whose_outcome_is_unknown_may_be_given_up_and_a_task_finds_out_by_itself(
    target: str,
    may: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    shop.answer(AnswerKind.ACKNOWLEDGED, by="U2BOSS")
    (row, *_) = [one for one in shop.rows() if one.target.value == target]
    shop.set_row(row.key, OutboxStatus.UNKNOWN)

    if may:
        assert drop(shop.office(), [row.key]) == 1
    else:
        with pytest.raises(RefusedError, match="its answer was lost"):
            drop(shop.office(), [row.key])


def test_a_pause_of_slack_keeps_cards_back_and_the_plan_says_so() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    pause(shop.office(), slack_only=True)

    shop.sync()

    assert shop.slack.tellings == []
    assert [row.status for row in shop.rows()] == [OutboxStatus.PENDING]
    assert any("messages to Slack are paused" in one for one in plan_view(shop.engine()).blocked)


def test_every_kind_of_telling_has_its_line() -> None:
    shop, (deal, other) = watched(deals=2)
    shop.move(deal, "D")
    shop.move(other, "A")
    shop.settle()
    shop.sync()
    shop.answer(AnswerKind.NOTED, by="U2BOSS", value="電話", card=_card_of(shop, deal))
    shop.move(deal, "E")
    shop.settle()
    shop.sync()

    lines = {row.kind: settled_line(row) or "" for row in shop.rows() if row.status is OutboxStatus.SENT}

    assert set(lines) == {"card", "card_update", "reply", "reaction", "task"}
    assert lines["reaction"] == "told     #renewals: :tada:, good news is celebrated"
    assert "brought up to date" in lines["card_update"]
    assert lines["task"].startswith("told     Salesforce: Task ")
    assert all(telling_row(row).text for row in shop.rows())


def test_a_cycle_that_only_settles_a_move_says_so() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    assert "1 change of confidence" in (cycle_line(shop.cycle()) or "")

    line = cycle_line(shop.cycle(minutes=6))
    assert line is not None
    assert "1 move settled" in line
    assert cycle_line(shop.cycle(minutes=6)) is None


def _card_of(shop: ConfidenceShop, deal: str) -> Card:
    return next(one for one in shop.cards() if one.opportunity_id == deal)
