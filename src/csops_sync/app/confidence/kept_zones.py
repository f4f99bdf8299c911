"""Time zones of people as Slack named them last: a cycle asks nobody, and decides by them whose night it is.

They are kept with the state, so that every replica knows them. Whom a cycle would have mentioned without knowing their
zone, or knowing it for more than a day, is asked about by the next delivery; where the answer is another than before,
what is held is decided again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

import orjson

from csops_sync.app.confidence.office_hours import is_zone
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.business_time import BusinessHours, reach_of
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.ports.store import Transaction

ZONES = "slack_zones"
"""The setting that holds the zones: JSON, by Salesforce id the zone (null for none) and when Slack was asked."""
WANTED = "slack_zones_wanted"
"""The setting that names whom Slack is to be asked about: Salesforce ids as JSON."""
_FRESH_FOR = timedelta(days=1)
_KEPT_FOR = timedelta(days=90)
"""Who was not asked about for so long is mentioned no more: what Slack said of them goes with the next answer."""
_EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownZones:
    """Zones by Salesforce id, None for whom Slack names none, and when it was asked about each (UTC)."""

    zones: Mapping[str, str | None] = field(default_factory=dict)
    asked_at: Mapping[str, datetime] = field(default_factory=dict)

    def is_fresh(self, who: str, now: datetime) -> bool:
        """Whether Slack was asked about somebody within a day."""
        return who in self.asked_at and now - self.asked_at[who] < _FRESH_FOR


NO_ZONES = KnownZones()


def read_zones(tx: Transaction) -> KnownZones:
    """This function will read the zones that are kept."""
    kept = orjson.loads(tx.progress.setting(ZONES) or "{}")
    return KnownZones(
        zones={who: zone for who, (zone, _) in kept.items()},
        asked_at={who: datetime.fromisoformat(at) for who, (_, at) in kept.items()},
    )


def keep_zones(engine: Engine, tx: Transaction, said: Mapping[str, str | None]) -> None:
    """This function will keep what Slack said, and let what is held be decided again where somebody has moved."""
    if not said:
        return
    known, now, ours = read_zones(tx), engine.now(), engine.rules.calendar.timezone
    if all(known.is_fresh(who, now) and known.zones[who] == zone for who, zone in said.items()):
        return
    zones = {**known.zones, **said}
    asked_at = {**known.asked_at, **dict.fromkeys(said, now)}
    kept = {who: (zones[who], at.isoformat()) for who, at in asked_at.items() if now - at < _KEPT_FOR}
    tx.progress.set_setting(ZONES, orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode())
    if any((known.zones.get(who) or ours) != (zone or ours) for who, zone in said.items()):
        _decide_again(tx, now)


def read_wanted(tx: Transaction) -> tuple[str, ...]:
    """This function will say about whom Slack is to be asked."""
    return tuple(orjson.loads(tx.progress.setting(WANTED) or "[]"))


def want_zones(tx: Transaction, people: Iterable[str]) -> None:
    """This function will note about whom Slack is to be asked; who is noted already stays so."""
    asked = set(people)
    if not asked:
        return
    before = read_wanted(tx)
    wanted = sorted({*before, *asked})
    if len(wanted) > len(before):
        tx.progress.set_setting(WANTED, orjson.dumps(wanted).decode())


def no_longer_wanted(tx: Transaction, people: Iterable[str]) -> None:
    """This function will strike out about whom Slack has been asked."""
    left = sorted(set(read_wanted(tx)) - set(people))
    tx.progress.set_setting(WANTED, orjson.dumps(left).decode() if left else None)


def _decide_again(tx: Transaction, now: datetime) -> None:
    held = tx.confidence.ledger.with_status(Verdict.HELD.value, limit=_EVERYTHING)
    tx.confidence.ledger.put(
        [replace(row, held_until=now) for row in held if row.held_until and row.held_until > now]
    )


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """When people may be mentioned, as far as is known without asking: `hours` are ours, `now` is UTC.

    Without slots: what all moves of a cycle share is worked out once.
    """

    hours: BusinessHours
    now: datetime
    zones: KnownZones = NO_ZONES

    @cached_property
    def ours(self) -> datetime:
        """When our own hours are next; `now` where they are."""
        return self.hours.next_open(self.now)

    @cached_property
    def abroad(self) -> Mapping[str, str]:
        """Who lives in another zone than ours."""
        said = self.zones.zones.items()
        known = {zone for zone in {zone for _, zone in said} if zone and is_zone(zone)}
        return {who: zone for who, zone in said if zone in known and zone != self.hours.zone}

    def opens(self, people: Iterable[str]) -> datetime:
        """This function will say when the first of these people may be mentioned; for nobody when ours begin."""
        zones = {self.abroad.get(one, self.hours.zone) for one in people}
        return min((self._openings[one] for one in zones), default=self.ours)

    def unasked(self, people: Iterable[str]) -> tuple[str, ...]:
        """This function will give those about whom Slack was not asked lately; nobody stands behind a `@handle`."""
        return tuple(
            one for one in people if not one.startswith("@") and not self.zones.is_fresh(one, self.now)
        )

    @cached_property
    def _openings(self) -> Mapping[str, datetime]:
        zones = {self.hours.zone, *self.abroad.values()}
        return reach_of({one: replace(self.hours, zone=one) for one in zones}, self.now).openings
