"""Calibration of an org's matrix from its own history: renewals as they stood a stated time before their end."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.app.forecast.conversion import Conversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.report_values import Basis
from csops_sync.app.forecast.reports import due_in, frame_in
from csops_sync.app.forecast.stories import stories_of
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.calibration import Calibration, ThinHistoryError, calibrate
from csops_sync.domain.forecast.hindsight import Story
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.observing import Left, Observation, observe
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.suggesting import Present
from csops_sync.domain.forecast.term_state import TermState

DAYS_BEFORE = 60
"""How long before a term's end its rank is looked at, unless another time is asked for."""
SETTLED_AFTER = 60
"""How many days after its end a renewal has most likely been decided."""
_BEGINNING = date(1970, 1, 1)
"""No renewal is looked for before this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """A calibration, with what it stands on: terms due in `window`, as they were known `days_before` their end.

    `left` counts terms that teach nothing, by why. Amounts are in the currency of the basis, at today's rates.
    """

    basis: Basis
    window: Window
    days_before: int
    left: Mapping[Left, int]
    calibration: Calibration
    ranks: Sequence[str]


def calibration_of(
    office: Office,
    *,
    first: date | None = None,
    last: date | None = None,
    days_before: int = DAYS_BEFORE,
    unrated_alone: bool = False,
) -> CalibrationReport:
    """This function will calibrate the matrix in force by renewals due between two days, both included.

    Without days: everything that ended 60 days ago or before. `unrated_alone` says that the rules give `unrated` a
    weight of its own.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
        NotYetWorkedOutError: no cycle has stored the states of terms yet.
        RefusedError: the days are no window, the rank has no history, or there is too little of it.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office)
        until = last or office.today - timedelta(days=SETTLED_AFTER)
        window = window_between(first, until, today=office.today)
        stories = list(stories_of(tx, due_in(tx, frame, window), rules=office.rules))
    if office.rules.confidence is not None:
        refuse_without_history(stories)
    found, left = _observed(stories, frame, days_before)
    present = Present(matrix=frame.rules.matrix(), ranks=frame.rules.ranks, unrated_alone=unrated_alone)
    try:
        calibration = calibrate(found, present=present, days_before=days_before)
    except ThinHistoryError as error:
        raise RefusedError(
            f"{error}; of the {len(stories)} renewals due until {window.last}, {len(found)} were open {days_before} "
            f"days before their end, are decided, and have a history. "
            f"{_advice(first, days_before, left)}"
        ) from error
    return CalibrationReport(
        basis=frame.basis_of(Window(frame.as_of, frame.as_of)),
        window=Window(min(one.due for one in found), window.last),
        days_before=days_before,
        left=left,
        calibration=calibration,
        ranks=frame.rules.ranks,
    )


def _advice(first: date | None, days_before: int, left: Mapping[Left, int]) -> str:
    """Say how more renewals can be had than there were."""
    ways = (
        f"again when the rank and amount are tracked (Set History Tracking on Opportunity): {left[Left.NO_HISTORY]} "
        "have no history that far back"
        if Left.NO_HISTORY in left
        else "",
        "for more with an earlier --from" if first is not None and first > _BEGINNING else "",
        "for a day on which more are rated with fewer --days-before"
        if days_before
        else "for a day on which fewer were decided with more --days-before",
        "again when more of them are decided",
    )
    *others, last = (one for one in ways if one)
    return f"Ask {', '.join(others)}, or {last}"


def window_between(first: date | None, last: date, *, today: date, back: timedelta | None = None) -> Window:
    """This function will make the window that was asked for: without `first` so far `back`, or all there is.

    Raises:
        RefusedError: it ends before it begins, lies ahead, or before there were any records.
    """
    for option, day in (("--from", first), ("--to", last)):
        if day is not None and day < _BEGINNING:
            raise RefusedError(f"{option} {day} is too early: choose {_BEGINNING} or a later day")
    begun = first or (_BEGINNING if back is None else max(_BEGINNING, last - back))
    if last < begun:
        raise RefusedError(f"--to {last} lies before --from {begun}; turn them round")
    if last >= today:
        raise RefusedError(f"what ends on {last} is not over yet (today is {today}); choose an earlier --to")
    return Window(begun, last)


def refuse_without_history(stories: Iterable[tuple[TermState, Story | None]]) -> None:
    """This function will refuse where no rank ever changed in any history: what people said then is not known.

    Raises:
        RefusedError: deals are rated, and all of them have been rated as they are since they were opened.
    """
    told = [story for _, story in stories if story is not None]
    rated = [story for story in told if any(one.rank is not None for one in story.said)]
    if rated and all(len({one.rank for one in story.said}) == 1 for story in rated):
        raise RefusedError(
            "the rank of renewals has no history, so what people said at the time is not known: track the field in "
            "Salesforce (Set History Tracking on Opportunity), and ask again after a few quarters"
        )


def _observed(
    stories: Iterable[tuple[TermState, Story | None]], frame: Frame, days_before: int
) -> tuple[list[Observation], Mapping[Left, int]]:
    rules, left = frame.rules, Counter[Left]()
    conversion, own_weights = conversion_of(frame), rules.by_segment.get(Scenario.BASE, {})
    customer_of = frame.profile.customer_of
    found: list[Observation] = []
    for state, story in stories:
        one = (
            Left.OWN_WEIGHTS
            if state.grouping.segment in own_weights
            else observe(
                state, story=story, days_before=days_before, matrix=rules.matrix(), tolerance=rules.tolerance
            )
        )
        one = one if isinstance(one, Left) else _converted(one, state, conversion)
        if isinstance(one, Left):
            left[one] += 1
        else:
            found.append(replace(one, customer_id=customer_of(state)))
    return found, dict(sorted(left.items()))


def conversion_of(frame: Frame) -> Conversion:
    """This function will give today's rates into the report's currency, which every day of the past is told in."""
    return Conversion(frame.exchange.opening(Window(frame.as_of, frame.as_of)))


def _converted(one: Observation, state: TermState, conversion: Conversion) -> Observation | Left:
    """Convert at the rates of the basis; one rate for all, so that no exchange rate looks like a renewal rate."""
    currency = state.prior.currency if state.prior is not None else conversion.into
    if not conversion.knows(currency):
        return Left.NO_RATE
    return one.converted(lambda minor: conversion.minor(minor, currency))
