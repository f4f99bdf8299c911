"""The two sides of a bridge, each weighed and converted as on its own day, over terms that both can convert."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from csops_sync.app.forecast.conversion import DueConversion, unconvertible
from csops_sync.app.forecast.frames import Frame
from csops_sync.domain.forecast.bridge import Side
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState


class Standpoint(NamedTuple):
    """One end of a bridge: the frame of its moment, and the terms as they stood."""

    frame: Frame
    states: Sequence[TermState]


class BridgedSides(NamedTuple):
    """What a bridge leads from and to. `left_out` are the keys of terms without a rate: they are on neither side."""

    before: Side
    after: Side
    left_out: frozenset[str]


def bridged_sides(before: Standpoint, after: Standpoint, *, window: Window) -> BridgedSides:
    """This function will give the sides of a bridge over a window; terms are due as the later end defines it."""
    left_out = unconvertible(
        chain(before.states, after.states),
        [DueConversion(one.frame.due_rates) for one in (before, after)],
        due=after.frame.profile.due_day,
        window=window,
    )
    return BridgedSides(_side(before, left_out), _side(after, left_out), left_out)


def _side(end: Standpoint, left_out: frozenset[str]) -> Side:
    states = [one for one in end.states if one.key not in left_out] if left_out else end.states
    return Side(states=states, rules=end.frame.rules, rates=end.frame.due_rates)
