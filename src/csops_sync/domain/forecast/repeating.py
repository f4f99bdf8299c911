"""The landing of a term that falls due more than once before a day: its weights are multiplied."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from csops_sync.domain.dates import REMEMBERED
from csops_sync.domain.forecast.in_force import later_by
from csops_sync.domain.forecast.rates import rounded, to_minor
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money


class Lands(Protocol):
    """What a prediction needs of a term's landing; all None where the term cannot be judged.

    `base` is min(prior, new) x w_base, `expansion` max(new - prior, 0) x w_expansion, `kept` min(prior, new)
    itself, and `added` max(new - prior, 0).
    """

    @property
    def base(self) -> Money | None:
        """The part that keeps what was there."""

    @property
    def expansion(self) -> Money | None:
        """The part above it."""

    @property
    def kept(self) -> Money | None:
        """What the base weight was applied to."""

    @property
    def added(self) -> Money | None:
        """What the expansion weight was applied to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A landing as plain amounts; see `Lands`."""

    base: Money
    expansion: Money
    kept: Money
    added: Money


class Parts(NamedTuple):
    """A landing in minor units of one currency; see `Lands`."""

    base: int
    expansion: int
    kept: int
    added: int
    currency: str


def times_due(*, term: TermState, day: date) -> int:
    """This function will count how often a term falls due before a day, if it is always renewed for as long."""
    return 0 if term.end >= day else _times(term.start, term.end, day)


@lru_cache(maxsize=REMEMBERED)
def _times(start: date, end: date, day: date) -> int:
    """Cached because a million terms run from few days to few others."""
    last, times = end, 0
    while last < day:
        times += 1
        last = later_by(start=start, end=end, times=times)
    return times


def parts_of(landing: Lands) -> Parts | None:
    """This function will give a landing in minor units; None where it cannot be judged."""
    base, expansion, kept, added = landing.base, landing.expansion, landing.kept, landing.added
    if base is None or expansion is None or kept is None or added is None:
        return None
    return Parts(to_minor(base), to_minor(expansion), to_minor(kept), to_minor(added), base.currency)


def again(parts: Parts, times: int) -> Parts:
    """This function will multiply a landing's weights: it is due so many times, and flat after the first.

    Each part is rounded once, half up.

    Raises:
        ValueError: it is due less than once.
    """
    if times == 1:
        return parts
    if times < 1:
        raise ValueError(f"a term that lands is due once or more, not {times} times")
    base, expansion, kept, added, currency = parts
    share = (Fraction(base, kept) if kept else Fraction(0)) ** (times - 1)
    top, bottom = share.numerator, share.denominator
    return Parts(rounded(base * top, bottom), rounded(expansion * top, bottom), kept, added, currency)
