"""Targets: what was planned to renew in a period, for the whole org or for one segment, CSM or manager.

A target is of the amount that lands, annual and recurring, or of NRR or GRR. Amounts of periods that follow one
another add up, and so do those of several currencies; ratios do not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence

_DAY = timedelta(days=1)


class ScopeKind(StrEnum):
    """What a target is for."""

    EVERYTHING = "everything"
    SEGMENT = "segment"
    CSM = "csm"
    MANAGER = "manager"


class Measure(StrEnum):
    """What a target is of."""

    LANDING = "landing"
    NRR = "nrr"
    GRR = "grr"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetScope:
    """Whose target it is: a segment by its name, a person by user id or, as rules may name them, by e-mail address."""

    kind: ScopeKind = ScopeKind.EVERYTHING
    name: str = ""

    @property
    def words(self) -> str:
        """How messages name it."""
        if not self.name:
            return Sentence("scope.all", "{kind}", kind=self.kind)
        return Sentence("scope.one", "{kind} {name}", kind=self.kind, name=self.name)


EVERYTHING = TargetScope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One period's targets for one scope. `period` is its name; `origin` says where the target was written.

    Ratios are shares of 1: 1.05 is an NRR of 105 %.
    """

    period: str
    window: Window
    scope: TargetScope = EVERYTHING
    landing: Money | None = None
    nrr: Fraction | None = None
    grr: Fraction | None = None
    origin: str = ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it is of."""
        return tuple(one for one in Measure if getattr(self, one.value) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetConflict:
    """Two targets of which nobody knows which one counts; `place` is that of the later one in what was given."""

    earlier: Target
    later: Target
    measure: Measure
    place: int

    @property
    def words(self) -> str:
        """What is wrong, and what to do."""
        scope = self.later.scope
        period: str = self.later.period
        if scope != EVERYTHING:
            period = Sentence("target.whose", "{period} for {scope}", period=period, scope=scope.words)
        if self.earlier.window == self.later.window:
            return Sentence(
                "target.twice",
                "{period} has a target of {measure} already, at {origin}; keep one of them",
                period=period,
                measure=self.measure,
                origin=self.earlier.origin,
            )
        return Sentence(
            "target.overlaps",
            "{period} overlaps {other}, whose target of {measure} stands at {origin}; give the longer period or its "
            "parts, not both",
            period=period,
            other=self.earlier.period,
            measure=self.measure,
            origin=self.earlier.origin,
        )


def target_conflicts(targets: Sequence[Target]) -> Iterator[TargetConflict]:
    """This function will find targets of one scope and measure for the same period, and amounts of overlapping ones.

    Amounts in two currencies do not clash: they add up.

    A ratio of a quarter and one of its year stand beside one another: neither follows from the other.
    """
    seen: defaultdict[tuple[TargetScope, Measure, str], list[Target]] = defaultdict(list)
    for place, one in enumerate(targets):
        for measure in one.measures:
            others = seen[one.scope, measure, _currency(one, measure)]
            for other in others:
                if _clash(one.window, other.window, measure):
                    yield TargetConflict(earlier=other, later=one, measure=measure, place=place)
                    break
            others.append(one)


def _currency(target: Target, measure: Measure) -> str:
    return target.landing.currency if measure is Measure.LANDING and target.landing is not None else ""


def _clash(one: Window, other: Window, measure: Measure) -> bool:
    if measure is Measure.LANDING:
        return one.first <= other.last and other.first <= one.last
    return one == other


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBook:
    """The targets that count, free of conflicts, found by scope."""

    by_scope: Mapping[TargetScope, tuple[Target, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, targets: Iterable[Target]) -> "TargetBook":
        """This function will put targets under their scopes, in the order of time."""
        found: defaultdict[TargetScope, list[Target]] = defaultdict(list)
        for one in sorted(targets, key=lambda one: one.window):
            found[one.scope].append(one)
        return cls(by_scope={scope: tuple(each) for scope, each in found.items()})

    def landing(self, window: Window, scope: TargetScope = EVERYTHING) -> tuple[Target, ...]:
        """This function will give the targets of amount that make up a window, day by day; none where some is missing.

        One of exactly this window, or several that follow one another: a year's is that of its quarters together. Each
        currency that has a target in the window must have them for all of it.
        """
        inside: defaultdict[str, list[Target]] = defaultdict(list)
        for one in self.by_scope.get(scope, ()):
            if (
                one.landing is not None
                and window.first <= one.window.first
                and one.window.last <= window.last
            ):
                inside[one.landing.currency].append(one)
        if not all(_fill(parts, window) for parts in inside.values()):
            return ()
        return tuple(one for parts in inside.values() for one in parts)

    def nrr(self, window: Window, scope: TargetScope = EVERYTHING) -> Fraction | None:
        """This function will give the target of net revenue retention over exactly this window."""
        return next((one.nrr for one in self._over(window, scope) if one.nrr is not None), None)

    def grr(self, window: Window, scope: TargetScope = EVERYTHING) -> Fraction | None:
        """This function will give the target of gross revenue retention over exactly this window."""
        return next((one.grr for one in self._over(window, scope) if one.grr is not None), None)

    def _over(self, window: Window, scope: TargetScope) -> Iterator[Target]:
        return (one for one in self.by_scope.get(scope, ()) if one.window == window)


def _fill(parts: Iterable[Target], window: Window) -> bool:
    """Say whether periods, in the order of time, follow one another from a window's first day to its last."""
    starts = window.first
    for one in parts:
        if one.window.first != starts:
            return False
        starts = one.window.last + _DAY
    return starts == window.last + _DAY


NO_TARGETS = TargetBook()
