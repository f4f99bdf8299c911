"""What describe tells of one field, as the calling user has it. Source: SOAP API guide, DescribeSObjectResult.Field."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import INT_DIGITS, NUMBERS, Field, ObjectType

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
    "time": "xsd:time",
    "anyType": "xsd:anyType",
}
_NAME_FIELDS = {"Contract": "ContractNumber", "Task": "Subject", "OpportunityStage": "MasterLabel"}
_LOOKED_UP = frozenset({"Id", "Name", "ContractNumber", "Username"})
_NOT_GROUPED = frozenset({"datetime", "double", "currency", "percent", "time"})
_NEVER: Mapping[str, object] = {
    "aiPredictionField": False,
    "compoundFieldName": None,
    "defaultValueFormula": None,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "extraTypeInfo": None,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "queryByDistance": False,
    "referenceTargetField": None,
    "searchPrefilterable": False,
    "writeRequiresMasterRead": False,
}
"""What no field here has."""


def described(org: Org, kind: ObjectType, field: Field) -> dict[str, object]:
    """This function will describe a field to the org's viewer."""
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "custom": field.custom,
        **_size(field),
        **_rights(org, kind, field),
        **_keys(kind, field),
        **_picklist(org, kind, field),
        **_relation(field),
        **_NEVER,
    }


def _size(field: Field) -> dict[str, object]:
    number = field.type in NUMBERS
    return {
        "length": field.length,
        "byteLength": field.length * 3,
        "precision": field.precision if number and field.type != "int" else 0,
        "scale": field.scale if number else 0,
        "digits": INT_DIGITS if field.type == "int" else 0,
    }


def _rights(org: Org, kind: ObjectType, field: Field) -> dict[str, object]:
    writable = org.writable(kind, field)
    return {
        "createable": writable and org.access.may(kind, "Create"),
        "updateable": writable and not field.create_only and org.access.may(kind, "Edit"),
        "permissionable": field.permissionable and not kind.read_only,
        "nillable": field.nillable,
        "defaultedOnCreate": field.system or field.default is not None or bool(field.auto_number),
        "defaultValue": field.default if isinstance(field.default, bool) else None,
        "calculated": field.calculated,
        "calculatedFormula": None,
        "autoNumber": bool(field.auto_number),
    }


def _keys(kind: ObjectType, field: Field) -> dict[str, object]:
    return {
        "unique": field.unique,
        "caseSensitive": field.case_sensitive,
        "externalId": field.external_id,
        "idLookup": field.external_id or field.name in _LOOKED_UP,
        "nameField": field.name == _NAME_FIELDS.get(kind.name, "Name"),
        "filterable": field.filterable,
        "sortable": field.sortable,
        "groupable": field.sortable and field.type not in _NOT_GROUPED,
        "aggregatable": field.filterable,
    }


def _picklist(org: Org, kind: ObjectType, field: Field) -> dict[str, object]:
    choices = org.picklist(field)
    controller = kind.field(field.controller) if field.controller else None
    controlling = () if controller is None else org.picklist(controller)
    return {
        "restrictedPicklist": field.restricted,
        "picklistValues": [_choice(field, value, controlling) for value in choices],
        "dependentPicklist": controller is not None,
        "controllerName": None if controller is None else controller.name,
    }


def _choice(field: Field, value: str, controlling: Sequence[str]) -> dict[str, object]:
    default = field.default == value
    return {
        "value": value,
        "label": value,
        "active": True,
        "defaultValue": default,
        "validFor": valid_for(field, value, controlling) if controlling else None,
    }


def valid_for(field: Field, value: str, controlling: Sequence[str]) -> str:
    """This function will give the bitmap of the controlling values that allow a value: first bit highest, base64."""
    bits = bytearray((len(controlling) + 7) // 8)
    for place, other in enumerate(controlling):
        if value in field.valid_for.get(other, ()):
            bits[place // 8] |= 128 >> place % 8
    return b64encode(bytes(bits)).decode("ascii")


def _relation(field: Field) -> dict[str, object]:
    several = len(field.to) > 1
    return {
        "referenceTo": list(field.to),
        "relationshipName": field.relationship,
        "relationshipOrder": 0 if field.on_delete == "cascade" and field.custom else None,
        "polymorphicForeignKey": several,
        "namePointing": several,
        "cascadeDelete": field.type == "reference" and field.on_delete == "cascade",
        "restrictedDelete": field.type == "reference" and field.on_delete == "restrict",
    }
