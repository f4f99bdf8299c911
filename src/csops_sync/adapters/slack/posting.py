"""What every post has in common: how long it may be prepared, and what Slack's answer to it means."""

from collections.abc import Callable

from csops_sync.ports import chat_words
from csops_sync.ports.chat import PostResult, PostStatus

PREPARE_WITHIN = 20.0
"""Seconds for looking people and channels up. Whoever waits longer may have lost the claim, and must not post."""
TOO_SLOW = PostResult(
    status=PostStatus.RETRY,
    code="slow",
    message=chat_words.TOO_SLOW(),
)


class Stopwatch:
    """Says whether the preparations of a post have taken too long. `monotonic` counts seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._began = monotonic()

    def is_late(self) -> bool:
        """Whether the post must not be sent any more."""
        return self._monotonic() - self._began > PREPARE_WITHIN


def posted(channel: object, ts: object, *, asked: str) -> PostResult:
    """This function will read the answer to a post that Slack took; `asked` is the channel it was sent to."""
    if not isinstance(ts, str) or not ts:
        return PostResult(
            status=PostStatus.UNKNOWN,
            code="no_ts",
            message=chat_words.UNNAMED(),
        )
    return PostResult(status=PostStatus.POSTED, channel_id=str(channel or asked), ts=ts)
