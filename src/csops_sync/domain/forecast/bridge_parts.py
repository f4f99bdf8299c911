"""A bridge over all terms, laid out by who sees them, so that the bridge of any scope is summed up from few parts.

A term that was handed over counts, for who sees it at one end alone, as one that came or went. Those are told apart
here (`Cut.handed`), and their own small bridge is added to what is cut out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from csops_sync.domain.forecast.bridge import (
    Bar,
    Bridge,
    BridgeDoesNotTieError,
    Cause,
    Mover,
    Side,
    Valuation,
    bar_of,
)
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money

Hands = tuple[str | None, str | None]
"""Who looks after a term, and who manages them: what a scope is decided by."""
Ends = tuple[Hands | None, Hands | None]
"""In whose hands a term is at both ends; None where there is no such term."""
Sees = Callable[[Hands], bool]


@dataclass(slots=True)
class _Part:
    """Where the terms in the same hands land at both ends, in minor units."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """The bridge of a scope, without the terms that it sees at one end alone: `handed`, as they are at that end."""

    bridge: Bridge
    handed: tuple[Sequence[TermState], Sequence[TermState]]


class BridgeParts:
    """One bridge over all terms. Each side has a term once.

    Raises BridgeDoesNotTieError where a term stands twice at one end; amounts are taken to be in one currency.
    """

    def __init__(self, *, before: Side, after: Side, window: Window, profile: MetricProfile) -> None:
        self._window = window
        self._currency = after.rates.into
        self._parts: defaultdict[Ends, _Part] = defaultdict(_Part)
        self._handed: defaultdict[Ends, list[tuple[TermState, TermState]]] = defaultdict(list)
        self._movers: dict[Cause, list[tuple[Ends, Mover]]] = defaultdict(list)
        self._add(Valuation(before, after, window, profile), before.states, after.states)

    def cut(self, sees: Sees | None = None) -> Cut:
        """This function will give the bridge of who sees these hands; None sees everything."""
        whole = {ends for ends in self._parts if sees is None or _sees_whole(ends, sees)}
        found = Bridge(
            window=self._window,
            start=self._money(sum(self._parts[ends].start for ends in whole)),
            end=self._money(sum(self._parts[ends].end for ends in whole)),
            bars=tuple(self._bar(cause, whole) for cause in Cause),
        )
        handed = [(pair, ends) for ends, pairs in self._handed.items() if ends not in whole for pair in pairs]
        return Cut(
            bridge=found,
            handed=(
                [old for (old, _), ends in handed if _sees(ends[0], sees)],
                [new for (_, new), ends in handed if _sees(ends[1], sees)],
            ),
        )

    def _add(self, valuation: Valuation, before: Sequence[TermState], after: Sequence[TermState]) -> None:
        for old, new in _paired(before, after):
            is_same = old is new and valuation.weighs_alike
            mine = _hands(old)
            ends = (mine, mine if is_same else _hands(new))
            part = self._parts[ends]
            start = valuation.first(old) if old is not None else 0
            part.start += start
            part.end += start if is_same else valuation.last(new) if new is not None else 0
            if is_same:
                continue
            if old is not None and new is not None and ends[0] != ends[1]:
                self._handed[ends].append((old, new))
            for cause, mover in valuation.movers(old, new):
                self._movers[cause].append((ends, mover))

    def _bar(self, cause: Cause, whole: set[Ends]) -> Bar:
        movers = [mover for ends, mover in self._movers.get(cause, ()) if ends in whole]
        return bar_of(cause, movers, self._currency)

    def _money(self, minor: int) -> Money:
        return Money.from_minor(minor, self._currency)


def joined(one: Bridge, other: Bridge) -> Bridge:
    """This function will give the bridge of two sets of terms, none of which is in both, from the bridge of each."""
    currency = one.end.currency
    return Bridge(
        window=one.window,
        start=one.start + other.start,
        end=one.end + other.end,
        bars=tuple(
            bar_of(mine.cause, [*mine.movers, *theirs.movers], currency)
            for mine, theirs in zip(one.bars, other.bars, strict=True)
        ),
    )


def _paired(
    before: Sequence[TermState], after: Sequence[TermState]
) -> Iterator[tuple[TermState | None, TermState | None]]:
    """Walk all terms of either side, each with its state at both."""
    new: Mapping[str, TermState] = {one.key: one for one in after}
    there = {one.key for one in before}
    if len(there) < len(before) or len(new) < len(after):
        raise BridgeDoesNotTieError(
            "a term stands twice at one end of the bridge; take two whole snapshots, and report this"
        )
    for one in before:
        yield one, new.get(one.key)
    yield from ((None, one) for key, one in new.items() if key not in there)


def _hands(state: TermState | None) -> Hands | None:
    return None if state is None else (state.grouping.csm_id, state.grouping.manager_id)


def _sees_whole(ends: Ends, sees: Sees) -> bool:
    return all(sees(one) for one in ends if one is not None)


def _sees(hands: Hands | None, sees: Sees | None) -> bool:
    return hands is not None and (sees is None or sees(hands))
