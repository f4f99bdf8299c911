"""What is said to people: an English text that also knows its code and its values, for who says it in another language.

To everything that only shows or keeps it, it is a text like any other; the terminal, logs and `--json` stay English.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self

JOINED = "joined"
"""The code of several sentences as one."""
ABOUT = "about"
"""The code of a text with the name of what it is about before it; its values are `name` and `text`."""
_GAP = "\x00"
_VALUE = re.compile(r"\{(\w+)(?::([^}]*))?\}")


class Sentence(str):
    """A text, formatted from its English words and values.

    `code` names it, the same for ever (`call.over`). `values` are what it names: dates, money, codes of the domain,
    other sentences, tuples of names.
    """

    __slots__ = ("_english", "code", "values")
    code: str
    values: Mapping[str, object]
    _english: str

    def __new__(cls, code: str, english: str, /, **values: object) -> Self:
        """Format the words; a tuple is listed with commas. KeyError where a value is not given."""
        made = super().__new__(cls, english.format(**{name: _listed(one) for name, one in values.items()}))
        made.code, made._english, made.values = code, english, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Any]]:
        """Give what a copy is made from."""
        return (self.code, self._english), dict(self.values)


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence that is kept as text, and understood again when it is read. `english` has `{name}` for each value.

    Instants that it names are aware UTC. `reads` says how values that are no texts are understood again, by name; each
    raises ValueError for what is none.
    """

    code: str
    english: str
    reads: Mapping[str, Callable[[str], object]] = field(default_factory=dict)

    def __call__(self, **values: object) -> Sentence:
        """Say it of these values."""
        return Sentence(self.code, self.english, **values)

    def heard(self, text: str) -> Sentence | None:
        """This function will give the sentence that a kept text is, its values as they were written; else None."""
        shape, named = _shape_of(self.english)
        found = shape.fullmatch(text)
        if found is None:
            return None
        pairs = zip(named, found.groups(), strict=True)
        try:
            values = {name: self._read(name, written, spec) for (name, spec), written in pairs}
        except ValueError:
            return None
        return Sentence(self.code, self.english, **values)

    def _read(self, name: str, written: str, spec: str) -> object:
        """Give a value that was written; one that a format wrote is an instant. ValueError where it is none."""
        if "%" in spec:
            return datetime.strptime(written, spec).replace(tzinfo=UTC)
        return self.reads[name](written) if name in self.reads else written


@cache
def _shape_of(english: str) -> tuple[re.Pattern[str], Sequence[tuple[str, str]]]:
    """Give what every text of a sentence looks like, and its values in order: their names and formats."""
    named = [(found[1], found[2] or "") for found in _VALUE.finditer(english)]
    fixed = [re.escape(one) for one in _VALUE.sub(_GAP, english).split(_GAP)]
    return re.compile("(.+)".join(fixed), re.DOTALL), named


def understood(text: str, wordings: Iterable[Wording]) -> str:
    """This function will give a kept text as the first of these sentences that it is; any other stays a text."""
    return next((said for one in wordings if (said := one.heard(text)) is not None), text)


def about(name: str, text: str) -> Sentence:
    """This function will put before a text what it is about: `00001234: ...`."""
    return Sentence(ABOUT, "{name}: {text}", name=name, text=text)


def joined(parts: Iterable[str]) -> str:
    """This function will say several things as one, with semicolons between them; one alone stays itself."""
    said = tuple(parts)
    if len(said) == 1:
        return said[0]
    values = {f"part{number}": one for number, one in enumerate(said)}
    return Sentence(JOINED, "; ".join(f"{{{name}}}" for name in values), **values)


def _listed(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value
