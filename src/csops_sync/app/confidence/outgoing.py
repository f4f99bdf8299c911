"""Tellings of confidence on their way into the outbox, with what does not fit on them, each under a key of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from csops_sync.app.confidence.overflowing import overflow_of
from csops_sync.app.confidence.telling_form import encode_telling
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.telling import LogTask, PostReply, Telling
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_ON_THE_WAY = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
_EVERYTHING = 1_000_000
_REPLY = "reply"


def put_tellings(
    engine: Engine, tx: Transaction, tellings: Sequence[Telling], *, not_before: datetime | None = None
) -> None:
    """This function will put tellings into the outbox, once each: a key that is there already stays as it is.

    They belong to no account as far as the outbox knows: the evaluation of a customer must not cancel them.
    """
    fresh = _fresh(tx, tellings)
    more = _fresh(tx, overflow_of(tx, fresh)) if fresh else ()
    turns = _turns(engine, tx, fresh)
    tx.outbox.put(
        [_row(engine, one, turns.get(one.key, ()), not_before=not_before) for one in (*fresh, *more)]
    )


def _turns(engine: Engine, tx: Transaction, tellings: Sequence[Telling]) -> Mapping[str, tuple[str, ...]]:
    """Let the replies of one thread come in their order: each after the one that is still on its way there.

    One that rests until the morning holds up nobody; one that Slack put off does.
    """
    replies = [one for one in tellings if isinstance(one, PostReply)]
    if not replies:
        return {}
    last: dict[str, str] = {}
    for row in tx.outbox.with_status(*_ON_THE_WAY, target=Target.CARDS, limit=_EVERYTHING):
        rests = not row.attempts and row.not_before is not None and row.not_before > engine.now()
        if row.kind == _REPLY and not rests:
            last.update(dict.fromkeys(row.after, row.key))
    turns: dict[str, tuple[str, ...]] = {}
    for reply in replies:
        turns[reply.key] = (last[reply.of],) if reply.of in last else ()
        last[reply.of] = reply.key
    return turns


def _fresh(tx: Transaction, tellings: Sequence[Telling]) -> Sequence[Telling]:
    wanted: dict[str, Telling] = {}
    for telling in tellings:
        wanted.setdefault(telling.key, telling)
    known = {row.key for row in tx.outbox.get(list(wanted))}
    return [telling for key, telling in wanted.items() if key not in known]


def _row(
    engine: Engine, telling: Telling, turn: tuple[str, ...], *, not_before: datetime | None
) -> OutboxRow:
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
        after=(*_after(telling), *turn),
        not_before=not_before,
    )


def _after(telling: Telling) -> tuple[str, ...]:
    """Give what must stand in Slack before: the card that it belongs to, and what it comes after or leads to."""
    named = (getattr(telling, name, None) for name in ("of", "follows", "continued_in", "repeats"))
    return tuple(dict.fromkeys(one for one in named if one))
