"""A term as it was known on an earlier day, rewound from how it stands now and from the history of its opportunity.

What people said on the opportunity (its rank, its amount) and when it was opened and closed is rebuilt. What is not,
because no history says it: the contract's own amount and end date are those of today, a person's choice of type does
not count before the end was known, an announced cancellation and a termination are taken as known from the day on which
the term stopped earning, and a deal that was closed, opened and closed again counts as open until it closed for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermStanding, TermState
from csops_sync.domain.money import Money

_DAY = timedelta(days=1)
_BY_DEAL = frozenset({TermStanding.WON, TermStanding.LOST})
_RENEWED = frozenset({TermStanding.WON, TermStanding.AUTO_RENEWED, TermStanding.SUPERSEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What stood on a term's opportunity from a day on (the org's business date).

    `rank` None is unrated; `new` is the amount a year, None where it had none. `proposed` is True while the amount is
    only what we proposed.
    """

    on: date
    rank: str | None = None
    new: Money | None = None
    proposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """How a term's opportunity came to stand as it does.

    `said` is in order of days, the first from the day on which it was opened. `closed_on` is when it closed for good,
    None while it is open. `known_from` is the day from which histories say what stood there, None where they reach
    back to its opening; what is `said` of a day before it is only a guess from today.

    Raises:
        ValueError: nothing was said, or days go back.
    """

    said: Sequence[Said]
    closed_on: date | None = None
    known_from: date | None = None

    def __post_init__(self) -> None:
        days = [one.on for one in self.said]
        if not days or days != sorted(days):
            raise ValueError("the story of an opportunity begins with its opening, and goes on day by day")

    @property
    def opened_on(self) -> date:
        """The day on which the opportunity was opened."""
        return self.said[0].on

    def is_guessed(self, day: date) -> bool:
        """This function will say whether nothing tells what stood there at the end of a day on which it was open."""
        return self.known_from is not None and self.opened_on <= day < self.known_from

    def at(self, day: date) -> Said | None:
        """This function will give what stood there at the end of a day; None before it was opened."""
        return next((one for one in reversed(self.said) if one.on <= day), None)


def decided_on(state: TermState, *, story: Story | None) -> date | None:
    """This function will give the day from which it was known how a term ended; None where nobody knows yet.

    A term that stands aside cannot be judged, and is never decided.
    """
    standing = state.standing
    if standing in OPEN_STANDINGS or standing is TermStanding.ASIDE:
        return None
    if standing in _BY_DEAL:
        closed = story.closed_on if story is not None else None
        return closed or state.settled_on or state.end + _DAY
    if standing in (TermStanding.SUPERSEDED, TermStanding.TERMINATED):
        return state.in_force_until + _DAY
    return state.end + _DAY


def as_known(state: TermState, *, story: Story | None, day: date) -> TermState | None:
    """This function will give a term as it was known at the end of a day; None where it had not begun by then.

    `state` is how it stands now. A term that stands aside is given as it is.
    """
    if state.start > day:
        return None
    decided = decided_on(state, story=story)
    if state.standing is TermStanding.ASIDE or (decided is not None and decided <= day):
        return state
    said = story.at(day) if story is not None else None
    before = replace(
        state,
        standing=TermStanding.UNOPENED,
        in_force_until=state.end,
        new=None,
        rank=None,
        proposed=False,
        chosen_type=None,
        follows_on=False,
        announced_cancellation=False,
        opportunity_id=None,
        settled_on=None,
        loss_reason=None,
    )
    if said is None:
        return before
    return replace(
        before,
        standing=TermStanding.OPEN,
        opportunity_id=state.opportunity_id,
        new=said.new,
        rank=said.rank,
        proposed=said.proposed,
    )


def became(state: TermState) -> Money | None:
    """This function will give the yearly amount that a decided term went on at, zero where it was lost.

    None where nobody knows: it is undecided, stands aside, has no amount, or goes on in another currency.
    """
    if state.prior is None or state.standing in OPEN_STANDINGS or state.standing is TermStanding.ASIDE:
        return None
    if state.standing not in _RENEWED:
        return Money.from_minor(0, state.prior.currency)
    after = state.new if state.new is not None else state.prior
    return after if after.currency == state.prior.currency else None
