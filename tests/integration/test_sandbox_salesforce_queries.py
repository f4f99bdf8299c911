"""The sandbox's query resource over HTTP: groups, children, what a query selects, and the limits of a request."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, error_of


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


@pytest.fixture(scope="module")
def rest(sandbox: SandboxHere) -> Rest:
    """Two accounts; the first has 210 contacts, each in a day of its own."""
    rest = Rest(sandbox)
    first, _ = rest.create("Account", Name="first"), rest.create("Account", Name="second")
    for start in (0, 200):
        records = [
            {"attributes": {"type": "Contact"}, "LastName": f"{number:03d}", "AccountId": first}
            for number in range(start, min(start + 200, 210))
        ]
        rest.call("POST", "/composite/sobjects", json={"records": records})
    return rest


def test_counting_gives_a_number_and_no_records(rest: Rest) -> None:
    assert rest.query("SELECT COUNT() FROM Contact") == {"totalSize": 210, "done": True, "records": []}
    counted = rest.query("SELECT COUNT(Id) FROM Contact")
    assert (counted["totalSize"], counted["records"][0]["expr0"]) == (1, 210)


def test_groups_beyond_one_batch_are_refused_as_they_cannot_be_paged(rest: Rest) -> None:
    text = "SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName"
    assert rest.query(text)["totalSize"] == 210
    options = {"Sforce-Query-Options": "batchSize=200"}
    refused = rest.call("GET", "/query", params={"q": text}, headers=options)
    assert error_of(refused) == (400, "EXCEEDED_ID_LIMIT")
    limited = rest.call("GET", "/query", params={"q": f"{text} LIMIT 200"}, headers=options)
    assert limited.json()["totalSize"] == 200


def test_with_an_offset_there_is_one_batch_and_no_cursor(rest: Rest) -> None:
    options = {"Sforce-Query-Options": "batchSize=200"}
    page = rest.query("SELECT LastName FROM Contact ORDER BY LastName OFFSET 1", headers=options)
    assert (page["totalSize"], page["done"], "nextRecordsUrl" in page) == (200, True, False)
    assert page["records"][0]["LastName"] == "001"


def test_children_are_paged_by_their_own_url(rest: Rest) -> None:
    page = rest.query(
        "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name"
    )
    first, second = page["records"]
    assert second["Contacts"] is None
    contacts = first["Contacts"]
    assert (contacts["totalSize"], contacts["done"], len(contacts["records"])) == (210, False, 200)
    rest_of_them = rest.call("GET", contacts["nextRecordsUrl"]).json()
    assert rest_of_them["done"]
    assert [record["LastName"] for record in rest_of_them["records"]] == [f"{n:03d}" for n in range(200, 210)]


def test_the_url_of_a_page_stands_in_the_version_that_was_asked(rest: Rest) -> None:
    path = "/services/data/v60.0/query"
    text = "SELECT Id FROM Contact"
    page = rest.call(
        "GET", path, params={"q": text}, headers={"Sforce-Query-Options": "batchSize=200"}
    ).json()
    assert page["nextRecordsUrl"].startswith("/services/data/v60.0/query/0r8")
    assert page["records"][0]["attributes"]["url"].startswith("/services/data/v60.0/sobjects/Contact/")


def test_rows_with_two_long_texts_of_the_orgs_own_come_200_at_a_time(tmp_path: Path) -> None:
    names = ("Story__c", "Plan__c")
    fields = [{"name": name, "label": name, "type": "textarea", "length": 32_000} for name in names]
    path = tmp_path / "texts.json"
    path.write_text(json.dumps([{"name": "Account", "fields": fields}]), "utf-8")
    with SandboxHere.start(org="none", metadata=[str(path)]) as sandbox:
        rest = Rest(sandbox)
        for count in (200, 1):
            records = [{"attributes": {"type": "Account"}, "Name": "a"}] * count
            rest.call("POST", "/composite/sobjects", json={"records": records})
        one = rest.query("SELECT Story__c FROM Account")
        both = rest.query("SELECT Story__c, Plan__c FROM Account")
    assert (len(one["records"]), len(both["records"])) == (201, 200)
    assert both["nextRecordsUrl"].endswith("-200")


def _columns(rest: Rest, text: str) -> dict[str, object]:
    answer = rest.call("GET", "/query/", params={"q": text, "columns": "true"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_columns_tell_what_a_query_selects(rest: Rest) -> None:
    told = _columns(rest, "SELECT Id, Name, Owner.Name, (SELECT LastName FROM Contacts) FROM Account")
    columns = told.pop("columnMetadata")
    assert told == {"entityName": "Account", "groupBy": False, "idSelected": True, "keyPrefix": "001"}
    assert isinstance(columns, list)
    record, name, owner, contacts = columns
    assert record == {
        "aggregate": False,
        "apexType": "Id",
        "booleanType": False,
        "columnName": "Id",
        "custom": False,
        "displayName": "Id",
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": False,
        "textType": False,
        "updatable": False,
    }
    assert (name["apexType"], name["textType"], name["updatable"]) == ("String", True, True)
    assert (owner["columnName"], owner["foreignKeyName"], owner["aggregate"]) == ("Owner", "OwnerId", False)
    assert [column["columnName"] for column in owner["joinColumns"]] == ["Name"]
    assert (contacts["columnName"], contacts["aggregate"], contacts["apexType"]) == ("Contacts", True, None)
    assert [column["columnName"] for column in contacts["joinColumns"]] == ["LastName"]


def test_columns_of_groups_are_named_as_they_are_written(rest: Rest) -> None:
    told = _columns(rest, "SELECT StageName, AVG(Amount), COUNT(Id) n FROM Opportunity GROUP BY StageName")
    assert told["groupBy"] is True
    columns = told["columnMetadata"]
    assert isinstance(columns, list)
    shown = [(column["columnName"], column["displayName"], column["aggregate"]) for column in columns]
    assert shown == [
        ("StageName", "StageName", False),
        ("expr0", "avg(Amount)", True),
        ("n", "count(Id)", True),
    ]


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"q": "SELECT Nope FROM Account", "columns": "true"}, (400, "INVALID_FIELD")),
        ({"q": "SELECT Id FROM Account", "columns": "yes"}, (400, "INVALID_PARAMETER")),
        ({"q": "SELECT Id FROM Account", "explain": "x"}, (400, "INVALID_PARAMETER")),
        ({"columns": "true"}, (400, "MALFORMED_QUERY")),
    ],
)
def test_a_wrong_request_for_columns_is_refused(
    rest: Rest, parameters: dict[str, str], refusal: tuple[int, str]
) -> None:
    assert error_of(rest.call("GET", "/query", params=parameters)) == refusal


@pytest.mark.parametrize(("length", "status"), [(16_384, 431), (16_385, 414)])
def test_a_uri_of_16384_bytes_fails_by_its_headers_and_a_longer_one_by_itself(
    rest: Rest, length: int, status: int
) -> None:
    path = f"{VERSION}/query?q=SELECT+Id+FROM+Account+WHERE+Name="
    answer = rest.http.get(rest.urls.salesforce + path.ljust(length, "x"), timeout=30)
    assert (len(str(answer.request.path_url)), answer.status_code) == (length, status)


def test_a_long_query_within_the_limits_of_uri_and_headers_is_answered(rest: Rest) -> None:
    names = ", ".join(f"'{number:04d}'" for number in range(1_000))
    answer = rest.call("GET", f"/query?q=SELECT+Id+FROM+Contact+WHERE+LastName+IN+({names.replace(' ', '')})")
    assert (answer.status_code, answer.json()["totalSize"]) == (200, 0)
