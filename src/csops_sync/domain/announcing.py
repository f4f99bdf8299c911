"""From announcements to messages: alone, or one a channel and business day where the rule groups them."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.case import Case
from csops_sync.domain.decision import Announcement
from csops_sync.domain.intent_reasons import OPENED
from csops_sync.domain.intents import Message, NoticeKind, NoticeLine

_VERIFY_BACK = timedelta(days=30)
"""How old a restored state may be: so far back a message is looked for that it may have told already."""


def put_together(
    announcements: Sequence[Announcement],
    *,
    today: date,
    taken: Collection[str],
    calendar: BusinessCalendar,
) -> tuple[Message, ...]:
    """This function will make messages of announcements. `taken` are daily keys that have been sent already.

    What is grouped after the day's message went out stands in that of the next business day.
    """
    alone = [_single(one, today) for one in announcements if not one.daily or one.verify]
    grouped: dict[str, list[Announcement]] = {}
    for one in announcements:
        if one.daily and not one.verify:
            grouped.setdefault(one.channel, []).append(one)
    daily = [
        _daily(channel, members, key=daily_key(channel, today=today, taken=taken, calendar=calendar))
        for channel, members in sorted(grouped.items())
    ]
    return (*alone, *daily)


def daily_key(channel: str, *, today: date, taken: Collection[str], calendar: BusinessCalendar) -> str:
    """This function will give the key of the first daily message of a channel, from today on, that is not sent yet."""
    day = calendar.following(today)
    while f"daily/{channel}/{day.isoformat()}" in taken:
        day = calendar.next_after(day)
    return f"daily/{channel}/{day.isoformat()}"


def line_of(
    case: Case, *, account_name: str, mentions: tuple[str, ...], others: tuple[str, ...] = ()
) -> NoticeLine:
    """This function will describe one renewal for a message."""
    decision = case.timing.decision if case.timing else None
    deciding = decision.deciding if decision else None
    return NoticeLine(
        renewal_key=case.key,
        account_name=account_name,
        account_id=case.tracked.contract.account_id,
        renewal_date=case.tracked.term.renewal_date,
        amount=str(case.prior.amount) if case.prior else None,
        currency=case.tracked.contract.currency,
        bound=deciding.kind.value if deciding else "",
        bound_day=deciding.anchor_day if deciding else None,
        mentions=mentions,
        opportunity_id=case.verdict.opportunity_id,
        notice_deadline=case.timing.deadline if case.timing else None,
        budget_last_day=decision.budget.last_day if decision and decision.budget else None,
        others=others,
    )


def _single(one: Announcement, today: date) -> Message:
    return Message(
        key=one.key,
        notice=one.notice,
        channel=one.channel,
        lines=(one.line,),
        reason=one.reason,
        after=(one.after,) if one.after else (),
        covers=(one.key,),
        verify_since=today - _VERIFY_BACK if one.verify else None,
    )


def _daily(channel: str, members: Sequence[Announcement], *, key: str) -> Message:
    ordered = sorted(members, key=lambda one: (one.line.renewal_date, one.line.renewal_key))
    return Message(
        key=key,
        notice=NoticeKind.OPENED_DAILY,
        channel=channel,
        lines=tuple(one.line for one in ordered),
        reason=OPENED(n=len(ordered)),
        after=tuple(one.after for one in ordered if one.after),
        covers=tuple(one.key for one in ordered),
    )
