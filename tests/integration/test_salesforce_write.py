"""Writes, as Salesforce sees them: the body, the headers, the guard, and each record's own outcome."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final, cast

import pytest
import responses
from tests.fakes.salesforce_http import ROOT, Reply, Stage, composite_parts, page, refusal, reply
from tests.fakes.salesforce_org import connected, org_mapping

from csops_sync.adapters.salesforce.tables import tables_of
from csops_sync.ports.crm import Insert, Json, Patch, Role, WriteStatus
from csops_sync.ports.errors import TransientError

OPPORTUNITY: Final = "006000000000001AAA"
SINCE: Final = datetime(2026, 4, 1, 9, 0, 5, tzinfo=timezone(timedelta(hours=9)))
HOW: Final = {
    "Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=false; runAsCurrentUser=true",
    "Sforce-Mru": "updateMru=false",
    "Sforce-Auto-Assign": "FALSE",  # else the org's assignment rules give our renewals to others
}
US: Final = {"Sforce-Call-Options": "client=csops-sync"}
RECORD_TYPES: Final = reply(
    {
        "name": "Opportunity",
        "fields": [],
        "recordTypeInfos": [
            {
                "developerName": "Renewal",
                "recordTypeId": "012000000000001AAA",
                "active": True,
                "available": True,
            },
            {
                "developerName": "Legacy",
                "recordTypeId": "012000000000002AAA",
                "active": True,
                "available": False,
            },
        ],
    }
)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A scripted Salesforce that knows one usable record type."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Stage(mock, part=lambda name: RECORD_TYPES if name.startswith("describe") else None)


def _insert(key: str, **values: Json) -> Insert:
    return Insert(key=key, values={"name": "更新", "renewal_key": key, **values})


def _patch(key: str, **values: Json) -> Patch:
    return Patch(key=key, id=OPPORTUNITY, values=values or {"name": "n"}, unmodified_since=SINCE)


def _sent(stage: Stage) -> Mapping[str, object]:
    return cast("Mapping[str, object]", json.loads(stage.api_calls[-1].body or "{}"))


def test_an_insert_is_one_collection_call_with_the_orgs_columns(stage: Stage) -> None:
    """Each record on its own: allOrNone is false."""
    (result,) = connected().writer.insert([_insert("k-1", close_date="2026-06-30", record_type="Renewal")])
    assert _sent(stage) == {
        "allOrNone": False,
        "records": [
            {
                "attributes": {"type": "Opportunity"},
                "Name": "更新",
                "Renewal_Key__c": "k-1",
                "CloseDate": "2026-06-30",
                "RecordTypeId": "012000000000001AAA",
            }
        ],
    }
    assert (result.status, result.id) == (WriteStatus.DONE, "006000000000000AAA")


def test_an_insert_says_how_duplicate_rules_and_recent_lists_are_to_be_treated(stage: Stage) -> None:
    """An alerting duplicate rule would keep every second year's renewal out."""
    connected().writer.insert([_insert("k-1")])
    headers = stage.api_calls[-1].headers
    assert {name: headers[name] for name in headers if name.startswith("Sforce-")} == {**HOW, **US}


def test_an_update_says_the_same_for_each_of_its_parts(stage: Stage) -> None:
    """The headers of the composite call itself do not hold for its parts."""
    connected().writer.patch([_patch("p-1")])
    (part,) = composite_parts(stage.api_calls[-1])
    headers = cast("Mapping[str, str]", part["httpHeaders"])
    assert {name: headers[name] for name in headers if name.startswith("Sforce-")} == HOW


def test_money_is_sent_as_the_exact_number(stage: Stage) -> None:
    """Eighteen digits do not survive a float."""
    amount = cast(
        "Json", Decimal("1234567890123456.78")
    )  # callers may keep exact money, the JSON is the same
    connected().writer.insert([_insert("k-1", amount=amount)])
    assert b'"Amount":1234567890123456.78' in cast("bytes", stage.api_calls[-1].body)


def test_record_types_are_asked_for_once(stage: Stage) -> None:
    """They change once in years."""
    writer = connected().writer
    for number in range(3):
        writer.insert([_insert(f"k-{number}", record_type="Renewal")])
    assert len(stage.api_calls) == 4


def test_a_record_type_that_is_not_usable_costs_one_describe_for_all_records(stage: Stage) -> None:
    """Two hundred renewals under a misspelt rule would cost two hundred calls."""
    results = connected().writer.insert([_insert(f"k-{n}", record_type="Renewel") for n in range(200)])
    assert {result.code for result in results} == {"RECORD_TYPE"}
    assert len(stage.api_calls) == 1


@pytest.mark.parametrize("wanted", ["Legacy", "Renewals"])
def test_a_record_type_that_may_not_be_used_rejects_its_record_only(stage: Stage, wanted: str) -> None:
    """The other record of the call goes out."""
    first, second = connected().writer.insert([_insert("k-1", record_type=wanted), _insert("k-2")])
    assert (first.status, first.code, second.status) == (
        WriteStatus.REJECTED,
        "RECORD_TYPE",
        WriteStatus.DONE,
    )
    assert "usable: Renewal" in first.message
    assert len(cast("list[object]", _sent(stage)["records"])) == 1


def test_a_name_that_is_not_mapped_rejects_its_record_and_sends_nothing(stage: Stage) -> None:
    """A write to nowhere must not look like one that was made."""
    (result,) = connected().writer.insert([_insert("k-1", colour="red")])
    assert (result.status, result.code) == (WriteStatus.REJECTED, "MAPPING")
    assert stage.api_calls == []


