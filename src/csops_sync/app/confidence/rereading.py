"""Cards that wait, read again: a reaction whose event was lost still counts, some time between two readings.

A reaction stands on its message for ever, while a card may ask again on the same message. What stood there when the
new question was first read is marked as older than it, and answers nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from csops_sync.app.confidence.answering import inbox_item, standing_cards
from csops_sync.app.confidence.answers import asked_in
from csops_sync.app.confidence.standing import NOT_FOR_US
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.ports.cards import Answer, Place
from csops_sync.ports.errors import AuthFailedError, PermanentError

_READ_AT = "reactions_read_at/"
"""With a channel's id: the setting that says when the waiting cards in it were read last."""
_OLDER = "welcome, and changes nothing: it stood there before the card asked this"


def read_again(engine: Engine) -> int:
    """This function will put reactions that stand on waiting cards into the inbox, and count those that are new.

    Raises PermanentError, after all channels that can be read, with those that cannot; TransientError and
    AuthFailedError as reading Slack does. The next reading of a channel begins where its last one did.
    """
    with engine.store.reading() as tx:
        cards = standing_cards(tx)
        channels = sorted({place.channel_id for place in cards})
        last = {one: tx.progress.setting(_READ_AT + one) for one in channels}
    new, refused = 0, []
    for channel_id in channels:
        mine = {place: card for place, card in cards.items() if place.channel_id == channel_id}
        try:
            new += _read_channel(engine, mine, channel_id, last=_instant(last[channel_id]))
        except (PermanentError, AuthFailedError) as refusal:
            if isinstance(refusal, AuthFailedError) and refusal.code not in NOT_FOR_US:
                raise
            refused.append(f"{channel_id}: {refusal}")
    if refused:
        raise PermanentError("; ".join(refused), code="unreadable")
    return new


def newest_question(engine: Engine) -> datetime | None:
    """This function will say when a card last asked anew on a message that stood there already.

    Its reactions are to be read soon after: what stands on it by then answers what it asked before.
    """
    with engine.store.reading() as tx:
        cards = standing_cards(tx)
    asked = (card.asked_at for place, card in cards.items() if not asked_in(card, place))
    return max((one for one in asked if one is not None), default=None)


def _read_channel(
    engine: Engine, cards: Mapping[Place, Card], channel_id: str, *, last: datetime | None
) -> int:
    now = engine.now()
    since = last or min(card.moved_at for card in cards.values())
    new = 0
    for answer in engine.cards.answers(list(cards), since=since):
        new += _receive(engine, cards[answer.place], answer, now=now, last=last, since=since)
    with engine.store.transaction(engine.grant) as tx:
        tx.progress.set_setting(_READ_AT + channel_id, now.isoformat())
    return new


def _receive(
    engine: Engine, card: Card, answer: Answer, *, now: datetime, last: datetime | None, since: datetime
) -> bool:
    """Put a reaction into the inbox once for each question of its card; whether it may answer this one."""
    asked_at = card.asked_at or since
    key = f"{answer.key}/{asked_at:%Y%m%dT%H%M%S.%fZ}"
    item = inbox_item(replace(answer, key=key, at=now, since=max(since, asked_at)))
    may_be_older = not asked_in(card, answer.place) and (last is None or last < asked_at)
    is_new = engine.store.receive(replace(item, outcome=_OLDER) if may_be_older else item)
    return is_new and not may_be_older


def _instant(setting: str | None) -> datetime | None:
    return datetime.fromisoformat(setting) if setting else None
