"""What the operator hears: one summary of the first cycle on an org, and each time something waits for approval."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import Evaluated
from csops_sync.app.payload import body_hash, encode
from csops_sync.app.recording import held_hash
from csops_sync.domain.facts import Scalar
from csops_sync.domain.intents import Message, NoteKind, NoticeKind
from csops_sync.domain.sentences import Wording
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_EVERYTHING = 1_000_000
EARLIER_LIFE = timedelta(days=30)
"""How far back is looked for what a state that was lost or restored may have told."""
FIRST_CYCLE = Wording("notice.first-cycle", "the first cycle on this org")
GUARDED = Wording("notice.guarded", "more than the guards of the rules let pass at once")
NOTICE_REASONS = (FIRST_CYCLE, GUARDED)


def baseline_summary(engine: Engine, tx: Transaction, evaluated: Evaluated) -> Sequence[OutboxRow]:
    """This function will make the one message of a baseline cycle.

    It is looked for in the channel before it is posted: where state was lost, an earlier life has told it.
    """
    message = _to_operator(
        engine,
        key=f"baseline/{engine.identity.org_id}",
        notice=NoticeKind.BASELINE,
        reason=FIRST_CYCLE(),
        facts=_facts(tx, evaluated),
    )
    return [_row(engine, one, look_back=EARLIER_LIFE) for one in message]


def held_notice(engine: Engine, *, count: int, approval: str) -> Sequence[OutboxRow]:
    """This function will tell the operator that the guard holds intents, and the hash that approves exactly them."""
    message = _to_operator(
        engine,
        key=f"held/{approval}",
        notice=NoticeKind.HELD,
        reason=GUARDED(),
        facts={"held": count, "plan_hash": approval},
    )
    return [_row(engine, one) for one in message]


def operator_notice(engine: Engine, *, key: str, text: str) -> Sequence[OutboxRow]:
    """This function will tell the operator one thing in words; `key` makes it be told once."""
    message = _to_operator(
        engine, key=f"operator/{key}", notice=NoticeKind.OPERATOR, reason=text, facts={"text": text}
    )
    return [_row(engine, one) for one in message]


def _to_operator(
    engine: Engine, *, key: str, notice: NoticeKind, reason: str, facts: Mapping[str, Scalar]
) -> Sequence[Message]:
    channel = engine.desk.operator_channel or _first_channel(engine)
    if channel is None:
        return ()
    return (Message(key=key, notice=notice, channel=channel, lines=(), reason=reason, facts=facts),)


def _row(engine: Engine, message: Message, *, look_back: timedelta | None = None) -> OutboxRow:
    now = engine.now()
    status = OutboxStatus.UNKNOWN if look_back else OutboxStatus.PENDING
    return OutboxRow(
        key=message.key,
        target=Target.SLACK,
        kind=message.kind.value,
        account_id="",
        payload=encode(message),
        reason=message.reason,
        rules_hash=engine.rules.hash,
        status=OutboxStatus.SHADOW if engine.is_shadow else status,
        created_at=now,
        body_hash=body_hash(message),
        sending_at=now - look_back if look_back else None,
    )


def _facts(tx: Transaction, evaluated: Evaluated) -> Mapping[str, Scalar]:
    plan = evaluated.plan
    held = tx.outbox.with_status(OutboxStatus.HELD, limit=_EVERYTHING)
    return {
        "contracts": tx.mirror.count(Role.CONTRACT),
        "accounts": tx.mirror.count(Role.ACCOUNT),
        "opportunities": tx.mirror.count(Role.OPPORTUNITY),
        "renewals": evaluated.changed,
        "waiting": evaluated.waiting,
        "held": len(held),
        "plan_hash": held_hash(held),
        "adoptable": len(plan.adoptions),
        "ambiguous": sum(1 for note in plan.notes if note.kind is NoteKind.AMBIGUOUS),
        "too_old": sum(1 for note in plan.notes if note.kind is NoteKind.OVERDUE),
    }


def _first_channel(engine: Engine) -> str | None:
    return next((rule.announce.channel for rule in engine.rules.renewals if rule.announce), None)
