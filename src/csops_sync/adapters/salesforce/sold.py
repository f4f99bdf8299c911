"""Reading what a renewal takes over from won deals: their lines with price book entry and product, their contact roles.

Object Reference, "OpportunityLineItem", "PricebookEntry", "OpportunityContactRole". A null discount is none.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonObject, JsonValue
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.pages import Query, read_queries
from csops_sync.adapters.salesforce.records import long_id
from csops_sync.adapters.salesforce.soql import Select, in_chunks
from csops_sync.domain.copying import ContactRole, NewLine, SoldLine
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import CopyMapping

LINE: Final = "OpportunityLineItem"
ROLE: Final = "OpportunityContactRole"
_DEAL: Final = "OpportunityId"
_CURRENCY: Final = "CurrencyIsoCode"
_ENTRY: Final = "PricebookEntry"
_ACTIVE: Final = ("PricebookEntry.IsActive", "Product2.IsActive", "PricebookEntry.Pricebook2.IsActive")
_LINE_COLUMNS: Final = (
    "Id",
    _DEAL,
    "PricebookEntryId",
    "PricebookEntry.Pricebook2Id",
    "PricebookEntry.Name",
    *_ACTIVE,
    "Quantity",
    "UnitPrice",
    "Discount",
    "Description",
    "ServiceDate",
)
_NO_LINE: Final = NewLine(entry_id="", quantity=Decimal(0), unit_price=Decimal(0))
_ROLE_COLUMNS: Final = ("Id", _DEAL, "ContactId", "Role", "IsPrimary")


class SoldReader:
    """Reads lines and contact roles of opportunities, those that are not deleted, in order of their ids."""

    def __init__(self, client: Client, mapping: CopyMapping) -> None:
        self._client = client
        self._mapping = mapping

    def lines(self, deal_ids: Sequence[str]) -> Sequence[SoldLine]:
        """This function will read the lines; PermanentError where the user may not."""
        more = [self._mapping.recurring] if self._mapping.recurring else []
        more += [_CURRENCY] if self._mapping.has_currencies else []
        columns = tuple(dict.fromkeys([*_LINE_COLUMNS, *more]))
        recurring = self._mapping.recurring
        found = [sold_line(one, recurring=recurring) for one in self._records(LINE, columns, deal_ids)]
        order = {deal: place for place, deal in enumerate(deal_ids)}
        return sorted(found, key=lambda one: order[one.deal_id])

    def roles(self, deal_ids: Sequence[str]) -> Mapping[str, Sequence[ContactRole]]:
        """This function will read the contact roles by opportunity; PermanentError where the user may not."""
        found: dict[str, list[ContactRole]] = {}
        for record in self._records(ROLE, _ROLE_COLUMNS, deal_ids):
            role = ContactRole(
                contact_id=_id(record, "ContactId"),
                role=_text(record.get("Role")),
                is_primary=record.get("IsPrimary") is True,
            )
            found.setdefault(_id(record, _DEAL), []).append(role)
        return found

    def _records(self, table: str, columns: tuple[str, ...], deal_ids: Sequence[str]) -> list[JsonObject]:
        select = Select(fields=columns, table=table, order_by=("Id",))
        queries = [
            Query(key=f"sold_{number}", select=chunk, with_deleted=False)
            for number, chunk in enumerate(in_chunks(select, _DEAL, tuple(dict.fromkeys(deal_ids))))
        ]
        found: list[JsonObject] = []
        if queries:
            read_queries(self._client, queries, lambda _key, records: found.extend(records))
        return found


def sold_line(record: JsonObject, *, recurring: str | None = None) -> SoldLine:
    """This function will read a line; one that lacks what a new one needs says so: it concerns its own deal alone.

    `recurring` is the path of the checkbox that says whether it recurs. PermanentError where it names no opportunity.
    """
    try:
        line, book, unreadable = _new_line(record), _id(record, f"{_ENTRY}.Pricebook2Id"), ""
    except PermanentError as error:
        line, book, unreadable = _NO_LINE, "", str(error)
    return SoldLine(
        deal_id=_id(record, _DEAL),
        name=_text(_at(record, f"{_ENTRY}.Name")) or line.entry_id,
        price_book_id=book,
        currency=_text(record.get(_CURRENCY)),
        is_recurring=recurring is None or _at(record, recurring) is True,
        is_active=all(_at(record, path) is True for path in _ACTIVE),
        unreadable=unreadable,
        line=line,
    )


def _new_line(record: JsonObject) -> NewLine:
    return NewLine(
        entry_id=_id(record, "PricebookEntryId"),
        quantity=_number(record, "Quantity"),
        unit_price=_number(record, "UnitPrice"),
        discount=None if record.get("Discount") is None else _number(record, "Discount"),
        description=_text(record.get("Description")),
        service_date=_day(record.get("ServiceDate")),
    )


def _at(record: JsonObject, path: str) -> JsonValue:
    value: JsonValue = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _id(record: JsonObject, path: str) -> str:
    value = _at(record, path)
    if not isinstance(value, str):
        raise PermanentError(
            f"A line or contact role came without its {path}: grant Read on it.", code="HIDDEN"
        )
    return long_id(value)


def _number(record: JsonObject, name: str) -> Decimal:
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PermanentError(f"A line came without its {name}: grant Read on it.", code="HIDDEN")
    return Decimal(str(value))


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _day(value: JsonValue) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
