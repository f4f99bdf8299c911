"""The forms that a report is written in: text, JSON or CSV; and the option that asks for CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

import typer

from csops_sync.interfaces.cli.output import write
from csops_sync.interfaces.cli.render_json import json_text

_Report = TypeVar("_Report")

Csv = Annotated[
    bool, typer.Option("--csv", envvar="CSOPS_SYNC_CSV", help="Write the table as CSV, with raw numbers.")
]


class Form(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Generic[_Report]):
    """How one kind of report is written in each form; `plain` gives what JSON holds."""

    plain: Callable[[_Report], object]
    csv: Callable[[_Report], str]
    text: Callable[[_Report], str]

    def write(self, report: _Report, form: Form) -> None:
        """This function will write a report to standard output."""
        if form is Form.JSON:
            write(json_text(self.plain(report)))
        else:
            write(self.csv(report) if form is Form.CSV else self.text(report))


def form_of(*, json: bool, csv: bool) -> Form:
    """This function will say how a result is to be written; a usage error where both are asked for."""
    if json and csv:
        raise typer.BadParameter("is one form and --json another; choose one", param_hint="--csv")
    if json:
        return Form.JSON
    return Form.CSV if csv else Form.TEXT
