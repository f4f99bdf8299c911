"""Delivery to Salesforce: what is refused as a whole is nobody's fault, what is refused in company is sent alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from tests.fakes.crm import FakeCrm
from tests.fakes.memory_engine import ORG, Workshop

from csops_sync.app.cycle import run_cycle
from csops_sync.app.delivery import run_delivery
from csops_sync.ports.crm import Insert, Role, WriteResult, WriteStatus
from csops_sync.ports.errors import OutsideError, PermanentError, TransientError
from csops_sync.ports.store import OutboxRow, OutboxStatus

CONTRACTS = 12
DISABLED = PermanentError(
    "Salesforce refused to be written. API_DISABLED_FOR_ORG: no API", code="API_DISABLED"
)


@dataclass(slots=True)
class PickyCrm(FakeCrm):
    """Refuses every insert of several records in which one of `poison` is, as a whole; that one alone for good.

    `slow` are the seconds that pass at every look at the clock.
    """

    poison: frozenset[str] = frozenset()
    sizes: list[int] = field(default_factory=list)
    slow: int = 0

    def now(self) -> datetime:
        """Give the time; where it is slow, every look at the clock finds it that much later."""
        self.now_at += timedelta(seconds=self.slow)
        return self.now_at

    def insert(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        self.sizes.append(len(records))
        if self.poison.isdisjoint(one.key for one in records):
            return FakeCrm.insert(self, records)
        status = WriteStatus.REJECTED if len(records) == 1 else WriteStatus.RETRY
        return [WriteResult(key=one.key, status=status, code="JSON_PARSER_ERROR") for one in records]


@pytest.fixture
def shop() -> Workshop:
    made = Workshop(crm=PickyCrm(org_id=ORG))
    for number in range(CONTRACTS):
        made.sell(made.customer(f"客{number}"), number=f"{number:08d}")
    made.sync()
    made.crm.advance(days=6)
    run_cycle(made.engine())
    return made


def creates(shop: Workshop) -> list[OutboxRow]:
    with shop.store.reading() as tx:
        return [row for row in tx.outbox.with_status(*OutboxStatus) if row.kind == "create"]


@pytest.mark.parametrize(
    ("refusal", "seconds"),
    [
        (DISABLED, 30),
        (TransientError("locked"), 30),
        (TransientError("the day is over", retry_after=900), 900),
    ],
    ids=["for good", "may pass", "with a time"],
)
def test_a_call_that_is_refused_as_a_whole_is_booked_against_no_record(
    shop: Workshop, refusal: OutsideError, seconds: int
) -> None:
    shop.crm.writes = [refusal]

    with pytest.raises(type(refusal)):
        run_delivery(shop.engine())

    later = shop.crm.now() + timedelta(seconds=seconds)
    assert {(row.status, row.attempts, row.not_before) for row in creates(shop)} == {
        (OutboxStatus.PENDING, 0, later)
    }
    assert {row.error for row in creates(shop)} == {str(refusal)}


def test_however_often_it_is_refused_as_a_whole_all_is_written_once_it_is_not(shop: Workshop) -> None:
    for _ in range(20):
        shop.crm.writes = [DISABLED]
        with pytest.raises(PermanentError):
            run_delivery(shop.engine())
        shop.crm.advance(seconds=31)

    run_delivery(shop.engine())

    assert len(shop.opened()) == CONTRACTS
    assert len([one for one in shop.chat.messages if one.key.startswith("opened/")]) == CONTRACTS


def test_what_was_written_before_the_refused_call_is_recorded(shop: Workshop) -> None:
    """The creates of a batch go first; the update after them is refused."""
    run_delivery(shop.engine())
    (first, *_) = shop.crm.records(Role.CONTRACT)
    shop.crm.edit(Role.CONTRACT, first.id, {"end": "2026-08-05", "term_months": 13})
    late = shop.sell(shop.customer("遅い客"), number="99999999")
    run_cycle(shop.engine())
    shop.crm.writes = [None, DISABLED]

    with pytest.raises(PermanentError):
        run_delivery(shop.engine())

    assert f"{late}-1" in shop.opened()
    assert shop.row(f"{late}-1").status is OutboxStatus.SENT
    assert shop.renewals(shop.row(f"{late}-1").account_id)[f"{late}-1"].opportunity_id is not None


def test_one_record_that_refuses_its_whole_call_is_found_and_the_others_are_written(shop: Workshop) -> None:
    crm = shop.crm
    assert isinstance(crm, PickyCrm)
    bad = creates(shop)[3].key
    crm.poison = frozenset({bad})
    crm.sizes.clear()

    for _ in range(4):
        run_delivery(shop.engine())
        shop.crm.advance(seconds=60)

    assert crm.sizes == [12, 10, 2, *[1] * 10]
    assert {row.key: row.status for row in creates(shop) if row.status is not OutboxStatus.SENT} == {
        bad: OutboxStatus.PARKED
    }
    assert len(shop.opened()) == CONTRACTS - 1


def left_by_another(shop: Workshop, *, seconds: int) -> OutboxRow:
    """A create that the holder before us was sending when it vanished, claimed for some seconds more."""
    row = creates(shop)[0]
    left = replace(
        row,
        status=OutboxStatus.SENDING,
        attempts=1,
        epoch=7,
        sending_at=shop.crm.now(),
        claimed_until=shop.crm.now() + timedelta(seconds=seconds),
    )
    with shop.store.transaction() as tx:
        tx.outbox.put([left])
    return left


def test_what_another_holder_is_sending_is_left_alone_until_its_claim_ends(shop: Workshop) -> None:
    """Its call may still be on the way."""
    left = left_by_another(shop, seconds=120)
    run_delivery(shop.engine())
    assert shop.row(left.key).status is OutboxStatus.SENDING
    assert left.key not in shop.opened()

    shop.crm.advance(seconds=120)
    run_delivery(shop.engine())

    assert shop.row(left.key).status is OutboxStatus.SENT
    assert shop.opened().count(left.key) == 1


def test_no_call_begins_whose_answer_might_come_after_the_claim(shop: Workshop) -> None:
    """Reading the accounts took so long that the next holder may be at it."""
    crm = shop.crm
    assert isinstance(crm, PickyCrm)
    crm.slow = 90

    run_delivery(shop.engine())

    assert crm.sizes == []
    assert {(row.status, row.attempts) for row in creates(shop)} == {(OutboxStatus.PENDING, 0)}
