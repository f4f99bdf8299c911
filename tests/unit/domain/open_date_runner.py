"""Runs a worked example through the domain. Mutants load this module once more, over mutated sources."""

from datetime import date

from tests.unit.domain.open_date_case import Expected, Given

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Contract
from csops_sync.domain.opening import OpenDecision, decide_open_date
from csops_sync.domain.rules import BudgetSeasonRule, BusinessDayRoll, Floor, FloorAnchor, OpenRule, PaidFrom
from csops_sync.domain.terms import Term, new_term_months, notice_deadline, terms_through

_ANCHORS = {"start": FloorAnchor.TERM_START, "renewal": FloorAnchor.RENEWAL_DATE}


def outcome(given: Given) -> Expected:
    """Decide the open date of the contract's current term, and say it in plain values."""
    contract = _contract(given)
    term = terms_through(contract=contract, today=date.fromisoformat(given.today))[-1]
    rule, calendar = _rule(given), BusinessCalendar("JP", frozenset(map(date.fromisoformat, given.holidays)))
    deadline = notice_deadline(
        term=term,
        notice=contract.notice,
        auto_renews=contract.auto_renews,
        roll=rule.notice_roll,
        calendar=calendar,
    )
    decision = decide_open_date(
        term=term,
        new_term_months=new_term_months(contract=contract, term=term),
        notice_deadline=deadline,
        fiscal_month=given.fiscal_month,
        rule=rule,
        season=BudgetSeasonRule(
            paid_from=PaidFrom(given.paid_from), invoice_before=Duration.parse(given.invoice_before)
        ),
        calendar=calendar,
    )
    assert decision is not None, "no bound applies"
    return _told(term, decision)


def _told(term: Term, decision: OpenDecision) -> Expected:
    named = {
        "floor": decision.floor.counts,
        "ceiling": decision.ceiling is not None,
        "calendar": decision.calendar is not None,
    }
    return Expected(
        term=f"{term.start} to {term.end}",
        ordinal=term.ordinal,
        deadline=decision.notice_deadline.isoformat() if decision.notice_deadline else None,
        by=decision.decided_by.value,
        opens=f"{decision.open_date:%Y-%m-%d %a}",
        named=frozenset(name for name, counts in named.items() if counts),
        missed=decision.budget_missed,
    )


def _contract(given: Given) -> Contract:
    return Contract(
        id="8005g00000ABCDeAAP",
        account_id="0015g00000ABCDeAAP",
        number="00000123",
        start=date.fromisoformat(given.start),
        end=date.fromisoformat(given.end) if given.end else None,
        term_months=given.term_months,
        auto_renews=given.renews,
        renewal_term_months=given.renewal_months,
        notice=_duration(given.notice),
        annual_amount=None,
        currency="JPY",
        predecessor_id=None,
        owner_id=None,
        values={},
    )


def _rule(given: Given) -> OpenRule:
    return OpenRule(
        before_renewal=_duration(given.before_renewal),
        before_notice_deadline=_duration(given.before_notice),
        before_budget_season=_duration(given.before_season),
        before_budget_lock=_duration(given.before_lock),
        not_before=tuple(map(_floor, given.floors)),
        business_day=BusinessDayRoll(given.roll),
        notice_roll=BusinessDayRoll(given.notice_roll),
    )


def _floor(text: str) -> Floor:
    anchor, _sign, offset = text.split(" ", 2)
    return Floor(anchor=_ANCHORS[anchor], offset=Duration.parse(offset))


def _duration(text: str | None) -> Duration | None:
    return None if text is None else Duration.parse(text)
