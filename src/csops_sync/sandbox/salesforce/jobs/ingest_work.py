"""What an ingest job does: the rows of an upload, written one by one, each with an outcome of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.jobs.dialect import Dialect
from csops_sync.sandbox.salesforce.jobs.pages import Pages
from csops_sync.sandbox.salesforce.jobs.upload import Upload, read_upload

_CHUNK, _BLOCK = 200, 2_000
Cells: TypeAlias = Sequence[str]


@dataclass(frozen=True, slots=True)
class Written:
    """A row that was done: the record and whether it is new."""

    record: str
    created: bool


class RowRefusedError(Exception):
    """A row was refused; `record` is its id as far as it is known."""

    def __init__(self, error: ApiError, record: str = "") -> None:
        super().__init__(str(error))
        self.error = error
        self.record = record


Writer: TypeAlias = Callable[[int, Cells], Written]
"""Does the row of a number (from 1); RowRefusedError."""
Preparation: TypeAlias = Callable[[Upload], Writer]
"""Checks an upload's header and the allowance; JobFailure."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """An upload that could be read; `rows` are those that are still to be done."""

    upload: Upload
    rows: Iterator[Cells]
    write: Writer


class IngestWork:
    """Writes rows in chunks of 200, so that an aborted job leaves a part written and the rest unprocessed."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._prepare: Preparation | None = None
        self._data: bytes | None = None
        self._begun: _Begun | None = None
        self._successes: list[bytes] = []
        self._failures: list[bytes] = []
        self._uploaded = False
        self._done = 0
        self._failed = 0
        self.successful = Pages(b"")
        self.refused = Pages(b"")

    @property
    def processed(self) -> int:
        """Rows that are done, refused ones included."""
        return self._done

    @property
    def failed(self) -> int:
        """Rows that were refused."""
        return self._failed

    @property
    def uploaded(self) -> bool:
        """Whether the data is there."""
        return self._uploaded

    @property
    def finished(self) -> bool:
        """Whether every row is done."""
        return self._begun is not None and self._done == self._begun.upload.count

    def take(self, data: bytes) -> None:
        """This method will keep the uploaded data, unread: what is wrong with it shows when the job runs."""
        self._data, self._uploaded = data, True

    def ready(self, prepare: Preparation) -> None:
        """This method will tell how the data is to be written, before the job is put in the queue."""
        self._prepare = prepare

    def advance(self, share: float) -> None:
        """This method will write rows in whole chunks up to a share of them."""
        begun = self._begun = self._begun or self._begin()
        total = begun.upload.count
        wanted = total if share >= 1 else int(total * share) // _CHUNK * _CHUNK
        for cells in islice(begun.rows, max(0, wanted - self._done)):
            self._row(begun.write, cells)
            if self._done % _BLOCK == 0:
                self._keep()
        self._keep()

    def stop(self) -> None:
        """This method will do nothing: what is written stays, the rest shows as unprocessed."""

    def unprocessed(self) -> bytes:
        """This method will give the rows that were not looked at, as they were uploaded or with quotes."""
        if self._begun is None:
            return self._data or b""
        upload = self._begun.upload
        rows = islice(upload.rows(), self._done, None)
        return b"".join(map(self._dialect.row, [upload.header, *rows]))

    def _begin(self) -> "_Begun":
        if self._prepare is None:
            raise TypeError("the job was put in the queue before it was told how to write")
        upload = read_upload(self._data or b"", self._dialect)
        write = self._prepare(upload)
        self.successful = Pages(self._dialect.row(["sf__Id", "sf__Created", *upload.header]))
        self.refused = Pages(self._dialect.row(["sf__Id", "sf__Error", *upload.header]))
        self._data = None
        return _Begun(upload, upload.rows(), write)

    def _row(self, write: Writer, cells: Cells) -> None:
        self._done += 1
        try:
            written = write(self._done, cells)
        except RowRefusedError as refusal:
            self._failed += 1
            self._failures.append(self._dialect.row([refusal.record, _shown(refusal.error), *cells]))
        else:
            created = "true" if written.created else "false"
            self._successes.append(self._dialect.row([written.record, created, *cells]))

    def _keep(self) -> None:
        self.successful.add(self._successes)
        self.refused.add(self._failures)
        self._successes, self._failures = [], []


def _shown(error: ApiError) -> str:
    """Write an error as `sf__Error` has it: `REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --`."""
    fields = f"{' '.join(error.fields)} " if error.fields else ""
    return f"{error.code}:{error.message}:{fields}--"
