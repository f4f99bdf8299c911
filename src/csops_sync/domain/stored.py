"""Reading JSON-safe values back into the domain, with an error that names the value at fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypeVar

from csops_sync.domain.dates import Duration

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | list[dict[str, Json]] | None"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One stored object, named `what` in errors. Its readers raise ValueError on a value of another kind."""

    what: str
    values: Mapping[str, object]

    def has(self, name: str) -> bool:
        """Whether `name` is there and not null."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """This function will read a text."""
        return self._typed(name, str)

    def flag(self, name: str) -> bool:
        """This function will read a true or false."""
        return self._typed(name, bool)

    def day(self, name: str) -> date:
        """This function will read an ISO date."""
        return date.fromisoformat(self.text(name))

    def duration(self, name: str) -> Duration:
        """This function will read a duration as people write it."""
        return Duration.parse(self.text(name))

    def record(self, name: str) -> "Record":
        """This function will read an object inside this one."""
        return self._nested(name, self.values.get(name))

    def records(self, name: str) -> tuple["Record", ...]:
        """This function will read a list of objects inside this one."""
        return tuple(self._nested(name, each) for each in self._typed(name, list))

    def _nested(self, name: str, value: object) -> "Record":
        if not isinstance(value, Mapping):
            raise self._fault(name, value)
        return Record(what=f"{self.what}.{name}", values=value)

    def _typed(self, name: str, kind: type[_T]) -> _T:
        value = self.values.get(name)
        if not isinstance(value, kind):
            raise self._fault(name, value)
        return value

    def _fault(self, name: str, value: object) -> ValueError:
        return ValueError(
            f"stored {self.what}: {name} is {value!r}; the row is damaged or was written by another version, "
            "evaluate the contract again to replace it"
        )
