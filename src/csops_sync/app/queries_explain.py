"""Why a contract's renewals stand as they do: facts, verdict, the decision of its day, and what has happened since."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial

from csops_sync.app.confidence.explaining import ConfidencePast, Owners, card_rows, past_rows, read_past
from csops_sync.app.contract_words import contract_terms
from csops_sync.app.copied_words import copies_remark
from csops_sync.app.decision_words import decision_remarks, decision_steps
from csops_sync.app.event_words import event_row
from csops_sync.app.explained_decision import Dated, decision_of_its_day
from csops_sync.app.facts import contract_of
from csops_sync.app.finding import book_of, find_explained
from csops_sync.app.office import Office
from csops_sync.app.remarks import remarks_of
from csops_sync.app.step_words import ENGLISH
from csops_sync.app.views import (
    ComingAmount,
    ContractHeader,
    EventRow,
    ExplainView,
    RemarkRow,
    RenewalView,
    StepRow,
)
from csops_sync.domain.amending import amendments_of, between
from csops_sync.domain.amounts import prior_amount
from csops_sync.domain.book import AccountBook
from csops_sync.domain.case import Case, build_case
from csops_sync.domain.deciding import decide
from csops_sync.domain.eligibility import Standing
from csops_sync.domain.facts import Contract, Opportunity, Person
from csops_sync.domain.intents import NoteKind
from csops_sync.domain.people import find_csm
from csops_sync.domain.renewal import Cancellation, Renewal, parse_key
from csops_sync.domain.sentences import Sentence, Wording
from csops_sync.domain.terms import Term
from csops_sync.domain.tracking import track
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Transaction

_MOST_EVENTS = 5_000
_OF_CONTRACT = frozenset({NoteKind.GAP.value, NoteKind.OVERLAP.value})
_SAID_ELSEWHERE = _OF_CONTRACT | {NoteKind.OVERDUE.value}
_WAITING = {
    OutboxStatus.HELD: Wording(
        "creation.held", "its creation is held until a person approves it; `csops-sync plan` names the hash"
    ),
    OutboxStatus.PARKED: Wording(
        "creation.parked", "its creation could not be sent: {error}; then `csops-sync outbox retry {key}`"
    ),
    OutboxStatus.UNKNOWN: Wording(
        "creation.unknown", "its creation was sent and not answered; csops-sync finds out what became of it"
    ),
    OutboxStatus.DROPPED: Wording(
        "creation.dropped", "a person gave its creation up; `csops-sync outbox retry {key}` takes that back"
    ),
    OutboxStatus.SHADOW: Wording("creation.shadow", "mode is shadow: its creation is decided and not sent"),
    OutboxStatus.PENDING: Wording("creation.pending", "its creation waits to be sent"),
}
_LEFT_OVER = Sentence(
    "remark.left-over",
    "the announced cancellation in Salesforce is of an earlier term and does not count for this one: take it out, "
    "and set it anew where the customer leaves now",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explained:
    """All that is known about one contract. `case` is its current term, None where it has no usable dates."""

    contract: Contract
    book: AccountBook
    case: Case | None
    events: Sequence[Event]
    remarks: Sequence[RemarkRow]
    creations: dict[str, OutboxRow]
    pasts: Mapping[str, ConfidencePast]
    language: str = ENGLISH


def explain_view(
    office: Office, asked: str, *, language: str = ENGLISH, people: Mapping[str, Person] | None = None
) -> ExplainView:
    """This function will explain a contract (id or number), or the one that an opportunity or renewal key is about.

    Arithmetic, terms of the contract and the journal are in `language`; states, remarks and confidence are English, as
    sentences that an interface can say in another language. `people` are all users, None to have them read.

    Raises RefusedError where nothing of that name is known.
    """
    with office.store.reading() as tx:
        row = find_explained(tx, asked)
        contract = contract_of(row, default_currency=office.rules.default_currency)
        book = book_of(tx, office, row, people=people)
        found = replace(_gather(tx, office, contract, book), language=language)
    return ExplainView(
        contract=_header(office, found),
        timezone=office.timezone,
        renewals=tuple(_view(office, found, one) for one in _renewals(found)),
        remarks=tuple(_contract_remarks(found)),
    )


def _gather(tx: Transaction, office: Office, contract: Contract, book: AccountBook) -> _Explained:
    known = book.contract(contract.id)
    tracked = track(book, contract=known, today=office.today) if known else None
    case = build_case(book, tracked=tracked, rules=office.rules, today=office.today) if tracked else None
    mine = [one for one in book.renewals if one.contract_id == contract.id]
    subjects = {contract.id, *(one.opportunity_id for one in mine)}
    notes = decide(book, rules=office.rules, today=office.today).notes
    keys = [one.key for one in mine] + ([case.key] if case else [])
    deals = sorted({one.opportunity_id for one in mine if one.opportunity_id})
    return _Explained(
        contract=contract,
        book=book,
        case=case,
        events=_events(tx, book, keys),
        remarks=remarks_of(tx, [one for one in dict.fromkeys(notes) if one.subject_id in subjects]),
        creations={row.key: row for row in tx.outbox.get(keys)},
        pasts={one: read_past(tx, _owners(office, book, known, one)) for one in deals},
    )


def _events(tx: Transaction, book: AccountBook, keys: Sequence[str]) -> Sequence[Event]:
    """Give the customer's events, and the orders about messages of these renewals, which belong to no customer."""
    own = tx.journal.about(account_id=book.account.id, limit=_MOST_EVENTS)
    orders = [
        one
        for key in dict.fromkeys(keys)
        for one in tx.journal.about(account_id="", renewal_key=key, limit=_MOST_EVENTS)
    ]
    return sorted((*own, *orders), key=lambda one: one.at) if orders else own


