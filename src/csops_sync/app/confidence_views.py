"""What `explain`, `status` and `silence` show of confidence: values that queries build and renderers write down.

As in `views`: words are English and final, instants aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A card as it stands now. `text` says in words whom it asks, who answered, or when it asks again.

    `message` is where it stands in Slack (`channel/ts`), None while it is not posted. `asked` are names and handles.
    """

    channel: str
    state: str
    text: str
    message: str | None
    asked: tuple[str, ...] = ()
    answered_by: str | None = None
    answered_at: datetime | None = None
    due_at: datetime | None = None
    level: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceCounts:
    """How many cards ask or are snoozed, how many changes wait for their window to end, and how many are held.

    What is held waits for business hours.
    """

    asking: int = 0
    snoozed: int = 0
    waiting: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRow:
    """One silence. `kind` is `opportunity`, `account`, `owner` or `rule`; `about` names its subject for people.

    `state` is `on`, `over` (its time has come), or `ended` (by `ended_by`, before its time).
    """

    id: str
    kind: str
    subject: str
    about: str
    state: str
    since: datetime
    until: datetime
    by: str
    reason: str
    ended_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencesView:
    """Silences, the oldest first."""

    items: tuple[SilenceRow, ...]
    timezone: str
