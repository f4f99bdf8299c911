"""Child subqueries, semi-joins and anti-joins: what they find, and every restriction that is documented."""

import pytest
from tests.fakes.misuses import misuses
from tests.fakes.sandbox_org import BASE, LocalOrg

NAMES, ALIASED = "SELECT Name FROM Account", "FROM Account a"


@pytest.fixture(scope="module")
def local() -> LocalOrg:
    org = LocalOrg()
    acme, beta, lone = (org.create("Account", Name=name) for name in ("Acme", "Beta", "Lone"))
    for account, name in ((acme, "Abe"), (acme, "Ann"), (beta, "Bob")):
        org.create("Contact", LastName=name, AccountId=account)
    org.create("Contact", LastName="Free")
    org.opportunity(Name="won", AccountId=acme, StageName="受注", Amount=5)
    org.opportunity(Name="open", AccountId=beta, Amount=7)
    org.create("Account", Name="Branch", ParentId=lone)
    gone = org.create("Contact", LastName="Gone", AccountId=lone)
    org.delete("Contact", gone)
    return org


def test_children_stand_within_their_parents_row(local: LocalOrg) -> None:
    (row,) = local.query(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts ORDER BY LastName) FROM Account WHERE Name = 'Acme'"
    )
    contacts = row["Contacts"]
    assert isinstance(contacts, dict)
    assert (contacts["totalSize"], contacts["done"], "nextRecordsUrl" in contacts) == (2, True, False)
    first = contacts["records"][0]
    assert first["attributes"]["type"] == "Contact"
    assert first["attributes"]["url"].startswith(f"{BASE}/sobjects/Contact/003")
    assert (first["LastName"], first["Account"]["Name"]) == ("Abe", "Acme")


def test_no_children_are_null_and_deleted_ones_are_children_of_query_all_alone(local: LocalOrg) -> None:
    text = "SELECT Id, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Lone'"
    assert local.query(text)[0]["Contacts"] is None
    assert local.query(text, deleted=True)[0]["Contacts"] is not None


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        ("SELECT LastName FROM Contacts WHERE LastName LIKE 'An%'", ["Ann"]),
        ("SELECT LastName FROM Contacts ORDER BY LastName DESC LIMIT 1", ["Ann"]),
        (
            "SELECT LastName FROM Account.Contacts WHERE Account.Name = 'acme' ORDER BY LastName",
            ["Abe", "Ann"],
        ),
        ("SELECT c.LastName FROM a.Contacts c WHERE c.LastName != 'Abe'", ["Ann"]),
    ],
)
def test_children_have_their_own_where_order_and_limit(local: LocalOrg, inner: str, names: list[str]) -> None:
    (row,) = local.query(f"SELECT a.Id, ({inner}) {ALIASED} WHERE a.Name = 'Acme'")
    contacts = row["Contacts"]
    assert isinstance(contacts, dict)
    assert [record["LastName"] for record in contacts["records"]] == names


def test_children_by_a_reference_without_an_index_are_found_too(local: LocalOrg) -> None:
    (row,) = local.query("SELECT Id, (SELECT Name FROM ChildAccounts) FROM Account WHERE Name = 'Lone'")
    children = row["ChildAccounts"]
    assert isinstance(children, dict)
    assert [child["Name"] for child in children["records"]] == ["Branch"]


def test_children_may_be_skipped_where_the_main_query_gives_one_row(local: LocalOrg) -> None:
    (row,) = local.query(
        "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName LIMIT 5 OFFSET 1) FROM Account"
        " WHERE Name = 'Acme' LIMIT 1"
    )
    contacts = row["Contacts"]
    assert isinstance(contacts, dict)
    assert [record["LastName"] for record in contacts["records"]] == ["Ann"]


def test_the_children_beyond_the_first_200_stand_behind_a_url_of_their_own() -> None:
    org = LocalOrg()
    account = org.create("Account", Name="big")
    for number in range(203):
        org.create("Contact", LastName=f"{number:03d}", AccountId=account)
    (row,) = org.query("SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account")
    contacts = row["Contacts"]
    assert isinstance(contacts, dict)
    assert (contacts["totalSize"], contacts["done"], len(contacts["records"])) == (203, False, 200)
    locator = str(contacts["nextRecordsUrl"]).removeprefix(f"{BASE}/query/")
    rest = org.cursors.page(locator, org.asker)
    assert (rest["done"], "nextRecordsUrl" in rest) == (True, False)
    records = rest["records"]
    assert isinstance(records, list)
    assert [record["LastName"] for record in records] == ["200", "201", "202"]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Id IN (SELECT AccountId FROM Contact)", ["Acme", "Beta"]),
        ("Id NOT IN (SELECT AccountId FROM Contact)", ["Branch", "Lone"]),
        ("Id IN (SELECT AccountId FROM Opportunity WHERE Amount > 6)", ["Beta"]),
        (
            (
                "Id IN (SELECT AccountId FROM Contact)"
                " AND Id IN (SELECT AccountId FROM Opportunity WHERE IsWon = true)"
            ),
            ["Acme"],
        ),
        (
            "Name LIKE '%a%' AND (Id NOT IN (SELECT AccountId FROM Contact WHERE CreatedDate = TODAY))",
            ["Branch"],
        ),
        ("OwnerId IN (SELECT Id FROM User WHERE IsActive = true) AND Name = 'Beta'", ["Beta"]),
    ],
)
def test_a_semi_join_finds_rows_by_what_another_object_has(
    local: LocalOrg, where: str, names: list[str]
) -> None:
    assert local.names(f"{NAMES} WHERE {where} ORDER BY Name") == names


