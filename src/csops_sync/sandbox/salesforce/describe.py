"""What the API tells about objects and fields. A field that the user may not read is not there at all."""

from csops_sync.sandbox.salesforce.describe_fields import described
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.picklists import MASTER, record_types
from csops_sync.sandbox.salesforce.preconditions import http_date
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import ObjectType


def everything(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects`."""
    call.parameters()
    if _unchanged(context, call):
        return Answer(304)
    org = context.org
    kinds = sorted(org.schema.objects.values(), key=lambda kind: kind.name)
    shown = [_object(org, kind, call.base) for kind in kinds if org.access.may(kind, "Read")]
    return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})


def basics(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X`."""
    call.parameters()
    kind = context.kind(call.groups["object"])
    return Answer(200, {"objectDescribe": _object(context.org, kind, call.base), "recentItems": []})


def one(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X/describe`."""
    call.parameters()
    kind = context.kind(call.groups["object"])
    if _unchanged(context, call):
        return Answer(304)
    org = context.org
    fields = [described(org, kind, f) for f in kind.fields if not org.hidden(kind, f.name)]
    shown = {
        **_object(org, kind, call.base),
        "fields": fields,
        "recordTypeInfos": _record_types(org, kind, call.base),
        "childRelationships": _children(org, kind),
        "namedLayoutInfos": [],
        "supportedScopes": [{"label": f"All {kind.plural}", "name": "everything"}],
    }
    return Answer(200, shown)


def _unchanged(context: Context, call: Call) -> bool:
    since = call.headers.get("if-modified-since")
    return since is not None and context.org.described_at.replace(microsecond=0) <= http_date(since)


def _object(org: Org, kind: ObjectType, base: str) -> dict[str, object]:
    urls = {"sobject": f"{base}/sobjects/{kind.name}"}
    urls["describe"] = urls["sobject"] + "/describe"
    writable, access = not kind.read_only, org.access
    urls["rowTemplate"] = urls["sobject"] + "/{ID}"
    return {
        "name": kind.name,
        "label": kind.label,
        "labelPlural": kind.plural,
        "keyPrefix": kind.prefix,
        "custom": kind.name.endswith("__c"),
        "customSetting": False,
        "createable": writable and access.may(kind, "Create"),
        "updateable": writable and access.may(kind, "Edit"),
        "deletable": writable and access.may(kind, "Delete"),
        "undeletable": writable and kind.undeletable and access.may(kind, "Delete"),
        "mergeable": kind.name in {"Account", "Contact"},
        "queryable": True,
        "retrieveable": True,
        "replicateable": not kind.generated and kind.has("SystemModstamp"),
        "triggerable": writable,
        "searchable": writable,
        "layoutable": writable,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isSubtype": False,
        "mruEnabled": False,
        "deprecatedAndHidden": False,
        "urls": urls,
    }


def _children(org: Org, kind: ObjectType) -> list[dict[str, object]]:
    """Give the objects that refer to this one, as far as the viewer may read them."""
    pairs = ((child, one) for child, one in org.schema.children[kind.name] if org.access.may(child, "Read"))
    return [
        {
            "childSObject": child.name,
            "field": one.name,
            "relationshipName": one.children,
            "cascadeDelete": one.on_delete == "cascade",
            "restrictedDelete": one.on_delete == "restrict",
            "deprecatedAndHidden": False,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
        }
        for child, one in pairs
        if not org.hidden(child, one.name)
    ]


def _record_types(org: Org, kind: ObjectType, base: str) -> list[dict[str, object]]:
    own = record_types(org, kind)
    infos = [
        _record_type(
            kind, base, (str(r["Id"]), str(r["Name"]), str(r["DeveloperName"])), active=bool(r["IsActive"])
        )
        for r in own
    ]
    return [*infos, _record_type(kind, base, (MASTER, "Master", "Master"), active=True)]


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
        "master": record == MASTER,
        "urls": {"layout": f"{base}/sobjects/{kind.name}/describe/layouts/{record}"},
    }
