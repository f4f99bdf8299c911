"""Lines of won deals as they are read, one by one."""

from csops_sync.adapters.salesforce.answers import JsonObject
from csops_sync.adapters.salesforce.sold import sold_line

RECORD: JsonObject = {
    "OpportunityId": "006000000000001AAA",
    "PricebookEntryId": "01u000000000001AAA",
    "PricebookEntry": {
        "Name": "席",
        "IsActive": True,
        "Pricebook2Id": "01s000000000001AAA",
        "Pricebook2": {"IsActive": True},
    },
    "Product2": {"IsActive": True, "Recurring__c": True},
    "Quantity": 2,
    "UnitPrice": 10.5,
}


def test_a_line_of_before_there_were_price_books_says_that_it_cannot_be_read_and_hinders_no_other() -> None:
    """Salesforce gives null for what such a line never had."""
    odd = sold_line({**RECORD, "PricebookEntryId": None, "PricebookEntry": None})

    assert "PricebookEntryId" in odd.unreadable
    assert odd.deal_id == "006000000000001AAA"
    assert sold_line(RECORD).unreadable == ""


def test_a_line_without_a_price_says_so_and_still_whether_it_recurs() -> None:
    odd = sold_line({**RECORD, "UnitPrice": None}, recurring="Product2.Recurring__c")

    assert ("UnitPrice" in odd.unreadable, odd.is_recurring) == (True, True)
