"""Ids: checksums of published ids, and what a factory gives."""

from itertools import pairwise

import pytest

from csops_sync.sandbox.salesforce.ids import IdFactory, checksum, normal


@pytest.mark.parametrize(
    ("short", "check"),
    [("001D000000IRFma", "IAH"), ("006R00000024gDt", "IAI"), ("003R000000ATjnC", "IAT")],
)
def test_the_checksum_is_that_of_published_ids(short: str, check: str) -> None:
    assert checksum(short) == check
    assert normal(short) == short + check
    assert normal(short + check) == short + check


@pytest.mark.parametrize(
    "text", ["", "123", "001D000000IRFmaIAX", "001d000000irfmaIAH", "001D000000IRF-a", "x" * 17]
)
def test_what_is_no_id_or_has_the_wrong_case_is_refused(text: str) -> None:
    assert normal(text) is None


def test_ids_are_unique_and_unordered_within_a_block_but_grow_from_block_to_block() -> None:
    factory = IdFactory("006")
    ids = [factory.next() for _ in range(640)]
    assert len(set(ids)) == 640
    assert ids[:32] != sorted(ids[:32])
    blocks = [ids[start : start + 32] for start in range(0, 640, 32)]
    assert all(max(before) < min(after) for before, after in pairwise(blocks))
