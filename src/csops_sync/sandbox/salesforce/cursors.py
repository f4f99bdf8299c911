"""Query results that are read page by page: fixed when the query ran, kept for two days of the org's time.

A locator belongs to the user who asked: to anybody else it is none.
"""

import re
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
_OFFSET = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for a page: the user, when (the org's instant), and the path of the API's version."""

    user: str
    at: datetime
    base: str


@dataclass(frozen=True, slots=True)
class _Cursor:
    rows: Sequence[Row]
    render: Renderer
    size: int
    asker: Asker


class Cursors:
    """Open results by locator; the oldest is forgotten where there are too many, or too many rows in them."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _Cursor] = OrderedDict()
        self._ids = IdFactory("0r8")
        self._held = 0

    def first(self, rows: Sequence[Row], render: Renderer, size: int, asker: Asker) -> Rendered:
        """This function will give a result's first page, and keep the rest under a locator."""
        cursor = _Cursor(rows, render, size, asker)
        locator = ""
        if len(rows) > size:
            locator = self._ids.next()
            self._open[locator] = cursor
            self._held += len(rows)
            self._forget()
        return _page(cursor, locator, 0, asker.base)

    def page(self, text: str, asker: Asker) -> Rendered:
        """This function will give the page at `0r8…-2000`; ApiError INVALID_QUERY_LOCATOR."""
        locator, _, offset = text.partition("-")
        cursor = self._open.get(locator)
        if cursor is None or not _is_open(cursor, asker) or not _is_within(cursor, offset):
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return _page(cursor, locator, int(offset), asker.base)

    def _forget(self) -> None:
        while len(self._open) > MOST_OPEN or (self._held > MOST_ROWS and len(self._open) > 1):
            _, oldest = self._open.popitem(last=False)
            self._held -= len(oldest.rows)


def _is_open(cursor: _Cursor, asker: Asker) -> bool:
    return cursor.asker.user == asker.user and asker.at - cursor.asker.at <= LIFE


def _is_within(cursor: _Cursor, offset: str) -> bool:
    return bool(_OFFSET.fullmatch(offset)) and int(offset) < len(cursor.rows)


def _page(cursor: _Cursor, locator: str, offset: int, base: str) -> Rendered:
    end = offset + cursor.size
    done = end >= len(cursor.rows)
    page: Rendered = {"totalSize": len(cursor.rows), "done": done}
    if not done:
        page["nextRecordsUrl"] = f"{base}/query/{locator}-{end}"
    page["records"] = [cursor.render(row) for row in cursor.rows[offset:end]]
    return page
