"""What is said to people: an English text that also knows its code and its values, for who says it in another language.

To everything that only shows or keeps it, it is a text like any other; the terminal, logs and `--json` stay English.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self

JOINED = "joined"
"""The code of several sentences as one."""
ABOUT = "about"
"""The code of a text with the name of what it is about before it; its values are `name` and `text`."""
_GAP = "\x00"
Parts = Sequence[str]
Named = Sequence[tuple[str, str]]
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
        """This function will give the sentence that a kept text is, its values as they were written; else None.

        Where a value holds what stands between values, earlier ones are as long as all can be understood.
        """
        fixed, named = _parts_of(self.english)
        if not text.startswith(fixed[0]):
            return None
        values = self._values(text[len(fixed[0]) :], fixed[1:], named)
        return None if values is None else Sentence(self.code, self.english, **values)

    def _values(self, text: str, fixed: Parts, named: Named) -> dict[str, object] | None:
        """Understand the values of a text of which each is followed by what is fixed; None where there is no way."""
        if not named:
            return None if text else {}
        (name, spec), after = named[0], fixed[0]
        for end in _ends(text, after, is_last=len(named) == 1):
            try:
                value = self._read(name, text[:end], spec)
            except ValueError:
                continue
            rest = self._values(text[end + len(after) :], fixed[1:], named[1:])
            if rest is not None:
                return {name: value, **rest}
        return None

    def _read(self, name: str, written: str, spec: str) -> object:
        """Give a value that was written; one that a format wrote is an instant. ValueError where it is none."""
        if "%" in spec:
            return datetime.strptime(written, spec).replace(tzinfo=UTC)
        return self.reads[name](written) if name in self.reads else written


@cache
def _parts_of(english: str) -> tuple[Parts, Named]:
    """Give what stands before, between and behind the values of a sentence, and those in order: names and formats."""
    named = [(found[1], found[2] or "") for found in _VALUE.finditer(english)]
    return _VALUE.sub(_GAP, english).split(_GAP), named


def _ends(text: str, after: str, *, is_last: bool) -> Iterator[int]:
    """Give where a value may end that begins a text, the furthest first."""
    if is_last:
        end = len(text) - len(after)
        yield from [end] if end > 0 and text.endswith(after) else []
        return
    end = text.rfind(after, 1)
    while end > 0:
        yield end
        end = text.rfind(after, 1, end + len(after) - 1)


def understood(text: str, wordings: Iterable[Wording]) -> str:
    """This function will give a kept text as the first of these sentences that it is; any other stays a text."""
    return next((said for one in wordings if (said := one.heard(text)) is not None), text)


def one_of(*wordings: Wording) -> Callable[[str], str]:
    """This function will give what understands a value that is itself one of these; it raises ValueError for others."""

    def heard(text: str) -> str:
        said = next((found for one in wordings if (found := one.heard(text)) is not None), None)
        if said is None:
            raise ValueError(f"{text!r} is none of {', '.join(one.code for one in wordings)}")
        return said

    return heard


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
