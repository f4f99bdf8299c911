"""Changed rows into the mirror: however many they are, all concern whom they concern."""

from tests.fakes.store import MemoryStore

from csops_sync.app.pulling import absorb
from csops_sync.ports.crm import Role, Row

MANY = 12_000
"""More than are held at once."""


def _deal(number: int, *, name: str = "更新", stamp: int = 1) -> Row:
    return Row(
        Role.OPPORTUNITY,
        f"006{number:012d}AAA",
        f"001{number:012d}AAA",
        stamp,
        deleted=False,
        values={"name": name},
    )


def test_more_rows_than_are_held_at_once_are_absorbed_as_one() -> None:
    store = MemoryStore()
    with store.transaction() as tx:
        found = absorb(tx, iter([_deal(number) for number in range(MANY)]))

    assert found.rows == len(found.account_ids) == len(found.opportunity_ids) == MANY
    with store.reading() as tx:
        assert tx.mirror.count(Role.OPPORTUNITY) == MANY


def test_of_a_row_that_comes_twice_the_later_form_stays() -> None:
    store = MemoryStore()
    rows = [_deal(1), *(_deal(number) for number in range(2, MANY)), _deal(1, name="変更後", stamp=2)]
    with store.transaction() as tx:
        absorb(tx, rows)

    with store.reading() as tx:
        assert [row.values["name"] for row in tx.mirror.get(Role.OPPORTUNITY, [_deal(1).id])] == ["変更後"]


def test_a_person_among_very_many_rows_concerns_everyone() -> None:
    store = MemoryStore()
    person = Row(Role.USER, "005000000000001AAA", None, 1, deleted=False, values={"name": "佐藤"})
    with store.transaction() as tx:
        found = absorb(tx, [*(_deal(number) for number in range(MANY)), person])

    assert found.everyone
