"""Paging, what changed and was deleted, rows that become visible late, snapshots."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, error_of

WINDOW = {"start": "2026-03-31T00:00:00+00:00", "end": "2026-04-02T00:00:59Z"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="generated", contracts=900) as here:
        yield here


@pytest.fixture(scope="module")
def start(sandbox: SandboxHere) -> str:
    return sandbox.snapshot()


@pytest.fixture
def rest(sandbox: SandboxHere, start: str) -> Rest:
    sandbox.restore(start)
    return Rest(sandbox)


def test_a_result_is_read_page_by_page_as_it_was_when_it_was_asked_for(
    rest: Rest, sandbox: SandboxHere
) -> None:
    small = {"Sforce-Query-Options": "batchSize=200"}
    page = rest.query("SELECT Id, Name FROM Contract ORDER BY Id", headers=small)
    assert (page["totalSize"], page["done"], len(page["records"])) == (900, False, 200)
    rows = page["records"]
    for row in sandbox.records("Contract")[::7]:
        sandbox.delete("Contract", row["Id"])
    while not page["done"]:
        page = rest.call("GET", page["nextRecordsUrl"]).json()
        rows += page["records"]
    assert "nextRecordsUrl" not in page
    ids = [row["Id"] for row in rows]
    assert len(ids) == 900
    assert ids == sorted(ids)


def test_a_locator_that_is_wrong_or_two_days_old_is_refused(rest: Rest, sandbox: SandboxHere) -> None:
    url = rest.query("SELECT Id FROM Contract", headers={"Sforce-Query-Options": "batchSize=500"})[
        "nextRecordsUrl"
    ]
    assert url.startswith("/services/data/v66.0/query/0r8")
    assert rest.call("GET", url).status_code == 200
    assert error_of(rest.call("GET", url[:-3] + "99999")) == (400, "INVALID_QUERY_LOCATOR")
    assert error_of(rest.call("GET", "/query/0r8000000000000AAA-500")) == (400, "INVALID_QUERY_LOCATOR")
    sandbox.advance(days=2, seconds=1)
    assert error_of(rest.call("GET", url)) == (400, "INVALID_QUERY_LOCATOR")


def test_a_batch_size_outside_200_to_2000_is_refused(rest: Rest) -> None:
    for options in ("batchSize=199", "batchSize=2001", "size=500"):
        how = {"params": {"q": "SELECT Id FROM User"}, "headers": {"Sforce-Query-Options": options}}
        assert error_of(rest.call("GET", "/query", **how)) == (400, "INVALID_BATCH_SIZE")


def test_query_all_shows_the_recycle_bin(rest: Rest, sandbox: SandboxHere) -> None:
    record = rest.create("Account", Name="gone")
    sandbox.delete("Account", record)
    text = "SELECT Id, IsDeleted FROM Account WHERE Name = 'gone'"
    assert rest.query(text)["totalSize"] == 0
    every = rest.call("GET", "/queryAll/", params={"q": text}).json()
    assert every["records"][0]["IsDeleted"] is True
    counted = rest.query("SELECT COUNT() FROM Account WHERE Name = 'gone'")
    assert counted == {"totalSize": 0, "done": True, "records": []}


def test_what_changed_is_told_up_to_the_oldest_uncommitted_change(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.advance(days=1)
    seen = rest.opportunity(Name="seen")
    sandbox.advance(seconds=60)
    values = {"Name": "late", "StageName": "提案", "CloseDate": "2026-06-15"}
    late = sandbox.create("Opportunity", values, visible_after=2700)
    sandbox.advance(seconds=600)
    window = {"start": "2026-04-01T12:00:30Z", "end": "2026-04-02T00:10:30Z"}
    answer = rest.call("GET", "/sobjects/Opportunity/updated", params=window).json()
    assert answer == {"ids": [seen], "latestDateCovered": "2026-04-02T00:01:00.000+0000"}
    assert rest.query("SELECT Id FROM Opportunity WHERE Name = 'late'")["records"] == []
    assert error_of(rest.call("GET", f"/sobjects/Opportunity/{late}")) == (404, "NOT_FOUND")
    assert late in [row["Id"] for row in sandbox.records("Opportunity")]
    sandbox.toggles(latest_date_covered="off")
    answer = rest.call("GET", "/sobjects/Opportunity/updated", params=window).json()
    assert answer["latestDateCovered"] == "2026-04-02T00:10:00.000+0000"
    sandbox.toggles(latest_date_covered="error")
    refused = rest.call("GET", "/sobjects/Opportunity/updated", params=window)
    assert error_of(refused) == (403, "INSUFFICIENT_ACCESS")
    sandbox.toggles(latest_date_covered="honest")
    sandbox.advance(seconds=2700)
    answer = rest.call("GET", "/sobjects/Opportunity/updated", params=window).json()
    assert sorted(answer["ids"]) == sorted([seen, late])
    row = rest.read("Opportunity", late)
    assert row["SystemModstamp"] == "2026-04-02T00:01:00.000+0000"


def test_an_update_that_is_not_committed_yet_shows_the_old_row(rest: Rest, sandbox: SandboxHere) -> None:
    deal = rest.opportunity(Name="before")
    sandbox.update("Opportunity", deal, {"Name": "after", "Amount": 5}, visible_after=60)
    assert rest.read("Opportunity", deal)["Name"] == "before"
    held = rest.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"NextStep": "x"})
    assert error_of(held) == (400, "UNABLE_TO_LOCK_ROW")
    sandbox.advance(seconds=60)
    assert rest.read("Opportunity", deal)["Name"] == "after"
    history = rest.query("SELECT Amount, OpportunityId FROM OpportunityHistory ORDER BY CreatedDate")
    own = [row for row in history["records"] if row["OpportunityId"] == deal]
    assert sorted(str(row["Amount"]) for row in own) == ["5.0", "None"]


def test_what_was_deleted_is_told_with_its_time(rest: Rest, sandbox: SandboxHere) -> None:
    deal = rest.opportunity()
    sandbox.advance(seconds=3600)
    rest.call("DELETE", f"/sobjects/Opportunity/{deal}")
    sandbox.advance(days=1)
    answer = rest.call("GET", "/sobjects/Opportunity/deleted/", params=WINDOW).json()
    assert answer["deletedRecords"] == [{"id": deal, "deletedDate": "2026-04-01T01:00:00.000+0000"}]
    assert answer["latestDateCovered"] == "2026-04-02T00:00:00.000+0000"
    assert answer["earliestDateAvailable"] < WINDOW["start"]
    updated = rest.call("GET", "/sobjects/Opportunity/updated", params=WINDOW).json()
    assert deal not in updated["ids"]


@pytest.mark.parametrize(
    ("path", "window", "code"),
    [
        ("/sobjects/Account/updated", {"start": "2026-02-20T00:00:00Z"}, "INVALID_REPLICATION_DATE"),
        ("/sobjects/Account/deleted", {"start": "2026-03-10T00:00:00Z"}, "INVALID_REPLICATION_DATE"),
        ("/sobjects/Account/updated", {"start": "2026-04-02T00:00:58Z"}, "INVALID_REPLICATION_DATE"),
        ("/sobjects/Account/updated", {"start": "yesterday"}, "INVALID_REPLICATION_DATE"),
        ("/sobjects/Account/updated", {"start": ""}, "MISSING_ARGUMENT"),
        ("/sobjects/OpportunityHistory/updated", {}, "INVALID_TYPE_FOR_OPERATION"),
    ],
)
def test_a_window_that_salesforce_refuses(rest: Rest, path: str, window: dict[str, str], code: str) -> None:
    assert error_of(rest.call("GET", path, params={**WINDOW, **window})) == (400, code)


def test_a_persons_edit_bears_their_name_and_the_time_that_was_asked_for(
    rest: Rest, sandbox: SandboxHere
) -> None:
    deal = rest.opportunity()
    user = next(u for u in sandbox.records("User") if u["IsActive"] and u["ManagerId"])
    at = datetime(2026, 4, 1, 5, 6, 7, tzinfo=UTC)
    sandbox.update("Opportunity", deal, {"Confidence__c": "A"}, by=user["Username"], at=at.isoformat())
    row = rest.read("Opportunity", deal)
    assert (row["LastModifiedById"], row["SystemModstamp"]) == (user["Id"], "2026-04-01T05:06:07.000+0000")
    told = rest.query("SELECT Field, NewValue, CreatedById FROM OpportunityFieldHistory ORDER BY CreatedDate")
    changed = [one for one in told["records"] if one["Field"] == "Confidence__c"]
    assert [(one["NewValue"], one["CreatedById"]) for one in changed] == [("A", user["Id"])]
    with pytest.raises(RuntimeError, match="bad value for restricted picklist"):
        sandbox.update("Opportunity", deal, {"Confidence__c": "Z"})


def test_a_snapshot_brings_everything_back_again_and_again(rest: Rest, sandbox: SandboxHere) -> None:
    deal = rest.opportunity(Name="kept")
    saved, ledger, now = sandbox.snapshot(), sandbox.ledger()["writes"], sandbox.now()
    for _ in range(2):
        sandbox.advance(days=3)
        sandbox.delete("Opportunity", deal)
        rest.opportunity(Name="new")
        sandbox.restore(saved)
        assert sandbox.now() == now
        assert rest.read("Opportunity", deal)["Name"] == "kept"
        assert rest.query("SELECT Id FROM Opportunity WHERE Name = 'new'")["totalSize"] == 0
        assert sandbox.ledger()["writes"] == ledger


def test_a_hidden_row_is_not_there_for_the_integration_user(rest: Rest, sandbox: SandboxHere) -> None:
    deal = rest.opportunity()
    sandbox.toggles(hide_rows={"Opportunity": [deal]})
    assert error_of(rest.call("GET", f"/sobjects/Opportunity/{deal}")) == (404, "NOT_FOUND")
    patched = rest.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": 1})
    assert error_of(patched) == (404, "INVALID_CROSS_REFERENCE_KEY")
    sandbox.advance(days=1)
    assert deal not in rest.call("GET", "/sobjects/Opportunity/updated", params=WINDOW).json()["ids"]
