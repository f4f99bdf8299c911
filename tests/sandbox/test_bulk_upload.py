"""Reading an upload: what Salesforce takes, and what fails the whole job with its words."""

import pytest

from csops_sync.sandbox.salesforce.jobs.dialect import Dialect
from csops_sync.sandbox.salesforce.jobs.jobs import JobFailure
from csops_sync.sandbox.salesforce.jobs.upload import read_upload

_LF, _CRLF = Dialect("COMMA", "LF"), Dialect("COMMA", "CRLF")
_ENDS = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is"


def test_cells_may_be_quoted_and_hold_quotes_delimiters_and_line_ends() -> None:
    upload = read_upload(b'Name,Note\n"a ""b""","x,\r\ny"\nc,\n', _LF)
    assert upload.header == ["Name", "Note"]
    assert list(upload.rows()) == [['a "b"', "x,\r\ny"], ["c", ""]]


def test_empty_lines_and_a_missing_last_line_end_are_no_rows() -> None:
    assert list(read_upload(b"Name\n\na\n\nb", _LF).rows()) == [["a"], ["b"]]


@pytest.mark.parametrize("name", ["BACKQUOTE", "CARET", "COMMA", "PIPE", "SEMICOLON", "TAB"])
def test_every_delimiter_is_read_as_it_is_written(name: str) -> None:
    dialect = Dialect(name, "CRLF")
    data = dialect.row(["Name", "Note"]) + dialect.row(['a"', f"x{dialect.delimiter}y"])
    upload = read_upload(data, dialect)
    assert (upload.header, list(upload.rows())) == (["Name", "Note"], [['a"', f"x{dialect.delimiter}y"]])


@pytest.mark.parametrize(
    ("data", "dialect", "told"),
    [
        (b"Name\r\na\r\n", _LF, f"{_ENDS} LF"),
        (b"Name\na\n", _CRLF, f"{_ENDS} CRLF"),
        (b'Name\na"b\n', _LF, "InvalidBatch : Failed to parse CSV. Found unescaped quote."),
        (b'Name\n"a"b\n', _LF, "InvalidBatch : Failed to parse CSV. Found unescaped quote."),
        ('\ufeff"Name"\na\n'.encode(), _LF, "InvalidBatch : Failed to parse CSV. Found unescaped quote."),
        (b"Name\na,b\n", _LF, "InvalidBatch : Failed to parse CSV. Row 1 has 2 columns, the header has 1"),
        (b"Name\n\xff\n", _LF, "InvalidBatch : Failed to parse CSV. Byte 5 is not UTF-8"),
        (b"", _LF, "InvalidBatch : Failed to parse CSV. EOF reached"),
    ],
)
def test_data_that_cannot_be_read_fails_the_job(data: bytes, dialect: Dialect, told: str) -> None:
    with pytest.raises(JobFailure) as failure:
        read_upload(data, dialect)
    assert str(failure.value).startswith(told)
