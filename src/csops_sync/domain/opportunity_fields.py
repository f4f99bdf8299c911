"""The fields of a renewal opportunity as its rule fills them, by mapped name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from csops_sync.domain.amounts import proposed_amount
from csops_sync.domain.book import AccountBook
from csops_sync.domain.dates import earlier, later
from csops_sync.domain.facts import Contract, Person, Scalar
from csops_sync.domain.money import Money
from csops_sync.domain.people import resolve
from csops_sync.domain.rules import DateAnchor, DateRule, RenewalRule, RuleSet
from csops_sync.domain.terms import Term
from csops_sync.domain.timing import Timing

MAINTAINED = ("name", "close_date", "renewal_date", "amount")
"""Fields that follow the contract after the opening, as long as no person edited them. The rest is initial only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one opportunity is about: the anchor's contract and term, and with it those that are co-termed."""

    key: str
    contract: Contract
    term: Term
    timing: Timing
    new_term_months: int
    prior: Money | None
    csm: Person | None
    members: tuple[str, ...]


def maintained_values(
    book: AccountBook, *, subject: Subject, rule: RenewalRule, rules: RuleSet
) -> dict[str, Scalar]:
    """This function will give the fields that follow the contract; what cannot be known is left out."""
    template = rule.opportunity
    values: dict[str, Scalar] = {
        "name": template.name.render(template_context(book, subject=subject)),
        "close_date": place(template.close_date, subject=subject),
        "renewal_date": subject.term.renewal_date,
    }
    if template.amount_from_prior and subject.prior is not None:
        amount = proposed_amount(
            subject.prior, uplift=template.uplift, new_term_months=subject.new_term_months, rules=rules
        )
        values["amount"] = amount.amount
    return _known(values, rules)


def initial_values(
    book: AccountBook, *, subject: Subject, rule: RenewalRule, rules: RuleSet
) -> dict[str, Scalar]:
    """This function will give all fields of a new opportunity, its renewal key among them."""
    template = rule.opportunity
    context = template_context(book, subject=subject)
    values: dict[str, Scalar] = {
        "account": book.account.id,
        "contract": subject.contract.id,
        "stage": template.stage,
        "record_type": template.record_type,
        "type": template.type,
        "owner": _owner(book, subject, rule),
        "currency": subject.contract.currency,
        "co_term_contracts": ",".join(subject.members) if len(subject.members) > 1 else None,
        **{name: text.render(context) for name, text in template.fields.items()},
    }
    given = {name: value for name, value in values.items() if value is not None}
    upkeep = maintained_values(book, subject=subject, rule=rule, rules=rules)
    return {**_known(given, rules), **upkeep, "renewal_key": subject.key}


def place(rule: DateRule, *, subject: Subject) -> date:
    """This function will work out a date of the opportunity from its anchor."""
    anchors = {
        DateAnchor.TERM_END: subject.term.end,
        DateAnchor.RENEWAL_DATE: subject.term.renewal_date,
        DateAnchor.NOTICE_DEADLINE: subject.timing.deadline or subject.term.end,
        DateAnchor.OPEN_DATE: subject.timing.decision.open_date
        if subject.timing.decision
        else subject.term.end,
    }
    move = earlier if rule.before else later
    return move(anchors[rule.anchor], rule.offset)


def template_context(book: AccountBook, *, subject: Subject) -> Mapping[str, object]:
    """This function will give what templates may name: account, contract, term, renewal and csm."""
    contract = subject.contract
    decision = subject.timing.decision
    return {
        "account": {**book.account.values, "name": book.account.name, "id": book.account.id},
        "contract": {**contract.values, "number": contract.number, "id": contract.id},
        "term": {"start": subject.term.start, "end_date": subject.term.end},
        "renewal": {
            "date": subject.term.renewal_date,
            "key": subject.key,
            "open_date": decision.open_date if decision else None,
            "notice_deadline": subject.timing.deadline,
            "prior": subject.prior.amount if subject.prior else None,
        },
        "csm": {"name": subject.csm.name if subject.csm else None},
    }


def _owner(book: AccountBook, subject: Subject, rule: RenewalRule) -> str | None:
    paths: Sequence[str] = rule.opportunity.owner or ("csm",)
    found = (resolve(book, path=path, csm=subject.csm, contract=subject.contract) for path in paths)
    return next((one for one in found if one and not one.startswith("@")), None)


def _known(values: Mapping[str, Scalar], rules: RuleSet) -> dict[str, Scalar]:
    return {name: value for name, value in values.items() if name in rules.opportunity_fields}
