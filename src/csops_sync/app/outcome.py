"""What became of a write: the outbox row after it, the renewal, the written fields, and the line for `explain`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from csops_sync.app.copying import Taken
from csops_sync.app.engine import Engine
from csops_sync.app.facts import as_json
from csops_sync.app.forecast.standing import restate
from csops_sync.domain.copying import HAS_LINES, SUM_OF_LINES, LinesLeft, NotCopied
from csops_sync.domain.deal_amounts import RECURRING
from csops_sync.domain.facts import Scalar
from csops_sync.domain.intents import AdoptOpportunity, Copies, CreateOpportunity, UpdateOpportunity
from csops_sync.domain.ownership import same
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.crm import Json, Row, WriteResult, WriteStatus
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Transaction
from csops_sync.ports.written import WrittenField

Write = CreateOpportunity | UpdateOpportunity | AdoptOpportunity
_MAX_ATTEMPTS = 8
_FIRST_WAIT = timedelta(seconds=5)
_MAX_WAIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A write that stands in Salesforce. `first` is False where it was recorded before and is only read back now.

    `taken` is what a create took over from won deals; None where its answer was lost, too.
    """

    intent: Write
    opportunity_id: str
    first: bool = True
    taken: Taken | None = None


def settled_as(row: OutboxRow, result: WriteResult, *, now: datetime) -> OutboxRow:
    """This function will give a claimed row as the result leaves it."""
    error = f"{result.code}: {result.message}".strip(": ") or None
    match result.status:
        case WriteStatus.DONE:
            return replace(row, status=OutboxStatus.SENT, result=result.id, error=None, claimed_until=None)
        case WriteStatus.EXISTS | WriteStatus.UNKNOWN:
            return replace(row, status=OutboxStatus.UNKNOWN, error=error)
        case WriteStatus.REJECTED:
            return replace(row, status=OutboxStatus.PARKED, error=error, claimed_until=None)
        case WriteStatus.CONFLICT | WriteStatus.RETRY:
            return _again(row, error, now=now, retry_after=result.retry_after)


def backed_off(attempts: int, retry_after: float | None) -> timedelta:
    """This function will give the wait before the next attempt: as asked, else doubling from 5 s up to 30 min."""
    if retry_after is not None:
        return timedelta(seconds=retry_after)
    doublings = min(max(0, attempts - 1), 10)
    return min(_FIRST_WAIT * (1 << doublings), _MAX_WAIT)


def _again(row: OutboxRow, error: str | None, *, now: datetime, retry_after: float | None) -> OutboxRow:
    if row.attempts >= _MAX_ATTEMPTS and retry_after is None:
        return replace(row, status=OutboxStatus.PARKED, error=error, claimed_until=None)
    later = now + backed_off(row.attempts, retry_after)
    return replace(row, status=OutboxStatus.PENDING, not_before=later, error=error, claimed_until=None)


def record_sent(engine: Engine, tx: Transaction, sent: Sequence[Sent], read_back: Mapping[str, Row]) -> None:
    """This function will keep what was written as our base, tie renewals to their opportunities, and journal it.

    Without a row read back, or where somebody else has modified it since, what we sent is the base.
    """
    known = {
        (one.opportunity_id, one.field): one
        for one in tx.written.of_opportunities([one.opportunity_id for one in sent])
    }
    ours = [one for one in sent if not _gives_back(one)]
    tx.written.put([field for one in ours for field in _written(engine, one, read_back, known)])
    for one in sent:
        if _gives_back(one):
            _let_go(tx, one)
    first = [one for one in sent if one.first]
    tx.renewals.put(list(_tied(engine, tx, first)))
    tx.journal.add([_event(engine, one, read_back.get(one.opportunity_id)) for one in first])
    restate(engine, tx, sorted({one.intent.account_id for one in sent}))


def _gives_back(sent: Sent) -> bool:
    return isinstance(sent.intent, UpdateOpportunity) and sent.intent.gives_back


def _let_go(tx: Transaction, sent: Sent) -> None:
    """Forget that the fields were ours: without a base of ours, the person's value stays."""
    for field in _values_of(sent.intent):
        tx.written.forget(opportunity_id=sent.opportunity_id, field=field)


