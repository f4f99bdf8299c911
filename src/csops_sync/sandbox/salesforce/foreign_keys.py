"""A parent named by its external id: `"Account": {"Key__c": "v"}` in a body stands for `"AccountId": "001…"`.

Source: REST API guide, "Upserting Records and Associating with an External ID"; SOAP API guide, "update()".
"""

from collections.abc import Mapping

from csops_sync.sandbox.salesforce.errors import ApiError, check_attributes
from csops_sync.sandbox.salesforce.finding import by_key, readable
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row


def resolved(context: Context, kind: ObjectType, values: Mapping[str, object]) -> dict[str, object]:
    """This function will put ids in the place of parents named by external id; ApiError where that leads nowhere."""
    found: dict[str, object] = {}
    for name, value in values.items():
        reference = kind.by_relationship.get(name.lower())
        if reference is None or not isinstance(value, dict):
            found[name] = value
            continue
        if any(other.lower() == reference.name.lower() for other in values):
            message = f"{reference.name} is given twice, by id and as {name}"
            raise ApiError(400, "INVALID_FIELD", message, [reference.name])
        found[reference.name] = _parent(context, reference, value)
    return found


def _parent(context: Context, reference: Field, value: Mapping[str, object]) -> object:
    given = {name: part for name, part in value.items() if name != "attributes"}
    kind = _kind(context, reference, value.get("attributes"))
    if len(given) != 1:
        message = f"More than 1 field provided in an external foreign key reference in entity: {kind.name}"
        raise ApiError(400, "INVALID_FIELD", message if given else message.replace("More", "Fewer"), [])
    ((name, wanted),) = given.items()
    rows = _rows(context, kind, name, wanted)
    if len(rows) != 1:
        message = f"Foreign key external ID: {wanted} not found for field {name} in entity {kind.name}"
        if rows:
            message = f"More than one record found for external id field: {[row[0] for row in rows]}"
        raise ApiError(400, "DUPLICATE_EXTERNAL_ID" if rows else "INVALID_FIELD", message, [])
    return rows[0][0]


def _kind(context: Context, reference: Field, attributes: object) -> ObjectType:
    """Give the parent's object; a reference to several needs `attributes` with the type."""
    check_attributes(attributes)
    named = attributes.get("type") if isinstance(attributes, dict) else None
    if named is None and len(reference.to) == 1:
        named = reference.to[0]
    kind = context.org.find(named) if isinstance(named, str) else None
    if kind is None or kind.name not in reference.to:
        message = f"{reference.relationship} needs attributes with a type out of {', '.join(reference.to)}"
        raise ApiError(400, "INVALID_FIELD", message, [reference.name])
    return kind


def _rows(context: Context, kind: ObjectType, name: str, wanted: object) -> list[Row]:
    if name.lower() == "id":
        row = readable(context, kind, normal(str(wanted)))
        return [] if row is None else [row]
    key = context.org.field(kind, name)
    if key is None or not key.external_id:
        message = (
            f"Field name provided, {name} does not match an External ID, Salesforce Id, or indexed field"
            f" for {kind.name}"
        )
        raise ApiError(400, "INVALID_FIELD", message, [])
    return by_key(context, kind, key, wanted)
