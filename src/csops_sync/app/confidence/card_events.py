"""Lines of the journal about a card, as `explain` tells them. Pure but for the engine's clock."""

from collections.abc import Mapping

import orjson

from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.ports.store import Event


def card_event(engine: Engine, card: Card, kind: str, detail: Mapping[str, object]) -> Event:
    """This function will write down what has happened now to a card; `detail` becomes JSON."""
    return Event(
        at=engine.now(),
        kind=kind,
        account_id=card.account_id,
        renewal_key=card.renewal_key,
        opportunity_id=card.opportunity_id,
        detail=orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
    )
