"""The query resources: `query`, `queryAll` and the pages behind them."""

import re

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.query import run
from csops_sync.sandbox.salesforce.request import Answer, Call, Context

DEFAULT_SIZE, LEAST_SIZE, GREATEST_SIZE = 2_000, 200, 2_000
_OPTIONS = re.compile(r"\s*batchSize\s*=\s*(\d+)\s*")


def query(context: Context, call: Call) -> Answer:
    """This function will answer `GET query?q=` and `GET queryAll?q=`."""
    text = call.parameters("q").get("q")
    if not text:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    deleted = call.path.rstrip("/").lower().endswith("queryall")
    rows, render = run(context.org, text, call.base, deleted=deleted)
    if render is None:
        return Answer(200, {"totalSize": len(rows), "done": True, "records": []})
    size = _size(call.headers.get("sforce-query-options"))
    return Answer(200, context.cursors.first(rows, render, size, context.org.now(), call.base))


def more(context: Context, call: Call) -> Answer:
    """This function will answer `GET query/{locator}`."""
    call.parameters()
    return Answer(200, context.cursors.page(call.groups["locator"], context.org.now(), call.base))


def _size(options: str | None) -> int:
    if options is None:
        return DEFAULT_SIZE
    found = _OPTIONS.fullmatch(options)
    if found is None or not LEAST_SIZE <= int(found[1]) <= GREATEST_SIZE:
        message = f"Sforce-Query-Options takes batchSize={LEAST_SIZE} to {GREATEST_SIZE}, not {options!r}"
        raise ApiError(400, "INVALID_BATCH_SIZE", message)
    return int(found[1])
