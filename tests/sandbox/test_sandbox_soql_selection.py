"""What can be selected beside plain fields: FIELDS(), labels, formats, currencies, aliases, scopes."""

import json
from itertools import product
from pathlib import Path

import pytest
from tests.fakes.misuses import misuses
from tests.fakes.sandbox_org import LocalOrg

ACCOUNTS = "FROM Account"
MULTIPLE = [
    {
        "name": "Account",
        "fields": [
            {"name": "Topics__c", "label": "Topics", "type": "multipicklist", "length": 4099, "values": ["a", "b", "c"]}
        ],
    }
]  # fmt: skip


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalOrg:
    path = tmp_path_factory.mktemp("metadata") / "topics.json"
    path.write_text(json.dumps(MULTIPLE), "utf-8")
    org = LocalOrg(path)
    for name, topics in (("one", "a;b"), ("two", "b;C"), ("three", "c"), ("none", None)):
        org.create("Account", Name=name, Topics__c=topics)
    org.opportunity(Name="deal", Amount=1_234_567.5, Probability=30, CloseDate="2026-06-15")
    return org


def test_fields_stands_for_the_fields_of_its_kind(local: LocalOrg) -> None:
    (standard,) = local.query("SELECT FIELDS(STANDARD) FROM Account WHERE Name = 'one'")
    (custom,) = local.query("SELECT Id, FIELDS(custom) FROM Account WHERE Name = 'one' LIMIT 200")
    (every,) = local.query("SELECT FIELDS(ALL) FROM Account WHERE Name = 'one' LIMIT 1")
    assert "Name" in standard
    assert not [name for name in standard if name.endswith("__c")]
    assert {name for name in custom if not name.endswith("__c")} == {"attributes", "Id"}
    assert set(every) == set(standard) | set(custom)


def test_fields_leaves_out_what_the_user_may_not_see() -> None:
    org = LocalOrg()
    org.create("Account", Name="a")
    org.org.switch(fls_hidden={"Account": ("Phone",)})
    (row,) = org.query("SELECT FIELDS(STANDARD) FROM Account")
    assert "Name" in row
    assert "Phone" not in row


@pytest.mark.parametrize(
    "bound",
    [
        "LIMIT 200",
        "WHERE Id = '001000000000001AAA'",
        "WHERE Id IN ('001000000000001AAA', '001000000000002AAA')",
        "WHERE Id = '001000000000001AAA' OR Id = '001000000000002AAA'",
        "WHERE Name = 'x' AND Id = '001000000000001AAA'",
    ],
)
def test_all_fields_may_be_asked_for_at_most_200_rows(local: LocalOrg, bound: str) -> None:
    assert isinstance(local.query(f"SELECT FIELDS(ALL) {ACCOUNTS} {bound}"), list)


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Topics__c INCLUDES ('b')", ["one", "two"]),
        ("Topics__c includes ('a;b', 'c')", ["one", "three", "two"]),
        ("Topics__c EXCLUDES ('b')", ["none", "three"]),
        ("Topics__c = 'a;b'", ["one"]),
        ("Topics__c != 'a;b'", ["none", "three", "two"]),
        ("Topics__c = null", ["none"]),
    ],
)
def test_a_multi_select_picklist_is_asked_what_it_includes(
    local: LocalOrg, where: str, names: list[str]
) -> None:
    assert local.names(f"SELECT Name {ACCOUNTS} WHERE {where} ORDER BY Name") == names


def test_a_label_stands_in_its_fields_place_and_an_alias_beside_it(local: LocalOrg) -> None:
    (row,) = local.query(
        "SELECT StageName, toLabel(StageName) stage, toLabel(RecordType.Name) FROM Opportunity"
    )
    assert (row["StageName"], row["stage"]) == ("更新準備", "更新準備")
    record_type = row["RecordType"]
    assert isinstance(record_type, dict)
    assert record_type["Name"] == "新規"
    assert local.names("SELECT Name FROM Opportunity WHERE toLabel(StageName) = '更新準備'") == ["deal"]


def test_the_label_of_a_changed_field_is_told_by_its_history() -> None:
    org = LocalOrg()
    deal = org.opportunity(Amount=1)
    org.update("Opportunity", deal, Amount=2)
    org.update("Opportunity", deal, CloseDate="2026-07-01")
    rows = org.query("SELECT Field, toLabel(Field) label FROM OpportunityFieldHistory")
    labels = {(row["Field"], row["label"]) for row in rows}
    assert {("Amount", "Amount"), ("CloseDate", "Close Date")} <= labels


def test_format_writes_as_the_users_locale_does(local: LocalOrg) -> None:
    (row,) = local.query(
        "SELECT Amount, FORMAT(Amount) a, FORMAT(CloseDate) d, FORMAT(CreatedDate) c, FORMAT(Probability) p"
        " FROM Opportunity"
    )
    shown = {name: value for name, value in row.items() if name != "attributes"}
    assert shown == {
        "Amount": 1_234_567.5,
        "a": "￥1,234,568",
        "d": "2026/06/15",
        "c": "2026/04/01 9:00",
        "p": "30%",
    }
    (group,) = local.query("SELECT FORMAT(MIN(CloseDate)) earliest FROM Opportunity")
    assert group["earliest"] == "2026/06/15"


