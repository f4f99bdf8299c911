"""From raw records to rows."""

import pytest
from tests.fakes.salesforce_org import org_mapping

from csops_sync.adapters.salesforce.answers import JsonObject
from csops_sync.adapters.salesforce.records import extractor, long_id, stamp_ms
from csops_sync.adapters.salesforce.tables import tables_of
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import PermanentError, TransientError

OPPORTUNITY: JsonObject = {
    "attributes": {"type": "Opportunity"},
    "Id": "006000000000001AAA",
    "SystemModstamp": "2026-04-01T00:00:00.000+0000",
    "IsDeleted": False,
    "AccountId": "001000000000001AAA",
    "Name": "株式会社 2026-06 更新",
    "StageName": "提案",
    "IsClosed": False,
    "IsWon": False,
    "CloseDate": "2026-05-31",
    "Amount": 1200000.5,
    "OwnerId": "005000000000001AAA",
    "RecordType": {"attributes": {"type": "RecordType"}, "DeveloperName": "Renewal"},
    "ContractId": None,
    "Renewal_Key__c": "k-1",
    "Renewal_Date__c": "2026-06-01",
    "Confidence__c": None,
    "NextStep": None,
    "CreatedDate": "2026-03-31T00:00:00.000+0000",
    "CreatedById": "005000000000002AAA",
    "LastModifiedById": "005000000000003AAA",
    "LastModifiedDate": "2026-04-01T00:00:00.000+0000",
}
FIELD_HISTORY: JsonObject = {
    "Id": "017000000000001AAA",
    "CreatedDate": "2026-04-01T00:00:01.000+0000",
    "IsDeleted": False,
    "OpportunityId": "006000000000001AAA",
    "Field": "CloseDate",
    "OldValue": "2026-05-31",
    "NewValue": "2026-06-30",
    "CreatedById": "005000000000002AAA",
}


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00.000+0000",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.000Z",
        "2026-01-01T09:00:00+09:00",
        "2026-01-01T00:00:00",
    ],
)
def test_a_stamp_is_read_in_every_form_that_was_ever_seen(text: str) -> None:
    """Salesforce writes the offset without a colon."""
    assert stamp_ms(text) == 1_767_225_600_000


def test_a_stamp_keeps_its_milliseconds() -> None:
    """They were never seen other than 000, and are not promised to be."""
    assert stamp_ms("2026-01-01T00:00:00.123+0000") == 1_767_225_600_123


@pytest.mark.parametrize("value", [None, 7, "yesterday"])
def test_what_is_no_stamp_is_an_error(value: object) -> None:
    """A row without a time cannot be ordered."""
    with pytest.raises(TransientError, match="where a time was expected"):
        stamp_ms(value)


@pytest.mark.parametrize(
    "full", ["001D000000IRFmaIAH", "006R00000024gDtIAI", "003R000000ATjnCIAT"]
)  # ids that Salesforce's documentation prints in full
def test_a_short_id_gets_its_checksum(full: str) -> None:
    """Salesforce's documentation prints these ids in full."""
    assert long_id(full[:15]) == full
    assert long_id(full) == full


def test_an_opportunity_becomes_a_row_named_by_the_mapping() -> None:
    """Values stay as they came; who made and changed it is always there."""
    row = extractor(tables_of(org_mapping())[Role.OPPORTUNITY])(OPPORTUNITY)
    assert (row.id, row.parent_id, row.deleted) == ("006000000000001AAA", "001000000000001AAA", False)
    assert row.values["record_type"] == "Renewal"
    assert row.values["amount"] == 1200000.5
    assert row.values["close_date"] == "2026-05-31"
    assert row.values["created_at"] == "2026-03-31T00:00:00.000+0000"
    assert row.values["created_by"] == "005000000000002AAA"
    assert row.values["last_modified_by"] == "005000000000003AAA"
    assert row.values["last_modified_at"] == "2026-04-01T00:00:00.000+0000"


def test_an_empty_lookup_has_no_fields() -> None:
    """Salesforce gives null for the whole lookup."""
    row = extractor(tables_of(org_mapping())[Role.OPPORTUNITY])({**OPPORTUNITY, "RecordType": None})
    assert row.values["record_type"] is None


def test_a_deleted_record_is_a_deleted_row() -> None:
    """By IsDeleted of queryAll."""
    assert extractor(tables_of(org_mapping())[Role.OPPORTUNITY])({**OPPORTUNITY, "IsDeleted": True}).deleted


def test_a_user_is_never_deleted_and_is_not_asked_for_it() -> None:
    """User has no IsDeleted: asking would be INVALID_FIELD."""
    table = tables_of(org_mapping())[Role.USER]
    assert "IsDeleted" not in table.select().fields


def test_a_record_without_a_mapped_column_is_an_error_that_names_it() -> None:
    """SOQL takes any case, the answer has the right one."""
    with pytest.raises(PermanentError, match="came without 'Amount'"):
        extractor(tables_of(org_mapping())[Role.OPPORTUNITY])(
            {name: value for name, value in OPPORTUNITY.items() if name != "Amount"}
        )


@pytest.mark.parametrize(
    ("called", "ours"),
    [
        ("CloseDate", "close_date"),
        ("Owner", "owner"),
        ("RecordType", "record_type"),
        ("Confidence__c", "confidence"),
        ("Sales_Region__c", "Sales_Region__c"),
        ("created", "created"),
    ],
)
def test_field_history_speaks_in_our_names_where_the_field_is_mapped(called: str, ours: str) -> None:
    """A lookup is called by its relationship there."""
    row = extractor(tables_of(org_mapping())[Role.FIELD_HISTORY])({**FIELD_HISTORY, "Field": called})
    assert row.values["field"] == ours
    assert row.parent_id == "006000000000001AAA"
    assert (row.values["old"], row.values["new"]) == ("2026-05-31", "2026-06-30")
