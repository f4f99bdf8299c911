"""Outbox rows and notes as `plan` shows them: with names, amounts and the bound that decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from csops_sync.app.books import read_books, read_people
from csops_sync.app.confidence.outgoing_cards import is_outdated
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.confidence.telling_words import is_telling, telling_row
from csops_sync.app.decision_words import bound_words
from csops_sync.app.evaluation import chunked
from csops_sync.app.figures_delivery import update_of
from csops_sync.app.forecast.digest_form import digest_row, is_digest
from csops_sync.app.payload import decode
from csops_sync.app.views import ChangeRow, CreateRow, MessageRow, RemarkRow, UpdateRow
from csops_sync.domain.amounts import prior_amount, total
from csops_sync.domain.book import AccountBook
from csops_sync.domain.copying import copied_parts
from csops_sync.domain.facts import Scalar
from csops_sync.domain.intents import (
    AdoptOpportunity,
    CreateOpportunity,
    FieldChange,
    Message,
    NoticeKind,
    UpdateOpportunity,
)
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_BOOKS = 500
_DOUBTED = frozenset({OutboxStatus.SENDING, OutboxStatus.UNKNOWN})
_TOLD = {
    NoticeKind.TERMINATED: "contract terminated",
    NoticeKind.CANCELLING: "cancellation announced",
    NoticeKind.PARALLEL: "second opportunity beside a renewal",
}
_WITHOUT_LINES = {
    NoticeKind.BASELINE: "summary of the first cycle",
    NoticeKind.HELD: "what is held, and how to approve it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRows:
    """The rows of a plan that come from the outbox."""

    creates: tuple[CreateRow, ...]
    updates: tuple[UpdateRow, ...]
    adoptions: tuple[UpdateRow, ...]
    messages: tuple[MessageRow, ...]
    figures: tuple[UpdateRow, ...]
    stuck: tuple[RemarkRow, ...]


def planned_rows(
    tx: Transaction, rows: Sequence[OutboxRow], *, held: frozenset[str], rules: RuleSet
) -> PlannedRows:
    """This function will show what will be sent; `held` are the keys that wait for a person.

    What is parked, and a write to Salesforce whose outcome is not known, is `stuck`: it is not sent as it is.
    """
    going = [row for row in rows if not _is_stuck(row)]
    figures = [update_of(row) for row in going if row.target is Target.FIGURES]
    intents = [decode(row.payload) for row in going if _holds_an_intent(row)]
    doubted = frozenset(row.key for row in going if row.status in _DOUBTED)
    creates = [one for one in intents if isinstance(one, CreateOpportunity)]
    updates = [one for one in intents if isinstance(one, UpdateOpportunity)]
    adoptions = [one for one in intents if isinstance(one, AdoptOpportunity)]
    return PlannedRows(
        creates=tuple(sorted(_creates(tx, creates, held, rules), key=_by_date)),
        updates=tuple(_changes(tx, updates, held)),
        adoptions=tuple(_changes(tx, adoptions, held)),
        messages=(
            *(_message(one, held, doubted) for one in intents if isinstance(one, Message)),
            *(telling_row(row) for row in _tellings(tx, rows)),
            *(digest_row(row) for row in going if is_digest(row)),
        ),
        figures=tuple(_changes(tx, sorted(figures, key=_by_key), held)),
        stuck=tuple(_stuck(row) for row in rows if _is_stuck(row)),
    )


def _tellings(tx: Transaction, rows: Sequence[OutboxRow]) -> Iterator[OutboxRow]:
    """Give what of confidence is sent: no face that a newer one follows, nothing on a card that waits for a person."""
    parked = {row.key for row in rows if row.status is OutboxStatus.PARKED}
    for row in rows:
        waits = _is_stuck(row) or not parked.isdisjoint(row.after)
        if is_telling(row) and not waits and not is_outdated(tx, decode_telling(row.payload)):
            yield row


def _holds_an_intent(row: OutboxRow) -> bool:
    return not (is_telling(row) or is_digest(row) or row.target is Target.FIGURES)


def _is_stuck(row: OutboxRow) -> bool:
    doubted_write = row.target is Target.SALESFORCE and row.status in _DOUBTED
    return row.status is OutboxStatus.PARKED or doubted_write


def _stuck(row: OutboxRow) -> RemarkRow:
    text = (
        f"could not be sent: {row.error}; `csops-sync outbox retry {row.key}` once that is mended"
        if row.status is OutboxStatus.PARKED
        else "was sent and not answered; the next delivery asks Salesforce first what became of it"
    )
    return RemarkRow(subject_id=row.key, subject=f"{row.kind} {row.key}", text=text, kind=row.status.value)


def _creates(
    tx: Transaction, creates: Sequence[CreateOpportunity], held: frozenset[str], rules: RuleSet
) -> Iterator[CreateRow]:
    by_account: dict[str, list[CreateOpportunity]] = {}
    for one in creates:
        by_account.setdefault(one.account_id, []).append(one)
    people = read_people(tx) if creates else {}
    for chunk in chunked(by_account, _BOOKS):
        for book in read_books(tx, chunk, people=people, default_currency=rules.default_currency):
            yield from (_create(book, one, held, rules) for one in by_account[book.account.id])


def _create(book: AccountBook, intent: CreateOpportunity, held: frozenset[str], rules: RuleSet) -> CreateRow:
    members = [one for one in book.contracts if one.id in intent.contract_ids]
    last_day = intent.renewal_date - timedelta(days=1)
    return CreateRow(
        key=intent.key,
        account_id=intent.account_id,
        account_name=book.account.name,
        contract_ids=intent.contract_ids,
        renewal_date=intent.renewal_date,
        open_date=intent.open_date,
        amount=total([prior_amount(book, contract=one, rules=rules, until=last_day) for one in members])
        if members
        else None,
        bound=_bound(book, intent),
        rule=intent.rule,
        reason=intent.reason,
        values={name: _exact(value) for name, value in intent.values.items()},
        held=intent.key in held,
        copies=copied_parts(intent.copies),
    )


def _bound(book: AccountBook, intent: CreateOpportunity) -> str:
    """Say which bound decided: that of the member whose day the shared opportunity is opened on."""
    decisions = [
        one.decision for one in book.renewals if one.decision is not None and one.anchor_key == intent.key
    ]
    deciding = [one for one in decisions if one.open_date == intent.open_date] or decisions
    return bound_words(deciding[0]) if deciding else intent.reason


def _exact(value: Scalar | float) -> Scalar:
    """Read a number as it was written; the outbox keeps it as JSON."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _changes(
    tx: Transaction, changes: Sequence[UpdateOpportunity | AdoptOpportunity], held: frozenset[str]
) -> Iterator[UpdateRow]:
    ids = [one.opportunity_id for one in changes]
    names = {row.id: str(row.values.get("name") or row.id) for row in tx.mirror.get(Role.OPPORTUNITY, ids)}
    for one in changes:
        yield UpdateRow(
            key=one.key,
            account_id=one.account_id,
            opportunity_id=one.opportunity_id,
            opportunity_name=names.get(one.opportunity_id, one.opportunity_id),
            changes=tuple(_change(change) for change in one.changes),
            why=one.reason,
            renewal_key=one.renewal_key if isinstance(one, AdoptOpportunity) else None,
            held=one.key in held,
        )


