"""What a pull brings stays small in memory, and is the same rows."""

import gc
import tracemalloc
from collections.abc import Mapping
from typing import Final

import pytest
from tests.fakes.salesforce_org import org_mapping

from csops_sync.adapters.salesforce.harvest import Harvest
from csops_sync.adapters.salesforce.records import extractor
from csops_sync.adapters.salesforce.tables import tables_of
from csops_sync.ports.crm import Role

TABLE: Final = tables_of(org_mapping())[Role.OPPORTUNITY]
PAGE: Final = 200


def _harvest(at_once: int) -> Harvest:
    return Harvest({Role.OPPORTUNITY: extractor(TABLE)}, at_once=at_once)


def _record(number: int, *, name: str = "更新", seconds: int = 0) -> Mapping[str, object]:
    columns = {path.partition(".")[0]: None for path in TABLE.columns.values()}
    return {
        **columns,
        "Id": f"006{number:012d}AAA",
        "SystemModstamp": f"2026-04-01T00:00:{seconds:02d}.000+0000",
        "IsDeleted": number % 7 == 0,
        "Name": f"{name} {number}",
        "AccountId": f"001{number:012d}AAA",
        "Amount": 1234567.89,
        "IsWon": False,
    }


def _fill(harvest: Harvest, count: int) -> None:
    for start in range(0, count, PAGE):
        harvest("opportunity", [_record(number) for number in range(start, start + PAGE)])  # type: ignore[misc]


def test_what_is_beyond_memory_is_the_same_in_the_same_order() -> None:
    """Every role, id, parent, stamp, deletion and value; walked through twice."""
    small, large = _harvest(1_000_000), _harvest(300)
    _fill(small, 1000)
    _fill(large, 1000)
    rows = large.rows()

    assert list(rows) == list(rows) == list(small.rows())
    assert (len(rows), next(iter(small.rows())) in rows) == (1000, True)


@pytest.mark.parametrize("at_once", [1, 1000])
def test_of_a_row_on_two_pages_the_later_form_comes_last(at_once: int) -> None:
    """Whoever stores them in order ends with it."""
    harvest = _harvest(at_once)
    harvest("opportunity", [_record(1)])  # type: ignore[list-item]
    harvest("opportunity", [_record(1, name="変更後", seconds=5)])  # type: ignore[list-item]

    assert [row.values["name"] for row in harvest.rows()][-1] == "変更後 1"


def test_memory_does_not_grow_with_what_is_pulled() -> None:
    """Twenty times the rows in less than twice the memory; held whole, it would be twenty times."""
    assert _peak(20_000) < 2 * _peak(1_000)


def _peak(count: int) -> int:
    gc.collect()
    tracemalloc.start()
    harvest = _harvest(1_000)
    _fill(harvest, count)
    walked = sum(1 for _ in harvest.rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert walked == count
    return peak
