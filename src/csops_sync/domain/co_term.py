"""Contracts of one account that end close together share one renewal opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from csops_sync.domain.book import AccountBook
from csops_sync.domain.case import Case
from csops_sync.domain.dates import earlier, later
from csops_sync.domain.intents import Note, NoteKind
from csops_sync.domain.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases that are opened together, the earliest-ending first: it is the anchor whose key they carry."""

    cases: tuple[Case, ...]

    @property
    def anchor(self) -> Case:
        """The earliest-ending member."""
        return self.cases[0]

    @property
    def first(self) -> Case:
        """The member whose open date is the earliest: it decides when the group is opened."""
        dated = [case for case in self.cases if case.open_date is not None]
        return min(dated, key=lambda case: (case.open_date, case.key)) if dated else self.anchor

    @property
    def open_date(self) -> date | None:
        """The earliest of the members' open dates."""
        return self.first.open_date


def group_cases(cases: Sequence[Case]) -> tuple[Group, ...]:
    """This function will put cases that may be opened into groups; without a co-term rule each stands alone."""
    waiting = sorted(cases, key=lambda case: (case.tracked.term.end, case.key))
    groups: list[Group] = []
    while waiting:
        anchor, rest = waiting[0], waiting[1:]
        members = [anchor, *(case for case in rest if _joins(case, anchor))]
        groups.append(Group(cases=tuple(members)))
        waiting = [case for case in rest if case not in members]
    return tuple(groups)


def late_member_note(book: AccountBook, *, case: Case) -> Note | None:
    """This function will report a contract that ends close to a renewal already opened without it."""
    within = case.rule.co_term_within if case.rule else None
    if within is None:
        return None
    term_end = case.tracked.term.end
    for one in book.renewals:
        close = earlier(term_end, within) <= one.term_end <= later(term_end, within)
        if one.opportunity_id and not one.settled and close and one.contract_id != case.tracked.contract.id:
            text = Sentence(
                "note.late-member",
                "{number} ends close to {key}, which was opened without it",
                number=case.tracked.contract.number,
                key=one.key,
            )
            return Note(
                kind=NoteKind.LATE_MEMBER,
                account_id=book.account.id,
                subject_id=case.tracked.contract.id,
                text=text,
            )
    return None


def _joins(case: Case, anchor: Case) -> bool:
    within = anchor.rule.co_term_within if anchor.rule else None
    if within is None or case.rule != anchor.rule:
        return False
    return case.tracked.term.end <= later(anchor.tracked.term.end, within)