def _change(change: FieldChange) -> ChangeRow:
    return ChangeRow(
        field=change.field,
        label=change.field.replace("_", " "),
        before=_exact(change.before),
        after=_exact(change.after),
    )


def _message(message: Message, held: frozenset[str], doubted: frozenset[str]) -> MessageRow:
    mentions = tuple(dict.fromkeys(one for line in message.lines for one in line.mentions))
    first = "; looked for in the channel first" if message.key in doubted else ""
    return MessageRow(
        key=message.key,
        channel=message.channel,
        notice=message.notice.value,
        text=f"{_told(message, len(mentions))}{first}",
        renewal_keys=tuple(line.renewal_key for line in message.lines),
        mentions=mentions,
        held=bool({message.key, *message.after} & held),
    )


def _told(message: Message, mentions: int) -> str:
    count = len(message.lines)
    if message.notice is NoticeKind.OPENED_DAILY:
        return f"daily summary, {_counted(count, 'renewal')}"
    opened = f"{_counted(count, 'renewal')} opened" if message.notice is NoticeKind.OPENED else None
    what = opened or _TOLD.get(message.notice)
    if what is None:
        return _WITHOUT_LINES.get(message.notice, message.reason)
    return f"{what}, {_counted(mentions, 'mention')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _by_key(update: UpdateOpportunity | AdoptOpportunity) -> str:
    return update.key


def _by_date(row: CreateRow) -> tuple[date, str]:
    return row.renewal_date, row.key
