"""The collections resource for reading: rows of one object by their ids, in the order of the ids, null for none.

Source: REST API guide, "Get Records Using sObject Collections" and "… With a Request Body": a GET takes as many ids as
its URI has room for, a POST up to 2,000.
"""

from collections.abc import Sequence

from csops_sync.sandbox.salesforce import finding, preconditions, rows, subrequests
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Answer, Call, Context

MAX_IDS = 2_000


def by_query(context: Context, call: Call) -> Answer:
    """This function will answer `GET composite/sobjects/X?ids=&fields=`."""
    given = call.parameters("ids", "fields")
    ids, fields = (
        [part.strip() for part in given.get(name, "").split(",") if part.strip()]
        for name in ("ids", "fields")
    )
    return _retrieved(context, call, ids, fields)


def by_body(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite/sobjects/X` with `ids` and `fields` in the body."""
    call.parameters()
    body = call.json()
    subrequests.only_keys(body, "ids", "fields")
    ids, fields = (_texts(body.get(name), name) for name in ("ids", "fields"))
    if len(ids) > MAX_IDS:
        raise ApiError(400, "EXCEEDED_ID_LIMIT", f"A request takes up to {MAX_IDS} ids, not {len(ids)}")
    return _retrieved(context, call, ids, fields)


def _texts(value: object, name: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise subrequests.malformed(f"{name} must be a list of texts")
    return value


def _retrieved(context: Context, call: Call, ids: Sequence[str], fields: Sequence[str]) -> Answer:
    preconditions.refuse_all(call, "for collections")
    kind = context.kind(call.groups["object"])
    for name, given in (("ids", ids), ("fields", fields)):
        if not given:
            raise ApiError(400, "MISSING_ARGUMENT", f"{name} is required")
    shown = rows.selected(context, kind, ",".join(fields))
    found: list[object] = []
    for text in ids:
        row = finding.readable(context, kind, normal(text))
        if row is None:
            found.append(None)
            continue
        link = {"type": kind.name, "url": f"{call.base}/sobjects/{kind.name}/{row[0]}"}
        found.append({"attributes": link, **{one.name: row[one.at] for one in shown}})
    return Answer(200, found)
