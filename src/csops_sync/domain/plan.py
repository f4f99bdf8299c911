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
    decision: Decision,
    *,
    messages: Sequence[Message],
    held_creates: frozenset[str],
    rules: RuleSet,
    today: date,
) -> Plan:
    """This function will sort what was decided into a plan and hold what the guard does not let pass.

    `held_creates` were found before, by `hold_creates`, because what is held is not announced. Updates (with
    adoptions) and messages that follow no create pass while they are few, else all of them are held.
    """
    intents = decision.intents
    creates = sorted((one for one in intents if isinstance(one, CreateOpportunity)), key=_create_order)
    updates = sorted((one for one in intents if isinstance(one, UpdateOpportunity)), key=_key)
    adoptions = sorted((one for one in intents if isinstance(one, AdoptOpportunity)), key=_key)
    ordered = sorted(messages, key=_key)
    spoken = [one.key for one in ordered if not one.after]
    changes = [*(one.key for one in updates), *(one.key for one in adoptions)]
    guards = rules.guards
    return Plan(
        today=today,
        rules_hash=rules.hash,
        creates=tuple(creates),
        updates=tuple(updates),
        adoptions=tuple(adoptions),
        messages=tuple(ordered),
        notes=tuple(sorted(set(decision.notes), key=lambda note: (note.kind, note.account_id, note.text))),
        held=held_creates.union(_beyond(changes, guards.updates), _beyond(spoken, guards.messages)),
    )


def hold_creates(intents: Sequence[Intent], *, guards: Guards, baseline: bool) -> frozenset[str]:
    """This function will give the keys of the creates that must wait for a person.

    On a baseline these are all. Later, what a stored date had foreseen passes; the unforeseen passes while it is
    little, else all of it is held.
    """
    creates = [one for one in intents if isinstance(one, CreateOpportunity)]
    if baseline:
        return frozenset(one.key for one in creates)
    unforeseen = [one.key for one in creates if one.foreseen is Foreseen.UNFORESEEN]
    return frozenset(_beyond(unforeseen, guards.creates))


def plan_hash(parts: Iterable[tuple[str, str]]) -> str:
    """This function will give the hash of what is held: pairs of key and body hash, in any order."""
    text = "\n".join(f"{key} {body}" for key, body in sorted(parts))
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]


def _beyond(keys: Sequence[str], limit: int) -> Sequence[str]:
    return keys if len(keys) > limit else ()


def _create_order(one: CreateOpportunity) -> tuple[date, str]:
    return (one.renewal_date, one.key)


def _key(one: UpdateOpportunity | AdoptOpportunity | Message) -> str:
    return one.key
