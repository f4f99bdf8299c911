"""One renewal as calibration sees it: what was said of it a stated time before its end, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from csops_sync.domain.forecast.hindsight import Story, as_known, became, decided_on
from csops_sync.domain.forecast.in_force import KEPT_STANDINGS
from csops_sync.domain.forecast.landing import NOT_JUDGED, WEIGHED, Landed, LandingKind, facts_of, land_facts
from csops_sync.domain.forecast.matrix import Matrix, Weights
from csops_sync.domain.forecast.renewal_type import Tolerance
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money


class Cell(NamedTuple):
    """A cell of the matrix that has weights of its own: type and rank where rated, `unrated`, `unopened`."""

    kind: LandingKind
    type: RenewalType | None = None
    rank: str | None = None


UNOPENED = Cell(LandingKind.UNOPENED)
UNRATED = Cell(LandingKind.UNRATED)


class Left(StrEnum):
    """Why a term teaches nothing: it is left out, and counted."""

    UNDECIDED = "undecided"
    UNJUDGED = "unjudged"
    DECIDED_BEFORE = "decided-before"
    NOT_BEGUN = "not-begun"
    NO_RATE = "no-rate"
    OWN_WEIGHTS = "own-weights"
    CALLED_LOST = "called-lost"
    NO_HISTORY = "no-history"
    NEGATIVE = "negative-amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A decided renewal. Amounts are a year's, in minor units of one currency.

    `kept` and `added` are what the two weights were applied to on the day: min(prior, new) and max(new - prior, 0).
    `kept_real` and `added_real` are what of them came to be, `beyond` is what came to be that nobody had said, so that
    the three add up to what the term went on at. `weights` are those of the matrix in force. `due` is the last day of
    the term, `known_on` the day from which its end was known.
    """

    key: str
    customer_id: str
    due: date
    known_on: date
    cell: Cell
    weights: Weights
    kept: int
    added: int
    kept_real: int
    added_real: int
    beyond: int
    is_renewed: bool

    @property
    def real(self) -> int:
        """What the term went on at."""
        return self.kept_real + self.added_real + self.beyond

    def converted(self, minor: Callable[[int], int]) -> Self:
        """This function will give the observation in another currency; sums stay sums of its parts."""
        return replace(
            self,
            kept=minor(self.kept),
            added=minor(self.added),
            kept_real=minor(self.kept_real),
            added_real=minor(self.added_real),
            beyond=minor(self.beyond),
        )


def observe(
    state: TermState, *, story: Story | None, days_before: int, matrix: Matrix, tolerance: Tolerance
) -> Observation | Left:
    """This function will look at a term as it was known so many days before its last day, or say why it cannot.

    `state` is how it stands now. A term that was decided by that day already counted at its amount, so that no weight
    was applied to it. One that is still open teaches nothing yet: who signs late has not signed by then. Nor does one
    whose rank or amount of that day no history tells, or an amount below zero, which is no share of anything.
    """
    real = became(state)
    decided = decided_on(state, story=story)
    if real is None or decided is None or state.prior is None:
        return Left.UNDECIDED if state.standing in OPEN_STANDINGS else Left.UNJUDGED
    day = state.end - timedelta(days=days_before)
    known = as_known(state, story=story, day=day)
    if known is None or decided <= day:
        return Left.NOT_BEGUN if known is None else Left.DECIDED_BEFORE
    if story is not None and story.is_guessed(day):
        return Left.NO_HISTORY
    return _held_against(
        known, real, decided=decided, matrix=matrix, tolerance=tolerance, standing=state.standing
    )


def _held_against(
    known: TermState,
    real: Money,
    *,
    decided: date,
    matrix: Matrix,
    tolerance: Tolerance,
    standing: TermStanding,
) -> Observation | Left:
    """Hold a term as it was known against what it went on at. A free one has no amount to tell by: `standing` does."""
    landed = land_facts(facts_of(known), matrix=matrix, tolerance=tolerance)
    left = _unfit(known, real, landed)
    if left is not None or known.prior is None or landed.weights is None:
        return left or Left.UNJUDGED
    prior, amount = known.prior.to_minor(), real.to_minor()
    kept = min(amount, landed.kept)
    added = min(max(amount - prior, 0), landed.added)
    return Observation(
        key=known.key,
        customer_id=known.customer_id,
        due=known.end,
        known_on=decided,
        cell=_cell(landed.kind, landed.type, known.rank),
        weights=landed.weights,
        kept=landed.kept,
        added=landed.added,
        kept_real=kept,
        added_real=added,
        beyond=amount - kept - added,
        is_renewed=amount > 0 or (prior == 0 and standing in KEPT_STANDINGS),
    )


def _unfit(known: TermState, real: Money, landed: Landed) -> Left | None:
    """Say why a term as it was known can be held against nothing; None where it can."""
    if known.new is not None and known.new.currency != real.currency:
        return Left.UNJUDGED
    if any(money is not None and money.to_minor() < 0 for money in (known.prior, known.new, real)):
        return Left.NEGATIVE
    if landed.kind in NOT_JUDGED or landed.kind not in WEIGHED:
        return Left.UNJUDGED
    return Left.CALLED_LOST if landed.type is RenewalType.LOST else None


def _cell(kind: LandingKind, renewal_type: RenewalType | None, rank: str | None) -> Cell:
    if kind is LandingKind.RATED:
        return Cell(kind, renewal_type, rank)
    return UNOPENED if kind is LandingKind.UNOPENED else UNRATED