def test_mine_is_the_users_own_and_everything_is_all(local: LocalOrg) -> None:
    mine = local.create("Account", Name="mine", OwnerId=local.org.people.integration)
    found = local.query("SELECT Id FROM Account USING SCOPE mine")
    assert [row["Id"] for row in found] == [mine]
    assert len(local.query("SELECT Id FROM Account USING SCOPE everything")) == 5
    local.delete("Account", mine)


def test_the_objects_own_name_and_its_alias_may_stand_before_a_field(local: LocalOrg) -> None:
    text = "SELECT a.Name, Account.Owner.Username FROM Account a WHERE Account.Name = 'one' ORDER BY a.Id"
    (row,) = local.query(text)
    assert (row["Name"], "Owner" in row) == ("one", True)


def test_a_checkbox_is_never_null(local: LocalOrg) -> None:
    assert local.names("SELECT Name FROM Opportunity WHERE IsWon = null") == ["deal"]
    assert local.names("SELECT Name FROM Opportunity WHERE IsWon != null") == []
    assert local.names("SELECT Name FROM Opportunity WHERE Account.IsDeleted = false") == ["deal"]


MISUSES = misuses(
    """
SELECT FIELDS(ALL) FROM Account
    MALFORMED_QUERY The SOQL FIELDS function must have a LIMIT of at most 200
SELECT FIELDS(CUSTOM) FROM Account LIMIT 201
    MALFORMED_QUERY at most 200
SELECT FIELDS(ALL) FROM Account WHERE Id = '001000000000001AAA' OR Name = 'x'
    MALFORMED_QUERY at most 200
SELECT Id, (SELECT FIELDS(ALL) FROM Contacts) FROM Account
    MALFORMED_QUERY at most 200
SELECT FIELDS(SOME) FROM Account
    MALFORMED_QUERY ALL, CUSTOM or STANDARD
SELECT FIELDS(CUSTOM) FROM User LIMIT 1
    MALFORMED_QUERY must result in at least one field being selected
SELECT Id, FIELDS(ALL) FROM User LIMIT 200
    INVALID_FIELD duplicate field selected: Id
SELECT Name n FROM Account
    MALFORMED_QUERY only aggregate expressions use field aliasing
SELECT StageName, toLabel(StageName) FROM Opportunity
    INVALID_FIELD duplicate field selected: toLabel(StageName)
SELECT Id FROM Opportunity WHERE toLabel(RecordType.Name) = 'x'
    MALFORMED_QUERY toLabel(RecordType.Name) cannot be used in WHERE
SELECT Id FROM Opportunity WHERE FORMAT(Amount) = 'x'
    MALFORMED_QUERY FORMAT(Amount) cannot be used in WHERE
SELECT Id FROM Opportunity ORDER BY toLabel(StageName)
    MALFORMED_QUERY toLabel(StageName) cannot be used in ORDER BY
SELECT Id FROM Opportunity ORDER BY CALENDAR_YEAR(CloseDate)
    MALFORMED_QUERY cannot be used in ORDER BY unless the query is grouped by it
SELECT toLabel(Name) FROM Account
    MALFORMED_QUERY toLabel() takes a picklist
SELECT FORMAT(Name) FROM Account
    MALFORMED_QUERY FORMAT() takes a number
SELECT FORMAT(toLabel(StageName)) FROM Opportunity
    MALFORMED_QUERY FORMAT() takes a field
SELECT convertCurrency(Amount) FROM Opportunity
    MALFORMED_QUERY needs an org with several currencies
SELECT Id FROM Opportunity WHERE Amount > USD5000
    INVALID_FIELD must be of type double
SELECT convertTimezone(CreatedDate) FROM Account
    MALFORMED_QUERY unknown or unsupported function
SELECT Id FROM Account WHERE Name INCLUDES ('a')
    INVALID_QUERY_FILTER_OPERATOR only valid on multipicklist
SELECT Id FROM Account WHERE Topics__c IN ('a')
    INVALID_QUERY_FILTER_OPERATOR multipicklist
SELECT Id FROM Account WHERE Topics__c LIKE 'a'
    INVALID_QUERY_FILTER_OPERATOR multipicklist
SELECT Id FROM Account WHERE Topics__c > 'a'
    INVALID_QUERY_FILTER_OPERATOR multipicklist
SELECT Id FROM Account ORDER BY Topics__c
    INVALID_FIELD can not be sorted
SELECT Topics__c FROM Account GROUP BY Topics__c
    INVALID_FIELD can not be grouped
SELECT COUNT(Topics__c) FROM Account
    MALFORMED_QUERY does not support aggregate operator COUNT
SELECT Id FROM Account USING SCOPE team
    MALFORMED_QUERY use everything or mine
SELECT Id FROM OpportunityHistory USING SCOPE mine
    MALFORMED_QUERY USING SCOPE mine is not supported
SELECT TYPEOF What WHEN Account THEN Phone END FROM Task
    MALFORMED_QUERY 'TYPEOF' (the sandbox does not do TYPEOF
SELECT Id FROM Account FOR UPDATE
    MALFORMED_QUERY 'FOR' (FOR UPDATE
SELECT Id FROM Account LIMIT 1 FOR VIEW
    MALFORMED_QUERY 'FOR'
SELECT Id FROM Account WITH SECURITY_ENFORCED
    MALFORMED_QUERY 'WITH' (WITH belongs to Apex
SELECT Id FROM Account WHERE Name = 'a' ALL ROWS
    MALFORMED_QUERY read by queryAll
SELECT Id FROM Account UPDATE TRACKING
    MALFORMED_QUERY 'UPDATE'
SELECT Id FROM Contact, Contact.Account
    MALFORMED_QUERY ','
SELECT DISTANCE(Name, GEOLOCATION(1,2), 'km') FROM Account
    MALFORMED_QUERY unexpected token
"""
)


