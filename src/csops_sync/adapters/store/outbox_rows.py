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


_TARGETS = {one.value: one for one in Target}
_STATUSES = {one.value: one for one in OutboxStatus}


def read(found: Found[*tuple[Any, ...]]) -> OutboxRow:
    """One row out of the table, unpacked by place, not by name: thousands are read at a time."""
    (
        _, key, target, kind, account_id, payload, reason, rules_hash, status, created_at, body_hash, after,
        attempts, not_before, sending_at, claimed_until, epoch, result, error,
    ) = found  # fmt: skip
    return OutboxRow(
        key=key,
        target=_TARGETS[target],
        kind=kind,
        account_id=account_id,
        payload=payload,
        reason=reason,
        rules_hash=rules_hash,
        status=_STATUSES[status],
        created_at=from_ms(created_at),
        body_hash=body_hash,
        after=tuple(orjson.loads(after)),
        attempts=attempts,
        not_before=maybe_instant(not_before),
        sending_at=maybe_instant(sending_at),
        claimed_until=maybe_instant(claimed_until),
        epoch=epoch,
        result=result,
        error=error,
    )
