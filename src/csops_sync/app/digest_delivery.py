"""Delivery of digests: one item at a time, `sending` committed before the call, the outcome after it.

Every item is looked for before it is sent: messages by the key in their metadata, a picture, which cannot carry any,
by the name of its file in the thread where it belongs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from csops_sync.app.engine import Engine
from csops_sync.app.forecast.digest_form import decode_item
from csops_sync.app.messaging import as_settled, tell_unreachable
from csops_sync.app.pausing import paused_hand
from csops_sync.app.recovery import SETTLING, remove_double
from csops_sync.app.sending import CLAIM_FOR, claim_ends, handed_back
from csops_sync.app.unsent_reasons import NO_CHARTS, UNDRAWN, UNREADABLE
from csops_sync.app.waiting_for_slack import kept_waiting
from csops_sync.ports.cards import Place
from csops_sync.ports.charts import Charts
from csops_sync.ports.chat import Found
from csops_sync.ports.digests import DigestItem, DigestPicture, Digests, OutgoingDigest
from csops_sync.ports.errors import AuthFailedError, TransientError
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_SKEW = timedelta(minutes=2)
_WEEK = timedelta(days=7)
"""How far back is looked for what a state that was restored may have told."""
_ENOUGH = frozenset({OutboxStatus.PENDING, OutboxStatus.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What digests are sent with. `charts` None: pictures cannot be drawn here."""

    engine: Engine
    digests: Digests
    charts: Charts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    row: OutboxRow
    item: DigestItem
    place: Place | None
    links: Mapping[str, str]


def deliver_digests(engine: Engine) -> int:
    """This function will settle and send what is due of digests, and count what found an outcome.

    It ends where nothing is left, Slack asks to wait, or a stop is asked for. Raises AuthFailedError where Slack does
    not let us in: everything is pending as before.
    """
    if engine.digests is None:
        return 0
    desk = _Desk(engine=engine, digests=engine.digests, charts=engine.charts)
    settled = _resolve(desk)
    sent = 0
    while not engine.stopping() and paused_hand(engine) is None:
        claimed = _claim(engine)
        if claimed is None:
            break
        row = _sent(desk, claimed)
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(row)
        sent += 1
        if row.status in _ENOUGH:
            break
    if sent:
        tell_unreachable(engine)
    return settled + sent


def _claim(engine: Engine) -> _Claimed | None:
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        rows = tx.outbox.claim(
            target=Target.DIGEST,
            now=now,
            until=now + CLAIM_FOR,
            epoch=engine.grant.epoch if engine.grant else 0,
            limit=1,
        )
        return _read(engine, tx, rows[0]) if rows else None


def _read(engine: Engine, tx: Transaction, row: OutboxRow) -> _Claimed:
    item = decode_item(row.payload)
    place = None
    if item.of is not None:
        (posted,) = tx.outbox.get([item.of]) or (None,)
        place = _place_of(posted.result) if posted is not None else None
    return _Claimed(row=row, item=item, place=place, links=_links(engine, item))


def _place_of(address: str | None) -> Place | None:
    channel_id, slash, ts = (address or "").partition("/")
    return Place(channel_id=channel_id, ts=ts) if slash else None


def _links(engine: Engine, item: DigestItem) -> Mapping[str, str]:
    if isinstance(item, DigestPicture):
        return {}
    lines = (line for section in item.sections for line in section.lines)
    return {one.opportunity_id: engine.link(one.opportunity_id) for one in lines if one.opportunity_id}


def _sent(desk: _Desk, claimed: _Claimed) -> OutboxRow:
    """Send; hand the row back where we are not let in."""
    engine, row = desk.engine, claimed.row
    if claimed.item.of is not None and claimed.place is None:
        return replace(row, status=OutboxStatus.CANCELLED, error="the message it belongs to stands nowhere")
    try:
        told = _told_before(desk, claimed)
        if told is not None:
            return told
        return _send(desk, claimed)
    except AuthFailedError as refusal:
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(handed_back(row, refusal, now=engine.now()))
        raise