def _owners(office: Office, book: AccountBook, contract: Contract | None, opportunity_id: str) -> Owners:
    deal = book.opportunity(opportunity_id)
    csm = find_csm(book, paths=office.rules.csm, contract=contract, opportunity=deal)
    users = (deal.owner_id if deal else None, csm.id if csm else None)
    return Owners(
        opportunity_id=opportunity_id,
        account_id=book.account.id,
        user_ids=frozenset(one for one in users if one),
    )


def _header(office: Office, found: _Explained) -> ContractHeader:
    contract = found.contract
    ends = found.case.tracked.term.end if found.case is not None else None
    return ContractHeader(
        id=contract.id,
        number=contract.number,
        account_id=found.book.account.id,
        account_name=found.book.account.name,
        amount=prior_amount(found.book, contract=contract, rules=office.rules, until=ends),
        start=contract.start,
        end=contract.end,
        terms=contract_terms(contract, language=found.language),
        coming=tuple(_coming(office, found, ends)) if ends is not None else (),
    )


def _coming(office: Office, found: _Explained, ends: date) -> Iterator[ComingAmount]:
    """List what is agreed for the terms after the current one; nothing while an amendment of it cannot be read."""
    try:
        added = amendments_of(found.book, contract=found.contract, rules=office.rules)
    except ValueError:
        return
    for one in between(added, after=ends):
        yield ComingAmount(effective=one.effective, added=one.added)


def _contract_remarks(found: _Explained) -> Iterator[str]:
    if found.book.contract(found.contract.id) is None:
        yield Sentence("contract.deleted", "the contract is deleted, so nothing is opened for it")
    elif found.case is None:
        yield Sentence(
            "contract.no-dates",
            "the contract has no usable dates (a start, and an end or a length), so it has no term to renew",
        )
    yield from (one.text for one in found.remarks if one.kind in _OF_CONTRACT)


def _renewals(found: _Explained) -> list[Renewal]:
    """List the contract's renewals in the order of their terms, the current one also where it is not stored yet."""
    known = {one.key: one for one in found.book.renewals if one.contract_id == found.contract.id}
    if found.case is not None:
        known.setdefault(found.case.key, found.case.tracked.renewal)
    return sorted(known.values(), key=_order)


def _order(renewal: Renewal) -> tuple[int, int]:
    ref = parse_key(renewal.key)
    return renewal.ordinal, ref.revision if ref else 1


def _view(office: Office, found: _Explained, renewal: Renewal) -> RenewalView:
    case = found.case if found.case is not None and found.case.key == renewal.key else None
    events = [one for one in found.events if _is_about(one, renewal)]
    dated = decision_of_its_day(renewal, case=case, events=events, rules=office.rules)
    shown = dated if _opens(renewal, case) else None
    past = found.pasts.get(renewal.opportunity_id or "")
    term = Term(start=renewal.term_start, end=renewal.term_end, ordinal=renewal.ordinal)
    return RenewalView(
        key=renewal.key,
        renewal_date=term.renewal_date,
        open_date=shown.decision.open_date if shown else None,
        rule=dated.rule if dated else renewal.rule,
        origin=dated.origin if dated else None,
        state=_state(office, renewal, case, dated),
        opportunity_id=renewal.opportunity_id or (case.verdict.opportunity_id if case else None),
        steps=_steps(found, shown) if shown else (),
        remarks=tuple(_remarks(office, found, renewal, case, shown)),
        events=_rows(office, events, found, past),
        cards=card_rows(past, found.book.people, timezone=office.timezone) if past else (),
    )


def _steps(found: _Explained, shown: Dated) -> tuple[StepRow, ...]:
    return decision_steps(
        shown.decision, term_end=shown.term_end, notice=found.contract.notice, language=found.language
    )


