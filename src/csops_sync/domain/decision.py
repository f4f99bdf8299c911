"""What one customer's evaluation gives: renewals as they stand, intents, things to tell, and remarks."""

from collections.abc import Iterable
from dataclasses import dataclass

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.intents import Intent, Note, NoticeKind, NoticeLine
from csops_sync.domain.renewal import Renewal


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing to tell about one renewal, before announcements of a day are put together into messages.

    `key` is unique per thing told. `after` is the create that must come first. `verify` asks to look first whether
    an earlier life of the service has told it.
    """

    key: str
    notice: NoticeKind
    channel: str
    daily: bool
    line: NoticeLine
    reason: str
    after: str | None = None
    verify: bool = False


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The sum of one evaluation. `renewals` are complete: every renewal that changed or was looked at."""

    renewals: tuple[Renewal, ...] = ()
    intents: tuple[Intent, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    notes: tuple[Note, ...] = ()


NOTHING_DECIDED = Decision()
"""What most parts of an evaluation come to: one value for all of them."""


def merged(decisions: Iterable[Decision]) -> Decision:
    """This function will put decisions together, in their order."""
    parts = tuple(one for one in decisions if one is not NOTHING_DECIDED)
    return Decision(
        renewals=tuple(one for part in parts for one in part.renewals),
        intents=tuple(one for part in parts for one in part.intents),
        announcements=tuple(one for part in parts for one in part.announcements),
        notes=tuple(one for part in parts for one in part.notes),
    )
