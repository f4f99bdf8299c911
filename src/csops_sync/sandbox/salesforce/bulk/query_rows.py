"""The rows of a query job, streamed into CSV so that a million of them fit."""

from collections.abc import Iterator, Sequence
from itertools import islice

from csops_sync.sandbox.salesforce.bulk.cells import texts
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.jobs.dialect import Dialect
from csops_sync.sandbox.salesforce.query import Plan, compiled
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema import Json, Row
from csops_sync.sandbox.salesforce.selection import Cell

_BLOCK = 2_000


def planned(reader: Reader, text: str) -> Plan:
    """This function will check a query; ApiError where it is wrong, or none for Bulk API 2.0."""
    plan = compiled(reader, text)
    if plan.counted or plan.grouping is not None:
        raise _unsupported("Aggregate functions")
    if plan.scope.query.offset:
        raise _unsupported("OFFSET")
    if plan.children:
        raise _unsupported("Aggregate Relationships")
    return plan


def heading(plan: Plan, dialect: Dialect) -> bytes:
    """This function will write a query's columns."""
    return dialect.row(cell.title for cell in plan.cells)


def written(plan: Plan, dialect: Dialect) -> Iterator[Sequence[bytes]]:
    """This function will write a query's rows block by block; nothing may change in between."""
    rows = plan.stream()
    while block := list(islice(rows, _BLOCK)):
        columns = [texts(cell.column.field, _values(cell, block)) for cell in plan.cells]
        yield [dialect.escaped_row(cells) for cells in zip(*columns, strict=True)]


def _unsupported(what: str) -> ApiError:
    return ApiError(400, "FEATURENOTENABLED", f"{what} not supported in Bulk V2 Query with CSV content type")


def _values(cell: Cell, rows: Sequence[Row]) -> list[Json]:
    at = cell.place
    if at is None:
        return [cell.column.get(row) for row in rows]
    return [row[at] for row in rows]
