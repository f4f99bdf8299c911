"""Into the recycle bin and out of it: what a deletion takes along, what it empties, and what forbids it."""

from collections.abc import Iterator
from datetime import timedelta

from csops_sync.sandbox.salesforce import effects, saving
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.saving import Hand, Record
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row
from csops_sync.sandbox.salesforce.stamps import second

KEPT = timedelta(days=15)
"""How long the recycle bin keeps a record."""
_GONE_AT_ONCE = frozenset({"OpportunityContactRole"})
"""Objects whose IsDeleted is true only where a parent was deleted (Object Reference)."""


def put_in_bin(org: Org, kind: ObjectType, row: Row, hand: Hand) -> None:
    """This function will delete a record, with what hangs on it; ApiError DELETE_FAILED where something forbids it."""
    record = kind.record(row)
    _check(org, kind, record, hand)
    if not kind.has("IsDeleted"):
        org.remove(kind, str(row[0]))
        return
    _mark(org, kind, row, hand, deleted=True)
    for child, one in _references(org, kind, "cascade"):
        for hanging in _pointing(org, child, one, str(row[0]), deleted=False):
            put_in_bin(org, child, hanging, hand)
    for child, one in _references(org, kind, "clear"):
        for hanging in _pointing(org, child, one, str(row[0]), deleted=False):
            _empty(org, (child, one), hanging, str(row[0]), hand)
    if kind.name == "OpportunityLineItem":
        _lost_line(org, record, hand)


def delete_directly(org: Org, kind: ObjectType, row: Row, hand: Hand) -> None:
    """This function will delete a record that a user names; some objects' rows do not stay behind then."""
    if kind.name in _GONE_AT_ONCE:
        org.remove(kind, str(row[0]))
    else:
        put_in_bin(org, kind, row, hand)


def take_out(org: Org, kind: ObjectType, row: Row, hand: Hand) -> None:
    """This function will undelete a record, what its deletion took along, and the lookups that it emptied."""
    went = _stamp(kind, row)
    record = str(row[0])
    _mark(org, kind, row, hand, deleted=False)
    for child, one in _references(org, kind, "cascade"):
        for hanging in _pointing(org, child, one, record, deleted=True):
            if child.generated or _stamp(child, hanging) == went:
                take_out(org, child, hanging, hand)
    for name, held, field in org.severed.pop(record, ()):
        other = org.schema[name]
        found = org.tables[name].get(held)
        if found is not None and found[other.places[field]] is None:
            _put(org, other, found, {field: record}, hand)


def check_undelete(org: Org, kind: ObjectType, row: Row | None) -> Row:
    """This function will give the row, where it can be taken out of the recycle bin; ApiError UNDELETE_FAILED."""
    if row is None or not kind.has("IsDeleted") or not row[kind.places["IsDeleted"]] or not kind.undeletable:
        raise ApiError(400, "UNDELETE_FAILED", "Entity is not in the recycle bin", [])
    if _stamp(kind, row) < second(org.now() - KEPT):
        raise ApiError(400, "UNDELETE_FAILED", "Entity is no longer in the recycle bin", [])
    return row


def _check(org: Org, kind: ObjectType, record: Record, hand: Hand) -> None:
    if hand.api and kind.name == "Contract" and record["StatusCode"] == "Activated":
        raise ApiError(400, "DELETE_FAILED", "An activated contract cannot be deleted.", [])
    if kind.name == "Pricebook2" and record["IsStandard"]:
        raise ApiError(400, "DELETE_FAILED", "The standard price book cannot be deleted.", [])
    for child, one in _references(org, kind, "restrict"):
        found = next(_pointing(org, child, one, str(record["Id"]), deleted=False), None)
        if found is not None:
            raise _associated(record, child, found)


def _associated(record: Record, child: ObjectType, found: Row) -> ApiError:
    name = record.get("Name") or record["Id"]
    held = child.record(found).get("Name") or found[0]
    message = (
        f"Your attempt to delete {name} could not be completed because it is associated with the following"
        f" {child.plural.lower()}.: {held}"
    )
    return ApiError(400, "DELETE_FAILED", message, [])


def _lost_line(org: Org, record: Record, hand: Hand) -> None:
    deal = str(record["OpportunityId"])
    if not (org.record("Opportunity", deal) or {}).get("IsDeleted"):
        effects.roll_up(org, deal, hand)


def _mark(org: Org, kind: ObjectType, row: Row, hand: Hand, *, deleted: bool) -> None:
    values: Record = {"IsDeleted": deleted, **saving.touched(kind, hand)}
    if kind.name == "PricebookEntry" and deleted:
        values["IsArchived"], values["IsActive"] = True, False
    _put(org, kind, row, values, hand, marked=True)


def _empty(org: Org, lookup: tuple[ObjectType, Field], hanging: Row, target: str, hand: Hand) -> None:
    """Empty a lookup to a deleted record, and remember it, so that an undelete can set it again."""
    child, one = lookup
    _put(org, child, hanging, {one.name: None}, hand)
    org.severed[target] = (*org.severed.get(target, ()), (child.name, str(hanging[0]), one.name))


def _put(org: Org, kind: ObjectType, row: Row, values: Record, hand: Hand, *, marked: bool = False) -> None:
    """Store a row with changed values; the org's own housekeeping moves SystemModstamp alone."""
    record = {**kind.record(row), **values}
    if not marked and kind.has("SystemModstamp"):
        record["SystemModstamp"] = second(hand.at)
    saving.store(org, kind, record, hand)


def _references(org: Org, kind: ObjectType, on_delete: str) -> Iterator[tuple[ObjectType, Field]]:
    """Give the fields that refer to an object and take its deletion so, in rows that can be deleted themselves."""
    known = org.schema.children[kind.name]
    return ((child, one) for child, one in known if one.on_delete == on_delete and child.has("IsDeleted"))


def _pointing(org: Org, child: ObjectType, one: Field, record: str, *, deleted: bool) -> Iterator[Row]:
    table, at = org.tables[child.name], child.places["IsDeleted"]
    found = table.find(one.name, record) if table.is_indexed(one.name) else list(table)
    return (row for row in found if row[one.at] == record and row[at] is deleted)


def _stamp(kind: ObjectType, row: Row) -> str:
    """Give when a row was last touched, which for a deleted one is when it went."""
    name = next(name for name in ("SystemModstamp", "LastModifiedDate", "CreatedDate") if kind.has(name))
    return str(row[kind.places[name]])
