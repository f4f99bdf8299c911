"""What queries find, how they order it, and how rows and parents are rendered."""

from datetime import timedelta

import pytest
from tests.fakes.sandbox_org import BASE, START, LocalOrg

ACCOUNTS = "SELECT Name FROM Account"


@pytest.fixture
def local() -> LocalOrg:
    org = LocalOrg()
    for name, industry, employees in (("Acme", "Energy", 10), ("beta", None, 20), ("Gamma_%", "Media", None)):
        org.create(
            "Account", Name=name, Industry=industry, NumberOfEmployees=employees, AnnualRevenue=employees
        )
        org.clock.advance(timedelta(hours=1))
    return org


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Name = 'ACME'", ["Acme"]),
        ("Name != 'acme'", ["Gamma_%", "beta"]),
        ("Industry != 'Energy'", ["Gamma_%", "beta"]),
        ("Industry = null", ["beta"]),
        ("NumberOfEmployees > 5", ["Acme", "beta"]),
        ("NumberOfEmployees <= 10", ["Acme"]),
        ("Name LIKE 'a%'", ["Acme"]),
        ("Name LIKE '%\\_\\%'", ["Gamma_%"]),
        ("Name LIKE 'bet_'", ["beta"]),
        ("Industry LIKE '%'", ["Acme", "Gamma_%"]),
        ("(NOT Industry LIKE '%')", ["beta"]),
        ("AnnualRevenue > 10.5", ["beta"]),
        ("Name IN ('acme', 'BETA')", ["Acme", "beta"]),
        ("Name NOT IN ('acme', 'beta')", ["Gamma_%"]),
        ("Industry NOT IN ('Energy')", ["Gamma_%", "beta"]),
        ("NOT Name = 'acme'", ["Gamma_%", "beta"]),
        ("Name = 'acme' OR (Industry = 'Media' AND NumberOfEmployees = null)", ["Acme", "Gamma_%"]),
        ("(NOT Name LIKE 'a%') AND NumberOfEmployees = 20", ["beta"]),
        ("CreatedDate >= 2026-04-01T01:00:00Z AND CreatedDate < 2026-04-01T11:00:00+09:00", ["beta"]),
        ("Owner.Username = 'admin@csops.example' AND IsDeleted = FALSE", ["Acme", "Gamma_%", "beta"]),
    ],
)
def test_a_condition_finds_what_it_says(local: LocalOrg, where: str, names: list[str]) -> None:
    assert sorted(map(str, local.names(f"{ACCOUNTS} WHERE {where}"))) == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("Name", ["Acme", "beta", "Gamma_%"]),
        ("Name DESC", ["Gamma_%", "beta", "Acme"]),
        ("NumberOfEmployees", ["Gamma_%", "Acme", "beta"]),
        ("NumberOfEmployees NULLS LAST", ["Acme", "beta", "Gamma_%"]),
        ("NumberOfEmployees DESC", ["Gamma_%", "beta", "Acme"]),
        ("NumberOfEmployees DESC NULLS FIRST", ["Gamma_%", "beta", "Acme"]),
        ("NumberOfEmployees DESC NULLS LAST", ["beta", "Acme", "Gamma_%"]),
        ("CreatedDate DESC, Name", ["Gamma_%", "beta", "Acme"]),
        ("Owner.Name, Name", ["Acme", "beta", "Gamma_%"]),
    ],
)
def test_order_by_puts_rows_and_nulls_where_it_says(local: LocalOrg, order: str, names: list[str]) -> None:
    assert local.names(f"{ACCOUNTS} ORDER BY {order}") == names


def test_limit_and_offset_cut_the_ordered_result(local: LocalOrg) -> None:
    assert local.names("SELECT Name FROM Account ORDER BY Name LIMIT 1 OFFSET 1") == ["beta"]


def test_keywords_and_names_may_have_any_case_and_come_back_as_declared(local: LocalOrg) -> None:
    rows = local.query("select name, owner.username from account where NAME = 'beta' order by ID limit 1")
    assert rows[0]["Name"] == "beta"
    owner = rows[0]["Owner"]
    assert isinstance(owner, dict)
    assert owner["Username"] == "admin@csops.example"


