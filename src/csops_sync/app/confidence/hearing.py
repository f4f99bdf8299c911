"""Who hears of a message now and who later: each person in the business hours of their own time zone in Slack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from csops_sync.app.confidence.kept_zones import read_zones
from csops_sync.app.confidence.office_hours import business_hours, is_zone
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.business_time import reach_of
from csops_sync.domain.confidence.telling import PostCard, PostReply, PostSummary
from csops_sync.ports.cards import OutgoingCard
from csops_sync.ports.chat import Addressee
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError

NOT_FOR_US = frozenset({"missing_scope", "no_permission", "access_denied"})
"""Codes with which Slack refuses one thing to a token that is good for all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """When those who are mentioned hear of a message; instants are UTC.

    `zone` is that of the first who hears, in which an answer's hours count. `begins` is given where nobody may hear
    of it now: when the first may. `later` are those who may not hear of it now while others do, the first of them from
    `later_from` on. `zones` is what Slack said, by person, None where it says nothing.
    """

    zone: str | None = None
    begins: datetime | None = None
    later: tuple[str, ...] = ()
    later_from: datetime | None = None
    zones: Mapping[str, str | None] = field(default_factory=dict)


NOBODY_HEARS = Hearing()
"""Of what mentions nobody."""


def hearing_of(engine: Engine, outgoing: OutgoingCard) -> Hearing:
    """This function will ask Slack for the time zones of who is mentioned, and say who hears of a message when.

    Our own hours count for a `@handle`, and for whom Slack says nothing about; where Slack is out of reach, the zone
    that it named last. An urgent card waits for nobody, and a message that mentions nobody disturbs nobody. Raises
    AuthFailedError where Slack does not let us in any more.
    """
    telling = outgoing.telling
    if not isinstance(telling, PostCard | PostReply | PostSummary) or not telling.mentions:
        return NOBODY_HEARS
    said = _said_by_slack(engine, {one: outgoing.people.get(one) for one in telling.mentions})
    zones = {one: said[one] if one in said else _kept(engine, one) for one in telling.mentions}
    reach = reach_of(
        {one: business_hours(engine.rules, zone=zone) for one, zone in zones.items()}, engine.now()
    )
    if not reach.later or _is_urgent(engine, telling):
        return Hearing(zone=zones[telling.mentions[0]], zones=said)
    if not reach.now:
        return Hearing(zone=zones[reach.first], begins=reach.begins, zones=said)
    return Hearing(zone=zones[reach.first], later=reach.later, later_from=reach.begins, zones=said)


def zone_of(engine: Engine, person: Addressee) -> str | None:
    """This function will ask Slack for a person's time zone; None where it names none that there is.

    Raises TransientError where Slack is out of reach, AuthFailedError where it does not let us in any more.
    """
    try:
        zone = engine.cards.timezone_of(person)
        return zone if zone and is_zone(zone) else None
    except PermanentError:
        return None
    except AuthFailedError as refusal:
        if refusal.code not in NOT_FOR_US:
            raise
        return None


def _said_by_slack(engine: Engine, people: Mapping[str, Addressee | None]) -> dict[str, str | None]:
    """Ask for the zone of each; those about whom Slack could not be asked are left out, and so are handles."""
    said: dict[str, str | None] = {}
    for who, person in people.items():
        if person is None:
            continue
        try:
            said[who] = zone_of(engine, person)
        except TransientError:
            continue
    return said


def _kept(engine: Engine, who: str) -> str | None:
    if who.startswith("@"):
        return None
    with engine.store.reading() as tx:
        return read_zones(tx).zones.get(who)


def _is_urgent(engine: Engine, telling: PostCard | PostReply | PostSummary) -> bool:
    if isinstance(telling, PostSummary):
        return False
    with engine.store.reading() as tx:
        (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
    return card is not None and card.urgent
