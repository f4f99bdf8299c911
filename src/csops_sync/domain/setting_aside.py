"""What cannot be decided: it is reported and left as it is, so that one odd row never stands in the way of others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from csops_sync.domain.book import AccountBook, lookup_in
from csops_sync.domain.case import Case
from csops_sync.domain.decision import Decision
from csops_sync.domain.facts import Contract
from csops_sync.domain.intents import Note, NoteKind
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.sentences import Sentence, about

_DAY = timedelta(days=1)
_NO_DAY = Sentence("note.no-day", "on no day")

ODD = (ArithmeticError, LookupError, TypeError, ValueError)
"""What values that make no sense raise, here and in the templates of the rules."""


def set_contract_aside(book: AccountBook, *, contract: Contract, why: str, today: date) -> Decision:
    """This function will report a contract about which nothing can be decided; it is looked at again tomorrow."""
    mine = [one for one in book.renewals if one.contract_id == contract.id]
    text = Sentence("note.undecided", "left as it is, for it cannot be decided: {why}", why=why)
    note = _note(contract, NoteKind.UNREADABLE, text)
    return Decision(renewals=tuple(tomorrow(mine, today=today)), notes=(note,))


def set_cases_aside(cases: Sequence[Case], *, why: str, today: date) -> Decision:
    """This function will report a renewal that cannot be filled in; it is looked at again tomorrow."""
    contract = cases[0].tracked.contract
    rows = tuple(replace(one.tracked.renewal, review_on=today + _DAY) for one in cases)
    text = Sentence(
        "note.unfilled", "its renewal is left as it is, for it cannot be filled in: {why}", why=why
    )
    note = _note(contract, NoteKind.UNREADABLE, text)
    return Decision(renewals=rows, notes=(note,))


def without_term(book: AccountBook, *, contract: Contract, rules: RuleSet) -> Decision:
    """This function will report an active contract whose dates make no term; only new dates can change that."""
    mine = (one for one in book.renewals if one.contract_id == contract.id)
    rows = tuple(replace(one, review_on=None) for one in mine)
    if not rules.lifecycle.active.holds(lookup_in(book, contract=contract)):
        return Decision(renewals=rows)
    text = Sentence(
        "note.no-term",
        "its dates make no term: it starts {start}, ends {end}",
        start=contract.start or _NO_DAY,
        end=contract.end or _NO_DAY,
    )
    return Decision(renewals=rows, notes=(_note(contract, NoteKind.NO_TERM, text),))


def strays(book: AccountBook) -> Decision:
    """This function will let stored renewals follow their contract's account, and rest where the contract is gone."""
    here = {one.id for one in book.contracts}
    account_id = book.account.id
    moved = (one for one in book.renewals if one.contract_id in here and one.account_id != account_id)
    gone = (one for one in book.renewals if one.contract_id not in here and one.review_on is not None)
    return Decision(
        renewals=(
            *(replace(one, account_id=account_id) for one in moved),
            *(replace(one, review_on=None) for one in gone),
        )
    )


def tomorrow(renewals: Sequence[Renewal], *, today: date) -> list[Renewal]:
    """This function will put off to tomorrow what is due today: nothing can be decided about it now."""
    due = (one for one in renewals if one.review_on is not None and one.review_on <= today)
    return [replace(one, review_on=today + _DAY) for one in due]


def _note(contract: Contract, kind: NoteKind, text: str) -> Note:
    return Note(
        kind=kind, account_id=contract.account_id, subject_id=contract.id, text=about(contract.number, text)
    )
