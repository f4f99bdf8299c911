"""Query results that are read page by page: fixed when the query ran, kept for two days of the org's time."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import IdFactory
from csops_sync.sandbox.salesforce.rendering import Rendered, Renderer
from csops_sync.sandbox.salesforce.schema import Row

LIFE = timedelta(days=2)
MOST_OPEN, MOST_ROWS = 10_000, 10_000_000


@dataclass(frozen=True, slots=True)
class _Cursor:
    rows: Sequence[Row]
    render: Renderer
    size: int
    opened: datetime


class Cursors:
    """Open results by locator; the oldest is forgotten where there are too many, or too many rows in them."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _Cursor] = OrderedDict()
        self._ids = IdFactory("0r8")
        self._held = 0

    def first(self, rows: Sequence[Row], render: Renderer, size: int, now: datetime, base: str) -> Rendered:
        """This function will give a result's first page, and keep the rest under a locator."""
        cursor = _Cursor(rows, render, size, now)
        locator = ""
        if len(rows) > size:
            locator = self._ids.next()
            self._open[locator] = cursor
            self._held += len(rows)
            self._forget()
        return _page(cursor, locator, 0, base)

    def page(self, text: str, now: datetime, base: str) -> Rendered:
        """This function will give the page at `0r8…-2000`; ApiError INVALID_QUERY_LOCATOR."""
        locator, _, offset = text.partition("-")
        cursor = self._open.get(locator)
        known = cursor is not None and offset.isdigit() and 0 < int(offset) < len(cursor.rows)
        if cursor is None or not known or now - cursor.opened > LIFE:
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return _page(cursor, locator, int(offset), base)

    def _forget(self) -> None:
        while len(self._open) > MOST_OPEN or (self._held > MOST_ROWS and len(self._open) > 1):
            _, oldest = self._open.popitem(last=False)
            self._held -= len(oldest.rows)


def _page(cursor: _Cursor, locator: str, offset: int, base: str) -> Rendered:
    end = offset + cursor.size
    done = end >= len(cursor.rows)
    page: Rendered = {"totalSize": len(cursor.rows), "done": done}
    if not done:
        page["nextRecordsUrl"] = f"{base}/query/{locator}-{end}"
    page["records"] = [cursor.render(row) for row in cursor.rows[offset:end]]
    return page
