"""Silences: what people have asked not to hear of, until when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Silenced(StrEnum):
    """What a silence is about."""

    OPPORTUNITY = "opportunity"
    ACCOUNT = "account"
    OWNER = "owner"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Changes of `subject` (an id, or what a route is known by) are told to nobody until `until` (UTC).

    `by` is who asked for it, `reason` why; `ended_at` and `ended_by` are set where a person ended it before its time.
    `shown` is the route's name or line as it was asked for. Earlier versions kept the line alone, as the subject: it
    holds until the rules are edited, and is `outdated` from then on.
    """

    id: str
    kind: Silenced
    subject: str
    since: datetime
    until: datetime
    by: str
    reason: str
    ended_at: datetime | None = None
    ended_by: str = ""
    shown: str = ""
    outdated: bool = False

    @property
    def is_by_line(self) -> bool:
        """Whether it names a route by its line alone."""
        return self.kind is Silenced.RULE and ":" in self.subject

    def holds(self, now: datetime) -> bool:
        """Whether it still keeps quiet."""
        return self.ended_at is None and self.since <= now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a move is about, as a silence names it; `rules` is all that its route is known by."""

    opportunity_id: str
    account_id: str
    owner_ids: tuple[str, ...]
    rules: frozenset[str]


def silence_of(silences: Iterable[Silence], *, subject: Subject, now: datetime) -> Silence | None:
    """This function will find the silence that keeps a move quiet, the longest of several."""
    named = {
        Silenced.OPPORTUNITY: {subject.opportunity_id},
        Silenced.ACCOUNT: {subject.account_id},
        Silenced.OWNER: set(subject.owner_ids),
        Silenced.RULE: subject.rules,
    }
    found = [
        one for one in silences if one.holds(now) and not one.outdated and one.subject in named[one.kind]
    ]
    return max(found, key=lambda one: one.until, default=None)
