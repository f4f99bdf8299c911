"""A case: one tracked term with everything that is known about it before anything is decided."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.domain.amounts import prior_amount
from csops_sync.domain.book import AccountBook
from csops_sync.domain.cancellation import cancellation_of
from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.dates import later
from csops_sync.domain.eligibility import Standing, Verdict, judge
from csops_sync.domain.facts import Person
from csops_sync.domain.intents import Note, NoteKind
from csops_sync.domain.money import Money
from csops_sync.domain.people import find_csm
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import Cancelling, RenewalRule, RuleSet
from csops_sync.domain.sentences import Sentence, about
from csops_sync.domain.timing import Timing, rule_for, time_opening
from csops_sync.domain.tracking import Tracked

_DAY = timedelta(days=1)


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A tracked term, its verdict, the rule that holds for it, its timing, its CSM and its prior amount."""

    tracked: Tracked
    verdict: Verdict
    rule: RenewalRule | None
    timing: Timing | None
    csm: Person | None
    prior: Money | None

    @property
    def key(self) -> str:
        """The renewal key."""
        return self.tracked.renewal.key

    @property
    def open_date(self) -> date | None:
        """The day on which the renewal must be opened, None where nothing decides one."""
        return self.timing.decision.open_date if self.timing and self.timing.decision else None

    @property
    def may_open(self) -> bool:
        """Whether the renewal may be opened once its day has come."""
        opens_though = self.rule is not None and self.rule.cancelling is Cancelling.OPEN
        standing = self.verdict.standing
        return standing is Standing.ELIGIBLE or (standing is Standing.CANCELLING and opens_though)


def build_case(book: AccountBook, *, tracked: Tracked, rules: RuleSet, today: date) -> Case:
    """This function will gather what is known about a tracked term."""
    tracked = _with_cancellation(book, tracked, rules, today)
    verdict = judge(book, tracked=tracked, rules=rules, today=today)
    rule = rule_for(book, tracked=tracked, rules=rules)
    if rule is None and verdict.standing is Standing.ELIGIBLE:
        verdict = Verdict(
            standing=Standing.NO_RULE, why=Sentence("why.no-rule", "no renewal rule's `when` holds for it")
        )
    own = book.opportunity(verdict.opportunity_id)
    return Case(
        tracked=tracked,
        verdict=verdict,
        rule=rule,
        timing=time_opening(book, tracked=tracked, rule=rule, rules=rules) if rule else None,
        csm=find_csm(book, paths=rules.csm, contract=tracked.contract, opportunity=own),
        prior=prior_amount(book, contract=tracked.contract, rules=rules, until=tracked.term.end),
    )


def _with_cancellation(book: AccountBook, tracked: Tracked, rules: RuleSet, today: date) -> Tracked:
    """Let the term's row say what the announced cancellation means for it: the next term is told from that."""
    found = cancellation_of(book, tracked=tracked, rules=rules, today=today)
    if found is tracked.renewal.cancellation:
        return tracked
    return replace(tracked, renewal=replace(tracked.renewal, cancellation=found))


def as_decided(case: Case, *, rules: RuleSet, today: date, open_date: date | None = None) -> Renewal:
    """This function will give the renewal row of a case: timing, verdict, and the day to look at it again."""
    renewal = case.tracked.renewal
    return replace(
        renewal,
        rule=case.rule.name if case.rule else None,
        rules_hash=rules.hash,
        decision=case.timing.decision if case.timing else None,
        settled=case.verdict.settled,
        opportunity_id=case.verdict.opportunity_id or renewal.opportunity_id,
        review_on=review_day(case, rules=rules, today=today, open_date=open_date or case.open_date),
    )


def review_day(case: Case, *, rules: RuleSet, today: date, open_date: date | None) -> date | None:
    """This function will give the first day after `today` on which time alone can change the decision."""
    term = case.tracked.term
    days: list[date] = []
    if case.tracked.contract.auto_renews or case.tracked.contract.end is None or case.may_open:
        days.append(term.renewal_date)
    if case.may_open or case.verdict.standing in (Standing.CANCELLING, Standing.NO_RULE):
        days.append(later(term.renewal_date, rules.guards.max_overdue) + _DAY)
        if open_date is not None:
            days.append(max(open_date, today + _DAY))
    return min((day for day in days if day > today), default=None)


def notes_of(case: Case) -> tuple[Note, ...]:
    """This function will list what a person should know about a case, whatever is decided."""
    notes: list[Note] = []
    if case.verdict.standing is Standing.OVERDUE:
        notes.append(_note(case, NoteKind.OVERDUE, case.verdict.why))
    if not (case.may_open or case.verdict.standing is Standing.OPENED):
        return tuple(notes)
    if case.timing and case.timing.no_budget:
        notes.append(
            _note(
                case,
                NoteKind.NO_BUDGET_BOUND,
                Sentence("note.no-budget", "the customer's fiscal year is not known"),
            )
        )
    if case.timing and case.timing.decision and case.timing.decision.ceiling:
        ceiling = case.timing.decision.ceiling
        text = Sentence(
            "note.ceiling",
            "the floor {floor} would pass the {kind} {day}",
            floor=ceiling.instead_of,
            kind=ceiling.kind,
            day=ceiling.anchor_day,
        )
        notes.append(_note(case, NoteKind.CEILING, text))
    if case.prior is None:
        notes.append(
            _note(
                case,
                NoteKind.NO_PRIOR,
                Sentence("note.no-prior", "its annual amount is mapped to nothing and no deal is linked"),
            )
        )
    if case.csm is None:
        notes.append(
            _note(
                case,
                NoteKind.NO_CSM,
                Sentence("note.no-csm", "nobody of the people listed under `people.csm` is active"),
            )
        )
    return tuple(notes)


def _note(case: Case, kind: NoteKind, text: str) -> Note:
    contract = case.tracked.contract
    return Note(
        kind=kind, account_id=contract.account_id, subject_id=contract.id, text=about(contract.number, text)
    )
