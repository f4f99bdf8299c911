"""A Slack in memory behind the port `Chat`: remembers what was posted, and can lose answers."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from csops_sync.ports.chat import Found, Outgoing, PostResult, PostStatus, Told
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import OutsideError, PermanentError

_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One message as the channel holds it."""

    channel_id: str
    ts: str
    at: datetime
    outgoing: Outgoing

    @property
    def key(self) -> str:
        """The key of the message."""
        return self.outgoing.message.key

    def tells(self, keys: Sequence[str]) -> bool:
        """Whether the message has one of these keys, or covers it."""
        return not {self.key, *self.outgoing.message.covers}.isdisjoint(keys)


class FakeChat:
    """Knows the channels it is given, by name or id; every one is readable unless named in `unreadable`.

    `answers` are consumed by the next posts, one each: a result that is not POSTED or UNKNOWN stores nothing.
    `lose_answer()` makes the next post arrive although its answer does not. `refusals` are raised by the next posts;
    messages whose key is in `keeps` may not be deleted; one whose key is in `shows_late` turns out, when it is posted,
    to have arrived before.
    """

    def __init__(
        self, *, clock: Clock, channels: Iterable[str] = ("#renewals",), unreadable: Iterable[str] = ()
    ) -> None:
        self._clock = clock
        self._ids = {name: f"C{number:08d}" for number, name in enumerate(channels, start=1)}
        self._unreadable = frozenset(unreadable)
        self._answers: deque[tuple[PostResult, bool]] = deque()
        self.refusals: list[OutsideError] = []
        self.keeps: set[str] = set()
        self.shows_late: set[str] = set()
        self._counter = 0
        self.messages: list[Posted] = []
        self.posts = 0
        self.missing: list[str] = []

    def answer(self, result: PostResult) -> None:
        """The next post is answered so, and does not arrive."""
        self._answers.append((result, False))

    def lose_answer(self) -> None:
        """The next post arrives, and its answer is lost."""
        self._answers.append((PostResult(status=PostStatus.UNKNOWN, code="no_answer"), True))

    def repeat(self, key: str) -> None:
        """Let the message with this key stand there once more."""
        posted = next(one for one in self.messages if one.key == key)
        self._store(posted.channel_id, posted.outgoing)

    def keys(self) -> list[str]:
        """The keys of all messages that stand in channels, in order."""
        return [message.key for message in self.messages]

    def check(self, channels: Sequence[str]) -> Sequence[str]:
        closed = [
            f"{name}: its history cannot be read" for name in channels if self._id(name) in self._closed()
        ]
        return [*(f"no channel {name}" for name in channels if not self._id(name)), *closed]

    def post(self, outgoing: Outgoing) -> PostResult:
        self.posts += 1
        if self.refusals:
            raise self.refusals.pop(0)
        channel_id = self._id(outgoing.message.channel)
        if not channel_id:
            message = f"config: no channel {outgoing.message.channel}"
            return PostResult(status=PostStatus.REJECTED, code="channel_not_found", message=message)
        if self._answers:
            result, arrives = self._answers.popleft()
            if arrives:
                self._store(channel_id, outgoing)
            return result
        if outgoing.message.key in self.shows_late:
            self._store(channel_id, outgoing)
        ts = self._store(channel_id, outgoing)
        return PostResult(status=PostStatus.POSTED, channel_id=channel_id, ts=ts)

    def find(self, *, keys: Sequence[str], channel: str, since: datetime) -> Found:
        channel_id = self._id(channel)
        if not channel_id or channel_id in self._closed():
            return Found(readable=False)
        ours = [
            Told(ts=posted.ts, key=posted.key, covers=frozenset(posted.outgoing.message.covers))
            for posted in self.messages
            if posted.channel_id == channel_id and posted.tells(keys) and posted.at >= since - _SKEW
        ]
        return Found(readable=True, messages=tuple(ours), channel_id=channel_id)

    def delete(self, *, channel_id: str, ts: str) -> None:
        if any(one.ts == ts and one.key in self.keeps for one in self.messages):
            raise PermanentError("Slack says compliance_exports_prevent_deletion", code="compliance")
        self.messages = [each for each in self.messages if (each.channel_id, each.ts) != (channel_id, ts)]

    def unreachable(self) -> Sequence[str]:
        drained = tuple(self.missing)
        self.missing.clear()
        return drained

    def _id(self, channel: str) -> str:
        return channel if channel in self._ids.values() else self._ids.get(channel, "")

    def _closed(self) -> set[str]:
        return {self._id(name) for name in self._unreadable}

    def _store(self, channel_id: str, outgoing: Outgoing) -> str:
        self._counter += 1
        now = self._clock.now()
        ts = f"{int(now.timestamp())}.{self._counter:06d}"
        self.messages.append(Posted(channel_id=channel_id, ts=ts, at=now, outgoing=outgoing))
        return ts
