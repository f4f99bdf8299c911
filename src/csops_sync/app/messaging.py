"""Delivery to Slack: one message at a time, `sending` committed before the call, the outcome after it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from csops_sync.app.copied_words import left_words
from csops_sync.app.engine import Engine
from csops_sync.app.facts import person_of
from csops_sync.app.operator_notices import EARLIER_LIFE, operator_notice
from csops_sync.app.pausing import paused_hand
from csops_sync.app.payload import decode
from csops_sync.app.recovery import where_told
from csops_sync.app.sending import CLAIM_FOR, claim_ends, handed_back
from csops_sync.app.waiting_for_slack import kept_waiting
from csops_sync.domain.intents import Message, NoticeKind, NoticeLine
from csops_sync.ports.chat import Addressee, Outgoing, PostResult, PostStatus
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.errors import AuthFailedError, TransientError
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Target, Transaction

_ENOUGH = frozenset({OutboxStatus.PENDING, OutboxStatus.UNKNOWN})
"""After a message that is left so, the others wait for the next run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """A claimed row with what it takes to post it; `outgoing` is None where nothing of it is left to tell."""

    row: OutboxRow
    outgoing: Outgoing | None


def deliver_messages(engine: Engine) -> int:
    """This function will post due messages until none is left, the other side asks to wait, or a stop is asked for.

    Where an answer is lost the rest waits for the next run, for Slack may be down. Raises AuthFailedError where Slack
    does not let us in: the message at hand is pending as before, and so are all others.
    """
    settled = 0
    while not engine.stopping() and paused_hand(engine) is None:
        claimed = _claim(engine)
        if claimed is None:
            break
        row = _posted(engine, claimed)
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(row)
            _journal(tx, row, claimed, engine.now())
        settled += 1
        if row.status in _ENOUGH:
            break
    tell_unreachable(engine)
    return settled


def _claim(engine: Engine) -> _Claimed | None:
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        rows = tx.outbox.claim(
            target=Target.SLACK,
            now=now,
            until=now + CLAIM_FOR,
            epoch=engine.grant.epoch if engine.grant else 0,
            limit=1,
        )
        return _Claimed(row=rows[0], outgoing=_outgoing(engine, tx, rows[0])) if rows else None


def _outgoing(engine: Engine, tx: Transaction, row: OutboxRow) -> Outgoing | None:
    """Fill in what is known only now: opportunity ids, links, people; leave out what came to nothing."""
    message = decode(row.payload)
    if not isinstance(message, Message):
        raise TypeError(f"outbox row {row.key} is for Slack but holds a {message.kind.value}")
    created = {one.key for one in tx.outbox.get(message.after) if one.status is OutboxStatus.SENT}
    lines = tuple(
        _with_opportunity(tx, line)
        for line in message.lines
        if line.renewal_key not in message.after or line.renewal_key in created
    )
    if message.lines and not lines:
        return None
    mentioned = sorted({one for line in lines for one in line.mentions if not one.startswith("@")})
    people = {row.id: _addressee(row) for row in tx.mirror.get(Role.USER, mentioned)}
    links = _links(engine, lines, message.notice)
    remarks = _remarks(engine, tx, lines, after=message.after)
    return Outgoing(message=replace(message, lines=lines), people=people, links=links, remarks=remarks)


def _remarks(
    engine: Engine, tx: Transaction, lines: Sequence[NoticeLine], *, after: Sequence[str]
) -> Mapping[str, str]:
    """Say of created renewals what could not be copied into them."""
    found = {}
    for key, account_id in ((one.renewal_key, one.account_id) for one in lines if one.renewal_key in after):
        events = tx.journal.about(account_id=account_id, renewal_key=key)
        made = next((one for one in reversed(events) if one.kind == "created"), None)
        copied = json.loads(made.detail).get("copied") if made else None
        if words := left_words(copied, language=engine.rules.locale):
            found[key] = words
    return found


def _addressee(row: Row) -> Addressee:
    person = person_of(row)
    return Addressee(id=person.id, name=person.name, email=person.email)


def _with_opportunity(tx: Transaction, line: NoticeLine) -> NoticeLine:
    renewal = tx.renewals.get(line.renewal_key)
    if renewal is None or renewal.opportunity_id is None:
        return line
    return replace(line, opportunity_id=renewal.opportunity_id)


