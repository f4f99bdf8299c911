"""Opportunity products: what a line takes from its price book entry, and how quantity, price and discount make a total.

Source: Salesforce's Object Reference, OpportunityLineItem: exactly one of UnitPrice and TotalPrice on create, not both
in an update; a new Quantity alone keeps the total and moves the price, a new Discount alone keeps the price.
"""

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

from csops_sync.sandbox.salesforce import errors
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Json

Record = dict[str, Json]
_CENT = Decimal("0.01")
_NO_ENTRY = "versions 3.0 and higher must specify pricebook entry id; others must specify product id"


def derive(org: Org, before: Record | None, record: Record, given: Collection[str]) -> None:
    """This function will complete a line; ApiError FIELD_INTEGRITY_EXCEPTION where entry or prices do not fit."""
    if before is None:
        _take_entry(org, record)
        _check_created(record, given)
    else:
        _check_changed(record, given)
    _price(before, record, given)


def money(value: Decimal) -> float:
    """This function will round to the cent, half up."""
    return float(value.quantize(_CENT, ROUND_HALF_UP))


def exact(value: Json) -> Decimal:
    """This function will read a number of a row exactly; nothing is zero."""
    return Decimal(str(value or 0))


def _take_entry(org: Org, record: Record) -> None:
    entry = org.record("PricebookEntry", str(record["PricebookEntryId"] or ""))
    deal = org.record("Opportunity", str(record["OpportunityId"]))
    if entry is None or deal is None:
        raise _misfit("PricebookEntryId, unknown", _NO_ENTRY, ["PricebookEntryId"])
    if not entry["IsActive"]:
        raise _misfit("PricebookEntryId", "pricebook entry is inactive", ["PricebookEntryId"])
    if deal["Pricebook2Id"] not in {None, entry["Pricebook2Id"]}:
        text = "pricebook entry is in a different pricebook than the one assigned to the opportunity"
        raise _misfit("PricebookEntryId", text, ["PricebookEntryId"])
    if entry.get("CurrencyIsoCode") != deal.get("CurrencyIsoCode"):
        text = "the pricebook entry's currency is not that of the opportunity"
        raise _misfit("PricebookEntryId", text, ["PricebookEntryId"])
    record["Product2Id"], record["ListPrice"] = entry["Product2Id"], entry["UnitPrice"]
    record["ProductCode"] = entry["ProductCode"]
    record["Name"] = f"{deal['Name']} {entry['Name']}"
    if "CurrencyIsoCode" in record:
        record["CurrencyIsoCode"] = deal["CurrencyIsoCode"]


def _check_created(record: Record, given: Collection[str]) -> None:
    prices = [name for name in ("UnitPrice", "TotalPrice") if name in given and record[name] is not None]
    if not prices:
        raise errors.missing(["UnitPrice"])
    if len(prices) > 1:
        raise _misfit("unknown", "only one of unit price or total price may be specified", prices)


def _check_changed(record: Record, given: Collection[str]) -> None:
    if {"UnitPrice", "TotalPrice"} <= set(given):
        message = "Cannot change both 'UnitPrice' and 'TotalPrice' in update call"
        raise ApiError(400, "INVALID_FIELD", message, ["UnitPrice"])
    if {"Quantity", "Discount"} <= set(given) and not {"UnitPrice", "TotalPrice"} & set(given):
        text = "with quantity and discount one of unit price or total price must be specified"
        raise _misfit("unknown", text, ["UnitPrice"])
    emptied = [name for name in ("UnitPrice", "TotalPrice") if name in given and record[name] is None]
    if emptied:
        raise errors.missing(emptied)


def _price(before: Record | None, record: Record, given: Collection[str]) -> None:
    quantity = exact(record["Quantity"])
    if not quantity:
        raise _misfit("Quantity", "quantity must not be zero", ["Quantity"])
    kept = 1 - exact(record["Discount"]) / 100
    held = "Quantity" in given and before is not None and "UnitPrice" not in given
    if kept and ("TotalPrice" in given or held):
        record["UnitPrice"] = money(exact(record["TotalPrice"]) / quantity / kept)
    else:
        record["TotalPrice"] = money(exact(record["UnitPrice"]) * quantity * kept)
    record["Subtotal"] = money(exact(record["UnitPrice"]) * quantity)


def _misfit(field: str, text: str, fields: list[str]) -> ApiError:
    message = f"field integrity exception: {field} ({text})"
    return ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, fields)
