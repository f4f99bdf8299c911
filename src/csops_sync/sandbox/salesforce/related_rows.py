"""The sObject relationships: from a record to its parent, which can be changed too, or to its children.

Source: REST API guide, "sObject Relationships".
"""

from csops_sync.sandbox.salesforce import errors, finding, preconditions, rows
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row
from csops_sync.sandbox.salesforce.table import Table

PAGE = 2_000


def read(context: Context, call: Call, kind: ObjectType) -> Answer:
    """This function will answer `GET sobjects/X/{id}/{relationship}`: the parent, or the children page by page."""
    found = context.org.schema.child(kind, call.groups["value"])
    if found is None:
        return rows.answer(context, call, *_parent(context, call, kind))
    child, link = found
    row = finding.by_id(context, kind, call.groups["field"])
    return _children(context, call, row, context.kind(child.name), link)


def update(context: Context, call: Call, kind: ObjectType) -> Answer:
    """This function will answer `PATCH sobjects/X/{id}/{relationship}`: the parent is changed."""
    call.parameters()
    above, row = _parent(context, call, kind)
    values = rows.body_values(call.json(), above, creating=False)
    if preconditions.unmet(call, above, row):
        return Answer(304)
    rows.update_row(context, call, above, str(row[0]), values)
    return Answer(204)


def delete(context: Context, call: Call, kind: ObjectType) -> Answer:
    """This function will answer `DELETE sobjects/X/{id}/{relationship}`: the parent is deleted."""
    call.parameters()
    preconditions.refuse_all(call, "on DELETE")
    above, row = _parent(context, call, kind)
    rows.delete_row(context, call, above, str(row[0]))
    return Answer(204)


def _children(context: Context, call: Call, row: Row, child: ObjectType, link: Field) -> Answer:
    names = call.parameters("fields").get("fields")
    if context.org.hidden(child, link.name):
        raise errors.not_found()
    fields = None if names is None else rows.selected(context, child, names)
    table = context.org.tables[child.name]
    linked = table.find(link.name, row[0]) if table.is_indexed(link.name) else _scan(table, link, row)
    found = [one for one in linked if finding.readable(context, child, str(one[0])) is not None]

    def render(one: Row) -> dict[str, object]:
        return rows.shown(context, call, child, one, fields)

    page = context.cursors.first(found, render, PAGE, context.asker(call))
    return Answer(200, page)


def _scan(table: Table, link: Field, row: Row) -> list[Row]:
    return [one for one in table if one[link.at] == row[0]]


def _parent(context: Context, call: Call, kind: ObjectType) -> tuple[ObjectType, Row]:
    """Find the parent; ApiError NOT_FOUND where there is no such relationship, or nobody at its end."""
    reference = kind.by_relationship.get(call.groups["value"].lower())
    if reference is None or context.org.hidden(kind, reference.name):
        raise errors.not_found()
    row = finding.by_id(context, kind, call.groups["field"])
    record = normal(str(row[reference.at])) if row[reference.at] is not None else None
    if record is None:
        raise errors.not_found()
    above = context.kind(context.org.schema.by_prefix[record[:3]].name)
    return above, finding.by_id(context, above, record)
