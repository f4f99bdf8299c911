"""Bulk ingest over HTTP: what rows may say, and how each is answered."""

from collections.abc import Iterator

import pytest
from tests.fakes.bulk_jobs import Bulk
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


@pytest.fixture(scope="module")
def start(sandbox: SandboxHere) -> str:
    return sandbox.snapshot()


@pytest.fixture
def bulk(sandbox: SandboxHere, start: str) -> Bulk:
    sandbox.restore(start)
    return Bulk(Rest(sandbox))


def _deals(*rows: str, header: str = "Name,StageName,CloseDate,Renewal_Key__c") -> str:
    return "\n".join([header, *rows]) + "\n"


def test_an_insert_writes_rows_with_their_history_as_its_user(bulk: Bulk, sandbox: SandboxHere) -> None:
    done = bulk.load(_deals("更新,提案,2026-06-15,k1"), object="Opportunity", operation="insert")
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (
        "JobComplete",
        1,
        0,
    )
    [row] = bulk.told(done["id"], "successfulResults")
    made = bulk.rest.read("Opportunity", row["sf__Id"])
    assert (made["Name"], made["StageName"], made["CreatedById"]) == ("更新", "提案", done["createdById"])
    history = sandbox.records("OpportunityHistory")
    assert made["Id"] in {one["OpportunityId"] for one in history}
    assert sandbox.ledger()["writes"][-1]["operation"] == "create"


def test_refused_rows_do_not_hold_up_the_others(bulk: Bulk) -> None:
    data = _deals(
        "a,提案,2026-06-15,k1,100,false",
        "b,Nope,2026-06-15,k2,100,false",
        "c,提案,2040-01-01,k3,100,false",
        "d,提案,2026-06-15,k4,many,false",
        "e,提案,2026-06-15,k5,100,perhaps",
        "f,提案,15.6.2026,k6,100,",
        "g,提案,2026-06-15,k7,1.2E7,TRUE",
        header="Name,StageName,CloseDate,Renewal_Key__c,Amount,Auto_Renews__c",
    )
    done = bulk.load(data, object="Opportunity", operation="insert")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (7, 5)
    assert [row["Name"] for row in bulk.told(done["id"], "successfulResults")] == ["a", "g"]
    told = {row["Name"]: row["sf__Error"] for row in bulk.told(done["id"], "failedResults")}
    assert told == {
        "b": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:"
        "Stage: bad value for restricted picklist field: Nope:StageName --",
        "c": "FIELD_CUSTOM_VALIDATION_EXCEPTION:Close Date must not be more than 10 years ahead.:CloseDate --",
        "d": "INVALID_TYPE_ON_FIELD_IN_RECORD:Amount: value not of required type: many:Amount --",
        "e": "INVALID_TYPE_ON_FIELD_IN_RECORD:"
        "Auto Renews: value not of required type: perhaps:Auto_Renews__c --",
        "f": "INVALID_TYPE_ON_FIELD_IN_RECORD:Close Date: value not of required type: 15.6.2026:CloseDate --",
    }


@pytest.mark.parametrize(
    "day",
    ["2026-06-15Z", "2026-06-15T00:00:00Z", "2026-06-15T23:00:00-0900", "2026-06-15Tgarbage", "2026-6-15"],
)
def test_a_date_is_a_day_without_time_and_zone(bulk: Bulk, day: str) -> None:
    done = bulk.load(
        _deals(f"a,提案,{day},k1", "b,提案, 2026-06-15 ,k2"), object="Opportunity", operation="insert"
    )
    [made] = bulk.told(done["id"], "successfulResults")
    assert bulk.rest.read("Opportunity", made["sf__Id"])["CloseDate"] == "2026-06-15"
    [refused] = bulk.told(done["id"], "failedResults")
    assert refused["sf__Error"] == (
        f"INVALID_TYPE_ON_FIELD_IN_RECORD:Close Date: value not of required type: {day}:CloseDate --"
    )


