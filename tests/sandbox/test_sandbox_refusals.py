"""Values and references that a save refuses, with Salesforce's codes and texts."""

from datetime import timedelta

import pytest
from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox.salesforce.errors import ApiError, BodyError

REFUSED: list[tuple[dict[str, object], str, str]] = [
    ({"Name": None}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"),
    ({"StageName": None, "CloseDate": None}, "REQUIRED_FIELD_MISSING", "[StageName, CloseDate]"),
    ({"Name": "x" * 121}, "STRING_TOO_LONG", "Name: data value too large: xxx"),
    (
        {"Confidence__c": "Z"},
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Confidence: bad value for restricted",
    ),
    ({"StageName": "Nope"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Stage: bad value"),
    ({"Nope__c": 1}, "INVALID_FIELD", "No such column 'Nope__c' on sobject of type Opportunity"),
    ({"IsWon": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: IsWon."),
    ({"AccountId": "12"}, "MALFORMED_ID", "Account ID: id value of incorrect type: 12"),
    ({"AccountId": "005000000000001AAA"}, "FIELD_INTEGRITY_EXCEPTION", "id value of incorrect type"),
    ({"AccountId": "001000000000001AAA"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
    ({"CloseDate": "2036-04-02"}, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "not be more than 10 years ahead"),
    ({"Amount": -1}, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Amount must not be negative"),
    ({"Amount": 1e17}, "NUMBER_OUTSIDE_VALID_RANGE", "outside of valid range"),
    ({"Auto_Renews__c": None}, "INVALID_TYPE_ON_FIELD_IN_RECORD", "value not of required type"),
    (
        {"Amount": "lots"},
        "JSON_PARSER_ERROR",
        "Cannot deserialize instance of currency from VALUE_STRING value lots",
    ),
    ({"Amount": True}, "JSON_PARSER_ERROR", "instance of currency from VALUE_TRUE"),
    ({"CloseDate": 20_260_615}, "JSON_PARSER_ERROR", "instance of date from VALUE_NUMBER_INT value 20260615"),
    ({"AccountId": 5}, "JSON_PARSER_ERROR", "instance of reference from VALUE_NUMBER_INT value 5"),
    ({"CloseDate": "15/06/2026"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of date"),
    ({"Name": 5}, "JSON_PARSER_ERROR", "instance of string from VALUE_NUMBER_INT value 5"),
    ({"Auto_Renews__c": "yes"}, "JSON_PARSER_ERROR", "instance of boolean"),
]


@pytest.mark.parametrize(("values", "code", "words"), REFUSED)
def test_a_create_is_refused_and_leaves_nothing(values: dict[str, object], code: str, words: str) -> None:
    local = LocalOrg()
    with pytest.raises(ApiError) as refusal:
        local.opportunity(**values)
    assert refusal.value.code == code
    assert words in refusal.value.message
    assert local.query("SELECT Id FROM Opportunity") == []
    assert local.query("SELECT Id FROM OpportunityHistory") == []


@pytest.mark.parametrize("values", [{"Name": ""}, {"OwnerId": None}, {"StageName": None}])
def test_an_update_cannot_empty_what_is_required(values: dict[str, object]) -> None:
    local = LocalOrg()
    deal = local.opportunity()
    with pytest.raises(ApiError, match="REQUIRED_FIELD_MISSING"):
        local.update("Opportunity", deal, **values)


def test_an_inactive_user_cannot_become_owner() -> None:
    local = LocalOrg()
    left = local.query("SELECT Id FROM User WHERE IsActive = false")[0]["Id"]
    with pytest.raises(ApiError) as refusal:
        local.opportunity(OwnerId=left)
    assert refusal.value.code == "INACTIVE_OWNER_OR_USER"
    assert str(left) in refusal.value.message


def test_a_deleted_record_is_neither_referred_to_nor_edited() -> None:
    local = LocalOrg()
    account = local.create("Account", Name="a")
    deal = local.opportunity(AccountId=account)
    local.delete("Account", account)
    with pytest.raises(ApiError, match="ENTITY_IS_DELETED"):
        local.opportunity(AccountId=account)
    with pytest.raises(ApiError) as refusal:
        local.update("Opportunity", deal, Name="b")
    assert (refusal.value.status, refusal.value.code) == (404, "ENTITY_IS_DELETED")


def test_history_is_written_by_the_org_alone() -> None:
    local = LocalOrg()
    deal = local.opportunity()
    with pytest.raises(ApiError, match="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"):
        local.create("OpportunityHistory", OpportunityId=deal)


def test_an_update_of_a_held_row_is_told_to_come_again() -> None:
    local = LocalOrg()
    deal = local.opportunity()
    row = local.org.tables["Opportunity"].get(deal)
    assert row is not None
    kind = local.org.schema["Opportunity"]
    local.org.store(kind, row, started="", visible_at=local.clock.now() + timedelta(minutes=1))
    with pytest.raises(ApiError) as refusal:
        local.update("Opportunity", deal, Name="b")
    assert refusal.value.code == "UNABLE_TO_LOCK_ROW"
    assert f"unable to obtain exclusive access to this record or 1 records: {deal}" in refusal.value.message


def test_an_unreadable_value_is_located_in_the_body() -> None:
    body = b'{"Name": "a",\n "Amount": "banana"}'
    error = BodyError("currency", "VALUE_STRING", "banana").located(body)
    assert error.message.endswith("at [line:2, column:13]")
