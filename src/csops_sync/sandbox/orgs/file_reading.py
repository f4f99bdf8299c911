"""Reads a YAML file with the place of every value, so that each fault says where it is; all faults at once."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from csops_sync.sandbox.orgs.dates import DAY, add_months

FIRST_DAY, LAST_DAY = date(1801, 1, 1), date(3900, 12, 31)
"""What a date of a file lies between: an org knows 1700 to 4000, and terms and sales lead away from a date."""
LONGEST_TERM = 1_200
"""Months of the longest term: what the org's validation rule of Contract allows."""

_MOVED = re.compile(r"(today|month start|month end)(?: *([+-]) *([0-9]+) (day|week|month|year)s?)?")
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
_DIGITS = 9


class OrgFileError(ValueError):
    """A file that describes no org; the text has a line for every fault: `file:line:column: path: what is wrong`."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class NoDate:
    """What looks like a date, and is none: `2026-02-30`."""

    text: str

    def __str__(self) -> str:
        """This method will give it as it was written."""
        return self.text


class _Constructor(RoundTripConstructor):
    """Leaves an impossible date to whoever asks for it, so that the fault has its place."""

    def dated(self, node: ScalarNode) -> object:
        """Give the date, or the text of one that there is not."""
        try:
            return self.construct_yaml_timestamp(node)
        except (ValueError, OverflowError):
            return NoDate(str(node.value))


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.dated)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of the file: where it stands, and what it is read as. What is wrong goes to `faults`."""

    value: object
    path: str
    file: str
    line: int
    column: int
    today: date
    faults: list[str] = field(compare=False)

    @property
    def place(self) -> str:
        """Where the value stands: `file:line:column`, counted from 1."""
        return f"{self.file}:{self.line}:{self.column}"

    def complain(self, message: str) -> None:
        """This function will note that the value is wrong."""
        self.faults.append(
            f"{self.place}: {self.path}: {message}" if self.path else f"{self.place}: {message}"
        )

    def keys(self, known: Collection[str]) -> Mapping[str, "Entry"]:
        """This function will read an object with some of the known keys."""
        if not isinstance(self.value, CommentedMap):
            self.complain(f"write keys and values here: {', '.join(known)}")
            return {}
        found = self._all_keys(self.value)
        for name in found:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
                self._key(self.value, name).complain(f"there is no such key ({hint})")
        return {name: entry for name, entry in found.items() if name in known}

    def any_keys(self) -> Mapping[str, "Entry"]:
        """This function will read an object with any keys."""
        if not isinstance(self.value, CommentedMap):
            self.complain("write field names and values here")
            return {}
        return self._all_keys(self.value)

    def items(self) -> Sequence["Entry"]:
        """This function will read a list."""
        if not isinstance(self.value, CommentedSeq):
            self.complain("write a list here, one `- ` for each")
            return ()
        return [self._inner(f"[{at}]", one, self.value.lc.item(at)) for at, one in enumerate(self.value)]

    def text(self) -> str:
        """This function will read text; a number is taken as it is written."""
        if (
            isinstance(self.value, str | int | float)
            and not isinstance(self.value, bool)
            and self.value != ""
        ):
            if str(self.value).startswith("@"):
                self.complain("text cannot begin with @ here")
                return ""
            return str(self.value)
        self.complain("write text here, in quotes where YAML would read something else")
        return ""

    def whole(self, *, least: int = 0, most: int | None = None) -> int:
        """This function will read a whole number, `least` to `most`."""
        number = self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else least - 1
        if least <= number <= (number if most is None else most):
            return int(number)
        self.complain(f"write a whole number from {least} {'on' if most is None else f'to {most}'}")
        return least

    def money(self) -> Decimal:
        """This function will read an amount in major units; `"1,200,000"` in quotes is one too."""
        if isinstance(self.value, int | float | str) and not isinstance(self.value, bool):
            try:
                amount = Decimal(str(self.value).replace(",", "").replace("_", ""))
            except InvalidOperation:
                amount = Decimal("NaN")
            if amount.is_finite():
                return amount
        self.complain('write an amount, such as 1200000 or "1,200,000"')
        return Decimal()

    def yes_no(self) -> bool:
        """This function will read true or false."""
        if not isinstance(self.value, bool):
            self.complain("write true or false")
        return self.value is True

    def day(self) -> date:
        """This function will read a date: `2027-03-31`, `today`, `today + 3 months`, `month end - 1 year`.

        A date that is wrong is today in what follows.
        """
        if isinstance(self.value, datetime):
            self.complain("write a date without a time")
            return self.today
        if isinstance(self.value, NoDate):
            self.complain(f"there is no day {self.value}; write a date as 2027-03-31")
            return self.today
        if isinstance(self.value, date):
            return self._within(self.value)
        found = _MOVED.fullmatch(self.value) if isinstance(self.value, str) else None
        if found is None:
            self.complain(
                "write a date as 2027-03-31, today, today + 3 months, month start or month end + 1 year"
            )
            return self.today
        return self._within(_moved(self.today, found))

    def _within(self, day: date | None) -> date:
        if day is not None and FIRST_DAY <= day <= LAST_DAY:
            return day
        self.complain(f"write a date from {FIRST_DAY} to {LAST_DAY}")
        return self.today

    def one_of(self, choices: Collection[str]) -> str:
        """This function will read one of several words."""
        text = self.text()
        if text and text not in choices:
            near = get_close_matches(text, choices, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(choices) or 'none'}"
            self.complain(f"there is no {text!r} ({hint})")
        return text

    def _all_keys(self, mapping: CommentedMap) -> dict[str, "Entry"]:
        return {
            str(name): self._inner(f".{name}" if self.path else str(name), one, mapping.lc.value(name))
            for name, one in mapping.items()
        }

    def _key(self, mapping: CommentedMap, name: str) -> "Entry":
        """Give the key itself, so that a fault points at it and not at its value."""
        found = next(key for key in mapping if str(key) == name)
        return self._inner(f".{name}" if self.path else name, name, mapping.lc.key(found))

    def _inner(self, step: str, value: object, at: tuple[int, int]) -> "Entry":
        line, column = at
        return Entry(value, self.path + step, self.file, line + 1, column + 1, self.today, self.faults)


