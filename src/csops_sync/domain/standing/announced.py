"""In which terms of a contract the customer announced to leave, past ones too: who stayed in spite of it was saved.

Of the term that runs its row says so (`domain.cancellation`). Of one that is over its row says so too, and what was
known of it: an announcement is taken back, or overwritten by the next. A date that stands goes before what was known:
it finds the term of a notice that was entered late, and none of the terms that began after it was announced by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from csops_sync.domain.book import AccountBook
from csops_sync.domain.cancellation import given_on, stands, winning_day
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.renewal import Cancellation
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.standing.runs import Run

_DAY = timedelta(days=1)


def announced_in(
    book: AccountBook,
    *,
    contract: Contract,
    runs: Sequence[Run],
    rules: RuleSet,
    today: date,
    known: Mapping[str, TermState],
) -> frozenset[str]:
    """This function will give the keys of the terms in which the customer announced to leave.

    `runs` are all terms of the contract, first to last; `known` are the states as they were stored before, by key.
    """
    was = {one.key for one in runs if one.key in known and known[one.key].announced_cancellation}
    if not stands(book, contract=contract, rules=rules):
        return frozenset(was | {one.key for one in runs if _said(one) is Cancellation.ANNOUNCED})
    day = given_on(contract, rules=rules, today=today)
    return frozenset(
        run.key
        for run, start, until in _spans(book, runs)
        if _is_announced(run, in_turn=_in_turn(day, start, until), was=run.key in was)
    )


def _is_announced(run: Run, *, in_turn: int | None, was: bool) -> bool:
    said = _said(run)
    if said is Cancellation.ANNOUNCED:
        return True
    if run.is_last and run.renewal is not None:
        return was and said is None
    if in_turn is None:
        return was or run.is_last
    return in_turn == 0 or (was and in_turn > 0)


def _in_turn(day: date | None, start: date, until: date) -> int | None:
    """Say whether a notice came before a term (-1), in it (0) or after it (1); None where it has no date."""
    if day is None:
        return None
    return (day >= until) - (day < start)


def _spans(book: AccountBook, runs: Sequence[Run]) -> Iterator[tuple[Run, date, date]]:
    """Give each term with the first day of its own notices, and the first day of the next one's."""
    won = [winning_day(_deal(book, one)) for one in runs[:-1]]
    turns = [one.term.start if on is None else on + _DAY for one, on in zip(runs[1:], won, strict=True)]
    first = [one.term.start for one in runs[:1]]
    return zip(runs, [*first, *turns], [*turns, date.max][: len(runs)], strict=True)


def _deal(book: AccountBook, run: Run) -> Opportunity | None:
    """Give the deal that renewed a term: that of its row where it has one, for notices are read by rows."""
    return run.opportunity if run.renewal is None else book.opportunity(run.renewal.opportunity_id)


def _said(run: Run) -> Cancellation | None:
    return run.renewal.cancellation if run.renewal is not None else None