def test_a_row_carries_its_attributes_and_its_parents_theirs(local: LocalOrg) -> None:
    account = local.query("SELECT Id FROM Account WHERE Name = 'Acme'")[0]["Id"]
    deal = local.opportunity(AccountId=account)
    row = local.query(
        "SELECT Id, Account.Name, Account.Owner.Username, RecordType.DeveloperName, Contract.Status FROM Opportunity"
    )[0]
    assert row["attributes"] == {"type": "Opportunity", "url": f"{BASE}/sobjects/Opportunity/{deal}"}
    admin = local.org.people.admin
    assert row["Account"] == {
        "attributes": {"type": "Account", "url": f"{BASE}/sobjects/Account/{account}"},
        "Name": "Acme",
        "Owner": {
            "attributes": {"type": "User", "url": f"{BASE}/sobjects/User/{admin}"},
            "Username": "admin@csops.example",
        },
    }
    assert row["Contract"] is None
    record_type = row["RecordType"]
    assert isinstance(record_type, dict)
    assert record_type["DeveloperName"] == "New_Business"


def test_a_parent_of_several_types_shows_name_and_type(local: LocalOrg) -> None:
    deal = local.opportunity(Name="deal")
    local.create("Task", Subject="call", WhatId=deal)
    row = local.query("SELECT What.Name, What.Type FROM Task WHERE What.Type = 'Opportunity'")[0]
    what = row["What"]
    assert isinstance(what, dict)
    assert (what["Name"], what["Type"]) == ("deal", "Opportunity")


def test_numbers_dates_and_times_have_salesforces_own_shapes(local: LocalOrg) -> None:
    local.opportunity(Amount=1_200_000)
    row = local.query("SELECT Amount, CloseDate, CreatedDate, IsWon FROM Opportunity")[0]
    assert row["Amount"] == 1_200_000.0
    assert isinstance(row["Amount"], float)
    assert row["CloseDate"] == "2026-06-15"
    assert row["CreatedDate"] == "2026-04-01T03:00:00.000+0000"
    assert row["IsWon"] is False


def test_a_query_leaves_out_the_recycle_bin_and_query_all_does_not(local: LocalOrg) -> None:
    gone = local.create("Account", Name="gone")
    local.delete("Account", gone)
    text = "SELECT Name FROM Account WHERE Name = 'gone'"
    assert local.query(text) == []
    assert len(local.query(text, deleted=True)) == 1


def test_a_pending_row_is_seen_by_no_query_until_it_is_committed(local: LocalOrg) -> None:
    late = START + timedelta(hours=5)
    local.create("Account", Name="late", visible_at=late)
    text = "SELECT Name, SystemModstamp FROM Account WHERE Name = 'late'"
    assert local.query(text) == []
    local.clock.set(late)
    assert local.query(text)[0]["SystemModstamp"] == "2026-04-01T03:00:00.000+0000"


def test_a_row_without_sharing_access_is_silently_absent_also_as_a_parent(local: LocalOrg) -> None:
    hidden = str(local.query("SELECT Id FROM Account WHERE Name = 'Acme'")[0]["Id"])
    local.opportunity(AccountId=hidden)
    local.org.switch(hide_rows={"Account": (hidden,)})
    assert local.names("SELECT Name FROM Account WHERE Name = 'Acme'") == []
    assert local.query("SELECT Account.Name FROM Opportunity")[0]["Account"] is None


def test_a_parent_of_several_types_without_sharing_access_has_no_name(local: LocalOrg) -> None:
    deal = local.opportunity(Name="secret")
    local.create("Task", Subject="call", WhatId=deal)
    text = "SELECT Subject, What.Name FROM Task WHERE What.Name = 'secret'"
    assert len(local.query(text)) == 1
    local.org.switch(hide_rows={"Opportunity": (deal,)})
    assert local.query(text) == []
    assert local.query("SELECT What.Name FROM Task")[0]["What"] is None


def test_without_order_by_the_order_is_not_that_of_the_ids(local: LocalOrg) -> None:
    ids = [row["Id"] for row in local.query("SELECT Id FROM Account")]
    assert ids != sorted(map(str, ids))
