"""From announcements to messages, next to what the outbox has told already and what waits in it to be told."""

from collections.abc import Sequence
from datetime import date, timedelta

from csops_sync.app.payload import decode
from csops_sync.domain.announcing import daily_key, put_together
from csops_sync.domain.decision import Announcement
from csops_sync.domain.intents import Message
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.store import OutboxStatus, Transaction

_GONE = frozenset({OutboxStatus.SENDING, OutboxStatus.SENT, OutboxStatus.UNKNOWN, OutboxStatus.DROPPED})
_WAITING = frozenset({OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.PARKED})
_LOOK_BACK = 120
"""Days: longer than an opening may be overdue."""


def messages_of(
    tx: Transaction, announcements: Sequence[Announcement], *, rules: RuleSet, today: date
) -> tuple[Message, ...]:
    """This function will make messages of what neither was told before nor waits in the group of an earlier day."""
    told = {row.key for row in tx.outbox.get([one.key for one in announcements]) if row.status in _GONE}
    told |= _in_earlier_groups(tx, announcements, rules=rules, today=today)
    fresh = [one for one in announcements if one.key not in told]
    taken: set[str] = set()
    while True:
        messages = put_together(fresh, today=today, taken=taken, calendar=rules.calendar.own)
        daily = [one.key for one in messages if one.key.startswith("daily/")]
        sent = {row.key for row in tx.outbox.get(daily) if row.status in _GONE}
        if not sent:
            return messages
        taken |= sent


def _in_earlier_groups(
    tx: Transaction, announcements: Sequence[Announcement], *, rules: RuleSet, today: date
) -> set[str]:
    """Give what group messages of days before cover that still wait: for their creates, or for a hand that is held."""
    wanted = {one.key for one in announcements}
    channels = sorted({one.channel for one in announcements})
    days = [today - timedelta(days=back) for back in range(1, _LOOK_BACK)]
    earlier = {
        daily_key(channel, today=day, taken=(), calendar=rules.calendar.own)
        for channel in channels
        for day in days
    }
    now = {daily_key(channel, today=today, taken=(), calendar=rules.calendar.own) for channel in channels}
    rows = tx.outbox.get(sorted(earlier - now)) if channels else ()
    waiting = (decode(row.payload) for row in rows if row.status in _WAITING)
    return {key for one in waiting if isinstance(one, Message) for key in one.covers if key in wanted}
