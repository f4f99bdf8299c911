"""Delivery of what may be sent again without harm: an unknown outcome is sent again, and nobody has to ask first.

Completed Tasks are such (their unique key keeps them single), and figures (fields that hold the same afterwards).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Generic, TypeVar

from csops_sync.app.engine import Engine
from csops_sync.app.outcome import settled_as
from csops_sync.app.pausing import PAUSE_ALL, paused_hand
from csops_sync.app.sending import CLAIM_FOR, MOST_AT_ONCE, claim_ends, handed_back, most_together
from csops_sync.ports.crm import Row, WriteResult, WriteStatus
from csops_sync.ports.errors import OutsideError
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_EVERYTHING = 1_000_000
_T = TypeVar("_T")


def nothing_read(_sent: Sequence[OutboxRow]) -> Sequence[Row]:
    """This function will read nothing back: what was written is known by its key."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatable(Generic[_T]):
    """One kind of rows, and how they are sent.

    `prepared` gives, by key, what a call is made of; it runs in the transaction of the claim. `send` makes one call of
    at most 200. `read_back` reads what stands in Salesforce afterwards, outside of any transaction, and `recorded` is
    given it together with the rows that were sent, in the transaction that settles them.
    """

    target: Target
    prepared: Callable[[Transaction, Sequence[OutboxRow]], Mapping[str, _T]]
    send: Callable[[Sequence[_T]], Sequence[WriteResult]]
    recorded: Callable[[Transaction, Sequence[OutboxRow], Sequence[Row]], None]
    read_back: Callable[[Sequence[OutboxRow]], Sequence[Row]] = field(default=nothing_read)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed(Generic[_T]):
    rows: Sequence[OutboxRow]
    made: Mapping[str, _T]


def deliver_repeatable(engine: Engine, work: Repeatable[_T]) -> int:
    """This function will send due rows of a kind until none is left, and count those settled.

    Raises TransientError, PermanentError, AuthFailedError or BudgetExceededError where a call was refused as a whole:
    what it held is pending as before.
    """
    settled = 0
    while not engine.stopping() and paused_hand(engine) != PAUSE_ALL:
        claimed = _claim(engine, work)
        if not claimed.rows:
            break
        done = _send(engine, work, claimed)
        settled += done
        if done < len(claimed.rows):
            break
    return settled


def resolve_repeatable(engine: Engine, target: Target) -> int:
    """This function will make rows of a kind without an outcome pending again, and count them."""
    now, epoch = engine.now(), engine.grant.epoch if engine.grant else 0
    with engine.store.reading() as tx:
        found = tx.outbox.with_status(OutboxStatus.SENDING, OutboxStatus.UNKNOWN, limit=_EVERYTHING)
    rows = [row for row in found if row.target is target and _is_ours(row, now=now, epoch=epoch)]
    if rows:
        with engine.store.transaction(engine.grant) as tx:
            for row in rows:
                tx.outbox.settle(_again(row, now))
    return len(rows)


def _is_ours(row: OutboxRow, *, now: datetime, epoch: int) -> bool:
    """Our own calls are over; another holder's may be on their way until its claim ends."""
    is_over = row.claimed_until is None or row.claimed_until <= now
    return row.status is OutboxStatus.UNKNOWN or row.epoch == epoch or is_over


def _again(row: OutboxRow, now: datetime) -> OutboxRow:
    """Send again: at once the first time, then more and more slowly, and at last never."""
    if row.attempts > 1:
        lost = WriteResult(key=row.key, status=WriteStatus.RETRY, message=row.error or "no answer came")
        return settled_as(row, lost, now=now)
    return replace(row, status=OutboxStatus.PENDING, claimed_until=None)


def _claim(engine: Engine, work: Repeatable[_T]) -> _Claimed[_T]:
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        rows = tx.outbox.claim(
            target=work.target,
            now=now,
            until=now + CLAIM_FOR,
            epoch=engine.grant.epoch if engine.grant else 0,
            limit=MOST_AT_ONCE,
        )
        made = work.prepared(tx, rows) if rows else {}
    return _Claimed(rows=rows, made=made)


def _send(engine: Engine, work: Repeatable[_T], claimed: _Claimed[_T]) -> int:
    """Send what was claimed, record all outcomes, and count them; raises, after that, what refused a call."""
    results: dict[str, WriteResult] = {}
    refusal: OutsideError | None = None
    for call in _calls(claimed.rows):
        if engine.stopping() or not engine.still_ours() or claim_ends(claimed.rows, now=engine.now()):
            break
        try:
            sent = work.send([claimed.made[row.key] for row in call])
        except OutsideError as error:
            refusal = error
            break
        results.update({result.key: result for result in sent})
    _record(engine, work, _settled(engine, claimed.rows, results, refusal))
    if refusal is not None:
        raise refusal
    return len(results)


def _calls(rows: Sequence[OutboxRow]) -> Iterator[Sequence[OutboxRow]]:
    """Cut rows into calls: what was refused in company goes in less of it, at last alone."""
    for most, alike in groupby(sorted(rows, key=most_together, reverse=True), key=most_together):
        group = list(alike)
        yield from (group[start : start + most] for start in range(0, len(group), most))


def _settled(
    engine: Engine,
    rows: Sequence[OutboxRow],
    results: Mapping[str, WriteResult],
    refusal: OutsideError | None,
) -> Sequence[OutboxRow]:
    now = engine.now()
    return [
        handed_back(row, refusal, now=now)
        if (result := results.get(row.key)) is None
        else settled_as(row, result, now=now)
        for row in rows
    ]


def _record(engine: Engine, work: Repeatable[_T], after: Sequence[OutboxRow]) -> None:
    sent = [row for row in after if row.status is OutboxStatus.SENT]
    read = work.read_back(sent) if sent else ()
    with engine.store.transaction(engine.grant) as tx:
        kept = {row.key for row in after if tx.outbox.settle(row)}
        work.recorded(tx, [row for row in sent if row.key in kept], read)
