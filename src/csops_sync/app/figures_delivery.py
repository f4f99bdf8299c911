"""Delivery of figures: into fields that are ours alone, in collections, sent again wherever no answer came.

What was written is read back and becomes the base of the next comparison, so that a value which the org keeps in its
own way is not written for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from csops_sync.app.engine import Engine
from csops_sync.app.facts import as_json
from csops_sync.app.forecast.standing import restate
from csops_sync.app.payload import decode
from csops_sync.app.repeatable import Repeatable, deliver_repeatable, resolve_repeatable
from csops_sync.domain.facts import Scalar
from csops_sync.domain.forecast.figures import FIGURE_FIELDS
from csops_sync.domain.intents import UpdateOpportunity
from csops_sync.domain.ownership import same
from csops_sync.ports.crm import Json, Overwrite, Role, Row
from csops_sync.ports.store import Event, OutboxRow, Target, Transaction
from csops_sync.ports.written import WrittenField

FIGURES_WRITTEN = "figures"
_STAMPS = frozenset({"last_modified_by", "last_modified_at"})
"""Fields of an opportunity that our own write moves beside the figures."""


def deliver_figures(engine: Engine) -> int:
    """This function will write due figures until none is left, and count the rows settled.

    Raises TransientError, PermanentError, AuthFailedError or BudgetExceededError where a call was refused as a whole:
    what it held is pending as before.
    """

    def read_back(sent: Sequence[OutboxRow]) -> Sequence[Row]:
        return engine.writer.fetch(Role.OPPORTUNITY, [update_of(row).opportunity_id for row in sent])

    def recorded(tx: Transaction, sent: Sequence[OutboxRow], read: Sequence[Row]) -> None:
        _record(engine, tx, [update_of(row) for row in sent], {row.id: row for row in read})

    work = Repeatable(
        target=Target.FIGURES,
        prepared=_overwrites,
        send=engine.writer.overwrite,
        recorded=recorded,
        read_back=read_back,
    )
    return deliver_repeatable(engine, work)


def resolve_figures(engine: Engine) -> int:
    """This function will make figures without an outcome pending again, and count them: they may be written twice."""
    return resolve_repeatable(engine, Target.FIGURES)


def update_of(row: OutboxRow) -> UpdateOpportunity:
    """This function will read the figures of a row; TypeError for another intent."""
    intent = decode(row.payload)
    if not isinstance(intent, UpdateOpportunity):
        raise TypeError(f"outbox row {row.key} is for figures but holds a {intent.kind.value}")
    return intent


def _overwrites(_tx: Transaction, rows: Sequence[OutboxRow]) -> Mapping[str, Overwrite]:
    updates = map(update_of, rows)
    return {one.key: Overwrite(key=one.key, id=one.opportunity_id, values=_values(one)) for one in updates}


def _values(update: UpdateOpportunity) -> dict[str, Json]:
    return {change.field: as_json(change.after) for change in update.changes}


def _record(
    engine: Engine, tx: Transaction, updates: Sequence[UpdateOpportunity], read: Mapping[str, Row]
) -> None:
    """Keep what was written as our base and in the mirror, journal it, and decide about these customers anew.

    What was decided since a row without an answer was first sent comes to light here.
    """
    if not updates:
        return
    known = {
        (one.opportunity_id, one.field): one
        for one in tx.written.of_opportunities([one.opportunity_id for one in updates])
    }
    tx.written.put([field for one in updates for field in _written(engine, one, read, known)])
    tx.mirror.put(list(_mirrored(tx, list(read.values()))))
    tx.journal.add([_event(engine, tx, one) for one in updates])
    restate(engine, tx, sorted({one.account_id for one in updates}))


def _written(
    engine: Engine,
    update: UpdateOpportunity,
    read: Mapping[str, Row],
    known: Mapping[tuple[str, str], WrittenField],
) -> Iterator[WrittenField]:
    """Give what we wrote, as it was read back; as we sent it, where somebody else has modified the record since."""
    row = read.get(update.opportunity_id)
    ours = (engine.identity.integration_user_id, *engine.rules.ownership.automation_user_ids)
    trusted = row is not None and row.values.get("last_modified_by") in ours
    for change in update.changes:
        before, sent = known.get((update.opportunity_id, change.field)), as_json(change.after)
        is_again = before is not None and same(_scalar(before.sent), _scalar(sent))
        yield WrittenField(
            opportunity_id=update.opportunity_id,
            field=change.field,
            sent=sent,
            value=row.values.get(change.field) if row is not None and trusted else sent,
            written_at=engine.now(),
            reasserted=before.reasserted + 1 if before is not None and is_again else 0,
            replaced=as_json(change.before),
        )


def _mirrored(tx: Transaction, read: Sequence[Row]) -> Iterator[Row]:
    """Give the rows as the mirror is to hold them.

    Where something else changed in the record too, only the figures are taken over: the next pull brings the rest, and
    finds it new.
    """
    stored = {row.id: row for row in tx.mirror.get(Role.OPPORTUNITY, [row.id for row in read])}
    for row in read:
        before = stored.get(row.id)
        if before is None or _but_for_ours(before) == _but_for_ours(row):
            yield row
        else:
            figures = {name: row.values[name] for name in FIGURE_FIELDS if name in row.values}
            yield replace(before, values={**before.values, **figures})


def _but_for_ours(row: Row) -> tuple[object, ...]:
    left = {
        name: value for name, value in row.values.items() if name not in FIGURE_FIELDS and name not in _STAMPS
    }
    return row.parent_id, row.deleted, left


def _event(engine: Engine, tx: Transaction, update: UpdateOpportunity) -> Event:
    renewal = next(iter(tx.renewals.by_opportunity(update.opportunity_id)), None)
    detail = {"values": _values(update), "reason": update.reason}
    return Event(
        at=engine.now(),
        kind=FIGURES_WRITTEN,
        account_id=update.account_id,
        contract_id=renewal.contract_id if renewal else None,
        renewal_key=renewal.anchor_key if renewal else None,
        opportunity_id=update.opportunity_id,
        detail=orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
    )


def _scalar(value: Json) -> Scalar:
    return str(value) if isinstance(value, float) else value