def _send(desk: _Desk, claimed: _Claimed) -> OutboxRow:
    engine, row, item = desk.engine, claimed.row, claimed.item
    png = b""
    if isinstance(item, DigestPicture):
        try:
            png = _drawn(desk, item)
        except ValueError as error:
            return replace(
                row, status=OutboxStatus.PARKED, error=UNDRAWN(error=str(error)), claimed_until=None
            )
    if not engine.still_ours() or claim_ends([row], now=engine.now()):
        return handed_back(row, None, now=engine.now())
    outgoing = OutgoingDigest(item=item, links=claimed.links, place=claimed.place, png=png)
    return _swept(desk, claimed, as_settled(row, desk.digests.send(outgoing), engine.now()))


def _swept(desk: _Desk, claimed: _Claimed, row: OutboxRow) -> OutboxRow:
    """Look, after an item was sent again, whether it stands there twice; the first one stays."""
    if row.status is not OutboxStatus.SENT or row.attempts <= 1:
        return row
    found = _search(desk, claimed, since=row.created_at - _WEEK)
    return _as_found(row, found) if found.messages else row


def _drawn(desk: _Desk, picture: DigestPicture) -> bytes:
    if desk.charts is None:
        raise ValueError(NO_CHARTS())
    return desk.charts.png(picture.chart)


def _told_before(desk: _Desk, claimed: _Claimed) -> OutboxRow | None:
    """Look for an item before it is sent; where the history cannot be read it is sent, the start check has said so."""
    row, now = claimed.row, desk.engine.now()
    try:
        found = _search(desk, claimed, since=row.created_at - _WEEK)
    except TransientError as error:
        return kept_waiting(row, error=str(error), retry_after=error.retry_after, now=now)
    return _as_found(row, found) if found.messages else None


def _resolve(desk: _Desk) -> int:
    """Find out what became of items whose answer was lost, no sooner than a minute after they were sent."""
    engine = desk.engine
    now, epoch = engine.now(), engine.grant.epoch if engine.grant else 0
    with engine.store.reading() as tx:
        rows = tx.outbox.with_status(OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
        lost = [
            _read(engine, tx, row)
            for row in rows
            if row.target is Target.DIGEST and _is_ours(row, now, epoch) and _has_settled(row, now)
        ]
    for one in lost:
        settled = _found_or_not(desk, one)
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(settled)
    return len(lost)


def _is_ours(row: OutboxRow, now: datetime, epoch: int) -> bool:
    """Whether the call is over: ours is, another holder's may be on its way until its claim ends."""
    is_over = row.claimed_until is None or row.claimed_until <= now
    return row.epoch == epoch or row.status is OutboxStatus.UNKNOWN or is_over


def _has_settled(row: OutboxRow, now: datetime) -> bool:
    return row.sending_at is None or row.sending_at + SETTLING <= now


def _found_or_not(desk: _Desk, lost: _Claimed) -> OutboxRow:
    row = lost.row
    again = replace(row, status=OutboxStatus.PENDING, claimed_until=None)
    if lost.item.of is not None and lost.place is None:
        return again
    found = _search(desk, lost, since=(row.sending_at or row.created_at) - _SKEW)
    if not found.readable:
        return replace(row, status=OutboxStatus.PARKED, error=UNREADABLE(), claimed_until=None)
    return _as_found(row, found) if found.messages else again


def _as_found(row: OutboxRow, found: Found) -> OutboxRow:
    address = f"{found.channel_id}/{found.messages[0].ts}"
    return replace(row, status=OutboxStatus.SENT, result=address, error=None, claimed_until=None)


def _search(desk: _Desk, claimed: _Claimed, *, since: datetime) -> Found:
    """Find an item in Slack; of several the first stays, the others are removed."""
    found = desk.digests.find(claimed.item, place=claimed.place, since=since)
    for double in found.messages[1:]:
        remove_double(
            desk.engine, channel_id=found.channel_id, channel=claimed.item.channel, duplicate=double
        )
    return found
