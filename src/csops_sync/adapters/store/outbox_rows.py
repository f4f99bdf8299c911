"""Outbox rows into the table and out of it."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.bulk import Record
from csops_sync.adapters.store.scope import from_ms, maybe_instant, maybe_ms, to_ms
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target


def age(row: OutboxRow) -> tuple[datetime, str]:
    """What the queue is sorted by."""
    return row.created_at, row.key


def record(org_id: str, row: OutboxRow) -> Record:
    """One record for the table."""
    return (
        org_id,
        row.key,
        row.target.value,
        row.kind,
        row.account_id,
        row.payload,
        row.reason,
        row.rules_hash,
        row.status.value,
        to_ms(row.created_at),
        row.body_hash,
        orjson.dumps(row.after).decode(),
        row.attempts,
        maybe_ms(row.not_before),
        maybe_ms(row.sending_at),
        maybe_ms(row.claimed_until),
        row.epoch,
        row.result,
        row.error,
    )


def read(found: Found[*tuple[Any, ...]]) -> OutboxRow:
    """One row out of the table."""
    return OutboxRow(
        key=found.key,
        target=Target(found.target),
        kind=found.kind,
        account_id=found.account_id,
        payload=found.payload,
        reason=found.reason,
        rules_hash=found.rules_hash,
        status=OutboxStatus(found.status),
        created_at=from_ms(found.created_at),
        body_hash=found.body_hash,
        after=tuple(orjson.loads(found.after)),
        attempts=found.attempts,
        not_before=maybe_instant(found.not_before),
        sending_at=maybe_instant(found.sending_at),
        claimed_until=maybe_instant(found.claimed_until),
        epoch=found.epoch,
        result=found.result,
        error=found.error,
    )
