"""The short ways to rows (ids, indexes, kept orders) find exactly what looking at every row finds, in order."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.sandbox_org import LocalOrg


def _filled() -> LocalOrg:
    local = LocalOrg()
    accounts = [local.create("Account", Name=f"account {number}") for number in range(3)]
    for number in range(60):
        local.opportunity(
            Name=f"deal {number}",
            AccountId=accounts[number % 3],
            Renewal_Key__c=f"key-{number}",
            Amount=number,
        )
        if number % 4 == 3:
            local.clock.advance(timedelta(seconds=1))
    return local


LOCAL = _filled()
IDS = [str(row["Id"]) for row in LOCAL.query("SELECT Id FROM Opportunity")]
ACCOUNTS = [str(row["Id"]) for row in LOCAL.query("SELECT Id FROM Account")]
_SELECT = "SELECT Id, SystemModstamp, CreatedDate, Amount FROM Opportunity WHERE"
_ids = st.sampled_from([*IDS, "006000000000000AAA"])
_seconds = st.integers(0, 16).map(lambda second: f"2026-04-01T00:00:{second:02d}Z")
_atoms = st.one_of(
    st.builds("Id {} '{}'".format, st.sampled_from(["=", ">", ">=", "<", "<=", "!="]), _ids),
    st.builds("SystemModstamp {} {}".format, st.sampled_from(["=", ">", ">=", "<", "<="]), _seconds),
    st.builds("CreatedDate {} {}".format, st.sampled_from([">", "<="]), _seconds),
    st.builds("AccountId = '{}'".format, st.sampled_from(ACCOUNTS)),
    st.builds("Renewal_Key__c IN ('key-{}', 'KEY-{}')".format, st.integers(0, 70), st.integers(0, 60)),
    st.builds("Amount > {}".format, st.integers(0, 60)),
)
_wheres = st.recursive(
    _atoms,
    lambda inner: st.builds(
        lambda word, parts: f" {word} ".join(f"({part})" for part in parts),
        st.sampled_from(["AND", "OR"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(
    where=_wheres, order=st.sampled_from(["Id", "SystemModstamp, Id", "CreatedDate, Id", "Amount DESC, Id"])
)
def test_a_short_way_finds_what_the_long_way_finds(where: str, order: str) -> None:
    text = f"{_SELECT} {where} ORDER BY {order}"
    found = LOCAL.query(text)
    search = LOCAL.plan(text).search
    every = {str(row[0]) for row in search.matching(LOCAL.org.tables["Opportunity"])}
    assert {str(row["Id"]) for row in found} == every
    assert len(found) == len(every)
    first = order.split(",", maxsplit=1)[0].split(maxsplit=1)[0]
    keys = [(str(row[first]), str(row["Id"])) for row in found]
    if "DESC" not in order:
        assert keys == sorted(keys)


def test_a_restored_table_finds_rows_as_it_did() -> None:
    local = LocalOrg()
    key = local.opportunity(Renewal_Key__c="one")
    saved = local.org.save()
    local.update("Opportunity", key, Renewal_Key__c="two")
    local.opportunity(Renewal_Key__c="three")
    for _ in range(2):
        local.org.restore(saved)
        assert [
            row["Id"] for row in local.query("SELECT Id FROM Opportunity WHERE Renewal_Key__c = 'one'")
        ] == [key]
        assert len(local.query("SELECT Id FROM Opportunity ORDER BY SystemModstamp, Id")) == 1
        local.delete("Opportunity", key)


@pytest.mark.parametrize("asked", [True, False])
def test_a_transaction_that_is_undone_leaves_no_trace(asked: bool) -> None:  # noqa: FBT001  # a parameter of the test
    local = LocalOrg()
    kept = local.opportunity(Name="kept", Renewal_Key__c="kept")
    with local.org.transaction() as transaction:
        local.update("Opportunity", kept, Name="changed", Renewal_Key__c="changed")
        local.opportunity(Name="new", Renewal_Key__c="new")
        if asked:
            transaction.undo()
    names = local.names("SELECT Name FROM Opportunity ORDER BY Name")
    assert names == (["kept"] if asked else ["changed", "new"])
    found = local.query("SELECT Id FROM Opportunity WHERE Renewal_Key__c = 'new'")
    assert len(found) == (0 if asked else 1)
    assert len(local.history(kept)) == 1
