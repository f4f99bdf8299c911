"""The mirror holds rows as read, tells what is news, and pages in the order of ids."""

from dataclasses import replace

from tests.contract.conftest import ORG, OpenStore
from tests.contract.samples import ACCOUNT, OTHER_ACCOUNT, numbered, row

from csops_sync.ports.crm import Json, Role, Row
from csops_sync.ports.store import Store, Transaction

OPPORTUNITY = Role.OPPORTUNITY


def test_a_row_comes_back_as_it_was_put(tx: Transaction) -> None:
    values: dict[str, Json] = {
        "name": "株式会社サクラ 更新 😀 'quote\" \\ \n",
        "amount": 1200000.5,
        "closed": False,
        "owner": None,
        "n": 3,
    }
    given = row("0065g00000AAAAAAAV", values)
    tx.mirror.put([given])
    assert list(tx.mirror.get(OPPORTUNITY, ["0065g00000AAAAAAAV", "0065g00000NoNoNAAV"])) == [given]


def test_a_row_that_is_stored_alike_is_no_news(tx: Transaction) -> None:
    rows = numbered(3)
    tx.mirror.put(rows)
    assert list(tx.mirror.changed(rows)) == []


def test_the_order_of_values_is_no_news(tx: Transaction) -> None:
    tx.mirror.put([row("0065g00000AAAAAAAV", {"a": 1, "b": 2})])
    assert list(tx.mirror.changed([row("0065g00000AAAAAAAV", {"b": 2, "a": 1})])) == []


def test_a_new_stamp_value_parent_or_deletion_is_news(tx: Transaction) -> None:
    old = numbered(5, "old")
    tx.mirror.put(old)
    new = [
        replace(old[0], stamp_ms=old[0].stamp_ms + 1),
        replace(old[1], values={**old[1].values, "name": "new"}),
        replace(old[2], parent_id=OTHER_ACCOUNT),
        replace(old[3], deleted=True),
    ]
    assert list(tx.mirror.changed([*new, old[4]])) == new


def test_a_row_that_is_not_stored_is_news(tx: Transaction) -> None:
    rows = numbered(2)
    tx.mirror.put(rows[:1])
    assert list(tx.mirror.changed(rows)) == rows[1:]


def test_of_two_versions_in_one_batch_the_later_stamp_counts(tx: Transaction) -> None:
    newer, older = (
        row("0065g00000AAAAAAAV", {"v": 2}, stamp_ms=2),
        row("0065g00000AAAAAAAV", {"v": 1}, stamp_ms=1),
    )
    assert list(tx.mirror.changed([newer, older])) == [newer]
    tx.mirror.put([newer, older])
    assert list(tx.mirror.get(OPPORTUNITY, [newer.id])) == [newer]


def test_a_batch_above_the_size_for_copy_is_inserted_and_then_replaced(tx: Transaction) -> None:
    first, second = numbered(1500, "v1"), numbered(1500, "v2")
    tx.mirror.put(first)
    tx.mirror.put([*second, second[7]])
    assert list(tx.mirror.stream(OPPORTUNITY)) == second


def test_one_id_may_stand_in_two_roles(tx: Transaction) -> None:
    as_opportunity = row("0065g00000AAAAAAAV", {"stage": "受注"})
    as_contract = replace(as_opportunity, role=Role.CONTRACT, values={"start": "2025-04-01"})
    tx.mirror.put([as_opportunity, as_contract])
    assert list(tx.mirror.get(Role.CONTRACT, [as_contract.id])) == [as_contract]
    assert list(tx.mirror.changed([as_contract, as_opportunity])) == []


def test_ids_that_differ_in_case_are_two_rows_in_the_order_of_bytes(tx: Transaction) -> None:
    ids = [
        "00K000000000001AAA",
        "00k000000000001AAA",
        "00K00000000000aAAA",
        "00K0000000000_1AAA",
        "00K00000000000zAAA",
    ]
    tx.mirror.put([row(record_id) for record_id in ids])
    assert [found.id for found in tx.mirror.stream(OPPORTUNITY)] == sorted(ids)
    assert [found.id for found in tx.mirror.get(OPPORTUNITY, [ids[1]])] == [ids[1]]


def test_paging_by_id_gives_every_row_once(tx: Transaction) -> None:
    tx.mirror.put(numbered(25))
    seen: list[str] = []
    while page := tx.mirror.stream(OPPORTUNITY, after_id=seen[-1] if seen else "", limit=10):
        seen.extend(found.id for found in page)
    assert seen == [expected.id for expected in numbered(25)]


def test_children_are_found_by_parent_deleted_ones_too(tx: Transaction) -> None:
    mine, gone = row("0065g00000AAAAAAAV"), row("0065g00000BBBBBAAV", deleted=True)
    other = replace(row("0065g00000CCCCCAAV"), parent_id=OTHER_ACCOUNT)
    orphan = Row(OPPORTUNITY, "0065g00000DDDDDAAV", None, 1, False, {})
    tx.mirror.put([mine, gone, other, orphan])
    assert list(tx.mirror.children(OPPORTUNITY, [ACCOUNT])) == [mine, gone]


def test_more_ids_than_one_statement_takes_are_read_in_parts(tx: Transaction) -> None:
    rows = numbered(4500)
    tx.mirror.put(rows)
    found = tx.mirror.get(OPPORTUNITY, [known.id for known in rows])
    assert {known.id for known in found} == {known.id for known in rows}


def test_stamps_and_count_leave_deleted_rows_out(tx: Transaction) -> None:
    rows = numbered(4)
    tx.mirror.put([*rows[:3], replace(rows[3], deleted=True)])
    tx.mirror.mark_deleted(OPPORTUNITY, [rows[0].id])
    assert list(tx.mirror.stamps(OPPORTUNITY)) == [(known.id, known.stamp_ms) for known in rows[1:3]]
    assert tx.mirror.count(OPPORTUNITY) == 2


def test_a_row_marked_deleted_is_news_when_it_shows_again(tx: Transaction) -> None:
    known = row("0065g00000AAAAAAAV")
    tx.mirror.put([known])
    tx.mirror.mark_deleted(OPPORTUNITY, [known.id, "0065g00000NoNoNAAV"])
    assert list(tx.mirror.get(OPPORTUNITY, [known.id])) == [replace(known, deleted=True)]
    assert list(tx.mirror.changed([known])) == [known]


def test_clearing_a_role_leaves_the_others(tx: Transaction) -> None:
    account = Row(Role.ACCOUNT, ACCOUNT, None, 1, False, {})
    tx.mirror.put([account, *numbered(3)])
    tx.mirror.clear(OPPORTUNITY)
    assert tx.mirror.count(OPPORTUNITY) == 0
    assert list(tx.mirror.get(Role.ACCOUNT, [ACCOUNT])) == [account]


def test_orgs_do_not_see_each_other(store: Store, open_store: OpenStore) -> None:
    other = open_store(ORG[:-1] + "V")
    with store.transaction() as tx:
        tx.mirror.put(numbered(2))
    with other.transaction() as tx:
        assert tx.mirror.count(OPPORTUNITY) == 0
        tx.mirror.clear(OPPORTUNITY)
    with store.reading() as tx:
        assert tx.mirror.count(OPPORTUNITY) == 2
