"""Which term an announced cancellation belongs to.

The mapped field says that a customer has announced to leave, and often nobody takes that out once the customer stayed.
So it counts for one term. Where the design is silent, this module reads it so:

- Where what is mapped holds a date, that is the day on which notice was given: it counts for the last term that had
  begun by then, and for none where none had. A date ahead of today is not that, and is read as if there were none.
- Without a date (a checkbox, a status) it counts for the term during which we first saw it. The renewal's row remembers
  that, so what was taken out and set again counts anew. At the first reading it counts for the term that runs.
- A term that a deal renewed is decided on the day on which that was won, early or late: what comes after it is the next
  term's, and what came before is not. After a loss the paper often follows: that is of the term that was lost.
- A contract that replaces another is the next term of it: what was copied from there is left over.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from csops_sync.domain.book import AccountBook, lookup_in
from csops_sync.domain.facts import Contract, Opportunity, Scalar
from csops_sync.domain.renewal import Cancellation, Renewal, Settled
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.tracking import Tracked, outcome

_DAY = timedelta(days=1)
_WRITTEN_DAY = re.compile(r"\d{4}-\d\d-\d\d(T|$)")


def cancellation_of(
    book: AccountBook, *, tracked: Tracked, rules: RuleSet, today: date
) -> Cancellation | None:
    """This function will say what the announced cancellation that stands on a contract means for its tracked term.

    None where nothing stands, or only what came after the term was won. The book's renewals are the rows as they
    were stored last; `today` is the org's business date.
    """
    if not stands(book, contract=tracked.contract, rules=rules):
        return None
    day = given_on(tracked.contract, rules=rules, today=today)
    before = _row_before(book, tracked)
    if day is None:
        return _first_seen(book, tracked.renewal, before)
    won_on = winning_day(book.opportunity(tracked.renewal.opportunity_id))
    if won_on is not None and won_on < day:
        return None
    is_of_this = day >= _first_day(book, tracked, before)
    return Cancellation.ANNOUNCED if is_of_this else Cancellation.LEFT_OVER


def stands(book: AccountBook, *, contract: Contract, rules: RuleSet) -> bool:
    """This function will say whether Salesforce holds an announced cancellation of a contract, of whatever term."""
    condition = rules.lifecycle.cancelling
    return condition is not None and condition.holds(lookup_in(book, contract=contract))


def given_on(contract: Contract, *, rules: RuleSet, today: date) -> date | None:
    """This function will give the day on which notice was given: the earliest mapped date that is not ahead of today.

    An instant is read in the org's time zone. None where nothing that the condition asks for is such a date.
    """
    condition = rules.lifecycle.cancelling
    names = [clause.path.partition(".")[2] for clause in condition.clauses] if condition is not None else []
    days = (_day(contract.values.get(name), rules.calendar.timezone) for name in names)
    return min((day for day in days if day is not None and day <= today), default=None)


def winning_day(opportunity: Opportunity | None) -> date | None:
    """This function will give the day on which a deal was won, None where it was not."""
    if opportunity is None or outcome(opportunity) is not Settled.WON:
        return None
    return opportunity.close_date


def _first_day(book: AccountBook, tracked: Tracked, before: Renewal | None) -> date:
    """Give the first day of notices for a term: its own, or the one after the term before was won."""
    start = tracked.renewal.term_start
    if before is None or _went_on_unseen(tracked, before):
        return start
    won_on = winning_day(book.opportunity(before.opportunity_id))
    return start if won_on is None else won_on + _DAY


def _went_on_unseen(tracked: Tracked, before: Renewal) -> bool:
    """Say whether terms without a row lie between two rows: not where the contract itself begins after a pause."""
    start, begins = tracked.renewal.term_start, tracked.contract.start
    return before.term_end + _DAY < start and (begins is None or begins < start)


def _first_seen(book: AccountBook, renewal: Renewal, before: Renewal | None) -> Cancellation | None:
    """Say what a mark without a date means: what it meant when the row was stored last, else of which term it is."""
    stored = next((one for one in book.renewals if one.key == renewal.key), None)
    if stored is None:
        is_older = before is not None and before.cancellation is not None
        return Cancellation.LEFT_OVER if is_older else Cancellation.ANNOUNCED
    if stored.cancellation is None and stored.settled is not Settled.WON:
        return Cancellation.ANNOUNCED
    return stored.cancellation


def _row_before(book: AccountBook, tracked: Tracked) -> Renewal | None:
    """Give the row of the term before: of the same contract, else the last one of the contract that it replaces."""
    contract = tracked.contract
    rows = {one.key: one for one in (*book.renewals, *tracked.past)}.values()
    mine = [one for one in rows if one.contract_id == contract.id and one.ordinal < tracked.renewal.ordinal]
    replaced = contract.predecessor_id
    found = mine or [one for one in rows if one.contract_id == replaced != contract.id]
    return max(found, key=lambda one: (one.ordinal, len(one.key), one.key), default=None)


def _day(value: Scalar, timezone: str) -> date | None:
    if isinstance(value, str):
        if _WRITTEN_DAY.match(value) is None:
            return None  # a status, or somebody's words
        try:
            value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(ZoneInfo(timezone))).date()
    return value if isinstance(value, date) else None