def test_an_empty_cell_changes_nothing_and_n_a_empties_the_field(bulk: Bulk) -> None:
    deal = bulk.rest.opportunity(Amount=5, NextStep="call", Renewal_Date__c="2026-07-01")
    data = f"Id,Amount,NextStep,Renewal_Date__c,CloseDate\n{deal},#N/A,,#N/A,\n"
    done = bulk.load(data, object="Opportunity", operation="update")
    assert done["numberRecordsFailed"] == 0
    row = bulk.rest.read("Opportunity", deal)
    assert (row["Amount"], row["NextStep"]) == (None, "call")
    assert (row["Renewal_Date__c"], row["CloseDate"]) == (None, "2026-06-15")


def test_a_parent_is_named_by_its_external_id(bulk: Bulk) -> None:
    first = bulk.rest.opportunity(Renewal_Key__c="first")
    header = "Name,StageName,CloseDate,Renews__r.Renewal_Key__c"
    data = _deals("a,提案,2026-06-15,first", "b,提案,2026-06-15,none", header=header)
    done = bulk.load(data, object="Opportunity", operation="insert")
    [made] = bulk.told(done["id"], "successfulResults")
    assert bulk.rest.read("Opportunity", made["sf__Id"])["Renews__c"] == first
    [refused] = bulk.told(done["id"], "failedResults")
    assert refused["sf__Error"] == (
        "INVALID_FIELD:Foreign key external ID: none not found for field Renewal_Key__c in entity Opportunity:--"
    )


def test_an_upsert_creates_updates_and_wants_a_key(bulk: Bulk) -> None:
    deal = bulk.rest.opportunity(Renewal_Key__c="k1")
    data = _deals("a,提案,2026-06-15,k1", "b,提案,2026-06-15,k2", "c,提案,2026-06-15,")
    done = bulk.load(data, object="Opportunity", operation="upsert", externalIdFieldName="Renewal_Key__c")
    assert done["externalIdFieldName"] == "Renewal_Key__c"
    told = {row["Name"]: row for row in bulk.told(done["id"], "successfulResults")}
    assert (told["a"]["sf__Id"], told["a"]["sf__Created"], told["b"]["sf__Created"]) == (
        deal,
        "false",
        "true",
    )
    [refused] = bulk.told(done["id"], "failedResults")
    assert refused["sf__Error"] == "MISSING_ARGUMENT:Renewal_Key__c not specified:--"


def test_an_upsert_by_id_creates_where_the_id_is_empty(bulk: Bulk) -> None:
    account = bulk.rest.create("Account", Name="old")
    data = f"Id,Name\n{account},new\n,fresh\n"
    done = bulk.load(data, object="Account", operation="upsert", externalIdFieldName="Id")
    assert [row["sf__Created"] for row in bulk.told(done["id"], "successfulResults")] == ["false", "true"]
    assert bulk.rest.read("Account", account)["Name"] == "new"


def test_an_empty_id_column_is_no_id_as_jsforce_sends_it(bulk: Bulk) -> None:
    data = _deals(",a,提案,2026-06-15,k1", header="Id,Name,StageName,CloseDate,Renewal_Key__c")
    done = bulk.load(data, object="Opportunity", operation="upsert", externalIdFieldName="Renewal_Key__c")
    assert done["numberRecordsFailed"] == 0


@pytest.mark.parametrize(
    ("operation", "row", "told"),
    [
        ("insert", "0015j0000000001AAA", "INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id --"),
        ("update", "", "MISSING_ARGUMENT:Id not specified in an update call:--"),
        ("update", "123", "MALFORMED_ID:Account ID: id value of incorrect type: 123:Id --"),
        ("delete", "006000000000001", "MALFORMED_ID:Account ID: id value of incorrect type: 006000000000001:Id --"),
        ("update", "001000000000001AAA", "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--"),
    ],
)  # fmt: skip
def test_an_id_that_does_not_fit_refuses_its_row(bulk: Bulk, operation: str, row: str, told: str) -> None:
    data = f"Id\n{row}\n" if operation == "delete" else f"Id,Name\n{row},a\n"
    done = bulk.load(data, object="Account", operation=operation)
    assert [one["sf__Error"] for one in bulk.told(done["id"], "failedResults")] == [told]


