"""Opening: from a group of cases whose day has come to the opportunity that is created and the words about it."""

from dataclasses import replace
from datetime import date, timedelta

from csops_sync.domain.amounts import total
from csops_sync.domain.announcing import line_of
from csops_sync.domain.book import AccountBook
from csops_sync.domain.case import Case, as_decided
from csops_sync.domain.co_term import Group, late_member_note
from csops_sync.domain.copying import copies_of
from csops_sync.domain.decision import Announcement, Decision
from csops_sync.domain.eligibility import Standing
from csops_sync.domain.intent_reasons import BY_RULE, DUE, OPENS, OPENS_THOUGH
from csops_sync.domain.intents import CreateOpportunity, Foreseen, NoticeKind
from csops_sync.domain.opportunity_fields import Subject, initial_values
from csops_sync.domain.people import resolve
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import Announce, Cancelling, RenewalRule, RuleSet
from csops_sync.domain.terms import new_term_months
from csops_sync.domain.timing import Timing

_DAY = timedelta(days=1)


def open_group(book: AccountBook, *, group: Group, rules: RuleSet, today: date) -> Decision:
    """This function will decide a group: its renewals as they stand and, if its day has come, what opens it."""
    renewals = tuple(
        replace(
            as_decided(case, rules=rules, today=today, open_date=group.open_date),
            anchor_key=group.anchor.key,
        )
        for case in group.cases
    )
    rule = group.anchor.rule
    if rule is None or group.open_date is None or group.open_date > today:
        return Decision(renewals=renewals)
    pending = tuple(replace(one, review_on=today + _DAY) for one in renewals)
    create = _create(book, group, rule, rules)
    told = announcements_of(book, case=group.anchor, group=group, rule=rule, after=create.key)
    late = late_member_note(book, case=group.anchor)
    return Decision(renewals=pending, intents=(create,), announcements=told, notes=(late,) if late else ())


def notify_cancelling(book: AccountBook, *, case: Case, rules: RuleSet, today: date) -> Decision:
    """This function will tell the CSM, on the day it would be opened, of a renewal whose customer wants to leave."""
    renewals = (as_decided(case, rules=rules, today=today),)
    rule = case.rule
    due = case.open_date is not None and case.open_date <= today
    if rule is None or rule.announce is None or not due or rule.cancelling is not Cancelling.NOTIFY:
        return Decision(renewals=renewals)
    telling = Announcement(
        key=f"cancelling/{case.key}",
        notice=NoticeKind.CANCELLING,
        channel=rule.announce.channel,
        daily=False,
        line=line_of(
            case,
            account_name=book.account.name,
            mentions=mentions_of(book, case=case, announce=rule.announce),
        ),
        reason=case.verdict.why,
    )
    return Decision(renewals=renewals, announcements=(telling,))


def announcements_of(
    book: AccountBook, *, case: Case, group: Group, rule: RenewalRule, after: str | None, verify: bool = False
) -> tuple[Announcement, ...]:
    """This function will give the announcement of an opening, if its rule announces."""
    announce = rule.announce
    if announce is None:
        return ()
    prior = total([one.prior for one in group.cases])
    line = line_of(
        replace(case, prior=prior, timing=group.first.timing),
        account_name=book.account.name,
        mentions=mentions_of(book, case=case, announce=announce),
        others=tuple(one.tracked.contract.number for one in group.cases[1:]),
    )
    told = Announcement(
        key=f"opened/{case.key}",
        notice=NoticeKind.OPENED,
        channel=announce.channel,
        daily=announce.daily,
        line=line,
        reason=BY_RULE(rule=rule.name),
        after=after,
        verify=verify,
    )
    return (told,)


def mentions_of(book: AccountBook, *, case: Case, announce: Announce) -> tuple[str, ...]:
    """This function will give the user ids and handles to mention, each once."""
    found = (
        resolve(
            book,
            path=path,
            csm=case.csm,
            contract=case.tracked.contract,
            opportunity=book.opportunity(case.verdict.opportunity_id),
        )
        for path in announce.mention
    )
    return tuple(dict.fromkeys(one for one in found if one))


def subject_of(group: Group) -> Subject:
    """This function will give what the shared opportunity of a group is about."""
    anchor = group.anchor
    return Subject(
        key=anchor.key,
        contract=anchor.tracked.contract,
        term=anchor.tracked.term,
        timing=group.first.timing or Timing(decision=None, deadline=None),
        new_term_months=new_term_months(contract=anchor.tracked.contract, term=anchor.tracked.term),
        prior=total([one.prior for one in group.cases]),
        csm=anchor.csm,
        members=tuple(one.tracked.contract.id for one in group.cases),
    )


def _create(book: AccountBook, group: Group, rule: RenewalRule, rules: RuleSet) -> CreateOpportunity:
    subject = subject_of(group)
    open_date = group.open_date or subject.term.end
    return CreateOpportunity(
        key=group.anchor.key,
        account_id=book.account.id,
        contract_ids=subject.members,
        values=initial_values(book, subject=subject, rule=rule, rules=rules),
        reason=_reason(group),
        rule=rule.name,
        foreseen=_foreseen(book, group, rules),
        open_date=open_date,
        renewal_date=subject.term.renewal_date,
        copies=copies_of(
            book,
            members=[(one.tracked.contract, one.tracked.term) for one in group.cases],
            asked=rule.opportunity.copy,
            uplift=rule.opportunity.uplift,
            new_term_months=subject.new_term_months,
            rules=rules,
        ),
    )


def _reason(group: Group) -> str:
    decision = group.first.timing.decision if group.first.timing else None
    if decision is None:
        return DUE()
    bound = decision.deciding
    words = OPENS_THOUGH if _is_cancelling(group) else OPENS
    return words(day=decision.open_date, bound=bound.kind, anchor=bound.anchor_day, offset=bound.offset)


def _is_cancelling(group: Group) -> bool:
    return group.anchor.verdict.standing is Standing.CANCELLING


def _foreseen(book: AccountBook, group: Group, rules: RuleSet) -> Foreseen:
    """Expected is what a stored decision under the same rules had named, for this very day."""
    stored = _stored(book, group.first.key)
    same_rules = stored is not None and stored.rules_hash == rules.hash
    same_day = stored is not None and stored.open_date == group.first.open_date
    return Foreseen.EXPECTED if same_rules and same_day else Foreseen.UNFORESEEN


def _stored(book: AccountBook, key: str) -> Renewal | None:
    return next((one for one in book.renewals if one.key == key), None)
