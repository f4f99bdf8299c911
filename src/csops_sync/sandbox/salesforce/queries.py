"""The query resources: `query`, `queryAll` and the pages behind them."""

import re
from collections.abc import Sequence

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.query import Plan, compiled
from csops_sync.sandbox.salesforce.query_columns import columns_of
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.rendering import Rendered, Renderer
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import Field, Row

DEFAULT_SIZE, LEAST_SIZE, GREATEST_SIZE = 2_000, 200, 2_000
TOO_LONG = 2
CHILDREN = 200
"""Children of one row that come at once; the rest stands behind the nextRecordsUrl of the inner result."""
_OPTIONS = re.compile(r"\s*batchSize\s*=\s*(\d+)\s*", re.ASCII)


def query(context: Context, call: Call) -> Answer:
    """This function will answer `GET query?q=` and `GET queryAll?q=`, with `columns=true` what it selects."""
    text = call.parameters("q", "columns").get("q")
    if not text:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    context.ledger.query(text)
    deleted = call.path.rstrip("/").lower().endswith("queryall")
    plan = compiled(Reader(org=context.org, base=call.base, deleted=deleted), text)
    if call.flag("columns"):
        return Answer(200, columns_of(plan))
    if plan.counted:
        return Answer(200, {"totalSize": plan.count(), "done": True, "records": []})
    return Answer(200, _first_page(context, call, plan))


def more(context: Context, call: Call) -> Answer:
    """This function will answer `GET query/{locator}`."""
    call.parameters()
    return Answer(200, context.cursors.page(call.groups["locator"], context.asker(call)))


def _first_page(context: Context, call: Call, plan: Plan) -> dict[str, object]:
    size, rows = _size(call.headers.get("sforce-query-options"), plan), plan.rows()
    if plan.scope.query.offset:
        rows = rows[:size]  # with OFFSET there is no cursor: the rest is asked for with a greater one
    if plan.grouping is not None and len(rows) > size:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)

    def keep(children: Sequence[Row], render: Renderer) -> Rendered:
        return context.cursors.first(children, render, CHILDREN, context.asker(call))

    return context.cursors.first(rows, plan.renderer(keep), size, context.asker(call))


def _size(options: str | None, plan: Plan) -> int:
    """Give the rows of a page: fewer where two long texts of the org's own are selected."""
    asked = _asked_size(options)
    long = [cell for cell in plan.cells if cell.column.field.custom and _is_long(cell.column.field)]
    return asked if len(long) < TOO_LONG else min(asked, LEAST_SIZE)


def _is_long(field: Field) -> bool:
    return field.type == "textarea" and not field.filterable


def _asked_size(options: str | None) -> int:
    if options is None:
        return DEFAULT_SIZE
    found = _OPTIONS.fullmatch(options)
    if found is None or not LEAST_SIZE <= int(found[1]) <= GREATEST_SIZE:
        message = f"Sforce-Query-Options takes batchSize={LEAST_SIZE} to {GREATEST_SIZE}, not {options!r}"
        raise ApiError(400, "INVALID_BATCH_SIZE", message)
    return int(found[1])
