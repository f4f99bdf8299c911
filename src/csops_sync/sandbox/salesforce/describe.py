"""What the API tells about objects and fields. A field that the user may not read is not there at all."""

from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.rows import http_date
from csops_sync.sandbox.salesforce.schema import NUMBERS, Field, ObjectType

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "anyType": "xsd:anyType",
}
_MASTER = "012000000000000AAA"


def everything(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects`."""
    call.parameters()
    if _unchanged(context, call):
        return Answer(304)
    kinds = sorted(context.org.schema.objects.values(), key=lambda kind: kind.name)
    shown = [_object(kind, call.base) for kind in kinds]
    return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})


def basics(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X`."""
    call.parameters()
    kind = context.kind(call.groups["object"])
    return Answer(200, {"objectDescribe": _object(kind, call.base), "recentItems": []})


def one(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X/describe`."""
    call.parameters()
    kind = context.kind(call.groups["object"])
    if _unchanged(context, call):
        return Answer(304)
    fields = [_field(context.org, kind, f) for f in kind.fields if not context.org.hidden(kind, f.name)]
    infos = _record_types(context.org, kind, call.base)
    return Answer(200, {**_object(kind, call.base), "fields": fields, "recordTypeInfos": infos})


def _unchanged(context: Context, call: Call) -> bool:
    since = call.headers.get("if-modified-since")
    return since is not None and context.org.described_at.replace(microsecond=0) <= http_date(since)


def _object(kind: ObjectType, base: str) -> dict[str, object]:
    urls = {"sobject": f"{base}/sobjects/{kind.name}"}
    urls["describe"] = urls["sobject"] + "/describe"
    urls["rowTemplate"] = urls["sobject"] + "/{ID}"
    return {
        "name": kind.name,
        "label": kind.label,
        "labelPlural": kind.plural,
        "keyPrefix": kind.prefix,
        "custom": kind.name.endswith("__c"),
        "createable": not kind.read_only,
        "updateable": not kind.read_only,
        "deletable": not kind.read_only,
        "undeletable": not kind.read_only,
        "mergeable": kind.name in {"Account", "Contact"},
        "queryable": True,
        "retrieveable": True,
        "replicateable": not kind.generated and kind.has("SystemModstamp"),
        "triggerable": not kind.read_only,
        "searchable": not kind.read_only,
        "layoutable": not kind.read_only,
        "deprecatedAndHidden": False,
        "urls": urls,
    }


def _field(org: Org, kind: ObjectType, field: Field) -> dict[str, object]:
    writable = org.writable(kind, field)
    number = field.type in NUMBERS
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "length": field.length,
        "byteLength": field.length * 3,
        "precision": field.precision if number and field.type != "int" else 0,
        "scale": field.scale if number else 0,
        "digits": 8 if field.type == "int" else 0,
        "createable": writable,
        "updateable": writable,
        "nillable": field.nillable,
        "defaultedOnCreate": field.system or field.default is not None,
        "defaultValue": field.default if isinstance(field.default, bool) else None,
        "calculated": False,
        "calculatedFormula": None,
        "autoNumber": bool(field.auto_number),
        "unique": field.unique,
        "caseSensitive": field.case_sensitive,
        "externalId": field.external_id,
        "idLookup": field.external_id or field.name in {"Id", "Name", "ContractNumber", "Username"},
        "custom": field.custom,
        "nameField": field.name == "Name",
        "filterable": field.filterable,
        "sortable": field.sortable,
        "groupable": field.sortable and field.type not in {"datetime", "double", "currency", "percent"},
        "aggregatable": field.filterable,
        "permissionable": not (field.system or field.required or field.mandatory),
        "restrictedPicklist": field.restricted,
        "picklistValues": [_choice(field, value) for value in org.picklist(field)],
        "dependentPicklist": False,
        "controllerName": None,
        "referenceTo": list(field.to),
        "relationshipName": field.relationship,
        "polymorphicForeignKey": len(field.to) > 1,
        "compoundFieldName": None,
        "deprecatedAndHidden": False,
        "encrypted": False,
        "soapType": _SOAP.get(field.type, "xsd:string"),
    }


def _choice(field: Field, value: str) -> dict[str, object]:
    default = field.default == value
    return {"value": value, "label": value, "active": True, "defaultValue": default, "validFor": None}


def _record_types(org: Org, kind: ObjectType, base: str) -> list[dict[str, object]]:
    types = org.schema["RecordType"]
    found = [types.record(row) for row in org.tables["RecordType"]]
    own = [one for one in found if one["SobjectType"] == kind.name]
    infos = [
        _record_type(
            kind, base, (str(r["Id"]), str(r["Name"]), str(r["DeveloperName"])), active=bool(r["IsActive"])
        )
        for r in own
    ]
    return [*infos, _record_type(kind, base, (_MASTER, "Master", "Master"), active=True)]


def _record_type(
    kind: ObjectType, base: str, names: tuple[str, str, str], *, active: bool
) -> dict[str, object]:
    record, label, developer_name = names
    return {
        "recordTypeId": record,
        "name": label,
        "developerName": developer_name,
        "active": active,
        "available": active,
        "defaultRecordTypeMapping": developer_name == (kind.default_record_type or "Master"),
        "master": record == _MASTER,
        "urls": {"layout": f"{base}/sobjects/{kind.name}/describe/layouts/{record}"},
    }
