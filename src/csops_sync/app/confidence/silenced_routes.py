"""Routes as silences know them: by name or by what they say, so that no edit of the rules moves a silence elsewhere."""

from collections.abc import Sequence
from dataclasses import replace

from csops_sync.domain.confidence.rules import Route
from csops_sync.domain.confidence.silencing import Silence
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.store import Transaction

_MOST = 100_000


def routes_in(rules: RuleSet) -> Sequence[Route]:
    """This function will give the routes of confidence; none where the rules have none."""
    return rules.confidence.routes if rules.confidence else ()


def known_as(rules: RuleSet, rule: str) -> frozenset[str]:
    """This function will give all that the route of a card is known by, of which the card keeps one, and its line."""
    found = (one for one in routes_in(rules) if rule in one.identities)
    return frozenset({rule}).union(*(one.identities | {one.origin} for one in found))


def route_of(rules: RuleSet, kept: Silence) -> Route | None:
    """This function will find the route that a silence by rule means; None where the rules have it no more."""
    if kept.outdated:
        return None
    is_meant = (one.origin == kept.subject or kept.subject in one.identities for one in routes_in(rules))
    return next((one for one, meant in zip(routes_in(rules), is_meant, strict=True) if meant), None)


def outdate_lines(tx: Transaction) -> None:
    """This function will let silences that name a route by its line alone end with the rules that they were made under.

    Another route may begin there under new ones.
    """
    kept = (one for one in tx.confidence.silences.with_status("on", limit=_MOST) if one.is_by_line)
    tx.confidence.silences.put([replace(one, outdated=True) for one in kept if not one.outdated])
