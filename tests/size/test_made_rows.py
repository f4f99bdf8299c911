"""Rows that are made when they are read are the rows that would have been stored, and can be written over."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.orgs.generated import generated_org
from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.ids import IdFactory, IdSeries
from csops_sync.sandbox.salesforce.loader import load_org
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.salesforce.writing import Hand

TODAY = date(2026, 4, 1)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
MADE = ("Account", "Contract", "Opportunity", "OpportunityHistory", "OpportunityFieldHistory")


def org_of(contracts: int, *, seed: int = 3, stored: bool = False) -> Org:
    """An org whose rows are made when they are read, or the same one with all rows stored."""
    described = generated_org(seed=seed, contracts=contracts, today=TODAY)
    if stored:
        described = replace(described, records={name: list(rows) for name, rows in described.records.items()})
    return load_org(load(), VirtualClock(NOW, frozen=True), described)


@pytest.fixture(scope="module")
def stored() -> Org:
    return org_of(520, stored=True)


@pytest.fixture
def made() -> Org:
    return org_of(520)


def test_made_rows_are_the_stored_ones_in_every_order(made: Org, stored: Org) -> None:
    for name, table in stored.tables.items():
        assert list(made.tables[name]) == list(table), name
        assert len(made.tables[name]) == len(table), name
        for field in table.ordered:
            ours = list(made.tables[name].by_stamp(field, None, None))
            assert ours == list(table.by_stamp(field, None, None)), (name, field)
            assert list(made.tables[name].newest(field)) == ours[::-1] == list(table.newest(field))


def test_every_reference_finds_the_rows_that_it_finds_in_a_stored_org(made: Org, stored: Org) -> None:
    for name in MADE:
        kind, theirs, ours = stored.schema[name], stored.tables[name], made.tables[name]
        for one in kind.fields:
            if not theirs.is_indexed(one.name):
                continue
            values = {row[one.at] for row in theirs if row[one.at] is not None}
            for value in [*sorted(map(str, values))[:200], "001000000000001AAA", "nothing"]:
                assert sorted(ours.find(one.name, value)) == sorted(theirs.find(one.name, value)), one.name


def test_bounds_are_included_and_those_between_two_rows_cut_there(made: Org, stored: Org) -> None:
    table, ours = stored.tables["Opportunity"], made.tables["Opportunity"]
    ids = [str(row[0]) for row in table]
    for low, high in ((ids[7], ids[99]), (None, ids[3]), (ids[-3], None), (ids[5], ids[5]), (ids[9], ids[2])):
        assert list(ours.by_id(low, high)) == list(table.by_id(low, high))
    stamps = sorted({str(row[table.kind.places["SystemModstamp"]]) for row in table})
    for low, high in (
        (stamps[3], stamps[40]),
        (stamps[5][:10], stamps[9][:10]),
        (stamps[-1], None),
        ("9", None),
    ):
        found = list(ours.by_stamp("SystemModstamp", low, high))
        assert found == list(table.by_stamp("SystemModstamp", low, high))


def test_edits_deletions_and_new_rows_leave_both_orgs_the_same(made: Org) -> None:
    other = org_of(520, stored=True)
    for org in (made, other):
        hand = Hand(user=org.people.admin, at=NOW)
        kind = org.schema["Opportunity"]
        ids = [str(row[0]) for row in org.tables["Opportunity"]]
        writing.update(org, kind, ids[10], {"NextStep": "x", "StageName": "交渉"}, hand)
        writing.update(org, kind, ids[10], {"AccountId": None}, hand)
        writing.delete(org, kind, ids[11], hand)
        writing.delete(org, org.schema["Account"], str(next(iter(org.tables["Account"]))[0]), hand)
        writing.create(org, kind, {"Name": "n", "StageName": "提案", "CloseDate": "2026-06-01"}, hand)
    for name, table in other.tables.items():
        assert list(made.tables[name]) == list(table), name
        for field in table.ordered:
            ours = list(made.tables[name].by_stamp(field, None, None))
            assert ours == list(table.by_stamp(field, None, None)), (name, field)


def test_an_org_goes_back_to_what_it_was(made: Org, stored: Org) -> None:
    saved = made.save()
    hand = Hand(user=made.people.admin, at=NOW)
    for row in list(made.tables["Contract"])[:20]:
        writing.update(made, made.schema["Contract"], str(row[0]), {"Description": "changed"}, hand)
    assert list(made.tables["Contract"]) != list(stored.tables["Contract"])
    made.restore(saved)
    assert list(made.tables["Contract"]) == list(stored.tables["Contract"])


def test_a_row_taken_out_for_good_is_gone_from_every_way_to_it(made: Org) -> None:
    table = made.tables["Contract"]
    row = next(iter(table))
    account = row[table.kind.places["AccountId"]]
    before = len(table)
    table.remove(str(row[0]))
    assert table.get(str(row[0])) is None
    assert row not in list(table)
    assert row not in table.find("AccountId", account)
    assert len(table) == before - 1


def test_a_seed_gives_the_same_rows_and_another_seed_others() -> None:
    rows = [list(org_of(60, seed=seed).tables["Contract"]) for seed in (1, 1, 2)]
    assert rows[0] == rows[1]
    assert rows[0] != rows[2]


def test_ids_lead_back_to_their_numbers_and_nothing_else_does() -> None:
    factory, series = IdFactory("006"), IdSeries("006", count=700)
    ids = [factory.next() for _ in range(700)]
    assert [series.number_of(one) for one in ids] == list(range(700))
    assert sorted(ids) == [series.of_rank(rank) for rank in series.ranks() if series.number(rank) < 700]
    strangers = [factory.next(), IdFactory("001").next(), ids[0][:15], ids[0].lower(), "", "006-", "x" * 18]
    assert [series.number_of(one) for one in strangers] == [None] * len(strangers)


def test_a_contract_with_all_that_hangs_on_it_takes_less_than_two_hundred_bytes() -> None:
    org_of(10)
    tracemalloc.start()
    began = tracemalloc.get_traced_memory()[0]
    few = org_of(1_000)
    middle = tracemalloc.get_traced_memory()[0]
    many = org_of(11_000)
    end = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(many.tables["Contract"]) - len(few.tables["Contract"]) == 10_000
    assert (end - middle) - (middle - began) < 10_000 * 200