def _opens(renewal: Renewal, case: Case | None) -> bool:
    """Say whether an open date means anything: the renewal was opened, or may be once its day has come."""
    if renewal.opened_on is not None or case is None:
        return renewal.opened_on is not None
    return case.may_open or case.verdict.standing is Standing.OPENED


def _state(office: Office, renewal: Renewal, case: Case | None, dated: Dated | None) -> str:
    if case is None:
        if renewal.settled is None:
            return Sentence("state.other-key", "it goes on under another key")
        return Sentence("state.over", "the term is over: {settled}", settled=renewal.settled)
    if not case.may_open:
        is_opened = case.verdict.standing is Standing.OPENED
        return Sentence("state.opened", "opened") if is_opened else case.verdict.why
    if dated is None:
        rule = case.rule.name if case.rule else "-"
        return Sentence("state.no-bound", "no bound of rule {rule} applies to it", rule=rule)
    is_due = dated.decision.open_date <= office.today
    return Sentence("state.due", "due") if is_due else Sentence("state.waits", "waits for its day")


def _remarks(
    office: Office, found: _Explained, renewal: Renewal, case: Case | None, shown: Dated | None
) -> Iterator[str]:
    yield from decision_remarks(shown.decision) if shown else ()
    deal = found.book.opportunity(renewal.opportunity_id)
    if deal is not None:
        yield Sentence(
            "remark.opportunity",
            "its opportunity is {name} ({id}), stage {stage}; {maker}",
            name=deal.name,
            id=deal.id,
            stage=deal.stage,
            maker=_maker(office, renewal, deal),
        )
    if (
        case is not None
        and shown is not None
        and not case.may_open
        and case.verdict.standing is not Standing.OPENED
    ):
        yield case.verdict.why
    if case is not None and case.rule is not None and case.may_open:
        copied = copies_remark(case.rule.opportunity.copy)
        yield from (copied,) if copied else ()
    if case is not None and case.tracked.renewal.cancellation is Cancellation.LEFT_OVER:
        yield _LEFT_OVER
    if renewal.refused:
        yield Sentence("remark.refused", "a person said that it is not {ids}", ids=tuple(renewal.refused))
    row = found.creations.get(renewal.key)
    if case is not None and row is not None and row.status in _WAITING:
        yield _WAITING[row.status](error=row.error, key=row.key)
    if case is not None:
        yield from (one.text for one in found.remarks if one.kind not in _SAID_ELSEWHERE)


def _maker(office: Office, renewal: Renewal, deal: Opportunity) -> str:
    """Say whose it is; after a lost state only Salesforce knows, by the creator, and by the key without a login."""
    if renewal.adopted_on is not None:
        return Sentence("maker.adopted", "a person made it, and it was adopted")
    us = office.rules.ownership.our_user_id
    if renewal.opened_on is not None or (us is not None and deal.created_by_id == us):
        return Sentence("maker.ours", "csops-sync made it")
    if deal.renewal_key is None:
        return Sentence("maker.person", "a person made it")
    knows_creator = us is not None and deal.created_by_id is not None
    if knows_creator:
        return Sentence("maker.our-key", "a person made it, and it carries our key")
    return Sentence("maker.either", "csops-sync made or adopted it")


def _is_about(event: Event, renewal: Renewal) -> bool:
    if event.renewal_key is not None:
        return event.renewal_key in (renewal.key, renewal.anchor_key)
    return event.opportunity_id is not None and event.opportunity_id == renewal.opportunity_id


def _rows(
    office: Office, events: Sequence[Event], found: _Explained, past: ConfidencePast | None
) -> tuple[EventRow, ...]:
    """Put journal and ledger into one order of time; a silence that is still kept is told by itself alone."""
    people = found.book.people
    currencies = {one.id: one.currency for one in found.book.opportunities}
    said = partial(event_row, people=people, language=found.language)
    journal = [(one, said(one, currency=currencies.get(one.opportunity_id or ""))) for one in events]
    if past is None:
        return tuple(row for _, row in journal)
    kept = {one.id for one in past.silences}
    told = _in_order([each for each in journal if each[1].detail.get("silence") not in kept])
    changes = ((one.at, one) for one in past_rows(past, people, timezone=office.timezone))
    return tuple(row for _, row in sorted((*changes, *told), key=lambda each: each[0]))


def _in_order(journal: Iterable[tuple[Event, EventRow]]) -> Iterator[tuple[datetime, EventRow]]:
    """Give each row its place in time: the journal's own order counts, but for answers, which were given before."""
    latest = datetime.min.replace(tzinfo=UTC)
    for event, row in journal:
        latest = max(latest, event.at)
        yield (latest if row.at == event.at else row.at), row