@pytest.mark.parametrize(("query", "code", "words"), MISUSES)
def test_a_misuse_of_the_select_list_is_refused(local: LocalOrg, query: str, code: str, words: str) -> None:
    refusal = local.refusal(query)
    assert (refusal.status, refusal.code) == (400, code)
    assert words in refusal.message


def test_a_query_may_name_55_relationships_and_no_more(local: LocalOrg) -> None:
    chains = [".".join(names) for depth in (1, 2, 3, 4) for names in product(_USERS, repeat=depth)]
    fields = [f"{chain}.Name" for chain in chains if not chain.startswith("Manager")]
    assert local.query(f"SELECT {', '.join(fields[:55])} {ACCOUNTS} LIMIT 1")
    refusal = local.refusal(f"SELECT {', '.join(fields[:55])} {ACCOUNTS} WHERE {fields[55]} != null")
    assert refusal.code == "MALFORMED_QUERY"
    assert "more than 55 child-to-parent relationships" in refusal.message


_USERS = ("CreatedBy", "LastModifiedBy", "Manager")


@pytest.fixture(scope="module")
def yen_and_dollars() -> LocalOrg:
    org = LocalOrg(Path("multi_currency"))
    kind = org.org.schema["CurrencyType"]
    for iso, rate in (("JPY", 1.0), ("USD", 0.01)):
        _store(org, kind.name, IsoCode=iso, ConversionRate=rate, IsActive=True, IsCorporate=iso == "JPY")
    _store(org, "DatedConversionRate", IsoCode="USD", StartDate="2026-06-01", ConversionRate=0.02)
    for name, iso, amount, day in (
        ("yen", "JPY", 1_000, "2026-05-31"),
        ("old dollars", "USD", 10, "2026-05-31"),
        ("new dollars", "USD", 10, "2026-06-01"),
    ):
        org.opportunity(Name=name, CurrencyIsoCode=iso, Amount=amount, CloseDate=day)
    return org


def _store(local: LocalOrg, name: str, **values: object) -> None:
    kind = local.org.schema[name]
    filled = {"Id": local.org.new_id(kind), **values}
    row = tuple(filled.get(field.name) for field in kind.fields)
    local.org.store(kind, row, started="")  # type: ignore[arg-type]  # values of fields


def test_money_is_converted_at_the_rate_of_the_close_date(yen_and_dollars: LocalOrg) -> None:
    rows = yen_and_dollars.query(
        "SELECT Name, Amount, convertCurrency(Amount) yen, FORMAT(Amount) shown, FORMAT(convertCurrency(Amount)) both"
        " FROM Opportunity ORDER BY Name"
    )
    told = [(row["Name"], row["Amount"], row["yen"], row["shown"], row["both"]) for row in rows]
    assert told == [
        ("new dollars", 10.0, 500.0, "$10.00", "￥500"),
        ("old dollars", 10.0, 1_000.0, "$10.00", "￥1,000"),
        ("yen", 1_000.0, 1_000.0, "￥1,000", "￥1,000"),
    ]


def test_a_money_literal_compares_by_value_and_aggregates_are_in_the_orgs_currency(
    yen_and_dollars: LocalOrg,
) -> None:
    found = yen_and_dollars.names("SELECT Name FROM Opportunity WHERE Amount >= USD10 ORDER BY Name")
    assert found == ["old dollars", "yen"]
    (row,) = yen_and_dollars.query("SELECT SUM(Amount) s FROM Opportunity")
    assert row["s"] == 2_500.0
    refused = yen_and_dollars.refusal(
        "SELECT COUNT(Id) FROM Opportunity GROUP BY Name HAVING MAX(Amount) > USD5"
    )
    assert refused.code == "INVALID_FIELD"
    assert yen_and_dollars.refusal("SELECT Id FROM Opportunity WHERE Amount > EUR5").code == "INVALID_FIELD"
