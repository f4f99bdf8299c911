"""`when:` blocks of the rules: data, not code."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from csops_sync.domain.facts import Scalar

Lookup = Callable[[str], Scalar]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these; a single value in YAML is a list of one."""

    values: tuple[Scalar, ...]

    def accepts(self, value: Scalar) -> bool:
        """Whether `value` is listed."""
        return value in self.values


@dataclass(frozen=True, slots=True)
class Between:
    """`at_least` and `at_most`, each optional and inclusive; an empty value is never between."""

    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def accepts(self, value: Scalar) -> bool:
        """Whether `value` is a number inside the bounds."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return False
        above = self.at_least is None or value >= self.at_least
        below = self.at_most is None or value <= self.at_most
        return above and below


@dataclass(frozen=True, slots=True)
class Present:
    """`present: true` asks for any value, `present: false` for none."""

    expected: bool

    def accepts(self, value: Scalar) -> bool:
        """Whether a value is there, as expected."""
        return (value not in (None, "")) is self.expected


Test = OneOf | Between | Present


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of a `when:` block: a path such as `account.tier`, and what is asked of its value."""

    path: str
    test: Test


@dataclass(frozen=True, slots=True)
class Condition:
    """A whole `when:` block; all clauses must hold, and no clauses hold always."""

    clauses: tuple[Clause, ...] = ()

    def holds(self, lookup: Lookup) -> bool:
        """Whether every clause accepts the value that `lookup` finds for its path."""
        for clause in self.clauses:  # noqa: SIM110 - asked several times a contract; a generator takes twice as long
            if not clause.test.accepts(lookup(clause.path)):
                return False
        return True


ALWAYS = Condition()
