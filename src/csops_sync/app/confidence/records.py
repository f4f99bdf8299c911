"""Fields of the opportunity that answers are kept in: guarded updates through the outbox, like all others."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from csops_sync.app.confidence import telling_reasons
from csops_sync.app.engine import Engine
from csops_sync.app.facts import scalars
from csops_sync.app.payload import ANSWER, body_hash, decode, encode
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.facts import Scalar
from csops_sync.domain.intents import FieldChange, UpdateOpportunity
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction


def put_update(
    engine: Engine, tx: Transaction, card: Card, values: Mapping[str, Scalar], *, key: str, by: str
) -> None:
    """This function will put a guarded update of mapped fields into the outbox, once for each `key`.

    It takes the place of what an older answer wanted in the same fields and has not been written yet. The evaluation of
    the customer leaves it alone: it did not decide it, so it does not cancel it.
    """
    (row,) = tx.mirror.get(Role.OPPORTUNITY, [card.opportunity_id]) or (None,)
    if row is None:
        return
    current = scalars(row.values)
    digest = hashlib.blake2b(f"{key}|{sorted(values)}".encode(), digest_size=6).hexdigest()
    intent = UpdateOpportunity(
        key=f"{ANSWER}{card.opportunity_id}/{digest}",
        account_id=card.account_id,
        opportunity_id=card.opportunity_id,
        changes=tuple(
            FieldChange(field=name, before=current.get(name), after=value)
            for name, value in sorted(values.items())
        ),
        reason=telling_reasons.ANSWER(name=by),
        rule="",
    )
    if tx.outbox.get([intent.key]):
        return
    tx.outbox.put(
        [
            *_overtaken(tx, card, values),
            OutboxRow(
                key=intent.key,
                target=Target.SALESFORCE,
                kind=intent.kind.value,
                account_id=card.account_id,
                payload=encode(intent),
                reason=intent.reason,
                rules_hash=engine.rules.hash,
                status=OutboxStatus.SHADOW if engine.is_shadow else OutboxStatus.PENDING,
                created_at=engine.now(),
                body_hash=body_hash(intent),
            ),
        ]
    )


def _overtaken(tx: Transaction, card: Card, fields: Collection[str]) -> Iterator[OutboxRow]:
    """Take these fields out of what older answers wait to write; what has nothing left is cancelled."""
    for row in tx.outbox.of_accounts([card.account_id]):
        if not row.key.startswith(f"{ANSWER}{card.opportunity_id}/"):
            continue
        older = decode(row.payload)
        if not isinstance(older, UpdateOpportunity):
            continue
        left = tuple(change for change in older.changes if change.field not in fields)
        if not left:
            yield replace(row, status=OutboxStatus.CANCELLED, error="a newer answer followed")
        elif left != older.changes:
            kept = replace(older, changes=left)
            yield replace(row, payload=encode(kept), body_hash=body_hash(kept))
