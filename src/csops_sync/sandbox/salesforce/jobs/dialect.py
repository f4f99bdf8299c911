"""How a job's CSV is written: its delimiter and its line end. Every cell that Salesforce writes is in quotes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from csops_sync.sandbox.salesforce.errors import ApiError

DELIMITERS: Mapping[str, str] = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS: Mapping[str, str] = {"LF": "\n", "CRLF": "\r\n"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A job's `columnDelimiter` and `lineEnding`, by Salesforce's names."""

    column_delimiter: str = "COMMA"
    line_ending: str = "LF"

    @property
    def delimiter(self) -> str:
        """The sign between two cells."""
        return DELIMITERS[self.column_delimiter]

    @property
    def end(self) -> str:
        """What ends a row."""
        return LINE_ENDINGS[self.line_ending]

    @property
    def joint(self) -> str:
        """What stands between the texts of two cells: quote, delimiter, quote."""
        return f'"{self.delimiter}"'

    def row(self, cells: Iterable[str]) -> bytes:
        """This function will write one row."""
        return self.escaped_row(cell.replace('"', '""') for cell in cells)

    def escaped_row(self, cells: Iterable[str]) -> bytes:
        """This function will write one row of cells whose quotes are doubled already."""
        return f'"{self.joint.join(cells)}"{self.end}'.encode()


def read_dialect(body: Mapping[str, object]) -> Dialect:
    """This function will read a job's dialect; ApiError where it or the `contentType` is none that Bulk 2.0 knows."""
    choice(body, "contentType", ("CSV",), "CSV")
    return Dialect(
        choice(body, "columnDelimiter", tuple(DELIMITERS), "COMMA"),
        choice(body, "lineEnding", tuple(LINE_ENDINGS), "LF"),
    )


def choice(body: Mapping[str, object], name: str, known: tuple[str, ...], default: str | None = None) -> str:
    """This function will read a property that has a fixed set of values; ApiError JSON_PARSER_ERROR."""
    value = body.get(name, default)
    if not isinstance(value, str) or value not in known:
        shown = "nothing" if value is None else repr(value)
        message = f"{name}: value not one of declared Enum instance names: [{', '.join(known)}], but {shown}"
        raise ApiError(400, "JSON_PARSER_ERROR", message)
    return value
