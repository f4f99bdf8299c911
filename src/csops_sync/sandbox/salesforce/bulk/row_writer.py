"""Doing one row of an ingest job, by the same way that single rows and collections take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from csops_sync.sandbox.salesforce import rows
from csops_sync.sandbox.salesforce.bulk.columns import Column
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.jobs.ingest_work import Cells, RowRefusedError, Written
from csops_sync.sandbox.salesforce.request import Call, Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType
from csops_sync.sandbox.salesforce.upserts import upsert_row

_ID = "Id"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWriter:
    """Writes the rows of one upload as the user of `call`. `key` is an upsert's field, None for the Id."""

    context: Context
    call: Call
    kind: ObjectType
    operation: str
    key: Field | None
    columns: tuple[Column, ...]

    def __call__(self, number: int, cells: Cells) -> Written:
        """This method will do the row of a number (from 1); RowRefusedError."""
        values: dict[str, object] = {}
        try:
            self._check_fault(number)
            for column, cell in zip(self.columns, cells, strict=True):
                column.put(values, cell)
            given = values.pop(_ID, None)
            return _OPERATIONS[self.operation](self, "" if given is None else str(given), values)
        except ApiError as error:
            raise RowRefusedError(error, normal(self._given_id(cells)) or "") from error

    def insert(self, given: str, values: Mapping[str, object]) -> Written:
        """This method will create a record, which cannot choose its id."""
        if given:
            message = "cannot specify Id in an insert call"
            raise ApiError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, [_ID])
        return Written(rows.create_row(self.context, self._bare(), self.kind, values), created=True)

    def update(self, given: str, values: Mapping[str, object]) -> Written:
        """This method will change a record."""
        record = self._record(given)
        rows.update_row(self.context, self._bare(), self.kind, record, values)
        return Written(record, created=False)

    def upsert(self, given: str, values: Mapping[str, object]) -> Written:
        """This method will create or change a record, by its key."""
        if self.key is None:
            return self.update(given, values) if given else self.insert(given, values)
        if given:
            message = f"The Id field should not be specified beside {self.key.name}"
            raise ApiError(400, "INVALID_FIELD", message, [_ID])
        if values.get(self.key.name) is None:
            raise ApiError(400, "MISSING_ARGUMENT", f"{self.key.name} not specified", [])
        done = upsert_row(self.context, self._bare(), self.kind, self.key, values)
        return Written(done.id, done.created)

    def delete(self, given: str, _values: Mapping[str, object]) -> Written:
        """This method will put a record into the recycle bin."""
        record = self._record(given)
        rows.delete_row(self.context, self._bare(), self.kind, record)
        return Written(record, created=False)

    def hard_delete(self, given: str, values: Mapping[str, object]) -> Written:
        """This method will delete a record past the recycle bin."""
        done = self.delete(given, values)
        self.context.org.tables[self.kind.name].remove(done.record)
        return done

    def _bare(self) -> Call:
        return replace(self.call, body=b"", fault=None)

    def _check_fault(self, number: int) -> None:
        if self.call.fault is not None and number == int(self.call.fault.number("row", 1)):
            raise rows.row_fault(self.call)

    def _record(self, given: str) -> str:
        if not given:
            raise ApiError(400, "MISSING_ARGUMENT", f"Id not specified in an {self.operation} call", [])
        record = normal(given)
        if record is None or not record.startswith(self.kind.prefix):
            message = f"{self.kind.label} ID: id value of incorrect type: {given}"
            raise ApiError(400, "MALFORMED_ID", message, [_ID])
        return record

    def _given_id(self, cells: Cells) -> str:
        pairs = zip(self.columns, cells, strict=True)
        return next((cell for column, cell in pairs if column.field.name == _ID), "")


_OPERATIONS: Mapping[str, Callable[[RowWriter, str, Mapping[str, object]], Written]] = {
    "insert": RowWriter.insert,
    "update": RowWriter.update,
    "upsert": RowWriter.upsert,
    "delete": RowWriter.delete,
    "hardDelete": RowWriter.hard_delete,
}
OPERATIONS = tuple(_OPERATIONS)
