"""What confidence wants done outside: cards, replies, reactions, summaries in Slack, and tasks in Salesforce.

All of them go through the outbox under their key. `of` is the key of the card that they belong to, which must have been
posted before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from csops_sync.domain.confidence.face import CardFace, ReplyKind, StormLine, Who
from csops_sync.domain.confidence.overflow import Page
from csops_sync.domain.facts import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """Post the first message of a card. `mentions` are user ids and `@handles`; nobody else is notified."""

    key: str
    card_id: str
    channel: str
    face: CardFace
    mentions: tuple[str, ...]
    reason: str
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCard:
    """Show the newest face on a card; an update notifies nobody.

    `continued_in` is the key of the card that was posted in its place, where this is the last that the old one shows.
    """

    key: str
    card_id: str
    of: str
    face: CardFace
    reason: str
    continued_in: str | None = None
    kind: Literal["card_update"] = "card_update"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReply:
    """Say something in a card's thread, and mention people there. `text` is a note's own words.

    `repeats` is the key of the message that it calls those to who were asleep when that was sent.
    """

    key: str
    card_id: str
    of: str
    about: ReplyKind
    face: CardFace
    mentions: tuple[str, ...]
    reason: str
    by: Who | None = None
    text: str = ""
    repeats: str | None = None
    kind: Literal["reply"] = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """Add the bot's own reaction to a card, so that people pile on. `emoji` is a name without colons.

    `follows` is the key of the reaction before it, which is to be seen first.
    """

    key: str
    card_id: str
    of: str
    emoji: str
    reason: str
    follows: str | None = None
    kind: Literal["reaction"] = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSummary:
    """Tell a storm in one message: who changed so much, and a table for one manager."""

    key: str
    channel: str
    lines: tuple[StormLine, ...]
    changed_by: Who
    mentions: tuple[str, ...]
    reason: str
    kind: Literal["summary"] = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTask:
    """Log a completed Task by its unique external id, which is `key`. `values` are names of the mapping's `task`."""

    key: str
    opportunity_id: str
    values: Mapping[str, Scalar]
    reason: str
    kind: Literal["task"] = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOverflow:
    """Tell in the thread of a card or a summary (`of`) what did not fit on it; `follows` comes before it there."""

    key: str
    channel: str
    of: str
    page: Page
    reason: str
    follows: str | None = None
    kind: Literal["overflow"] = "overflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOverflow:
    """Bring a page of a card's thread in step with the card; `of` is the page's key. Empty where all fits by now."""

    key: str
    channel: str
    of: str
    page: Page
    reason: str
    kind: Literal["overflow_update"] = "overflow_update"


Overflow: TypeAlias = PostOverflow | UpdateOverflow
SlackTelling: TypeAlias = PostCard | UpdateCard | PostReply | React | PostSummary | Overflow
Telling: TypeAlias = SlackTelling | LogTask
