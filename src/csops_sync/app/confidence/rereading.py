"""Cards that wait, read again: a reaction whose event was lost still counts, some time between two readings."""

from dataclasses import replace
from datetime import datetime

from csops_sync.app.confidence.answering import WAITING, inbox_item
from csops_sync.app.confidence.delivering import place_of
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.ports.cards import Place
from csops_sync.ports.store import Transaction

_READ_AT = "reactions_read_at"


def read_again(engine: Engine) -> int:
    """This function will put reactions that stand on waiting cards into the inbox, and count those that are new.

    Raises what reading Slack raises; the next reading begins where this one did.
    """
    now = engine.now()
    with engine.store.reading() as tx:
        cards = _waiting(tx)
        last = tx.progress.setting(_READ_AT)
    if not cards:
        return 0
    since = datetime.fromisoformat(last) if last else min(card.moved_at for card in cards.values())
    by_place = {place.text: card for place, card in cards.items()}
    found = engine.cards.answers(list(cards), since=min(since, *(card.moved_at for card in cards.values())))
    new = 0
    for answer in found:
        asked_at = by_place[answer.place.text].asked_at
        began = max(since, asked_at) if asked_at else since
        new += engine.store.receive(inbox_item(replace(answer, at=now, since=began)))
    with engine.store.transaction(engine.grant) as tx:
        tx.progress.set_setting(_READ_AT, now.isoformat())
    return new


def _waiting(tx: Transaction) -> dict[Place, Card]:
    cards = tx.confidence.cards.with_status(*WAITING)
    posted = {row.key: row.result for row in tx.outbox.get([one.key for one in cards])}
    places = ((place_of(posted.get(card.key)), card) for card in cards)
    return {place: card for place, card in places if place is not None}
