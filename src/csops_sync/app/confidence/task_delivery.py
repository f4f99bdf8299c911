"""Delivery of Tasks: completed ones, each logged once under its unique key however often it is sent.

What was sent without an answer is therefore sent again, and nobody has to ask first what became of it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.engine import Engine
from csops_sync.app.facts import as_json, person_of
from csops_sync.app.repeatable import Repeatable, deliver_repeatable, resolve_repeatable
from csops_sync.domain.confidence.telling import LogTask
from csops_sync.ports.crm import Insert, Role, Row
from csops_sync.ports.store import Event, OutboxRow, Target, Transaction

_OWNER = "owner"
TASK_LOGGED = "task_logged"


def deliver_tasks(engine: Engine) -> int:
    """This function will log due Tasks until none is left, and count the rows settled.

    Raises TransientError, PermanentError, AuthFailedError or BudgetExceededError where a call was refused as a whole:
    what it held is pending as before.
    """

    def recorded(tx: Transaction, sent: Sequence[OutboxRow], _read: Sequence[Row]) -> None:
        tx.journal.add([_event(tx, row, engine.now()) for row in sent])

    work = Repeatable(target=Target.TASKS, prepared=_inserts, send=engine.writer.log_tasks, recorded=recorded)
    return deliver_repeatable(engine, work)


def resolve_tasks(engine: Engine) -> int:
    """This function will make Tasks without an outcome pending again, and count them; their key makes that safe."""
    return resolve_repeatable(engine, Target.TASKS)


def task_of(row: OutboxRow) -> LogTask:
    """This function will read the Task of a row; TypeError for another telling."""
    telling = decode_telling(row.payload)
    if not isinstance(telling, LogTask):
        raise TypeError(f"outbox row {row.key} is for Tasks but holds a {telling.kind}")
    return telling


def _inserts(tx: Transaction, rows: Sequence[OutboxRow]) -> Mapping[str, Insert]:
    """Give the Tasks as they are sent: only active users own one."""
    tasks = [task_of(row) for row in rows]
    active = _active(tx, tasks)
    return {task.key: _insert(task, active) for task in tasks}


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
