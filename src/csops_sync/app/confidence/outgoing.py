"""Tellings of confidence in the outbox: as JSON, under keys of their own, in the order in which they were decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.telling import LogTask, SlackTelling, Telling
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_FORM: TypeAdapter[Telling] = TypeAdapter(Annotated[Telling, Field(discriminator="kind")])
KINDS = frozenset({"card", "card_update", "reply", "reaction", "summary", "task"})


def encode_telling(telling: Telling) -> str:
    """This function will write a telling as JSON text."""
    return _FORM.dump_json(telling).decode()


def decode_telling(payload: str) -> Telling:
    """This function will read a telling back; raises ValueError where the text is none."""
    return _FORM.validate_json(payload)


def put_tellings(
    engine: Engine, tx: Transaction, tellings: Sequence[Telling], *, not_before: datetime | None = None
) -> None:
    """This function will put tellings into the outbox, once each: a key that is there already stays as it is.

    They belong to no account as far as the outbox knows: the evaluation of a customer must not cancel them.
    """
    wanted = {one.key: one for one in reversed(tellings)}
    known = {row.key for row in tx.outbox.get(list(wanted))}
    fresh = [one for one in dict.fromkeys(one.key for one in tellings) if one not in known]
    tx.outbox.put([_row(engine, wanted[one], not_before=not_before) for one in fresh])


def _row(engine: Engine, telling: Telling, *, not_before: datetime | None) -> OutboxRow:
    payload = encode_telling(telling)
    return OutboxRow(
        key=telling.key,
        target=Target.TASKS if isinstance(telling, LogTask) else Target.CARDS,
        kind=telling.kind,
        account_id="",
        payload=payload,
        reason=telling.reason,
        rules_hash=engine.rules.hash,
        status=OutboxStatus.SHADOW if engine.is_shadow else OutboxStatus.PENDING,
        created_at=engine.now(),
        body_hash="",
        after=_after(telling),
        not_before=not_before,
    )


def _after(telling: SlackTelling | LogTask) -> tuple[str, ...]:
    of = getattr(telling, "of", None)
    return (of,) if of else ()
