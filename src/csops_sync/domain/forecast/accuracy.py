"""How far from the result a landing and a call were, some days before a period's end: in total, and by who answers.

Amounts are minor units of one currency, per term by its key. A term that is still open has no result yet and counts on
neither side; one that left the period since counts with its landing and no result, one that came later the other way
round: both are errors of what was expected.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from csops_sync.domain.money import Money

DISTANCES = (180, 90, 30)
"""How many days before a period's end its accuracy is asked of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What was expected of each term `distance` days before the end, as known on `as_of`.

    `calls` are those that people had made by then of what was open; a renewal without one counts at its landing.
    """

    distance: int
    as_of: date
    landings: Mapping[str, int]
    calls: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a line was expected to come to. `landing` None: nothing was kept of that day; `call` None: nobody called."""

    distance: int
    as_of: date | None = None
    landing: Money | None = None
    call: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyLine:
    """The renewals of one group: what came of them, and what was expected at each distance, the farthest first.

    `terms` counts those with a result or a landing. `key` None is the total.
    """

    key: str | None
    terms: int
    result: Money
    expected: tuple[Expected, ...]

    def error(self, expected: Money | None) -> Money | None:
        """This function will give by how much too much was expected; negative where it was too little."""
        return None if expected is None else expected - self.result

    def error_share(self, expected: Money | None) -> Fraction | None:
        """This function will give the error as a share of the result; None where there is none to divide by."""
        error = self.error(expected)
        if error is None or not self.result.amount:
            return None
        return Fraction(error.to_minor(), self.result.to_minor())


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The results of a period by term, and what was expected of it; distances without a foresight were not kept."""

    results: Mapping[str, int]
    foresights: Sequence[Foresight]
    currency: str

    @property
    def keys(self) -> frozenset[str]:
        """Every term with a result, or with a landing at any distance."""
        return frozenset(self.results).union(*(one.landings for one in self.foresights))

    def tells_of(self, term: str) -> bool:
        """This function will say whether a term has a result, or a landing at any distance."""
        return term in self.results or any(term in one.landings for one in self.foresights)

    def only(self, terms: Container[str]) -> "Known":
        """This function will keep what is known of some terms."""
        return Known(
            results=_of(self.results, terms),
            foresights=[
                replace(one, landings=_of(one.landings, terms), calls=_of(one.calls, terms))
                for one in self.foresights
            ],
            currency=self.currency,
        )


def accuracy_total(known: Known) -> AccuracyLine:
    """This function will compare the whole period with what was expected of it."""
    return accuracy_of(known, known.keys, key=None)


def accuracy_by(known: Known, groups: Mapping[str, str]) -> tuple[AccuracyLine, ...]:
    """This function will compare each group of terms, in order of key; `groups` gives the group of every term."""
    keys: dict[str, set[str]] = {}
    for term in known.keys:
        keys.setdefault(groups[term], set()).add(term)
    return tuple(accuracy_of(known, keys[group], key=group) for group in sorted(keys))


def accuracy_of(known: Known, terms: Iterable[str], *, key: str | None) -> AccuracyLine:
    """This function will compare some of the terms."""
    mine = frozenset(filter(known.tells_of, terms))
    result = sum(known.results.get(term, 0) for term in mine)
    return AccuracyLine(
        key=key,
        terms=len(mine),
        result=Money.from_minor(result, known.currency),
        expected=tuple(_expected(known, mine)),
    )


def _expected(known: Known, terms: frozenset[str]) -> Iterator[Expected]:
    by_distance = {one.distance: one for one in known.foresights}
    for distance in DISTANCES:
        found = by_distance.get(distance)
        if found is None:
            yield Expected(distance=distance)
            continue
        landings = {term: found.landings[term] for term in terms & found.landings.keys()}
        calls = {term: found.calls[term] for term in terms & found.calls.keys()}
        called = sum({**landings, **calls}.values())
        yield Expected(
            distance=distance,
            as_of=found.as_of,
            landing=Money.from_minor(sum(landings.values()), known.currency),
            call=Money.from_minor(called, known.currency) if calls else None,
        )


def _of(amounts: Mapping[str, int], terms: Container[str]) -> dict[str, int]:
    return {term: amount for term, amount in amounts.items() if term in terms}
