"""Price book entries: a standard price first, one entry a product, book and currency, and who follows the standard.

Source: Salesforce's Object Reference, PricebookEntry.
"""

from collections.abc import Collection, Iterator

from csops_sync.sandbox.salesforce import errors
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Json

Record = dict[str, Json]


def derive(org: Org, before: Record | None, record: Record, given: Collection[str]) -> None:
    """This function will complete an entry; ApiError where it has no price, or there is one already."""
    standard = _standard(org, record)
    if before is None:
        product = org.record("Product2", str(record["Product2Id"])) or {}
        record["Name"], record["ProductCode"] = product.get("Name"), product.get("ProductCode")
        _check_only(org, record)
        if standard is None and not _in_standard_book(org, record):
            message = "Before creating a custom price, create a standard price."
            raise ApiError(400, "STANDARD_PRICE_NOT_DEFINED", message, [])
    if record["UseStandardPrice"] and standard is not None and standard["Id"] != record["Id"]:
        if "UnitPrice" in given and record["UnitPrice"] != standard["UnitPrice"]:
            raise ApiError(400, "FIELD_INTEGRITY_EXCEPTION", "field integrity exception", ["UnitPrice"])
        record["UnitPrice"] = standard["UnitPrice"]
    if record["UnitPrice"] is None:
        raise errors.missing(["UnitPrice"])


def followers(org: Org, record: Record) -> list[str]:
    """This function will give the entries whose price is that of a standard entry."""
    if not _in_standard_book(org, record):
        return []
    return [
        str(one["Id"])
        for one in _of_product(org, record)
        if one["UseStandardPrice"] and one["Id"] != record["Id"]
    ]


def _standard(org: Org, record: Record) -> Record | None:
    return next((one for one in _of_product(org, record) if _in_standard_book(org, one)), None)


def _in_standard_book(org: Org, record: Record) -> bool:
    book = org.record("Pricebook2", str(record["Pricebook2Id"])) or {}
    return bool(book.get("IsStandard"))


def _check_only(org: Org, record: Record) -> None:
    for one in _of_product(org, record):
        if one["Pricebook2Id"] == record["Pricebook2Id"]:
            message = "This price definition already exists in this price book"
            raise ApiError(400, "DUPLICATE_VALUE", message, [])


def _of_product(org: Org, record: Record) -> Iterator[Record]:
    """Give the entries of the same product in the same currency that are not deleted."""
    for one in org.related("PricebookEntry", "Product2Id", str(record["Product2Id"])):
        if not one["IsDeleted"] and one.get("CurrencyIsoCode") == record.get("CurrencyIsoCode"):
            yield one
