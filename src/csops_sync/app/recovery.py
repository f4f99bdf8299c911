"""Finding out what became of writes whose answer never came, before anything of the kind is sent again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from csops_sync.app.alarms import tell_once
from csops_sync.app.engine import Engine
from csops_sync.app.facts import scalars
from csops_sync.app.outcome import Sent, Write, record_sent, settled_as
from csops_sync.app.payload import decode
from csops_sync.app.pulling import absorb
from csops_sync.app.unsent_reasons import UNREADABLE
from csops_sync.domain.intents import CreateOpportunity, Message
from csops_sync.domain.ownership import same
from csops_sync.ports.chat import Told
from csops_sync.ports.crm import Role, Row, WriteResult, WriteStatus
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

SETTLING = timedelta(seconds=60)
"""How long Slack may take until a message that it accepted can be read in the channel's history."""

_SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands: `channel/ts`, or None where it is not there. `readable` False: nobody can tell."""

    readable: bool
    address: str | None = None


def resolve_records(engine: Engine) -> int:
    """This function will ask Salesforce about every write without an outcome, and count those that are settled.

    A create is looked up by its renewal key, a change by the values that it wanted. What is not there goes back to
    pending: an insert with a unique key and a guarded update are safe to send again. Of a change that a person has
    edited over since, the fields that still hold what we wanted are ours all the same, and follow the contract on.
    """
    rows = _open_rows(engine, Target.SALESFORCE)
    if not rows:
        return 0
    intents = {row.key: intent for row in rows if not isinstance(intent := decode(row.payload), Message)}
    seen = _look_up(engine, list(intents.values()))
    held = {key: _held(intents[key], row) for key, row in seen.items()}
    done = {key: row for key, row in seen.items() if held[key] == intents[key]}
    sent = [
        Sent(intent=intent, opportunity_id=seen[key].id, first=key in done)
        for key, intent in held.items()
        if intent is not None
    ]
    with engine.store.transaction(engine.grant) as tx:
        absorb(tx, list(seen.values()))
        for row in rows:
            tx.outbox.settle(_settled(row, done.get(row.key), now=engine.now()))
        record_sent(engine, tx, sent, {row.id: row for row in seen.values()})
    return len(rows)


def resolve_messages(engine: Engine) -> int:
    """This function will look for messages without an outcome in their channels, and count those that are settled.

    No sooner than a minute after they were sent. Of several with one key the first stays, the rest are removed.
    """
    now = engine.now()
    rows = [
        row
        for row in _open_rows(engine, Target.SLACK)
        if row.sending_at is None or row.sending_at + SETTLING <= now
    ]
    for row in rows:
        settled = _found_or_not(engine, row)
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(settled)
    return len(rows)


def where_told(engine: Engine, row: OutboxRow, message: Message) -> Place:
    """This function will look for a message in its channel and leave one of those that carry its own key.

    It counts as told, too, where other messages of ours tell everything that it covers.
    """
    since = (row.sending_at or row.created_at) - _SKEW
    found = engine.chat.find(keys=(message.key, *message.covers), channel=message.channel, since=since)
    if not found.readable:
        return Place(readable=False)
    same = [one for one in found.messages if one.key == message.key]
    for duplicate in same[1:]:
        remove_double(engine, channel_id=found.channel_id, channel=message.channel, duplicate=duplicate)
    told = frozenset().union(*({one.key, *one.covers} for one in found.messages))
    covered = bool(message.covers) and set(message.covers) <= told
    first = same[0] if same else found.messages[0] if covered else None
    return Place(readable=True, address=f"{found.channel_id}/{first.ts}" if first else None)


def remove_double(engine: Engine, *, channel_id: str, channel: str, duplicate: Told) -> None:
    """This function will remove a message that stands in a channel twice.

    Where that is forbidden, the operator hears, and nothing else waits. Raises TransientError and AuthFailedError.
    """
    try:
        engine.chat.delete(channel_id=channel_id, ts=duplicate.ts)
    except PermanentError as error:
        text = (
            f"{channel} shows a message twice ({duplicate.key}), and the later one cannot be removed: {error}"
        )
        tell_once(engine, key=f"duplicate/{channel_id}/{duplicate.ts}", text=text)


def _open_rows(engine: Engine, target: Target) -> Sequence[OutboxRow]:
    """Give what has no outcome. Our own calls are over; another holder's may be on their way until its claim ends."""
    now, epoch = engine.now(), engine.grant.epoch if engine.grant else 0
    with engine.store.reading() as tx:
        rows = tx.outbox.with_status(OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
    return [row for row in rows if row.target is target and (row.epoch == epoch or _claim_is_over(row, now))]


def _claim_is_over(row: OutboxRow, now: datetime) -> bool:
    return row.status is OutboxStatus.UNKNOWN or row.claimed_until is None or row.claimed_until <= now


def _look_up(engine: Engine, intents: Sequence[Write]) -> dict[str, Row]:
    """Give, by outbox key, the opportunity that a write made or was to change, as it stands now."""
    creates = [one.key for one in intents if isinstance(one, CreateOpportunity)]
    changes = [one for one in intents if not isinstance(one, CreateOpportunity)]
    found = dict(engine.writer.find_by_key(creates)) if creates else {}
    ids = [one.opportunity_id for one in changes]
    read = {row.id: row for row in engine.writer.fetch(Role.OPPORTUNITY, ids)} if ids else {}
    return found | {one.key: read[one.opportunity_id] for one in changes if one.opportunity_id in read}


def _held(intent: Write, row: Row) -> Write | None:
    """Give what of a write stands in the opportunity: all of it, the fields that hold what it wanted, or nothing."""
    if isinstance(intent, CreateOpportunity):
        return intent
    values = scalars(row.values)
    kept = tuple(change for change in intent.changes if same(values.get(change.field), change.after))
    return replace(intent, changes=kept) if kept or not intent.changes else None


def _settled(row: OutboxRow, there: Row | None, *, now: datetime) -> OutboxRow:
    """Send what is not there again: at once the first time, then more and more slowly, and at last never."""
    if there is None and row.attempts > 1:
        return settled_as(
            row, WriteResult(key=row.key, status=WriteStatus.RETRY, message=row.error or ""), now=now
        )
    if there is None:
        return replace(row, status=OutboxStatus.PENDING, claimed_until=None)
    return replace(row, status=OutboxStatus.SENT, result=there.id, error=None, claimed_until=None)


def _found_or_not(engine: Engine, row: OutboxRow) -> OutboxRow:
    message = decode(row.payload)
    if not isinstance(message, Message):
        raise TypeError(f"outbox row {row.key} is for Slack but holds a {message.kind.value}")
    place = where_told(engine, row, message)
    if not place.readable:
        return replace(row, status=OutboxStatus.PARKED, error=UNREADABLE(), claimed_until=None)
    if place.address is None:
        return replace(row, status=OutboxStatus.PENDING, claimed_until=None)
    return replace(row, status=OutboxStatus.SENT, result=place.address, error=None, claimed_until=None)