def test_a_semi_join_may_go_from_child_to_child_and_to_the_parent(local: LocalOrg) -> None:
    text = "SELECT LastName FROM Contact WHERE AccountId IN (SELECT {} FROM {}) ORDER BY LastName"
    by_deal = local.query(text.format("AccountId", "Opportunity"))
    assert [row["LastName"] for row in by_deal] == ["Abe", "Ann", "Bob"]
    by_parent = local.query(text.format("Id", "Account WHERE Name = 'Beta'"))
    assert [row["LastName"] for row in by_parent] == ["Bob"]


MISUSES = misuses(
    """
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) OR Name = 'x'
    MALFORMED_QUERY not allowed with the 'OR' operator
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND (Name = 'a' OR Id IN (SELECT AccountId\\
FROM Contract))
    MALFORMED_QUERY only allowed at the top level WHERE
SELECT Id FROM Account WHERE NOT Id IN (SELECT AccountId FROM Contact)
    MALFORMED_QUERY 'NOT' operator
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Contract)\\
AND Id IN (SELECT AccountId FROM Contract)
    MALFORMED_QUERY Maximum 2 semi join sub-selects are allowed
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT WhoId FROM Task))
    MALFORMED_QUERY Nesting of semi join sub-selects is not supported
SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)
    MALFORMED_QUERY should not be on the same object type
SELECT Id FROM Account WHERE Id IN (SELECT WhatId FROM Task)
    MALFORMED_QUERY Entity 'Task' is not supported for semi join inner selects
SELECT Id FROM Account WHERE Id IN (SELECT OwnerId FROM Contact)
    MALFORMED_QUERY should point to the same object type
SELECT Id FROM Account WHERE Id IN (SELECT Account.Id FROM Contact)
    MALFORMED_QUERY cannot have more than one level of relationships
SELECT Id FROM Account WHERE Id IN (SELECT AccountId, Id FROM Contact)
    MALFORMED_QUERY select one field
SELECT Id FROM Account WHERE Id IN (SELECT COUNT() FROM Contact)
    MALFORMED_QUERY select one field
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 5)
    MALFORMED_QUERY LIMIT is not supported
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact ORDER BY Id)
    MALFORMED_QUERY ORDER BY is not supported
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact GROUP BY AccountId)
    MALFORMED_QUERY GROUP BY is not supported
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Nope)
    INVALID_TYPE sObject type 'Nope' is not supported
SELECT Id FROM Account WHERE Id IN (SELECT Nope FROM Contact)
    INVALID_FIELD No such column 'Nope' on entity 'Contact'
SELECT Id FROM Account WHERE Name IN (SELECT AccountId FROM Contact)
    MALFORMED_QUERY should be an id field, cannot use: 'Name'
SELECT Id FROM Contact WHERE Account.Id IN (SELECT AccountId FROM Contract)
    MALFORMED_QUERY 'Account.Id' cannot have more than one level
SELECT Id, (SELECT Id FROM Contacts WHERE Id IN (SELECT WhoId FROM Task)) FROM Account
    MALFORMED_QUERY only supported in the WHERE of the main query
SELECT Id, (SELECT Id FROM Contact) FROM Account
    INVALID_TYPE Didn't understand relationship 'Contact' in FROM part of query call
SELECT Id, (SELECT Id FROM Opportunity.Contacts) FROM Account
    INVALID_TYPE Didn't understand relationship
SELECT Id, (SELECT COUNT() FROM Contacts) FROM Account
    MALFORMED_QUERY only root queries support aggregate expressions
SELECT Id, (SELECT LastName FROM Contacts GROUP BY LastName) FROM Account
    MALFORMED_QUERY only root queries support aggregate expressions
SELECT Id, (SELECT Id, (SELECT Id FROM Histories) FROM Opportunities) FROM Account
    MALFORMED_QUERY one level of child subqueries
SELECT Id, (SELECT Id FROM Contacts OFFSET 1) FROM Account
    MALFORMED_QUERY needs LIMIT 1 in the main query
SELECT Id, (SELECT Id FROM Contacts USING SCOPE mine) FROM Account
    MALFORMED_QUERY USING SCOPE is not supported in a child subquery
SELECT Id, (SELECT Id FROM Contacts), (SELECT LastName FROM contacts) FROM Account
    INVALID_FIELD duplicate relationship selected: Contacts
SELECT Id, (SELECT Nope FROM Contacts) FROM Account
    INVALID_FIELD No such column 'Nope' on entity 'Contact'
SELECT Id, (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM\\
Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM\\
Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM\\
Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM\\
Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM Contacts), (SELECT Id FROM\\
Contacts), (SELECT Id FROM Contacts) FROM Account
    MALFORMED_QUERY more than 20 child subqueries
"""
)


@pytest.mark.parametrize(("query", "code", "words"), MISUSES)
def test_a_misuse_of_subqueries_is_refused(local: LocalOrg, query: str, code: str, words: str) -> None:
    refusal = local.refusal(query)
    assert (refusal.status, refusal.code) == (400, code)
    assert words in refusal.message
