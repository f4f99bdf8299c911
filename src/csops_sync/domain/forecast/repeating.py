"""The landing of a term that falls due more than once before a day: its weights are multiplied."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol

from csops_sync.domain.forecast.in_force import later_by_its_length
from csops_sync.domain.forecast.rates import rounded, to_minor
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money


class Lands(Protocol):
    """What a prediction needs of a term's landing; all None where the term cannot be judged.

    `base` is min(prior, new) x w_base, `expansion` max(new - prior, 0) x w_expansion, `kept` min(prior, new) itself.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A landing as plain amounts; see `Lands`."""

    base: Money
    expansion: Money
    kept: Money


def times_due(*, term: TermState, day: date) -> int:
    """This function will count how often a term falls due before a day, if it is always renewed for as long."""
    last, times = term.end, 0
    while last < day:
        times += 1
        last = later_by_its_length(term, times)
    return times


def repeated(*, landing: Lands, times: int) -> Kept | None:
    """This function will multiply a landing's weights: it is due so many times, and flat after the first.

    None where the landing cannot be judged. Each part is rounded once, half up.

    Raises:
        ValueError: it is due less than once.
    """
    if times < 1:
        raise ValueError(f"a term that lands is due once or more, not {times} times")
    if landing.base is None or landing.expansion is None or landing.kept is None:
        return None
    if times == 1:
        return Kept(base=landing.base, expansion=landing.expansion, kept=landing.kept)
    whole = to_minor(landing.kept)
    weight = Fraction(to_minor(landing.base), whole) if whole else Fraction(0)
    again = weight ** (times - 1)
    return Kept(
        base=_scaled(landing.base, again), expansion=_scaled(landing.expansion, again), kept=landing.kept
    )


def _scaled(amount: Money, share: Fraction) -> Money:
    minor = rounded(to_minor(amount) * share.numerator, share.denominator)
    return Money.from_minor(minor, amount.currency)
