"""Validation rules, record types' picklist values and duplicate rules, each with a write that must fail."""

import json
from pathlib import Path

import pytest
from tests.fakes.sandbox_org import LocalOrg
from tests.fakes.sandbox_users import as_user

from csops_sync.sandbox.salesforce.errors import ApiError

RULES = [
    {"name": "Range", "kind": "between", "field": "Term_Months__c", "low": 1, "high": 60, "message": "m1"},
    {"name": "Order", "kind": "not_before", "field": "Contract_End__c", "other": "Contract_Start__c", "message": "m2"},
    {"name": "Why", "kind": "required_when", "field": "NextStep", "other": "Confidence__c", "values": ["E"],
     "message": "m3"},
    {"name": "Key", "kind": "matches", "field": "Renewal_Key__c", "values": ["R-[0-9]+"], "message": "m4"},
]  # fmt: skip
RECORD_TYPES = {"Renewal": {"Renewal_Type__c": ["flat", "lost"]}}


@pytest.fixture(scope="module")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("metadata") / "rules.json"
    changes = {"name": "Opportunity", "rules": RULES, "record_types": RECORD_TYPES}
    path.write_text(json.dumps(changes), "utf-8")
    return path


@pytest.fixture
def local(metadata: Path) -> LocalOrg:
    return LocalOrg(metadata)


def refusal_of(local: LocalOrg, **values: object) -> ApiError:
    with pytest.raises(ApiError) as refusal:
        local.opportunity(**values)
    return refusal.value


@pytest.mark.parametrize(
    ("bad", "good", "message", "field"),
    [
        ({"Term_Months__c": 0}, {"Term_Months__c": 60}, "m1", "Term_Months__c"),
        (
            {"Contract_Start__c": "2026-04-01", "Contract_End__c": "2026-03-31"},
            {"Contract_Start__c": "2026-04-01", "Contract_End__c": "2026-04-01"},
            "m2",
            "Contract_End__c",
        ),
        ({"Confidence__c": "E"}, {"Confidence__c": "E", "NextStep": "call"}, "m3", "NextStep"),
        ({"Renewal_Key__c": "R-1x"}, {"Renewal_Key__c": "R-1"}, "m4", "Renewal_Key__c"),
    ],
)
def test_a_validation_rule_refuses_what_breaks_it_and_nothing_else(
    local: LocalOrg, bad: dict[str, object], good: dict[str, object], message: str, field: str
) -> None:
    error = refusal_of(local, **bad)
    assert (error.code, error.message) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", message)
    assert error.fields == [field]
    deal = local.opportunity(**good)
    local.opportunity()
    with pytest.raises(ApiError, match="FIELD_CUSTOM_VALIDATION_EXCEPTION"):
        local.update("Opportunity", deal, **{"NextStep": None, **bad})


def record_type(local: LocalOrg, name: str) -> str:
    return str(next(one["Id"] for one in local.org.records("RecordType") if one["DeveloperName"] == name))


def test_a_record_type_leaves_out_values_of_a_restricted_picklist(local: LocalOrg) -> None:
    renewal, new = record_type(local, "Renewal"), record_type(local, "New_Business")
    error = refusal_of(local, RecordTypeId=renewal, Renewal_Type__c="upsell")
    assert error.code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert error.message == "Renewal Type: bad value for restricted picklist field: upsell"
    local.opportunity(RecordTypeId=new, Renewal_Type__c="upsell")
    deal = local.opportunity(RecordTypeId=renewal, Renewal_Type__c="flat")
    with pytest.raises(ApiError, match="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        local.update("Opportunity", deal, Renewal_Type__c="downsell")


def test_a_record_type_must_be_an_active_one_of_the_object(local: LocalOrg) -> None:
    renewal = record_type(local, "Renewal")
    local.update("RecordType", renewal, IsActive=False)
    error = refusal_of(local, RecordTypeId=renewal)
    assert error.code == "INVALID_CROSS_REFERENCE_KEY"
    assert "this ID value isn't valid for the user" in error.message


@pytest.fixture
def guarded(local: LocalOrg) -> LocalOrg:
    """An org whose account rule is switched on, and that has an account."""
    for rule in local.org.records("DuplicateRule"):
        local.update("DuplicateRule", str(rule["Id"]), IsActive=True)
    local.create("Account", Name="青空 商事", Phone="03")
    return local


def test_a_duplicate_is_told_with_the_record_that_is_there(guarded: LocalOrg) -> None:
    user = as_user(guarded, "integration")
    with pytest.raises(ApiError) as refusal:
        user.create("Account", Name="青空  商事")
    error = refusal.value
    assert (error.status, error.code, error.message) == (
        400,
        "DUPLICATES_DETECTED",
        "Use one of these records?",
    )
    result = error.as_item()["duplicateResult"]
    assert isinstance(result, dict)
    assert (result["allowSave"], result["duplicateRuleEntityType"]) == (True, "Account")
    (there,) = guarded.query("SELECT Id FROM Account")
    (matched,) = result["matchResults"][0]["matchRecords"]
    assert matched["record"] == {"attributes": {"type": "Account"}, "Id": there["Id"]}


def test_an_alert_is_passed_by_the_header_and_a_block_is_not(tmp_path: Path, guarded: LocalOrg) -> None:
    as_user(guarded, "integration").wishing(allow_save=True).create("Account", Name="青空 商事")
    path = tmp_path / "block.json"
    rule = {"name": "Hard", "label": "Hard", "match": ["AccountNumber"], "action": "block"}
    path.write_text(json.dumps([{"name": "Account", "duplicate_rules": [rule]}]), "utf-8")
    local = LocalOrg(path)
    user = as_user(local, "integration").wishing(allow_save=True)
    user.create("Account", Name="a", AccountNumber="1")
    user.create("Account", Name="b")
    user.create("Account", Name="c")
    with pytest.raises(ApiError, match="DUPLICATES_DETECTED"):
        user.create("Account", Name="d", AccountNumber="1")


def test_a_rule_looks_at_updates_of_its_fields_alone(guarded: LocalOrg) -> None:
    other = guarded.create("Account", Name="別")
    guarded.update("Account", other, Phone="06")
    with pytest.raises(ApiError, match="DUPLICATES_DETECTED"):
        guarded.update("Account", other, Name="青空 商事")


def test_details_are_given_to_whoever_asks_and_sees_the_record(guarded: LocalOrg) -> None:
    user = as_user(guarded, "integration").wishing(include_record_details=True)
    with pytest.raises(ApiError) as refusal:
        user.create("Account", Name="青空 商事")
    result = refusal.value.as_row()["errors"]
    assert isinstance(result, list)
    record = result[0]["duplicateResult"]["matchResults"][0]["matchRecords"][0]["record"]
    assert (record["Name"], record["Phone"]) == ("青空 商事", "03")


def test_a_rule_that_is_switched_off_is_not_applied(local: LocalOrg) -> None:
    local.create("Account", Name="a")
    local.create("Account", Name="a")