def test_more_than_a_call_takes_is_the_callers_mistake(stage: Stage) -> None:
    """Splitting here would leave half a call's fate unclear."""
    writer = connected().writer
    with pytest.raises(ValueError, match="200 records, not 201"):
        writer.insert([_insert(f"k-{n}") for n in range(201)])
    with pytest.raises(ValueError, match="25 records, not 26"):
        writer.patch([_patch(f"p-{n}") for n in range(26)])
    assert stage.calls == []


def test_two_hundred_inserts_are_one_call(stage: Stage) -> None:
    """And their results come in the order of the records."""
    results = connected().writer.insert([_insert(f"k-{n}") for n in range(200)])
    assert len(stage.api_calls) == 1
    assert [result.key for result in results] == [f"k-{n}" for n in range(200)]


def test_an_insert_after_an_expired_session_keeps_its_headers(stage: Stage) -> None:
    """simple-salesforce's own refresh would drop them."""
    stage.scripted = [refusal(401, "INVALID_SESSION_ID")]
    (result,) = connected().writer.insert([_insert("k-1")])
    assert result.status is WriteStatus.DONE
    first, second = stage.api_calls
    assert first.body == second.body
    assert "Sforce-Duplicate-Rule-Header" in second.headers


def test_each_update_carries_its_own_guard(stage: Stage) -> None:
    """An HTTP date, in GMT, of the read that the decision was made on."""
    stage.part = None
    own = Patch(
        key="p-2",
        id=OPPORTUNITY,
        values={"name": "n"},
        unmodified_since=SINCE,
        headers={"Accept": "x", "Sforce-Mru": "y"},
    )
    results = connected().writer.patch([_patch("p-1", close_date="2026-06-30"), own])
    first, second = composite_parts(stage.api_calls[-1])
    assert first["method"] == "PATCH"
    assert first["url"] == f"{ROOT}/sobjects/Opportunity/{OPPORTUNITY}"
    assert first["body"] == {"CloseDate": "2026-06-30"}
    headers = cast("Mapping[str, str]", first["httpHeaders"])
    assert headers["If-Unmodified-Since"] == "Wed, 01 Apr 2026 00:00:05 GMT"
    assert cast("Mapping[str, str]", second["httpHeaders"])["Sforce-Mru"] == "y"
    assert "Accept" not in cast("Mapping[str, str]", second["httpHeaders"])
    assert [result.status for result in results] == [WriteStatus.DONE, WriteStatus.DONE]


@pytest.mark.parametrize(
    "answer",
    [refusal(412, "PRECONDITION_FAILED"), refusal(404, "ENTITY_IS_DELETED"), refusal(404, "NOT_FOUND")],
)
def test_a_record_that_changed_or_is_gone_is_a_conflict(stage: Stage, answer: Reply) -> None:
    """Read again, decide again."""
    stage.part = lambda name: answer if name == "patch_0" else None
    (result,) = connected().writer.patch([_patch("p-1")])
    assert (result.status, result.id) == (WriteStatus.CONFLICT, OPPORTUNITY)


def test_stamping_a_key_that_another_record_has_names_that_record(stage: Stage) -> None:
    """Adoption met a renewal that exists already."""
    words = f"duplicate value found: Renewal_Key__c duplicates value on record with id: {OPPORTUNITY}"
    stage.part = lambda name: refusal(400, "DUPLICATE_VALUE", words) if name == "patch_0" else None
    (result,) = connected().writer.patch([_patch("p-1", renewal_key="k-1")])
    assert (result.status, result.id) == (WriteStatus.EXISTS, OPPORTUNITY)


def test_an_update_whose_answer_leaves_records_out_is_unknown(stage: Stage) -> None:
    """Silence about a record is not consent."""
    stage.scripted = [reply({"compositeResponse": []})]
    (result,) = connected().writer.patch([_patch("p-1")])
    assert (result.status, result.id) == (WriteStatus.UNKNOWN, OPPORTUNITY)


def test_nothing_to_write_calls_nobody(stage: Stage) -> None:
    """An empty outbox costs nothing."""
    writer = connected().writer
    assert (writer.insert([]), writer.patch([]), writer.find_by_key([])) == ([], [], {})
    assert stage.calls == []


def test_the_living_record_goes_before_the_deleted_one_with_the_same_key(stage: Stage) -> None:
    """A deleted record keeps its key in the recycle bin."""
    columns = {path.split(".")[0]: None for path in _columns()}
    stamp = {"SystemModstamp": "2026-04-01T00:00:00.000+0000", "Renewal_Key__c": "k'1"}
    dead: dict[str, object] = {**columns, **stamp, "Id": "006000000000001AAA", "IsDeleted": True}
    alive: dict[str, object] = {**columns, **stamp, "Id": "006000000000002AAA", "IsDeleted": False}
    stage.scripted = [page([dead, alive]), page([alive, dead])]
    writer = connected().writer
    for _ in range(2):
        assert writer.find_by_key(["k'1"])["k'1"].id == "006000000000002AAA"


def test_a_write_that_needs_a_describe_first_sends_nothing_where_that_fails(stage: Stage) -> None:
    """Nothing was sent, so the caller may come again."""
    stage.part = lambda _: refusal(503, "SERVER_UNAVAILABLE")
    with pytest.raises(TransientError):
        connected().writer.insert([_insert("k-1", record_type="Renewal")])
    assert all(str(call.url).endswith("/composite") for call in stage.api_calls)


def _columns() -> list[str]:
    return list(tables_of(org_mapping())[Role.OPPORTUNITY].columns.values())
