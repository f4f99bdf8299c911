"""Cards that wait, read again: a reaction whose event was lost still counts, some time between two readings.

A reaction stands on its message for ever, while a card may ask again on the same message. What stood there when the
new question was first read is marked as older than it, and answers nothing. Cards are read by pages of their channels;
the replies that ask in their threads take a call for each thread, so they are read in turns.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from csops_sync.app.confidence.answering import inbox_item
from csops_sync.app.confidence.hearing import NOT_FOR_US
from csops_sync.app.confidence.reacting import Spot, standing_spots
from csops_sync.app.engine import Engine
from csops_sync.ports.cards import Answer, Place
from csops_sync.ports.errors import AuthFailedError, PermanentError
from csops_sync.ports.store import Transaction

_READ_AT = "reactions_read_at/"
"""With a channel's id: the setting that says when the waiting cards in it were read last."""
_THREADS_READ_AT = "reactions_threads_read_at"
"""The setting that says when the threads of waiting cards were read last: JSON, instants by place."""
MOST_THREADS = 30
"""So many threads one reading takes: Slack allows some 50 calls a minute, and others need some of them."""
_OLDER = "welcome, and changes nothing: it stood there before the card asked this"


def read_again(engine: Engine, *, with_threads: bool = True) -> int:
    """This function will put reactions that stand on waiting cards into the inbox, and count those that are new.

    `with_threads` also reads the replies that ask, of the threads that were read longest ago. Raises PermanentError,
    after all channels that can be read, with those that cannot; TransientError and AuthFailedError as reading Slack
    does. The next reading of a channel, and of a thread, begins where its last one did.
    """
    with engine.store.reading() as tx:
        spots = standing_spots(tx)
    reading = _Reading(engine=engine, spots=spots)
    new = reading.channels() + (reading.threads() if with_threads else 0)
    if reading.closed:
        raise PermanentError("; ".join(reading.closed.values()), code="unreadable")
    return new


def newest_question(engine: Engine) -> datetime | None:
    """This function will say when a card last asked anew on a message that stood there already.

    Its reactions are to be read soon after: what stands on it by then answers what it asked before.
    """
    with engine.store.reading() as tx:
        spots = standing_spots(tx).values()
    asked = (one.card.asked_at for one in spots if not one.came_with and one.thread is None)
    return max((one for one in asked if one is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One reading of these messages. `closed` are the channels that Slack does not let us read, in words."""

    engine: Engine
    spots: Mapping[Place, Spot]
    closed: dict[str, str] = field(default_factory=dict)

    def channels(self) -> int:
        """Read the cards, channel by channel."""
        by_channel: dict[str, dict[Place, Spot]] = defaultdict(dict)
        for place, spot in self.spots.items():
            if spot.thread is None:
                by_channel[place.channel_id][place] = spot
        return sum(self._unless_closed(one, self._channel, by_channel[one]) for one in sorted(by_channel))

    def threads(self) -> int:
        """Read the replies that ask, thread by thread, as many as one reading may."""
        by_thread: dict[Place, dict[Place, Spot]] = defaultdict(dict)
        for place, spot in self.spots.items():
            if spot.thread is not None:
                by_thread[spot.thread][place] = spot
        with self.engine.store.reading() as tx:
            last = _threads_read_at(tx)
        turns = sorted(by_thread, key=lambda one: (one.text in last, last.get(one.text), one.text))
        new = calls = 0
        for thread in turns:
            if calls == MOST_THREADS:
                break
            calls += thread.channel_id not in self.closed
            new += self._unless_closed(thread.channel_id, self._thread, by_thread[thread])
        return new

    def _unless_closed(
        self, channel_id: str, look: Callable[[Mapping[Place, Spot]], int], spots: Mapping[Place, Spot]
    ) -> int:
        """Look into a channel; one that is closed to us hides no other, and is not asked again."""
        if channel_id in self.closed:
            return 0
        try:
            return look(spots)
        except (PermanentError, AuthFailedError) as refusal:
            if isinstance(refusal, AuthFailedError) and refusal.code not in NOT_FOR_US:
                raise
            self.closed[channel_id] = f"{channel_id}: {refusal}"
            return 0

    def _channel(self, spots: Mapping[Place, Spot]) -> int:
        now, setting = self.engine.now(), _READ_AT + next(iter(spots)).channel_id
        with self.engine.store.reading() as tx:
            last = _instant(tx.progress.setting(setting))
        since = last or _begins(spots)
        found = self.engine.cards.answers(list(spots), since=since)
        new = sum(self._receive(spots[one.place], one, now=now, last=last, since=since) for one in found)
        with self.engine.store.transaction(self.engine.grant) as tx:
            tx.progress.set_setting(setting, now.isoformat())
        return new

    def _thread(self, spots: Mapping[Place, Spot]) -> int:
        thread = next(iter(spots.values())).thread
        if thread is None:
            raise AssertionError("only replies are read by thread")
        now = self.engine.now()
        with self.engine.store.reading() as tx:
            last = _threads_read_at(tx).get(thread.text)
        since = last or _begins(spots)
        found = self.engine.cards.answers_in_thread(thread, list(spots), since=since)
        new = sum(self._receive(spots[one.place], one, now=now, last=last, since=since) for one in found)
        with self.engine.store.transaction(self.engine.grant) as tx:
            self._keep_read(tx, thread, now)
        return new

    def _keep_read(self, tx: Transaction, thread: Place, now: datetime) -> None:
        """Keep when a thread was read; those in which nobody waits any more are forgotten."""
        waiting = {spot.thread.text for spot in self.spots.values() if spot.thread}
        kept = {one: at.isoformat() for one, at in _threads_read_at(tx).items() if one in waiting}
        tx.progress.set_setting(_THREADS_READ_AT, json.dumps({**kept, thread.text: now.isoformat()}))

    def _receive(
        self, spot: Spot, answer: Answer, *, now: datetime, last: datetime | None, since: datetime
    ) -> bool:
        """Put a reaction into the inbox once for each question of its card; whether it may answer this one."""
        asked_at = spot.card.asked_at or since
        begins = asked_at if spot.thread is None else answer.since or asked_at
        key = f"{answer.key}/{asked_at:%Y%m%dT%H%M%S.%fZ}"
        item = inbox_item(replace(answer, key=key, at=now, since=max(since, begins)))
        may_be_older = not spot.came_with and (last is None or last < asked_at)
        is_new = self.engine.store.receive(replace(item, outcome=_OLDER) if may_be_older else item)
        return is_new and not may_be_older


def _begins(spots: Mapping[Place, Spot]) -> datetime:
    return min(one.card.moved_at for one in spots.values())


def _threads_read_at(tx: Transaction) -> dict[str, datetime]:
    kept = json.loads(tx.progress.setting(_THREADS_READ_AT) or "{}")
    return {place: datetime.fromisoformat(at) for place, at in kept.items()}


def _instant(setting: str | None) -> datetime | None:
    return datetime.fromisoformat(setting) if setting else None
