"""The one resource of the User Interface API that an integration needs: picklist values by record type.

Source: User Interface API guide, "Get Values for All Picklist Fields of a Record Type".
"""

from csops_sync.sandbox.salesforce import errors
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.picklists import MASTER, allowed, record_types
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType


def picklist_values(context: Context, call: Call) -> Answer:
    """This function will answer `GET ui-api/object-info/X/picklist-values/{recordTypeId}`; ApiError NOT_FOUND."""
    call.parameters()
    org, kind = context.org, context.kind(call.groups["object"])
    record_type = _record_type(org, kind, call.groups["record_type"])
    shown = (one for one in kind.fields if one.type == "picklist" and not org.hidden(kind, one.name))
    values = {one.name: _values(org, kind, one, (record_type, call.path)) for one in shown}
    return Answer(200, {"picklistFieldValues": values})


def _record_type(org: Org, kind: ObjectType, text: str) -> Json:
    """Read the record type of a path, None for the master; ApiError where the object does not have it."""
    record = normal(text)
    if record == MASTER:
        return None
    if record is None or not any(one["Id"] == record for one in record_types(org, kind)):
        raise errors.not_found()
    return record


def _values(org: Org, kind: ObjectType, one: Field, where: tuple[Json, str]) -> dict[str, object]:
    record_type, path = where
    controller = kind.field(one.controller) if one.controller else None
    controlling = {} if controller is None else {v: at for at, v in enumerate(org.picklist(controller))}
    return {
        "controllerValues": controlling,
        "defaultValue": None,
        "url": f"{path}/{one.name}",
        "values": [
            {
                "attributes": None,
                "label": value,
                "value": value,
                "validFor": _valid_for(one, value, controlling),
            }
            for value in allowed(org, kind, one, record_type)
        ],
    }


def _valid_for(one: Field, value: str, controlling: dict[str, int]) -> list[int]:
    return [at for other, at in controlling.items() if value in one.valid_for.get(other, ())]
