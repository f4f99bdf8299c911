"""jsforce, which nobody here wrote, finds an org: what it gives its users, step by step (jsforce_story.mjs)."""

from typing import Any, TypeAlias

import pytest
from tests.fakes import node_packages
from tests.fakes.sandbox import SandboxProcess

Answers: TypeAlias = dict[str, Any]
"""What jsforce gave at each step, or its error under `refused`."""

USERNAME = "integration@csops.example"


@pytest.fixture(scope="module")
def answers(packages: None, sandbox: SandboxProcess) -> Answers:
    """The whole story, told by one process."""
    del packages
    urls = sandbox.urls
    org = {
        "url": urls.salesforce,
        "clientId": urls.client_id,
        "clientSecret": urls.client_secret,
        "username": urls.username,
        "version": "62.0",
    }
    return dict(node_packages.run("jsforce_story.mjs", order=org))


def test_it_logs_in_by_client_credentials_and_is_told_who_it_is(answers: Answers) -> None:
    assert answers["login"]["id"].startswith("005")
    assert answers["login"]["organizationId"].startswith("00D")
    assert answers["identity"]["username"] == USERNAME
    assert "62.0" in {one["version"] for one in answers["versions"]}
    assert answers["limits"]["DailyApiRequests"]["Max"] == 100_000


def test_it_is_refused_with_a_wrong_secret_and_with_a_password(answers: Answers) -> None:
    assert answers["login with a wrong secret"]["refused"]["name"] == "invalid_client"
    assert answers["login with a password"]["refused"]["name"] == "invalid_grant"
    assert "INVALID_OPERATION" in answers["login with a password over SOAP"]["refused"]["message"]


def test_it_describes(answers: Answers) -> None:
    assert {"Id", "Name", "ExternalId__c"} <= set(answers["describe"])
    assert {"Account", "Contact", "Invoice__c", "Opportunity"} <= set(answers["describe all"])


def test_it_creates_reads_updates_and_upserts(answers: Answers) -> None:
    assert answers["create"]["success"]
    assert (answers["retrieve"]["Name"], answers["update"]["success"]) == ("one", True)
    assert answers["upsert that creates"]["created"] is True
    assert answers["upsert that updates"]["created"] is False
    assert answers["create without a name"]["refused"]["code"] == "REQUIRED_FIELD_MISSING"


def test_a_collection_fails_row_by_row(answers: Answers) -> None:
    assert _codes(answers["collection in part"]) == [
        "ok",
        "REQUIRED_FIELD_MISSING",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    ]
    assert _codes(answers["collection update"]) == ["ok", "FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert _codes(answers["collection delete"]) == ["ok", "INVALID_CROSS_REFERENCE_KEY"]


def test_a_collection_of_all_or_none_is_rolled_back(answers: Answers) -> None:
    assert _codes(answers["collection all or none"]) == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    ]


def test_a_collection_is_retrieved_and_upserted(answers: Answers) -> None:
    assert [one["Phone"] for one in answers["collection retrieve"]] == ["2", "1"]
    assert _codes(answers["collection upsert"]) == ["ok", "ok", "REQUIRED_FIELD_MISSING"]
    assert [one.get("created") for one in answers["collection upsert"][:2]] == [False, True]


def test_it_follows_the_pages_of_a_query(answers: Answers) -> None:
    page = answers["first page"]
    assert (answers["many"], page["total"], page["count"], page["done"]) == (450, 450, 200, False)
    assert "/query/" in page["next"]
    assert answers["all pages"] == {"count": 450, "distinct": 450}


def test_it_reads_child_rows_and_groups(answers: Answers) -> None:
    assert answers["child rows"] == 3
    assert [(one["attributes"]["type"], one["people"]) for one in answers["groups"]["records"]] == [
        ("AggregateResult", 450)
    ]


def test_a_wrong_query_is_refused_with_salesforces_code(answers: Answers) -> None:
    assert answers["wrong query"]["refused"]["code"] == "INVALID_FIELD"


def test_a_bulk_upsert_tells_created_updated_and_failed_rows_apart(answers: Answers) -> None:
    told = answers["bulk upsert"]
    done = {one["ExternalId__c"]: one["sf__Created"] for one in told["successfulResults"]}
    assert done == {"b1": "true", "two": "false"}
    assert [one["sf__Error"].partition(":")[0] for one in told["failedResults"]] == ["REQUIRED_FIELD_MISSING"]
    assert told["unprocessedRecords"] == []


def test_a_bulk_job_of_an_unknown_field_fails_as_a_whole(answers: Answers) -> None:
    assert "InvalidBatch" in answers["bulk insert of an unknown field"]["refused"]["message"]


def test_a_bulk_job_deletes_and_another_is_aborted(answers: Answers) -> None:
    gone = answers["collection upsert"][1]["id"]
    assert [one["sf__Id"] for one in answers["bulk delete"]] == [gone]
    assert answers["bulk abort"]["state"] == "Aborted"


def test_a_bulk_query_gives_every_row_with_its_columns(answers: Answers) -> None:
    assert answers["bulk query"] == {"count": 450, "first": ["Id", "LastName", "Account.Name"]}
    assert "INVALID_FIELD" in str(answers["bulk query that is wrong"]["refused"])


def _codes(rows: list[Answers]) -> list[str]:
    """The outcome of each row: `ok`, or the code of its first error."""
    return ["ok" if row["success"] else row["errors"][0]["statusCode"] for row in rows]