def _links(engine: Engine, lines: tuple[NoticeLine, ...], notice: NoticeKind) -> Mapping[str, str]:
    """Give the address of every renewal's opportunity, and of the other one where two stand side by side."""
    links = {line.renewal_key: engine.link(line.opportunity_id) for line in lines if line.opportunity_id}
    if notice is not NoticeKind.PARALLEL:
        return links
    return {**links, **{other: engine.link(other) for line in lines for other in line.others}}


def _posted(engine: Engine, claimed: _Claimed) -> OutboxRow:
    """Post; hand the row back where we are not let in."""
    try:
        row = _post(engine, claimed)
    except AuthFailedError as refusal:
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(handed_back(claimed.row, refusal, now=engine.now()))
        raise
    return _swept(engine, claimed, row)


def _post(engine: Engine, claimed: _Claimed) -> OutboxRow:
    row = claimed.row
    if claimed.outgoing is None:
        return replace(row, status=OutboxStatus.CANCELLED, error="nothing it was to tell took place")
    told = _told_before(engine, row, claimed.outgoing.message)
    if told is not None:
        return told
    if not engine.still_ours() or claim_ends([row], now=engine.now()):
        return handed_back(row, None, now=engine.now())
    return as_settled(row, engine.chat.post(claimed.outgoing), engine.now())


def _swept(engine: Engine, claimed: _Claimed, row: OutboxRow) -> OutboxRow:
    """Look, after a message was sent again, whether it stands there twice."""
    if row.status is not OutboxStatus.SENT or row.attempts <= 1 or claimed.outgoing is None:
        return row
    place = where_told(engine, row, claimed.outgoing.message)
    return replace(row, result=place.address or row.result)


def _told_before(engine: Engine, row: OutboxRow, message: Message) -> OutboxRow | None:
    """Look for a message that follows no create of ours: a state that was restored from a backup may have told it.

    What follows a create needs no look: an opportunity that is there already was found before, and its message doubted.
    Where the history cannot be read it is posted; the start check has said so.
    """
    if message.after or message.verify_since is not None:
        return None
    try:
        place = where_told(engine, replace(row, sending_at=engine.now() - EARLIER_LIFE), message)
    except TransientError as error:
        wait = PostResult(
            status=PostStatus.RETRY, code=error.code, message=str(error), retry_after=error.retry_after
        )
        return as_settled(row, wait, engine.now())
    if place.address is None:
        return None
    return replace(row, status=OutboxStatus.SENT, result=place.address, error=None, claimed_until=None)


def as_settled(row: OutboxRow, result: PostResult, now: datetime) -> OutboxRow:
    """This function will give a claimed row as the result of a call to Slack leaves it.

    Only what is refused is parked: what could not be done for now is no message's fault, and waits.
    """
    error = f"{result.code}: {result.message}".strip(": ") or None
    match result.status:
        case PostStatus.POSTED:
            place = f"{result.channel_id}/{result.ts}"
            return replace(row, status=OutboxStatus.SENT, result=place, error=None, claimed_until=None)
        case PostStatus.UNKNOWN:
            return replace(row, status=OutboxStatus.UNKNOWN, error=error)
        case PostStatus.REJECTED:
            return replace(row, status=OutboxStatus.PARKED, error=error, claimed_until=None)
        case PostStatus.RETRY:
            return kept_waiting(row, error=error, retry_after=result.retry_after, now=now)


def _journal(tx: Transaction, row: OutboxRow, claimed: _Claimed, now: datetime) -> None:
    if row.status is not OutboxStatus.SENT or claimed.outgoing is None:
        return
    message = claimed.outgoing.message
    detail = {"notice": message.notice.value, "channel": message.channel, "message": row.result}
    tx.journal.add(
        [
            Event(
                at=now,
                kind="told",
                account_id=line.account_id,
                renewal_key=line.renewal_key,
                opportunity_id=line.opportunity_id,
                detail=json.dumps({**detail, "mentions": line.mentions}, ensure_ascii=False, sort_keys=True),
            )
            for line in message.lines
        ]
    )


def tell_unreachable(engine: Engine) -> None:
    """This function will let the operator hear once of each person whom a message could not mention."""
    texts = engine.chat.unreachable()
    if not texts:
        return
    with engine.store.transaction(engine.grant) as tx:
        for text in texts:
            key = f"unreachable/{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"
            if not tx.outbox.get([f"operator/{key}"]):
                tx.outbox.put(operator_notice(engine, key=key, text=text))
