"""A transaction is kept whole or not at all; a rehearsal leaves no trace; a view stands still."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.contract.conftest import ORG, OpenStore
from tests.contract.samples import ACCOUNT, NOON, event, numbered, outbox_row, renewal, row, written_field

from csops_sync.ports.crm import Role
from csops_sync.ports.errors import WrongOrgError
from csops_sync.ports.store import Cutoffs, LoadState, OutboxStatus, Store, Target, Transaction

OUTBOX_KEEPS, JOURNAL_KEEPS = timedelta(days=400), timedelta(days=800)
CUTOFFS = Cutoffs(outbox=NOON - OUTBOX_KEEPS, journal=NOON - JOURNAL_KEEPS, inbox=NOON, silences=NOON)


def fill(tx: Transaction, mark: str) -> None:
    """Write to every table."""
    tx.mirror.put([row("0065g00000AAAAAAAV", {"name": mark}), *numbered(3, mark)])
    tx.progress.set_watermarks({Role.ACCOUNT: len(mark)})
    tx.progress.set_load(
        LoadState(role=Role.USER, mapping_hash=mark, delta_from_ms=1, last_id="", done=False)
    )
    tx.progress.set_setting("mark", mark)
    tx.renewals.put([replace(renewal(), rule=mark)])
    tx.outbox.put([replace(outbox_row(), reason=mark)])
    tx.written.put([replace(written_field(), value=mark)])
    tx.journal.add([event(mark)])


def fill_and_fail(tx: Transaction) -> None:
    fill(tx, "newer")
    raise RuntimeError("stop")


def dump(tx: Transaction) -> list[object]:
    """Read every table."""
    return [
        list(tx.mirror.stream(Role.OPPORTUNITY)),
        tx.mirror.count(Role.OPPORTUNITY),
        dict(tx.progress.watermarks()),
        dict(tx.progress.loads()),
        tx.progress.setting("mark"),
        list(tx.renewals.of_accounts([ACCOUNT])),
        list(tx.outbox.of_accounts([ACCOUNT])),
        dict(tx.outbox.counts()),
        list(tx.written.of_opportunities(["0065g00000OpPtYAAV"])),
        list(tx.journal.about()),
    ]


def dumped(store: Store) -> list[object]:
    with store.reading() as tx:
        return dump(tx)


def test_a_transaction_that_fails_leaves_no_trace(store: Store) -> None:
    with store.transaction() as tx:
        fill(tx, "old")
    before = dumped(store)
    with pytest.raises(RuntimeError, match="stop"), store.transaction() as tx:
        fill_and_fail(tx)
    assert dumped(store) == before


def test_a_rehearsal_reads_what_it_wrote_and_leaves_every_row_as_it_was(store: Store) -> None:
    with store.transaction() as tx:
        fill(tx, "old")
    before = dumped(store)
    with store.rehearsal() as tx:
        assert dump(tx) == before
        fill(tx, "newer")
        rehearsed = dump(tx)
        tx.mirror.clear(Role.OPPORTUNITY)
        tx.progress.set_setting("mark", None)
        tx.written.forget(opportunity_id="0065g00000OpPtYAAV", field="close_date")
        emptied = dump(tx)
    assert dumped(store) == before
    assert (emptied[0], emptied[1], emptied[4], emptied[8]) == ([], 0, None, [])
    with store.transaction() as tx:
        fill(tx, "newer")
        assert dump(tx) == rehearsed


def test_a_rehearsal_that_fails_leaves_no_trace(store: Store) -> None:
    with pytest.raises(RuntimeError, match="stop"), store.rehearsal() as tx:
        fill_and_fail(tx)
    assert dumped(store)[0] == []


def test_a_view_does_not_see_what_others_commit_meanwhile(store: Store, open_store: OpenStore) -> None:
    with store.transaction() as tx:
        fill(tx, "old")
    with store.reading() as view:
        before = dump(view)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_commit, open_store(ORG), "newer").result()
        assert dump(view) == before
    assert dumped(store) != before


def test_a_daemon_commits_and_renews_its_lease_while_a_rehearsal_goes_on(
    store: Store, open_store: OpenStore
) -> None:
    with store.transaction() as tx:
        fill(tx, "old")
    with store.rehearsal() as tx:
        fill(tx, "rehearsed")
        before = dump(tx)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_commit, open_store(ORG), "newer").result(timeout=5)
        assert dump(tx) == before
    with store.reading() as tx:
        assert tx.progress.setting("mark") == "newer"


def test_events_of_transactions_at_once_are_all_kept_in_the_order_of_their_own(open_store: OpenStore) -> None:
    def tell(numbered_store: tuple[int, Store]) -> None:
        number, own = numbered_store
        for step in range(20):
            with own.transaction() as tx:
                tx.journal.add([event(f"{step:02d}", renewal_key=f"R-{number}"), event("also")])

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(tell, enumerate([open_store(ORG) for _ in range(3)])))
    with open_store(ORG).reading() as tx:
        assert len(tx.journal.about(account_id=ACCOUNT)) == 120
        for number in range(3):
            told = [each.kind for each in tx.journal.about(renewal_key=f"R-{number}")]
            assert told == [f"{step:02d}" for step in range(20)]


def test_the_state_is_bound_to_the_first_org_and_refuses_another(store: Store) -> None:
    store.bind(org_id=ORG)
    store.bind(org_id=ORG)
    with pytest.raises(WrongOrgError, match=ORG):
        store.bind(org_id=ORG.swapcase())


def test_what_is_over_is_removed_when_its_time_is_up_and_nothing_else(store: Store) -> None:
    old, young = NOON - OUTBOX_KEEPS - timedelta(seconds=1), NOON - OUTBOX_KEEPS
    kept = (OutboxStatus.PENDING, OutboxStatus.PARKED, OutboxStatus.UNKNOWN, OutboxStatus.DROPPED)
    with store.transaction() as tx:
        tx.outbox.put([outbox_row(f"old-{status}", status=status, created_at=old) for status in OutboxStatus])
        tx.outbox.put([outbox_row("young", status=OutboxStatus.SENT, created_at=young)])
        dropped = outbox_row("message", status=OutboxStatus.DROPPED, created_at=old)
        tx.outbox.put([replace(dropped, target=Target.SLACK, kind="message")])
        tx.outbox.put([outbox_row(f"x{n}", status=OutboxStatus.SENT, created_at=old) for n in range(1100)])
        tx.journal.add([event("old", at=NOON - JOURNAL_KEEPS - timedelta(seconds=1)), event("young")])
    removed = dict(store.tidy(CUTOFFS))
    assert removed["outbox"] == 1103  # 1,100 and one sent, one cancelled, one dropped message
    assert removed["journal"] == 1
    with store.reading() as tx:
        assert [found.key for found in tx.outbox.get(["young"])] == ["young"]
        assert [found.status for found in tx.outbox.with_status(*kept)] == sorted(
            kept, key=lambda each: f"old-{each}"
        )
        assert [found.kind for found in tx.journal.about()] == ["young"]
    assert set(dict(store.tidy(CUTOFFS)).values()) == {0}


def test_a_first_load_may_go_fast_and_is_all_there_afterwards(store: Store, open_store: OpenStore) -> None:
    with store.bulk_loading():
        for start in range(0, 3000, 1000):
            with store.transaction() as tx:
                tx.mirror.put(numbered(3000)[start : start + 1000])
    with open_store(ORG).reading() as tx:
        assert tx.mirror.count(Role.OPPORTUNITY) == 3000


def _commit(store: Store, mark: str) -> None:
    grant = store.leases.claim(org_id=ORG, owner="daemon", ttl_seconds=30)
    with store.transaction(grant) as tx:
        fill(tx, mark)
