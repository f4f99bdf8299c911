"""What an org is made of: what does not fit together is refused by name before anything is served."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.orgs.book import Book, Customer, Paper
from csops_sync.sandbox.orgs.catalogue import build
from csops_sync.sandbox.orgs.dates import start_for
from csops_sync.sandbox.orgs.none import empty_org
from csops_sync.sandbox.orgs.numbers import Kept
from csops_sync.sandbox.orgs.people import japanese_staff
from csops_sync.sandbox.orgs.small import JAPANESE
from csops_sync.sandbox.orgs.spread import pick
from csops_sync.sandbox.salesforce.loader import SeedError, load_org
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.seed import Change, SeedRecord

TODAY = date(2026, 4, 1)
ACCOUNT = SeedRecord(ref="a", values={"Name": "a"}, created_on=date(2026, 3, 2))
LATE = (Change(on=date(2026, 3, 4), values={"Site": "x"}), Change(on=date(2026, 3, 3), values={"Site": "y"}))


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ({"Nope__c": [ACCOUNT]}, "records of Nope__c, which the metadata does not know"),
        ({"Contact": [SeedRecord(ref="c", values={"AccountId": "@a"})]}, "refers to @a before it is there"),
        ({"Account": [replace(ACCOUNT, by="@nobody")]}, "refers to @nobody before it is there"),
        (
            {"Account": [replace(ACCOUNT, changes=LATE)]},
            "its change of 2026-03-03 comes after one of 2026-03-04",
        ),
        ({"Account": [SeedRecord(ref="a", values={"Nam": "a"})]}, "there is no field Nam"),
    ],
)
def test_a_seed_that_does_not_fit_is_refused(records: Mapping[str, Sequence[SeedRecord]], told: str) -> None:
    seed = replace(empty_org(), records={**empty_org().records, **records})
    with pytest.raises(SeedError, match=told):
        load_org(load(), VirtualClock(datetime(2026, 4, 1, tzinfo=UTC), frozen=True), seed)


def test_rows_made_on_reading_can_be_indexed_and_cut() -> None:
    """They are sequences like any other."""
    rows = build("generated", seed=5, contracts=300, today=TODAY).records["Opportunity"]
    listed = list(rows)
    assert len(rows) == len(listed) > 300
    assert rows[-1] == listed[-1]
    assert list(rows[295:305]) == listed[295:305]
    with pytest.raises(IndexError):
        rows[len(listed)]


def test_numbers_that_take_no_room_end_where_they_end() -> None:
    numbers = Kept((3, 50), below=204)
    assert list(numbers) == [3, 50, 103, 150, 203]
    with pytest.raises(IndexError, match="number 5 of 5"):
        numbers[5]


def test_an_unknown_org_is_refused_with_the_names_there_are() -> None:
    """The error says what to choose."""
    with pytest.raises(ValueError, match="small, generated, ravenstack, none"):
        build("large", seed=0, contracts=0, today=TODAY)


def test_shares_that_leave_something_over_are_refused() -> None:
    assert pick([(50, "a"), (49, "b")], 98) == "b"
    with pytest.raises(ValueError, match="must add up to 100"):
        pick([(50, "a"), (49, "b")], 99)


def test_a_day_on_which_no_term_ends_is_refused() -> None:
    """1900 was no leap year, so not even four years end there."""
    with pytest.raises(ValueError, match="no term ends on 1904-02-28"):
        start_for(date(1904, 2, 28), months=12)


def test_a_paper_without_start_and_end_is_refused() -> None:
    book = Book(staff=japanese_staff(csms=1, managers=1), language=JAPANESE, today=TODAY)
    with pytest.raises(ValueError, match="needs a start, or an end"):
        book.sell(Customer(name="a"), Paper(amount=1))