def _written(
    engine: Engine,
    sent: Sent,
    read_back: Mapping[str, Row],
    known: Mapping[tuple[str, str], WrittenField],
) -> Iterator[WrittenField]:
    row = read_back.get(sent.opportunity_id)
    us = engine.identity.integration_user_id
    trusted = row is not None and row.values.get("last_modified_by") in (us, *_automation(engine))
    for field, value in _values_of(sent.intent).items():
        if field == "amount" and _sums_lines(sent, row):
            # Salesforce made it of the lines: it is nothing that we wrote, and nothing that a person chose
            yield from _summed(engine, sent, row if trusted else None)
            continue
        before = known.get((sent.opportunity_id, field))
        wrote = as_json(value)
        yield WrittenField(
            opportunity_id=sent.opportunity_id,
            field=field,
            sent=wrote,
            value=row.values.get(field) if row is not None and trusted else wrote,
            written_at=engine.now(),
            reasserted=_reasserted(sent, before, wrote),
            replaced=as_json(_replaced(sent.intent, field)),
        )


def _sums_lines(sent: Sent, row: Row | None) -> bool:
    """Say whether a created opportunity took lines over; where its answer was lost, its row says so."""
    if not isinstance(sent.intent, CreateOpportunity) or sent.intent.copies is None:
        return False
    return sent.taken.lines > 0 if sent.taken else row is not None and row.values.get(HAS_LINES) is True


def _summed(engine: Engine, sent: Sent, row: Row | None) -> Iterator[WrittenField]:
    """Keep the sum of the copied lines: an amount that stands at it is only proposed."""
    amounts = [row.values.get(RECURRING), row.values.get("amount")] if row is not None else []
    summed = next((one for one in amounts if one not in (None, "")), None)
    if summed is not None:
        yield WrittenField(
            opportunity_id=sent.opportunity_id,
            field=SUM_OF_LINES,
            sent=None,
            value=summed,
            written_at=engine.now(),
        )


def _automation(engine: Engine) -> frozenset[str]:
    return engine.rules.ownership.automation_user_ids


def _reasserted(sent: Sent, before: WrittenField | None, wrote: Json) -> int:
    """Count how often we wrote the same value again, against an automation that had changed it."""
    if before is None:
        return 0
    again = (
        sent.first
        and isinstance(sent.intent, UpdateOpportunity)
        and same(_scalar(before.sent), _scalar(wrote))
    )
    return before.reasserted + int(again)


def _scalar(value: Json) -> Scalar:
    return str(value) if isinstance(value, float) else value


def _values_of(intent: Write) -> Mapping[str, Scalar]:
    if isinstance(intent, CreateOpportunity):
        return intent.values
    return {change.field: change.after for change in intent.changes}


def _replaced(intent: Write, field: str) -> Scalar:
    """Give what we had read in a field when we decided to write it."""
    if isinstance(intent, CreateOpportunity):
        return None
    return next(change.before for change in intent.changes if change.field == field)


def _tied(engine: Engine, tx: Transaction, sent: Sequence[Sent]) -> Iterator[Renewal]:
    """Give the renewals of created opportunities their id and day of opening; co-termed ones share it."""
    opened = {
        (one.intent.key, contract_id): one.opportunity_id
        for one in sent
        if isinstance(one.intent, CreateOpportunity)
        for contract_id in one.intent.contract_ids
    }
    for renewal in tx.renewals.of_contracts([contract_id for _, contract_id in opened]):
        opportunity_id = opened.get((renewal.anchor_key, renewal.contract_id))
        if opportunity_id is not None:
            yield replace(
                renewal,
                opportunity_id=opportunity_id,
                opened_on=engine.today(),
                adopted_on=None,
                announced=True,
            )


def _event(engine: Engine, sent: Sent, row: Row | None) -> Event:
    intent = sent.intent
    detail: dict[str, object] = {
        "key": intent.key,
        "reason": intent.reason,
        "values": {name: as_json(value) for name, value in _values_of(intent).items()},
    }
    if isinstance(intent, CreateOpportunity) and intent.copies is not None:
        detail["copied"] = _copied(sent, intent.copies, row)
    renewal_key = getattr(intent, "renewal_key", None) or (
        intent.key if isinstance(intent, CreateOpportunity) else None
    )
    return Event(
        at=engine.now(),
        kind={"create": "created", "update": "updated", "adopt": "stamped"}[intent.kind.value],
        account_id=intent.account_id,
        contract_id=intent.contract_ids[0] if isinstance(intent, CreateOpportunity) else None,
        renewal_key=renewal_key,
        opportunity_id=sent.opportunity_id,
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True),
    )


def _copied(sent: Sent, copies: Copies, row: Row | None) -> Mapping[str, Json]:
    """Say what was taken over; of a create whose answer was lost, only whether it has lines."""
    if sent.taken is not None:
        return sent.taken.as_json()
    if copies.lines and row is not None and row.values.get(HAS_LINES) is not True:
        return Taken(left=LinesLeft(why=NotCopied.UNANSWERED)).as_json()
    return {}
