"""Delivery of Tasks: completed ones, each logged once under its unique key however often it is sent.

What was sent without an answer is therefore sent again, and nobody has to ask first what became of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import orjson

from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.engine import Engine
from csops_sync.app.facts import as_json, person_of
from csops_sync.app.outcome import settled_as
from csops_sync.app.pausing import PAUSE_ALL, paused_hand
from csops_sync.app.sending import CLAIM_FOR, MOST_AT_ONCE, claim_ends, handed_back, most_together
from csops_sync.domain.confidence.telling import LogTask
from csops_sync.ports.crm import Insert, Role, WriteResult, WriteStatus
from csops_sync.ports.errors import OutsideError
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Target, Transaction

_EVERYTHING = 1_000_000
_OWNER = "owner"
TASK_LOGGED = "task_logged"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """Rows with the Tasks in them, as they are sent: only active users own one."""

    rows: Sequence[OutboxRow]
    inserts: Mapping[str, Insert]


def deliver_tasks(engine: Engine) -> int:
    """This function will log due Tasks until none is left, and count the rows settled.

    Raises TransientError, PermanentError, AuthFailedError or BudgetExceededError where a call was refused as a whole:
    what it held is pending as before.
    """
    settled = 0
    while not engine.stopping() and paused_hand(engine) != PAUSE_ALL:
        claimed = _claim(engine)
        if not claimed.rows:
            break
        done = _send(engine, claimed)
        settled += done
        if done < len(claimed.rows):
            break
    return settled


def resolve_tasks(engine: Engine) -> int:
    """This function will make Tasks without an outcome pending again, and count them; their key makes that safe."""
    now, epoch = engine.now(), engine.grant.epoch if engine.grant else 0
    with engine.store.reading() as tx:
        found = tx.outbox.with_status(OutboxStatus.SENDING, OutboxStatus.UNKNOWN, limit=_EVERYTHING)
    rows = [row for row in found if row.target is Target.TASKS and _is_ours(row, now=now, epoch=epoch)]
    if rows:
        with engine.store.transaction(engine.grant) as tx:
            for row in rows:
                tx.outbox.settle(_again(row, now))
    return len(rows)


def task_of(row: OutboxRow) -> LogTask:
    """This function will read the Task of a row; TypeError for another telling."""
    telling = decode_telling(row.payload)
    if not isinstance(telling, LogTask):
        raise TypeError(f"outbox row {row.key} is for Tasks but holds a {telling.kind}")
    return telling


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


def _claim(engine: Engine) -> _Claimed:
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        rows = tx.outbox.claim(
            target=Target.TASKS,
            now=now,
            until=now + CLAIM_FOR,
            epoch=engine.grant.epoch if engine.grant else 0,
            limit=MOST_AT_ONCE,
        )
        tasks = [task_of(row) for row in rows]
        active = _active(tx, tasks)
    return _Claimed(rows=rows, inserts={task.key: _insert(task, active) for task in tasks})


def _active(tx: Transaction, tasks: Sequence[LogTask]) -> frozenset[str]:
    owners = sorted({str(task.values[_OWNER]) for task in tasks if task.values.get(_OWNER)})
    people = map(person_of, tx.mirror.get(Role.USER, owners))
    return frozenset(person.id for person in people if person.is_active)


def _insert(task: LogTask, active: frozenset[str]) -> Insert:
    """An inactive user may own no Task: it becomes ours, and its description says who answered."""
    values = {
        name: as_json(value) for name, value in task.values.items() if name != _OWNER or str(value) in active
    }
    return Insert(key=task.key, values=values)


def _send(engine: Engine, claimed: _Claimed) -> int:
    """Send what was claimed, record all outcomes, and count them; raises, after that, what refused a call."""
    results: dict[str, WriteResult] = {}
    refusal: OutsideError | None = None
    for call in _calls(claimed.rows):
        if engine.stopping() or not engine.still_ours() or claim_ends(claimed.rows, now=engine.now()):
            break
        try:
            sent = engine.writer.log_tasks([claimed.inserts[row.key] for row in call])
        except OutsideError as error:
            refusal = error
            break
        results.update({result.key: result for result in sent})
    _record(engine, claimed, results, refusal)
    if refusal is not None:
        raise refusal
    return len(results)


def _calls(rows: Sequence[OutboxRow]) -> Iterator[Sequence[OutboxRow]]:
    """Cut rows into calls: what was refused in company goes in less of it, at last alone."""
    for most, alike in groupby(sorted(rows, key=most_together, reverse=True), key=most_together):
        group = list(alike)
        yield from (group[start : start + most] for start in range(0, len(group), most))


def _record(
    engine: Engine, claimed: _Claimed, results: Mapping[str, WriteResult], refusal: OutsideError | None
) -> None:
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        for row in claimed.rows:
            result = results.get(row.key)
            after = handed_back(row, refusal, now=now) if result is None else settled_as(row, result, now=now)
            if tx.outbox.settle(after) and after.status is OutboxStatus.SENT:
                tx.journal.add([_event(tx, after, now)])


def _event(tx: Transaction, row: OutboxRow, now: datetime) -> Event:
    task = task_of(row)
    renewal = next(iter(tx.renewals.by_opportunity(task.opportunity_id)), None)
    detail = {"task": row.result, "subject": task.values.get("subject"), "reason": task.reason}
    return Event(
        at=now,
        kind=TASK_LOGGED,
        account_id=renewal.account_id if renewal else "",
        renewal_key=renewal.anchor_key if renewal else None,
        opportunity_id=task.opportunity_id,
        detail=orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
    )
