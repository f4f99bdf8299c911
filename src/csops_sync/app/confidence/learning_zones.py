"""Slack is asked for the time zones of those whom a cycle would have mentioned without knowing them."""

from collections.abc import Mapping

from csops_sync.app.confidence.hearing import zone_of
from csops_sync.app.confidence.kept_zones import keep_zones, no_longer_wanted, read_wanted
from csops_sync.app.engine import Engine
from csops_sync.app.facts import person_of
from csops_sync.app.pausing import paused_hand
from csops_sync.ports.chat import Addressee
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import TransientError


def learn_zones(engine: Engine) -> None:
    """This function will ask about everybody whose zone is wanted, and keep the answers; nobody while Slack is paused.

    Where Slack is out of reach, or a stop is asked for, who is left is asked about next time. Raises AuthFailedError
    where it does not let us in.
    """
    with engine.store.reading() as tx:
        wanted = read_wanted(tx)
        people = list(map(person_of, tx.mirror.get(Role.USER, wanted))) if wanted else []
    if not wanted or paused_hand(engine) is not None:
        return
    known = {one.id: Addressee(id=one.id, name=one.name, email=one.email) for one in people}
    said = _asked(engine, {who: known.get(who) for who in wanted})
    if not said:
        return
    with engine.store.transaction(engine.grant) as tx:
        keep_zones(engine, tx, said)
        no_longer_wanted(tx, said)


def _asked(engine: Engine, people: Mapping[str, Addressee | None]) -> dict[str, str | None]:
    """Give the zone of each, None where Slack names none, until Slack is out of reach or a stop is asked for."""
    said: dict[str, str | None] = {}
    for who, person in people.items():
        if engine.stopping():
            break
        try:
            said[who] = zone_of(engine, person) if person else None
        except TransientError:
            break
    return said