def test_deletes_go_to_the_recycle_bin_and_hard_deletes_past_it(bulk: Bulk, sandbox: SandboxHere) -> None:
    soft, hard = (bulk.rest.create("Account", Name=name) for name in ("soft", "hard"))
    sandbox.toggles(bulk={"hard_delete": True})
    bulk.load(f"Id\n{soft}\n", object="Account", operation="delete")
    done = bulk.load(f"Id\n{hard}\n{hard}\n", object="Account", operation="hardDelete")
    left = {row["Id"]: row["IsDeleted"] for row in sandbox.records("Account")}
    assert left[soft] is True
    assert hard not in left
    [refused] = bulk.told(done["id"], "failedResults")
    assert refused["sf__Error"].startswith("INVALID_CROSS_REFERENCE_KEY")


def test_the_jobs_line_end_and_delimiter_hold_for_data_and_results(bulk: Bulk) -> None:
    data = 'Name;Site\r\n"a;b";"c""d"\r\n'
    done = bulk.load(
        data, object="Account", operation="insert", lineEnding="CRLF", columnDelimiter="SEMICOLON"
    )
    [row] = bulk.told(done["id"], "successfulResults", ";")
    assert (row["Name"], row["Site"], row["sf__Created"]) == ("a;b", 'c"d', "true")
    raw = bulk.rest.call("GET", f"/jobs/ingest/{done['id']}/successfulResults").content
    assert raw.startswith(b'"sf__Id";"sf__Created";"Name";"Site"\r\n')


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Name,Nope", "Field name not found : Nope"),
        ("Name,name", "Field name found more than once : name"),
        ("Name,Parent.Nope", "Field name not found : Parent.Nope"),
        ("Name,Father.Name", "Unable to find relationship: Father"),
        ("Name,Account:Parent.Name", "type is not needed for non polymorphic foreign key references: Parent"),
        ("Name,Parent:Account:Name", "Field name not found : Parent:Account:Name"),
    ],
)
def test_a_column_that_means_nothing_fails_the_job(bulk: Bulk, header: str, told: str) -> None:
    done = bulk.load(f"{header}\na,b\n", object="Account", operation="insert")
    assert (done["state"], done["errorMessage"]) == ("Failed", f"InvalidBatch : {told}")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (0, 0)
    raw = bulk.rest.call("GET", f"/jobs/ingest/{done['id']}/unprocessedrecords")
    assert raw.content == f"{header}\na,b\n".encode()


def test_a_hidden_field_is_not_found_and_a_read_only_one_refuses_its_rows(
    bulk: Bulk, sandbox: SandboxHere
) -> None:
    sandbox.toggles(fls_hidden={"Account": ["Site"]}, fls_read_only={"Account": ["Phone"]})
    hidden = bulk.load("Name,Site\na,b\n", object="Account", operation="insert")
    assert hidden["errorMessage"] == "InvalidBatch : Field name not found : Site"
    done = bulk.load("Name,Phone\na,1\nb,\n", object="Account", operation="insert")
    assert [row["Name"] for row in bulk.told(done["id"], "successfulResults")] == ["b"]
    [refused] = bulk.told(done["id"], "failedResults")
    assert refused["sf__Error"].startswith("INVALID_FIELD_FOR_INSERT_UPDATE:")


def test_line_ends_that_are_not_the_jobs_fail_it(bulk: Bulk) -> None:
    done = bulk.load("Name\r\na\r\n", object="Account", operation="insert")
    assert done["errorMessage"] == (
        "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"
    )


def test_a_delete_takes_ids_only(bulk: Bulk) -> None:
    done = bulk.load("Id,Name\n,\n", object="Account", operation="delete")
    assert done["errorMessage"] == "InvalidBatch : The 'delete' batch must contain only ids"


def test_a_fault_refuses_one_row(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.faults(
        {
            "fault": "row_error",
            "path": "jobs/ingest/",
            "method": "PATCH",
            "row": 2,
            "code": "UNABLE_TO_LOCK_ROW",
        }
    )
    done = bulk.load("Name\na\nb\nc\n", object="Account", operation="insert")
    [refused] = bulk.told(done["id"], "failedResults")
    assert refused["Name"] == "b"
    assert refused["sf__Error"].startswith("UNABLE_TO_LOCK_ROW:")
