"""Products, prices and lines: an opportunity's amount follows its lines."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.fakes.sandbox_org import LocalOrg
from tests.fakes.sandbox_users import as_user

from csops_sync.sandbox.salesforce.errors import ApiError


@dataclass(frozen=True)
class Shop:
    """An org with one product in the standard price book."""

    local: LocalOrg
    product: str
    standard: str
    entry: str

    def line(self, deal: str, **values: object) -> str:
        """Create a line over the API."""
        given = {"OpportunityId": deal, "PricebookEntryId": self.entry, "Quantity": 2, **values}
        return as_user(self.local, "integration").create("OpportunityLineItem", **given)

    def deal(self, deal: str, *names: str) -> list[object]:
        """Give fields of a deal."""
        row = self.local.get("Opportunity", deal)
        return [row[name] for name in names]


@pytest.fixture
def shop() -> Shop:
    local = LocalOrg()
    standard = str(next(local.org.records("Pricebook2"))["Id"])
    product = local.add("Product2", Name="プラン", ProductCode="P-1", IsActive=True)
    prices = {"Pricebook2Id": standard, "Product2Id": product, "UnitPrice": 100, "IsActive": True}
    return Shop(local, product, standard, local.add("PricebookEntry", **prices))


def refused(code: str, words: str, work: Callable[[], object]) -> None:
    with pytest.raises(ApiError) as refusal:
        work()
    assert refusal.value.code == code
    assert words in refusal.value.message


def test_a_line_takes_its_names_from_the_entry_and_sets_the_amount_of_its_deal(shop: Shop) -> None:
    deal = shop.local.opportunity(Name="更新", Amount=7)
    line = shop.local.get("OpportunityLineItem", shop.line(deal, UnitPrice=90, Discount=10))
    assert (line["Name"], line["ProductCode"], line["Product2Id"]) == ("更新 プラン", "P-1", shop.product)
    assert (line["ListPrice"], line["Subtotal"], line["TotalPrice"]) == (100.0, 180.0, 162.0)
    names = ("Amount", "ExpectedRevenue", "HasOpportunityLineItem", "Pricebook2Id")
    assert shop.deal(deal, *names) == [162.0, 16.2, True, shop.standard]
    assert shop.local.get("Opportunity", deal)["LastModifiedById"] == shop.local.user("integration")
    assert [row["Amount"] for row in shop.local.history(deal)] == [7.0, 162.0]


def test_a_written_amount_is_ignored_in_silence_while_there_are_lines(shop: Shop) -> None:
    deal = shop.local.opportunity()
    line = shop.line(deal, TotalPrice=300)
    as_user(shop.local, "integration").update("Opportunity", deal, Amount=1, NextStep="kept")
    assert shop.deal(deal, "Amount", "NextStep") == [300.0, "kept"]
    shop.local.delete("OpportunityLineItem", line)
    assert shop.deal(deal, "Amount", "HasOpportunityLineItem") == [300.0, False]
    as_user(shop.local, "integration").update("Opportunity", deal, Amount=1)
    assert shop.deal(deal, "Amount") == [1.0]


@pytest.mark.parametrize(
    ("change", "quantity", "unit", "total"),
    [
        ({"Quantity": 4}, 4.0, 50.0, 200.0),
        ({"UnitPrice": 30}, 2.0, 30.0, 60.0),
        ({"TotalPrice": 300}, 2.0, 150.0, 300.0),
        ({"Discount": 50}, 2.0, 100.0, 100.0),
        ({"Quantity": 3, "UnitPrice": 10}, 3.0, 10.0, 30.0),
        ({"Quantity": 4, "Discount": 50, "UnitPrice": 10}, 4.0, 10.0, 20.0),
    ],
)
def test_price_quantity_and_discount_move_as_documented(
    shop: Shop, change: dict[str, object], quantity: float, unit: float, total: float
) -> None:
    deal = shop.local.opportunity()
    line = shop.line(deal, UnitPrice=100)
    shop.local.update("OpportunityLineItem", line, **change)
    row = shop.local.get("OpportunityLineItem", line)
    assert (row["Quantity"], row["UnitPrice"], row["TotalPrice"]) == (quantity, unit, total)
    assert shop.deal(deal, "Amount") == [total]


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({}, "REQUIRED_FIELD_MISSING", "[UnitPrice]"),
        (
            {"UnitPrice": 1, "TotalPrice": 2},
            "FIELD_INTEGRITY_EXCEPTION",
            "only one of unit price or total price",
        ),
        (
            {"UnitPrice": 1, "PricebookEntryId": None},
            "FIELD_INTEGRITY_EXCEPTION",
            "must specify pricebook entry id",
        ),
        ({"UnitPrice": 1, "Quantity": None}, "REQUIRED_FIELD_MISSING", "[Quantity]"),
        ({"UnitPrice": 1, "Quantity": 0}, "FIELD_INTEGRITY_EXCEPTION", "must not be zero"),
        ({"UnitPrice": 1, "Product2Id": None}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Product2Id"),
        ({"UnitPrice": 1, "ListPrice": 1}, "INVALID_FIELD_FOR_INSERT_UPDATE", "ListPrice"),
    ],
)
def test_a_line_that_does_not_add_up_is_refused_and_leaves_the_deal_alone(
    shop: Shop, values: dict[str, object], code: str, words: str
) -> None:
    deal = shop.local.opportunity(Amount=7)
    refused(code, words, lambda: shop.line(deal, **values))
    assert shop.deal(deal, "Amount", "HasOpportunityLineItem") == [7.0, False]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"UnitPrice": 1, "TotalPrice": 2}, "INVALID_FIELD"),
        ({"Quantity": 1, "Discount": 2}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"UnitPrice": None}, "REQUIRED_FIELD_MISSING"),
        ({"OpportunityId": "006000000000001AAA"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
def test_a_change_that_leaves_open_what_to_adjust_is_refused(
    shop: Shop, change: dict[str, object], code: str
) -> None:
    line = shop.line(shop.local.opportunity(), UnitPrice=100)
    refused(code, "", lambda: shop.local.update("OpportunityLineItem", line, **change))


def test_a_line_needs_an_active_entry_of_the_deals_own_price_book(shop: Shop) -> None:
    other = shop.local.add("Pricebook2", Name="海外", IsActive=True)
    deal = shop.local.opportunity(Pricebook2Id=other)
    refused("FIELD_INTEGRITY_EXCEPTION", "different pricebook", lambda: shop.line(deal, UnitPrice=1))
    shop.local.update("PricebookEntry", shop.entry, IsActive=False)
    refused("FIELD_INTEGRITY_EXCEPTION", "inactive", lambda: shop.line(shop.local.opportunity(), UnitPrice=1))


def test_a_price_book_with_lines_is_not_exchanged(shop: Shop) -> None:
    deal = shop.local.opportunity()
    shop.line(deal, UnitPrice=1)
    other = shop.local.add("Pricebook2", Name="海外", IsActive=True)
    work = lambda: shop.local.update("Opportunity", deal, Pricebook2Id=other)  # noqa: E731  # one line twice
    refused("FIELD_INTEGRITY_EXCEPTION", "cannot change while there are", work)


def test_a_validation_rule_of_the_deal_stops_a_line(shop: Shop) -> None:
    deal = shop.local.opportunity(Amount=7)
    refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", "not be negative", lambda: shop.line(deal, UnitPrice=-100))
    assert shop.local.query("SELECT Id FROM OpportunityLineItem") == []
    assert shop.deal(deal, "Amount") == [7.0]


def test_a_deleted_line_is_gone_for_good_and_goes_with_its_deal(shop: Shop) -> None:
    deal = shop.local.opportunity()
    first, second = shop.line(deal, UnitPrice=1), shop.line(deal, UnitPrice=2)
    shop.local.delete("OpportunityLineItem", first)
    assert shop.deal(deal, "Amount") == [4.0]
    refused("UNDELETE_FAILED", "recycle bin", lambda: shop.local.undelete("OpportunityLineItem", first))
    shop.local.delete("Opportunity", deal)
    assert shop.local.get("OpportunityLineItem", second)["IsDeleted"] is True
    shop.local.undelete("Opportunity", deal)
    assert shop.local.get("OpportunityLineItem", second)["IsDeleted"] is False


def test_a_custom_price_needs_a_standard_price_and_there_is_one_of_each(shop: Shop) -> None:
    book = shop.local.add("Pricebook2", Name="海外", IsActive=True)
    other = shop.local.add("Product2", Name="other")
    entry = {"Pricebook2Id": book, "Product2Id": other, "UnitPrice": 5}
    refused("STANDARD_PRICE_NOT_DEFINED", "", lambda: shop.local.add("PricebookEntry", **entry))
    entry["Product2Id"] = shop.product
    refused(
        "REQUIRED_FIELD_MISSING",
        "[UnitPrice]",
        lambda: shop.local.add("PricebookEntry", **{**entry, "UnitPrice": None}),
    )
    shop.local.add("PricebookEntry", **entry)
    refused("DUPLICATE_VALUE", "already exists", lambda: shop.local.add("PricebookEntry", **entry))


def test_an_entry_that_uses_the_standard_price_follows_it(shop: Shop) -> None:
    book = shop.local.add("Pricebook2", Name="海外", IsActive=True)
    entry = {"Pricebook2Id": book, "Product2Id": shop.product, "UseStandardPrice": True}
    follower = shop.local.add("PricebookEntry", **entry)
    shop.local.update("PricebookEntry", shop.entry, UnitPrice=120)
    assert shop.local.get("PricebookEntry", follower)["UnitPrice"] == 120.0
    refused(
        "FIELD_INTEGRITY_EXCEPTION", "", lambda: shop.local.update("PricebookEntry", follower, UnitPrice=1)
    )


def test_what_is_sold_is_not_deleted_and_an_entry_is_archived(shop: Shop) -> None:
    line = shop.line(shop.local.opportunity(), UnitPrice=1)
    refused("DELETE_FAILED", "opportunity products", lambda: shop.local.delete("Product2", shop.product))
    refused("DELETE_FAILED", "standard price book", lambda: shop.local.delete("Pricebook2", shop.standard))
    shop.local.delete("PricebookEntry", shop.entry)
    assert shop.local.get("PricebookEntry", shop.entry)["IsArchived"] is True
    assert shop.local.get("OpportunityLineItem", line)["PricebookEntryId"] == shop.entry
