"""A digest says whether a term's state is still what it was: the same promise of each store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.contract.conftest import OpenStore
from tests.contract.samples import ACCOUNT, OTHER_ACCOUNT, term_state

from csops_sync.domain.forecast.term_state import Grouping, TermStanding, TermState
from csops_sync.ports.store import Transaction

DAY = timedelta(days=1)
FULL = term_state("A-1")
CHANGED = (
    replace(FULL, standing=TermStanding.WON if FULL.standing is not TermStanding.WON else TermStanding.LOST),
    replace(FULL, rank="Z"),
    replace(FULL, prior=None),
    replace(FULL, end=FULL.end + DAY),
    replace(FULL, grouping=Grouping()),
    replace(FULL, settled_on=None),
    replace(FULL, account_id=OTHER_ACCOUNT),
)


def digests(tx: Transaction) -> dict[str, int]:
    """Every term's digest, as they come."""
    return dict(tx.forecast.states.digests())


def test_a_state_that_was_stored_again_as_it_was_keeps_its_digest(tx: Transaction) -> None:
    tx.forecast.states.replace_of_accounts([ACCOUNT], [FULL])
    before = digests(tx)
    tx.forecast.states.replace_of_accounts([ACCOUNT], [FULL])
    assert digests(tx) == before


@pytest.mark.parametrize("other", CHANGED)
def test_a_state_that_differs_in_any_way_has_another(tx: Transaction, other: TermState) -> None:
    tx.forecast.states.replace_of_accounts([ACCOUNT], [FULL])
    before = digests(tx)
    tx.forecast.states.replace_of_accounts([ACCOUNT, OTHER_ACCOUNT], [other])
    assert digests(tx)[FULL.key] != before[FULL.key]


def test_they_come_in_order_of_key_and_one_that_is_gone_has_none(tx: Transaction) -> None:
    states = [term_state("B-1", account_id=OTHER_ACCOUNT), term_state("A-2"), FULL]
    tx.forecast.states.replace_of_accounts([ACCOUNT, OTHER_ACCOUNT], states)
    assert list(digests(tx)) == ["A-1", "A-2", "B-1"]
    tx.forecast.states.replace_of_accounts([ACCOUNT], [FULL])
    assert list(digests(tx)) == ["A-1", "B-1"]


def test_a_rehearsal_gives_those_of_what_it_rehearsed(open_store: OpenStore) -> None:
    store = open_store("00D000000000001EAA")
    with store.transaction() as tx:
        tx.forecast.states.replace_of_accounts(
            [ACCOUNT, OTHER_ACCOUNT], [FULL, term_state("A-2"), term_state("B-1", account_id=OTHER_ACCOUNT)]
        )
        before = digests(tx)
    with store.rehearsal() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], [replace(FULL, rank="Z")])
        after = digests(tx)
    assert list(after) == ["A-1", "B-1"]
    assert after["A-1"] != before["A-1"]
    assert after["B-1"] == before["B-1"]
