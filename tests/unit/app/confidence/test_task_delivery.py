"""Delivery of Tasks: each once, whatever becomes of the answer, and what is refused is kept for a person."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.fakes.confidence_shop import ConfidenceShop, watched
from tests.fakes.crm import FakeCrm, Scripted

from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.task_delivery import deliver_tasks, resolve_tasks
from csops_sync.app.delivery import run_delivery
from csops_sync.app.orders_outbox import pause
from csops_sync.app.sending import MOST_AT_ONCE
from csops_sync.domain.confidence.telling import LogTask
from csops_sync.ports.crm import Insert, Role, WriteResult, WriteStatus
from csops_sync.ports.errors import TransientError
from csops_sync.ports.store import OutboxRow, OutboxStatus


class CountingCrm(FakeCrm):
    """Remembers how many Tasks each call held."""

    def log_tasks(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        self.sizes = [*getattr(self, "sizes", []), len(records)]
        return FakeCrm.log_tasks(self, records)


@pytest.fixture
def shop() -> ConfidenceShop:
    made, _ = watched()
    return made


def order(shop: ConfidenceShop, *keys: str, owner: str | None = None) -> None:
    """Put Tasks about the first renewal into the outbox."""
    deal = shop.crm.records(Role.OPPORTUNITY)[0].id
    values = {"subject": "対応", "what": deal, **({"owner": owner} if owner else {})}
    tasks = [LogTask(key=key, opportunity_id=deal, values=values, reason="acknowledged") for key in keys]
    with shop.store.transaction() as tx:
        put_tellings(shop.engine(), tx, tasks)


def tasks(shop: ConfidenceShop) -> list[OutboxRow]:
    return [row for row in shop.rows() if row.kind == "task"]


def script(shop: ConfidenceShop, *outcomes: Scripted) -> None:
    shop.crm.writes = list(outcomes)


def test_a_task_is_logged_and_the_journal_says_so(shop: ConfidenceShop) -> None:
    order(shop, "t-1", owner=shop.boss)

    assert run_delivery(shop.engine()).records == 1

    ((task_id, values),) = shop.crm.tasks.values()
    assert (values["owner"], values["subject"]) == (shop.boss, "対応")
    (row,) = tasks(shop)
    assert (row.status, row.result, row.error) == (OutboxStatus.SENT, task_id, None)
    with shop.store.reading() as tx:
        (renewal,) = tx.renewals.by_opportunity(str(values["what"]))
        (event,) = [
            one for one in tx.journal.about(account_id=renewal.account_id) if one.kind == "task_logged"
        ]
    assert event.renewal_key == renewal.key
    assert json.loads(event.detail)["task"] == task_id


def test_a_lost_answer_is_sent_again_and_makes_no_second_task(shop: ConfidenceShop) -> None:
    order(shop, "t-1")
    script(shop, WriteStatus.UNKNOWN)
    deliver_tasks(shop.engine())
    assert tasks(shop)[0].status is OutboxStatus.UNKNOWN

    assert resolve_tasks(shop.engine()) == 1
    assert tasks(shop)[0].status is OutboxStatus.PENDING
    deliver_tasks(shop.engine())

    assert [row.status for row in tasks(shop)] == [OutboxStatus.SENT]
    assert len(shop.crm.tasks) == 1


def test_answers_that_are_lost_again_and_again_make_the_next_attempts_rarer_and_at_last_none(
    shop: ConfidenceShop,
) -> None:
    order(shop, "t-1")
    pauses: list[timedelta] = []
    for _ in range(8):
        script(shop, WriteStatus.UNKNOWN)
        deliver_tasks(shop.engine())
        resolve_tasks(shop.engine())
        (row,) = tasks(shop)
        if row.status is OutboxStatus.PENDING and row.not_before is not None:
            pauses.append(row.not_before - shop.crm.now())
            shop.crm.now_at = row.not_before

    assert pauses == sorted(set(pauses)) != []
    assert tasks(shop)[0].status is OutboxStatus.PARKED
    assert len(shop.crm.tasks) == 1


def test_another_holders_call_is_left_alone_until_its_claim_ends(shop: ConfidenceShop) -> None:
    order(shop, "t-1")
    with shop.store.transaction() as tx:
        now = shop.crm.now()
        tx.outbox.claim(
            target=tasks(shop)[0].target, now=now, until=now + timedelta(minutes=2), epoch=7, limit=5
        )

    assert resolve_tasks(shop.engine()) == 0
    shop.crm.advance(seconds=121)
    assert resolve_tasks(shop.engine()) == 1


def test_one_that_is_refused_waits_for_a_person_and_the_others_are_logged(shop: ConfidenceShop) -> None:
    order(shop, "t-1", "t-2", "t-3")
    script(shop, None, WriteStatus.REJECTED, None)

    deliver_tasks(shop.engine())

    assert {row.key: row.status for row in tasks(shop)} == {
        "t-1": OutboxStatus.SENT,
        "t-2": OutboxStatus.PARKED,
        "t-3": OutboxStatus.SENT,
    }


def test_a_call_that_is_refused_as_a_whole_is_no_attempt_of_its_tasks(shop: ConfidenceShop) -> None:
    order(shop, "t-1", "t-2")
    script(shop, TransientError("locked", retry_after=900))

    with pytest.raises(TransientError):
        deliver_tasks(shop.engine())

    later = shop.crm.now() + timedelta(seconds=900)
    assert {(row.status, row.attempts, row.not_before) for row in tasks(shop)} == {
        (OutboxStatus.PENDING, 0, later)
    }


def test_what_was_refused_in_company_goes_in_less_of_it_and_at_last_alone() -> None:
    shop, _ = watched()
    crm = CountingCrm(**{name: getattr(shop.crm, name) for name in FakeCrm.__dataclass_fields__})
    shop.crm = crm
    order(shop, *(f"t-{number:02d}" for number in range(12)))
    for _ in range(2):
        script(shop, *[WriteStatus.RETRY] * 12)
        deliver_tasks(shop.engine())
        shop.crm.advance(seconds=60)
    deliver_tasks(shop.engine())

    assert crm.sizes == [12, 10, 2, *[1] * 12]
    assert {row.status for row in tasks(shop)} == {OutboxStatus.SENT}


def test_more_than_a_call_holds_is_sent_in_several(shop: ConfidenceShop) -> None:
    order(shop, *(f"t-{number:03d}" for number in range(MOST_AT_ONCE + 5)))

    assert deliver_tasks(shop.engine()) == MOST_AT_ONCE + 5
    assert len(shop.crm.tasks) == MOST_AT_ONCE + 5


def test_an_inactive_user_owns_no_task_and_the_task_is_logged_all_the_same(shop: ConfidenceShop) -> None:
    shop.crm.edit(Role.USER, shop.boss, {"active": False})
    shop.cycle()
    order(shop, "t-1", owner=shop.boss)

    deliver_tasks(shop.engine())

    ((_, values),) = shop.crm.tasks.values()
    assert "owner" not in values


def test_a_pause_of_slack_stops_no_task_and_a_pause_of_everything_does(shop: ConfidenceShop) -> None:
    order(shop, "t-1")
    pause(shop.office())
    assert run_delivery(shop.engine()).records == 0
    assert shop.crm.tasks == {}

    with shop.store.transaction() as tx:
        tx.progress.set_setting("paused", None)
    pause(shop.office(), slack_only=True)
    run_delivery(shop.engine())
    assert len(shop.crm.tasks) == 1
