"""The outbox gives each due row to one sender, in order, after what it must follow, and fences what comes back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.contract.conftest import ORG, OpenStore
from tests.contract.samples import ACCOUNT, NOON, OTHER_ACCOUNT, outbox_row

from csops_sync.ports.store import OutboxRow, OutboxStatus, Store, Target, Transaction

UNTIL = NOON + timedelta(seconds=90)


def claim(
    tx: Transaction,
    *,
    target: Target = Target.SALESFORCE,
    now: datetime = NOON,
    epoch: int = 1,
    limit: int = 10,
) -> list[OutboxRow]:
    return list(tx.outbox.claim(target=target, now=now, until=UNTIL, epoch=epoch, limit=limit))


def test_every_field_of_a_row_survives(tx: Transaction) -> None:
    given = replace(
        outbox_row(after=("a", "b"), not_before=NOON),
        status=OutboxStatus.PARKED,
        attempts=3,
        sending_at=NOON,
        claimed_until=UNTIL,
        epoch=7,
        result="0065g00000OpPtYAAV",
        error="誰も読めない",
    )
    assert [each.name for each in fields(OutboxRow) if getattr(given, each.name) in (None, 0, "", ())] == []
    tx.outbox.put([given])
    assert list(tx.outbox.get([given.key, "nothing"])) == [given]


def test_putting_again_replaces_the_row(tx: Transaction) -> None:
    tx.outbox.put([outbox_row()])
    cancelled = replace(outbox_row(), status=OutboxStatus.CANCELLED, error="no longer due")
    tx.outbox.put([cancelled])
    assert list(tx.outbox.get([cancelled.key])) == [cancelled]


def test_unsent_rows_are_found_by_account(tx: Transaction) -> None:
    rows = [outbox_row(status.value, status=status) for status in OutboxStatus]
    tx.outbox.put([*rows, replace(outbox_row("elsewhere"), account_id=OTHER_ACCOUNT)])
    assert [row.key for row in tx.outbox.of_accounts([ACCOUNT])] == ["held", "parked", "pending", "shadow"]


def test_rows_are_listed_by_status_oldest_first_whatever_their_target(tx: Transaction) -> None:
    second = outbox_row(
        "a", target=Target.SLACK, created_at=NOON + timedelta(seconds=1), status=OutboxStatus.HELD
    )
    first, third = outbox_row("b", status=OutboxStatus.PARKED), outbox_row("c", created_at=UNTIL)
    tx.outbox.put([third, second, first, outbox_row("sent", status=OutboxStatus.SENT)])
    wanted = (OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.PARKED)
    assert list(tx.outbox.with_status(*wanted)) == [first, second, third]
    assert list(tx.outbox.with_status(*wanted, limit=2)) == [first, second]
    assert list(tx.outbox.with_status(*wanted, target=Target.SLACK)) == [second]


def test_rows_are_counted_by_status(tx: Transaction) -> None:
    tx.outbox.put([outbox_row("a"), outbox_row("b"), outbox_row("c", status=OutboxStatus.SENT)])
    assert dict(tx.outbox.counts()) == {OutboxStatus.PENDING: 2, OutboxStatus.SENT: 1}
    assert dict(tx.outbox.counts(OutboxStatus.SENT, OutboxStatus.HELD)) == {OutboxStatus.SENT: 1}


def test_a_claim_marks_the_rows_and_gives_them_oldest_first(store: Store) -> None:
    newer, older = outbox_row("a", created_at=NOON), outbox_row("b", created_at=NOON - timedelta(hours=1))
    with store.transaction() as tx:
        tx.outbox.put([newer, older])
        taken = claim(tx, epoch=4)
    assert [row.key for row in taken] == ["b", "a"]
    marks: dict[str, Any] = {
        "status": OutboxStatus.SENDING,
        "sending_at": NOON,
        "claimed_until": UNTIL,
        "epoch": 4,
        "attempts": 1,
    }
    assert taken[0] == replace(older, **marks)
    with store.reading() as tx:
        assert list(tx.outbox.get(["b"])) == taken[:1]


def test_a_claimed_row_is_not_claimed_again(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row()])
        assert len(claim(tx)) == 1
        assert claim(tx) == []
    with store.transaction() as tx:
        assert claim(tx, now=UNTIL + timedelta(days=1)) == []


def test_only_pending_rows_of_the_target_are_claimed(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row(status.value, status=status) for status in OutboxStatus])
        tx.outbox.put([outbox_row("message", target=Target.SLACK)])
        assert [row.key for row in claim(tx)] == ["pending"]
        assert [row.key for row in claim(tx, target=Target.SLACK)] == ["message"]


def test_a_row_waits_for_its_hour(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row(not_before=NOON + timedelta(milliseconds=1))])
        assert claim(tx, now=NOON) == []
        assert len(claim(tx, now=NOON + timedelta(milliseconds=1))) == 1


def test_a_limit_leaves_the_rest_for_the_next_claim(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row(f"k{number}") for number in range(5)])
        assert [row.key for row in claim(tx, limit=2)] == ["k0", "k1"]
        assert [row.key for row in claim(tx, limit=9)] == ["k2", "k3", "k4"]


@pytest.mark.parametrize(
    "status",
    [
        status
        for status in OutboxStatus
        if status not in (OutboxStatus.SENT, OutboxStatus.CANCELLED, OutboxStatus.DROPPED)
    ],
)
def test_a_message_waits_until_what_it_follows_is_sent(store: Store, status: OutboxStatus) -> None:
    with store.transaction() as tx:
        tx.outbox.put(
            [outbox_row("create", status=status), outbox_row("m", target=Target.SLACK, after=("create",))]
        )
        assert claim(tx, target=Target.SLACK) == []
        tx.outbox.put([outbox_row("create", status=OutboxStatus.SENT)])
        assert [row.key for row in claim(tx, target=Target.SLACK)] == ["m"]


def test_a_message_waits_for_all_that_it_follows_and_for_what_is_not_there(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put(
            [
                outbox_row("a", status=OutboxStatus.SENT),
                outbox_row("m", target=Target.SLACK, after=("a", "b")),
            ]
        )
        assert claim(tx, target=Target.SLACK) == []


def test_blocked_rows_do_not_keep_later_ones_from_being_claimed(store: Store) -> None:
    blocked = [outbox_row(f"b{number:04d}", target=Target.SLACK, after=("create",)) for number in range(1200)]
    with store.transaction() as tx:
        tx.outbox.put(
            [outbox_row("create"), *blocked, outbox_row("free", target=Target.SLACK, created_at=UNTIL)]
        )
        assert [row.key for row in claim(tx, target=Target.SLACK, limit=1)] == ["free"]


def test_a_message_goes_out_for_those_that_came_about_though_others_did_not(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row("a", status=OutboxStatus.DROPPED), outbox_row("b")])
        tx.outbox.put([outbox_row("m", target=Target.SLACK, after=("a", "b"))])
        assert claim(tx, target=Target.SLACK) == []
        tx.outbox.put([outbox_row("b", status=OutboxStatus.SENT)])
        assert [row.key for row in claim(tx, target=Target.SLACK)] == ["m"]


def test_a_message_is_cancelled_with_a_note_when_all_that_it_follows_came_to_nothing(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put(
            [outbox_row("a", status=OutboxStatus.CANCELLED), outbox_row("b", status=OutboxStatus.DROPPED)]
        )
        tx.outbox.put([outbox_row("m", target=Target.SLACK, after=("a", "b"))])
        assert claim(tx, target=Target.SLACK) == []
        (message,) = tx.outbox.get(["m"])
    assert message.status is OutboxStatus.CANCELLED
    assert "a, b" in (message.error or "")


def test_a_claim_of_keys_takes_no_others(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row("a"), outbox_row("b"), outbox_row("c", status=OutboxStatus.HELD)])
        until = NOON + timedelta(seconds=90)
        wanted = ["b", "c", "d"]
        taken = tx.outbox.claim(
            target=Target.SALESFORCE, now=NOON, until=until, epoch=1, limit=9, keys=wanted
        )
        assert [row.key for row in taken] == ["b"]
        assert [row.key for row in tx.outbox.with_status(OutboxStatus.PENDING)] == ["a"]


def test_what_is_due_can_be_looked_at_without_claiming_it(store: Store) -> None:
    due = [outbox_row(f"k{number}") for number in range(3)]
    with store.transaction() as tx:
        tx.outbox.put(
            [*due, outbox_row("later", not_before=UNTIL), outbox_row("message", target=Target.SLACK)]
        )
    with store.reading() as tx:
        assert list(tx.outbox.due(target=Target.SALESFORCE, now=NOON, limit=9)) == due
        assert list(tx.outbox.due(target=Target.SALESFORCE, now=NOON, limit=2)) == due[:2]


def test_a_parked_row_waits_for_a_person_and_does_not_keep_a_message_about_others(store: Store) -> None:
    parked = outbox_row("a", status=OutboxStatus.PARKED)
    with store.transaction() as tx:
        tx.outbox.put([parked, outbox_row("alone", target=Target.SLACK, after=("a",))])
        tx.outbox.put(
            [
                outbox_row("b", status=OutboxStatus.SENT),
                outbox_row("both", target=Target.SLACK, after=("a", "b")),
            ]
        )
        assert [row.key for row in claim(tx, target=Target.SLACK)] == ["both"]


def test_settling_records_the_outcome_of_the_claim(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row()])
        (taken,) = claim(tx)
        sent = replace(taken, status=OutboxStatus.SENT, result="0065g00000OpPtYAAV")
        assert tx.outbox.settle(sent) is True
        assert list(tx.outbox.get([sent.key])) == [sent]
        assert tx.outbox.settle(sent) is False


def test_an_unknown_row_is_settled_once_it_is_known(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row()])
        (taken,) = claim(tx)
        unknown = replace(taken, status=OutboxStatus.UNKNOWN, error="the answer was lost")
        assert tx.outbox.settle(unknown) is True
        assert tx.outbox.settle(replace(unknown, status=OutboxStatus.PENDING, not_before=UNTIL)) is True
        (again,) = claim(tx, now=UNTIL)
    assert again.attempts == 2


def test_a_sender_of_an_older_epoch_cannot_settle(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.put([outbox_row()])
        (taken,) = claim(tx, epoch=1)
        tx.outbox.put([replace(taken, epoch=2)])
        assert tx.outbox.settle(replace(taken, status=OutboxStatus.SENT)) is False
        assert tx.outbox.settle(replace(outbox_row("never"), status=OutboxStatus.SENT)) is False
        (row,) = tx.outbox.get([taken.key])
    assert row.status is OutboxStatus.SENDING


def test_two_senders_at_once_never_get_the_same_row(store: Store, open_store: OpenStore) -> None:
    keys = [f"k{number:03d}" for number in range(200)]
    with store.transaction() as tx:
        tx.outbox.put([outbox_row(key) for key in keys])

    def send(own: Store) -> list[str]:
        mine: list[str] = []
        while True:
            with own.transaction() as tx:
                taken = claim(tx, limit=7)
            if not taken:
                return mine
            mine.extend(row.key for row in taken)

    with ThreadPoolExecutor(2) as pool:
        taken = [key for mine in pool.map(send, [open_store(ORG), open_store(ORG)]) for key in mine]
    assert sorted(taken) == keys


def test_digests_are_those_of_the_status_that_is_asked_for_and_of_the_rows_as_they_are_now(
    tx: Transaction,
) -> None:
    held = [
        replace(outbox_row(key), status=OutboxStatus.HELD, body_hash=f"{key}1") for key in ("a", "b", "c")
    ]
    tx.outbox.put([*held, outbox_row("d")])
    tx.outbox.put([replace(held[0], body_hash="a2"), replace(held[1], status=OutboxStatus.PENDING)])

    assert tx.outbox.digests(OutboxStatus.HELD) == {"a": "a2", "c": "c1"}
    assert tx.outbox.digests(OutboxStatus.DROPPED) == {}
