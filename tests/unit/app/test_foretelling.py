"""The next opening is found however many reviews that open nothing lie before it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.contract.samples import renewal
from tests.fakes.store import MemoryStore

from csops_sync.app.foretelling import NextOpening, next_opening
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.store import Transaction

TODAY = date(2026, 1, 5)


@pytest.fixture
def tx() -> Iterator[Transaction]:
    with MemoryStore().transaction() as transaction:
        yield transaction


def watched(number: int, day: date, *, opens: bool = False) -> Renewal:
    """A renewal that is looked at on a day, and opened on it, or not."""
    made = renewal(f"8005g0000{number:09d}-1")
    decided = made.decision
    assert decided is not None
    return replace(
        made,
        review_on=day,
        settled=None,
        opportunity_id=None,
        decision=replace(decided, open_date=day if opens else day + timedelta(days=400)),
    )


def test_there_is_none_where_nothing_is_to_be_opened(tx: Transaction) -> None:
    assert next_opening(tx, today=TODAY) is None
    tx.renewals.put([watched(number, TODAY + timedelta(days=1 + number)) for number in range(2_500)])
    assert next_opening(tx, today=TODAY) is None


@pytest.mark.parametrize("reviews_a_day", [1, 7, 1_000, 1_500])
def test_it_is_found_behind_thousands_of_reviews_that_open_nothing(
    tx: Transaction, reviews_a_day: int
) -> None:
    first = TODAY + timedelta(days=1)
    tx.renewals.put([watched(each, first + timedelta(days=each // reviews_a_day)) for each in range(3_200)])
    day = first + timedelta(days=3_199 // reviews_a_day)
    tx.renewals.put([watched(9_000 + number, day, opens=True) for number in range(2)])
    assert next_opening(tx, today=TODAY) == NextOpening(on=day, renewals=2)


def test_it_is_the_soonest_of_several(tx: Transaction) -> None:
    days = [TODAY, TODAY + timedelta(days=3), TODAY + timedelta(days=2)]
    tx.renewals.put([watched(number, day, opens=True) for number, day in enumerate(days)])
    assert next_opening(tx, today=TODAY) == NextOpening(on=days[2], renewals=1)