def read_file(path: Path, *, today: date) -> Entry:
    """This function will read a file; OrgFileError where it cannot be read or is no YAML."""
    try:
        reader = YAML(typ="rt", pure=True)
        reader.Constructor = _Constructor
        read = reader.load(path.read_text("utf-8"))
    except OSError as error:
        raise OrgFileError([f"{path}: {error.strerror or error}"]) from None
    except UnicodeDecodeError as error:
        raise OrgFileError([f"{path}: not UTF-8: {error.reason} at byte {error.start}"]) from None
    except MarkedYAMLError as error:
        raise OrgFileError([_unreadable(path, error)]) from None
    except YAMLError as error:
        raise OrgFileError([f"{path}:1:1: {error}"]) from None
    return Entry(read, "", str(path), 1, 1, today, [])


def _unreadable(path: Path, error: MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(error.problem or error.context or "no YAML").strip()
    return f"{path}:{line}:{column}: {problem}"


def _moved(today: date, found: re.Match[str]) -> date | None:
    """Give a date that moves with the first day; None where it lies beyond every calendar."""
    anchor, sign, count, unit = found.groups()
    if len(count or "") > _DIGITS:
        return None
    steps = int(f"{sign}{count}") if count else 0
    months = steps * _MONTHS.get(unit or "", 0)
    try:
        days = timedelta(days=steps * _DAYS.get(unit or "", 0))
        if anchor == "month end":
            return add_months(today.replace(day=1), months + 1) - DAY + days
        return add_months(today if anchor == "today" else today.replace(day=1), months) + days
    except (ValueError, OverflowError):
        return None
