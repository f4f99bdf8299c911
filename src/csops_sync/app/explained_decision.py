"""The open decision that counted: of the day on which the renewal was opened, else the latest that is stored."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from csops_sync.domain.case import Case
from csops_sync.domain.open_decision import OpenDecision
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.store import Event

_OPENED = frozenset({"created", "adopted"})
_HASH_SHOWN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A decision with the rule that made it. `origin` is the rule's place, or the hash of rules that are gone."""

    decision: OpenDecision
    term_end: date
    rule: str | None
    origin: str | None


def decision_of_its_day(
    renewal: Renewal, *, case: Case | None, events: Sequence[Event], rules: RuleSet
) -> Dated | None:
    """This function will give the decision by which a renewal was opened, or will be; None where nothing decides one.

    `events` are the renewal's, oldest first. Rules and facts may have changed since: the journal keeps the decision.
    """
    opened = next((one.at for one in events if one.kind in _OPENED), None)
    if opened is not None:
        journalled = [(at, one) for at, one in _journalled(events, rules) if at.at <= opened]
        if journalled:
            return journalled[-1][1]
    if renewal.decision is not None:
        return Dated(
            decision=renewal.decision,
            term_end=renewal.term_end,
            rule=renewal.rule,
            origin=_origin(renewal.rule, renewal.rules_hash, rules),
        )
    if case is None or case.timing is None or case.timing.decision is None or case.rule is None:
        return None
    return Dated(
        decision=case.timing.decision,
        term_end=case.tracked.term.end,
        rule=case.rule.name,
        origin=case.rule.origin,
    )


def _journalled(events: Sequence[Event], rules: RuleSet) -> Iterator[tuple[Event, Dated]]:
    for event in events:
        if event.kind != "dated":
            continue
        detail = json.loads(event.detail)
        if detail.get("decision"):
            yield (
                event,
                Dated(
                    decision=OpenDecision.from_dict(detail["decision"]),
                    term_end=date.fromisoformat(detail["term_end"]),
                    rule=detail["rule"],
                    origin=_origin(detail["rule"], detail["rules_hash"], rules),
                ),
            )


def _origin(name: str | None, rules_hash: str, rules: RuleSet) -> str | None:
    """Name the rule's place in the file where these are the rules of today, else which rules it stood in."""
    if rules_hash != rules.hash:
        return f"of rules {rules_hash[:_HASH_SHOWN]}"
    return next((rule.origin for rule in rules.renewals if rule.name == name), None)
