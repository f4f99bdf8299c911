"""Rate limits: a bucket per channel for posts, and on demand one per method for the tiers."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.slack.errors import SlackError

PER_SECOND = 1.0
BURST = 40
PER_MINUTE = {2: 20, 3: 50, 4: 100}


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    real_at: float


@dataclass(slots=True, kw_only=True)
class Limits:
    """Slack's limits. `burst` posts to one channel at once, then `per_second`. `tiers` also counts calls by method.

    Time is the sandbox's, or the computer's where that ran further: on a frozen sandbox waiting must help too.
    """

    clock: VirtualClock
    on: bool = True
    tiers: bool = False
    burst: int = BURST
    per_second: float = PER_SECOND
    monotonic: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def post(self, channel_id: str) -> None:
        """This method will count a post; SlackError `ratelimited` with the seconds to wait where it is too many."""
        if self.on:
            self._take(f"post {channel_id}", size=self.burst, per_second=self.per_second)

    def call(self, method: str, tier: int) -> None:
        """This method will count a call of a method by its tier, where tiers are on."""
        if self.on and self.tiers:
            size = PER_MINUTE[tier]
            self._take(f"call {method}", size=size, per_second=size / 60)

    def _take(self, key: str, *, size: int, per_second: float) -> None:
        now, real = self.clock.now().timestamp(), self.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(size, now, real))
        passed = max(now - bucket.at, real - bucket.real_at, 0.0)
        bucket.left = min(size, bucket.left + passed * per_second)
        bucket.at, bucket.real_at = now, real
        if bucket.left < 1:
            raise SlackError("ratelimited", retry_after=math.ceil((1 - bucket.left) / per_second))
        bucket.left -= 1
