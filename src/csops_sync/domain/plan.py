"""The plan: all intents of one evaluation in a fixed order, and the guard that keeps the unforeseen small."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from csops_sync.domain.decision import Decision
from csops_sync.domain.intents import (
    AdoptOpportunity,
    CreateOpportunity,
    Foreseen,
    Intent,
    Message,
    Note,
    UpdateOpportunity,
)
from csops_sync.domain.rules import Guards, RuleSet

_HASH_LENGTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sorted intents and notes. `held` are the keys that wait for a person's approval."""

    today: date
    rules_hash: str
    creates: tuple[CreateOpportunity, ...] = ()
    updates: tuple[UpdateOpportunity, ...] = ()
    adoptions: tuple[AdoptOpportunity, ...] = ()
    messages: tuple[Message, ...] = ()
    notes: tuple[Note, ...] = ()
    held: frozenset[str] = frozenset()

    @property
    def intents(self) -> tuple[Intent, ...]:
        """All intents: creates, adoptions, updates, messages."""
        return (*self.creates, *self.adoptions, *self.updates, *self.messages)


def make_plan(
    decision: Decision, *, messages: Sequence[Message], rules: RuleSet, today: date, baseline: bool
) -> Plan:
    """This function will sort what was decided into a plan and hold what the guard does not let pass.

    On a baseline every create is held. Later, creates that a stored date had foreseen pass; the unforeseen ones pass
    while they are few, else all of them are held; the same goes for updates (with adoptions) and for messages that
    follow no create.
    """
    intents = decision.intents
    creates = sorted((one for one in intents if isinstance(one, CreateOpportunity)), key=_create_order)
    updates = sorted((one for one in intents if isinstance(one, UpdateOpportunity)), key=_key)
    adoptions = sorted((one for one in intents if isinstance(one, AdoptOpportunity)), key=_key)
    ordered = sorted(messages, key=_key)
    return Plan(
        today=today,
        rules_hash=rules.hash,
        creates=tuple(creates),
        updates=tuple(updates),
        adoptions=tuple(adoptions),
        messages=tuple(ordered),
        notes=tuple(sorted(set(decision.notes), key=lambda note: (note.kind, note.account_id, note.text))),
        held=_held(creates, (*updates, *adoptions), ordered, guards=rules.guards, baseline=baseline),
    )


def plan_hash(parts: Iterable[tuple[str, str]]) -> str:
    """This function will give the hash of what is held: pairs of key and body hash, in any order."""
    text = "\n".join(f"{key} {body}" for key, body in sorted(parts))
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]


def _held(
    creates: Sequence[CreateOpportunity],
    updates: Sequence[UpdateOpportunity | AdoptOpportunity],
    messages: Sequence[Message],
    *,
    guards: Guards,
    baseline: bool,
) -> frozenset[str]:
    if baseline:
        return frozenset(one.key for one in creates)
    unforeseen = [one.key for one in creates if one.foreseen is Foreseen.UNFORESEEN]
    spoken = [one.key for one in messages if not one.after]
    return frozenset(
        (
            *_beyond(unforeseen, guards.creates),
            *_beyond([one.key for one in updates], guards.updates),
            *_beyond(spoken, guards.messages),
        )
    )


def _beyond(keys: Sequence[str], limit: int) -> Sequence[str]:
    return keys if len(keys) > limit else ()


def _create_order(one: CreateOpportunity) -> tuple[date, str]:
    return (one.renewal_date, one.key)


def _key(one: UpdateOpportunity | AdoptOpportunity | Message) -> str:
    return one.key
