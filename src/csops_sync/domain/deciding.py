"""One customer's facts and the rules, to a decision. The whole of the domain meets here and nowhere else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from csops_sync.domain.adoption import Adoptions, Seeker, find_adoptions, loose_candidates
from csops_sync.domain.book import AccountBook
from csops_sync.domain.case import Case, as_decided, build_case, notes_of
from csops_sync.domain.co_term import Group, group_cases
from csops_sync.domain.decision import NOTHING_DECIDED, Decision, merged
from csops_sync.domain.eligibility import Standing, Verdict, linked_opportunities
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.intents import Note, NoteKind
from csops_sync.domain.openings import notify_cancelling, open_group
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.sentences import Sentence, about
from csops_sync.domain.setting_aside import ODD, set_cases_aside, set_contract_aside, strays, without_term
from csops_sync.domain.succession import gaps_and_overlaps
from csops_sync.domain.tracking import track
from csops_sync.domain.upkeep import keep, tell_parallel, tell_terminated, unstamp

_DAY = timedelta(days=1)


def decide(book: AccountBook, *, rules: RuleSet, today: date) -> Decision:
    """This function will decide everything about one customer as of `today` (the org's business date)."""
    looked = [_look(book, contract, rules, today) for contract in book.contracts]
    cases = [one for one in looked if isinstance(one, Case)]
    adoptions = find_adoptions(book, seekers=_seekers(cases))
    cases = [_adopted(case, adoptions.matched.get(case.key), today) for case in cases]
    past = Decision(renewals=tuple(renewal for case in cases for renewal in case.tracked.past))
    notes = tuple(note for case in cases for note in notes_of(case))
    return merged(
        (
            strays(book),
            *(one for one in looked if isinstance(one, Decision)),
            past,
            *_openings(book, cases, adoptions, rules, today),
            *_opened(book, cases, rules, today),
            *(_otherwise(book, case, rules, today) for case in cases),
            *(unstamp(book, case=case) for case in cases),
            Decision(notes=(*notes, *_ambiguities(cases, adoptions), *gaps_and_overlaps(book))),
        )
    )


def _look(book: AccountBook, contract: Contract, rules: RuleSet, today: date) -> Case | Decision:
    """Give a contract's case, or what there is to say of a contract that has none."""
    try:
        tracked = track(book, contract=contract, today=today)
        if tracked is None:
            return without_term(book, contract=contract, rules=rules)
        return build_case(book, tracked=tracked, rules=rules, today=today)
    except ODD as error:
        return set_contract_aside(book, contract=contract, why=str(error), today=today)


def _seekers(cases: Sequence[Case]) -> list[Seeker]:
    return [Seeker(tracked=case.tracked, rule=case.rule) for case in cases if case.rule and case.may_open]


def _adopted(case: Case, opportunity: Opportunity | None, today: date) -> Case:
    """Give a case the opportunity that was found to be it; from here on it counts as opened, and as told."""
    if opportunity is None:
        return case
    renewal = replace(
        case.tracked.renewal,
        anchor_key=case.key,
        opportunity_id=opportunity.id,
        adopted_on=today,
        announced=True,
    )
    verdict = Verdict(
        standing=Standing.OPENED,
        why=Sentence(
            "why.made-by-person",
            "a person made its renewal opportunity {opportunity}",
            opportunity=opportunity.id,
        ),
        opportunity_id=opportunity.id,
    )
    return replace(case, tracked=replace(case.tracked, renewal=renewal), verdict=verdict)


def _openings(
    book: AccountBook, cases: Sequence[Case], adoptions: Adoptions, rules: RuleSet, today: date
) -> list[Decision]:
    free = [case for case in cases if case.may_open and case.key not in adoptions.ambiguous]
    stuck = [case for case in cases if case.may_open and case.key in adoptions.ambiguous]
    waiting = [Decision(renewals=(as_decided(case, rules=rules, today=today),)) for case in stuck]
    groups = group_cases(free)
    return [*waiting, *(_open(book, group, rules, today) for group in groups)]


def _open(book: AccountBook, group: Group, rules: RuleSet, today: date) -> Decision:
    try:
        return open_group(book, group=group, rules=rules, today=today)
    except ODD as error:
        return set_cases_aside(group.cases, why=str(error), today=today)


def _opened(book: AccountBook, cases: Sequence[Case], rules: RuleSet, today: date) -> list[Decision]:
    shared: dict[str, list[Case]] = {}
    for case in cases:
        if case.verdict.standing is Standing.OPENED:
            shared.setdefault(str(case.tracked.renewal.opportunity_id), []).append(case)
    decisions = []
    for members in shared.values():
        ordered = sorted(members, key=lambda one: (one.key != one.tracked.renewal.anchor_key, one.key))
        decisions.append(_keep(book, Group(cases=tuple(ordered)), rules, today))
        others = [one for one in _parallels(book, ordered) if one.id not in shared]
        decisions.append(tell_parallel(book, case=ordered[0], others=others))
    return decisions


def _keep(book: AccountBook, group: Group, rules: RuleSet, today: date) -> Decision:
    try:
        return keep(book, group=group, rules=rules, today=today)
    except ODD as error:
        return set_cases_aside(group.cases, why=str(error), today=today)


def _parallels(book: AccountBook, members: Sequence[Case]) -> list[Opportunity]:
    """Find people's open opportunities that would have been adopted, had the renewal none of its own."""
    found: dict[str, Opportunity] = {}
    for case in members:
        loose = (
            loose_candidates(book, seeker=Seeker(tracked=case.tracked, rule=case.rule)) if case.rule else ()
        )
        for one in (*linked_opportunities(book, tracked=case.tracked), *loose):
            if not (one.is_closed or one.is_deleted or one.id == case.tracked.renewal.opportunity_id):
                found[one.id] = one
    return list(found.values())


def _otherwise(book: AccountBook, case: Case, rules: RuleSet, today: date) -> Decision:
    """Decide what is neither opened nor to be opened: keep its row, and tell what must be told."""
    standing = case.verdict.standing
    if standing is Standing.OPENED or case.may_open:
        return NOTHING_DECIDED
    if standing is Standing.CANCELLING:
        return notify_cancelling(book, case=case, rules=rules, today=today)
    if standing is Standing.INACTIVE and not _is_stored(book, case):
        return NOTHING_DECIDED
    row = Decision(renewals=(as_decided(case, rules=rules, today=today),))
    if standing is Standing.TERMINATED:
        return merged((row, tell_terminated(book, case=case)))
    return row


def _is_stored(book: AccountBook, case: Case) -> bool:
    return any(one.key == case.key for one in book.renewals)


def _ambiguities(cases: Sequence[Case], adoptions: Adoptions) -> list[Note]:
    notes = []
    for case in cases:
        found = adoptions.ambiguous.get(case.key, ())
        if found:
            names = tuple(f"{one.name} ({one.id})" for one in found)
            contract = case.tracked.contract
            text = Sentence(
                "note.ambiguous",
                "which opportunity is its renewal? {names}; decide with `csops-sync adopt {contract} <opportunity>`",
                names=names,
                contract=contract.id,
            )
            note = Note(
                kind=NoteKind.AMBIGUOUS,
                account_id=contract.account_id,
                subject_id=contract.id,
                text=about(contract.number, text),
            )
            notes.append(note)
    return notes
