"""When one tracked term must be opened: gathers what `decide_open_date` needs from the customer and the rules."""

from dataclasses import dataclass
from datetime import date

from csops_sync.domain.book import AccountBook, lookup_in, segment_of
from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.facts import Contract
from csops_sync.domain.open_decision import OpenDecision
from csops_sync.domain.opening import decide_open_date
from csops_sync.domain.rules import RenewalRule, RuleSet, WhoseCalendar
from csops_sync.domain.terms import new_term_months, notice_deadline
from csops_sync.domain.tracking import Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The decision about the day, None where no bound applies; `no_budget` says that the fiscal year is unknown."""

    decision: OpenDecision | None
    deadline: date | None
    no_budget: bool = False


def rule_for(book: AccountBook, *, tracked: Tracked, rules: RuleSet) -> RenewalRule | None:
    """This function will give the first renewal rule whose `when` holds for the contract."""
    find = lookup_in(book, segments=rules.segments, contract=tracked.contract)
    return next((rule for rule in rules.renewals if rule.when.holds(find)), None)


def time_opening(book: AccountBook, *, tracked: Tracked, rule: RenewalRule, rules: RuleSet) -> Timing:
    """This function will decide the open date of a term under its rule."""
    calendar = _calendar(book, rule, rules)
    deadline = notice_deadline(
        term=tracked.term,
        notice=tracked.contract.notice,
        auto_renews=tracked.contract.auto_renews,
        roll=rule.open.notice_roll,
        calendar=calendar,
    )
    month = fiscal_month(book, contract=tracked.contract, rules=rules)
    decision = decide_open_date(
        term=tracked.term,
        new_term_months=new_term_months(contract=tracked.contract, term=tracked.term),
        notice_deadline=deadline,
        fiscal_month=month,
        rule=rule.open,
        season=rules.budget_season,
        calendar=calendar,
    )
    aims_at_budget = rule.open.before_budget_season or rule.open.before_budget_lock
    return Timing(decision=decision, deadline=deadline, no_budget=bool(aims_at_budget) and month is None)


def fiscal_month(book: AccountBook, *, contract: Contract, rules: RuleSet) -> int | None:
    """This function will give the month in which the customer's fiscal year starts: account, segment, country.

    The segment is the contract's, as `when: {segment: …}` sees it: segments may ask for `contract.*` too.
    """
    season = rules.budget_season
    if season is None:
        return None
    if book.account.fiscal_year_starts:
        return book.account.fiscal_year_starts
    segment = segment_of(book, segments=rules.segments, contract=contract) or ""
    return season.by_segment.get(segment) or season.by_country.get(book.account.country or "")


def _calendar(book: AccountBook, rule: RenewalRule, rules: RuleSet) -> BusinessCalendar:
    if rule.open.calendar is WhoseCalendar.OWN:
        return rules.calendar.own
    return rules.calendar.by_country.get(book.account.country or "", rules.calendar.own)
