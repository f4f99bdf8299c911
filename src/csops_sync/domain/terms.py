"""The terms of a contract: each run of it, when the next begins, and until when the customer can stop it.

A term is `[start, end]` in words, both days included, and half-open `[start, renewal_date)` in code. Where
the design is silent, this module reads it so:

- Months never drift: every turn is counted from one anchor. That is the contract's start where the first
  term is a whole number of months from it (so a contract from 31 August rolls back to the 31st after a
  February), and else the first renewal date, the day after the base end.
- No end but a length in months: the end is counted from the start. No end and no length: the contract is
  evergreen.
- The months of a term that is not whole are counted to the nearest month, half a month up, and at least
  one: people write ends that are a day off. The mapped renewal term goes before that; one below a month
  counts as not filled in.
- An evergreen contract turns over on each anniversary of its start. Only the last term listed, the one whose
  anniversary comes next after today, is open business; those before it are listed so that they can settle.
- Without a start, with an end before its start, with a day outside of the years 1700 to 4000 (Salesforce's
  own; ends such as 9999-12-31 stand for "never"), or with a term of over 100 years, a contract has no
  terms; the caller reports it. A renewal term of over 100 years counts as not filled in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import count

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.dates import MONTHS_PER_YEAR, REMEMBERED, Duration, add_months, earlier, months_between
from csops_sync.domain.facts import Contract
from csops_sync.domain.rules import BusinessDayRoll

_ONE_DAY = timedelta(days=1)
_HALF = Fraction(1, 2)
_FIRST_DAY, _LAST_DAY = date(1700, 1, 1), date(4000, 12, 31)
_LONGEST = 100 * MONTHS_PER_YEAR


@cheaply_made
@dataclass(frozen=True, slots=True)
class Term:
    """One run of a contract. `start` and `end` are both days of it; `ordinal` counts from 1.

    Raises:
        ValueError: the end lies before the start, or the ordinal below 1.
    """

    start: date
    end: date
    ordinal: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(
                f"a term ends on {self.end} before it starts on {self.start}; correct the contract"
            )
        if self.ordinal < 1:
            raise ValueError(f"terms are counted from 1, not {self.ordinal}")

    @property
    def renewal_date(self) -> date:
        """The first day of the next term."""
        return self.end + _ONE_DAY

    def months(self) -> int:
        """This function will count the term's months to the nearest whole one, at least one."""
        return _months(self)

    def exact_months(self) -> Fraction:
        """This function will count the term's months exactly, a stub as days over the days of its month."""
        return months_between(start=self.start, until=self.renewal_date)


@lru_cache(maxsize=REMEMBERED)
def _months(term: Term) -> int:
    return max(1, int(term.exact_months() + _HALF))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Schedule:
    """When a contract turns over: the n-th time `first` + (n - 1) x `step` months after `anchor`."""

    start: date
    anchor: date
    first: int
    step: int

    def turn(self, ordinal: int) -> date:
        return add_months(self.anchor, self.first + (ordinal - 1) * self.step)

    def term(self, ordinal: int) -> Term:
        start = self.start if ordinal == 1 else self.turn(ordinal - 1)
        return Term(start, self.turn(ordinal) - _ONE_DAY, ordinal)


def terms_through(*, contract: Contract, today: date) -> tuple[Term, ...]:
    """This function will list the terms of a contract from its first to the one that holds `today`.

    The last element is the current term, or the first one of a contract still to start, or the last one of a
    contract that is over and does not renew by itself. On a renewal date the new term is the current one.
    """
    schedule = _schedule(contract)
    if schedule is None:
        return ()
    if not (contract.auto_renews or _is_evergreen(contract)):
        return (schedule.term(1),)
    return tuple(_until(schedule, today))


def new_term(*, contract: Contract, term: Term) -> Term:
    """This function will give the term after `term`, whether or not the contract renews by itself.

    It ends on the first turn of the contract after `term`'s renewal date.

    Raises:
        ValueError: the contract has no terms at all.
    """
    schedule = _schedule(contract)
    if schedule is None:
        raise ValueError(f"contract {contract.number} has no start, or ends before it; correct its dates")
    start = term.renewal_date
    turn = next(turn for turn in map(schedule.turn, count(1)) if turn > start)
    return Term(start, turn - _ONE_DAY, term.ordinal + 1)


def new_term_months(*, contract: Contract, term: Term) -> int:
    """This function will count the months of the term after `term`.

    An evergreen contract has 12. Of others the mapped renewal term comes first; else it is as long as the last
    one, at most 12 months where the contract renews by itself.
    """
    if _is_evergreen(contract):
        return MONTHS_PER_YEAR
    mapped = contract.renewal_term_months
    if mapped is not None and 1 <= mapped <= _LONGEST:
        return mapped
    months = term.months()
    return min(months, MONTHS_PER_YEAR) if contract.auto_renews else months


def notice_deadline(
    *,
    term: Term,
    notice: Duration | None,
    auto_renews: bool,
    roll: BusinessDayRoll,
    calendar: BusinessCalendar,
) -> date | None:
    """This function will give the last day, inclusive, on which the customer can stop the renewal.

    It is the end date less the notice period, months clipped, for contracts that renew by themselves only;
    None for others, and where no notice is agreed. A deadline on a day off stays there unless `roll` is
    `preceding`; it never moves to a later day, for that would promise the customer's side time that the
    contract does not give.
    """
    if notice is None or not auto_renews:
        return None
    deadline = earlier(term.end, notice)
    return calendar.preceding(deadline) if roll is BusinessDayRoll.PRECEDING else deadline


def _is_evergreen(contract: Contract) -> bool:
    return contract.end is None and _mapped_term(contract) == 0


def _mapped_term(contract: Contract) -> int:
    return max(0, contract.term_months or 0)


def _schedule(contract: Contract) -> _Schedule | None:
    start = contract.start
    if start is None or not _FIRST_DAY <= start <= _LAST_DAY:
        return None
    if _is_evergreen(contract):
        return _Schedule(start=start, anchor=start, first=MONTHS_PER_YEAR, step=MONTHS_PER_YEAR)
    end = contract.end or _end_of_mapped_term(start, _mapped_term(contract))
    if end is None or not start <= end <= _LAST_DAY:
        return None
    return _anchored(contract, Term(start, end, 1))


def _end_of_mapped_term(start: date, months: int) -> date | None:
    return add_months(start, months) - _ONE_DAY if months <= _LONGEST else None


def _anchored(contract: Contract, first: Term) -> _Schedule:
    step = new_term_months(contract=contract, term=first)
    months = first.months()
    if add_months(first.start, months) == first.renewal_date:
        return _Schedule(start=first.start, anchor=first.start, first=months, step=step)
    return _Schedule(start=first.start, anchor=first.renewal_date, first=0, step=step)


def _until(schedule: _Schedule, today: date) -> Iterator[Term]:
    for ordinal in count(1):
        term = schedule.term(ordinal)
        yield term
        if term.end >= today:
            return
