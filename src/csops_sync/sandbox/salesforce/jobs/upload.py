"""Reading an uploaded CSV, as strictly as Salesforce: UTF-8, the job's line ends, quotes only around whole cells."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from csops_sync.sandbox.salesforce.jobs.dialect import Dialect
from csops_sync.sandbox.salesforce.jobs.jobs import JobFailure


@dataclass(frozen=True, slots=True)
class Upload:
    """A header and `count` rows, each with as many cells as the header. They are kept as text: cells take tenfold."""

    header: Sequence[str]
    count: int
    text: str = field(repr=False)
    dialect: Dialect

    def rows(self) -> Iterator[Sequence[str]]:
        """This function will read the rows, from the first."""
        lines = _lines(self.text, self.dialect)
        next(lines)
        return lines


def read_upload(data: bytes, dialect: Dialect) -> Upload:
    """This function will read a job's data; JobFailure where it cannot be read."""
    text = _decoded(data)
    _check_signs(text, dialect)
    lines, count = _lines(text, dialect), 0
    header = next(lines, None)
    if header is None:
        raise JobFailure("InvalidBatch", "Failed to parse CSV. EOF reached before reading a header")
    for row in lines:
        count += 1
        if len(row) != len(header):
            message = f"Failed to parse CSV. Row {count} has {len(row)} columns, the header has {len(header)}"
            raise JobFailure("InvalidBatch", message)
    return Upload(header, count, text, dialect)


def _lines(text: str, dialect: Dialect) -> Iterator[Sequence[str]]:
    # The limit holds for the whole process, so it is raised only.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True)
    return (line for line in lines if line)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"Failed to parse CSV. Byte {error.start} is not UTF-8"
        raise JobFailure("InvalidBatch", message) from None


def _check_signs(text: str, dialect: Dialect) -> None:
    """Look at the text without its quoted cells: no quote may be left, and line ends must be the job's."""
    sign = re.escape(dialect.delimiter)
    bare = re.sub(rf'(?:(?<=[{sign}\r\n])|\A)"(?:[^"]|"")*"(?=[{sign}\r\n]|\Z)', "", text)
    if '"' in bare:
        message = "Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
        raise JobFailure("InvalidBatch", message)
    other = bare.replace("\r\n", "") if dialect.line_ending == "CRLF" else bare
    if "\r" in other or (dialect.line_ending == "CRLF" and "\n" in other):
        message = f"LineEnding is invalid on user data. Current LineEnding setting is {dialect.line_ending}"
        raise JobFailure("ClientInputError", message)
