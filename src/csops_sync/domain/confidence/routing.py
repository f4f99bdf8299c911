"""Which route a move takes, and whom it mentions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from csops_sync.domain.conditions import Lookup
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.rules import Route
from csops_sync.domain.facts import Person

Resolve = Callable[[str], str | None]
"""A people path to a user id or a handle, None where nobody active is found."""


def routes_of(
    routes: Sequence[Route], *, direction: Direction, prior: Decimal | None, lookup: Lookup
) -> tuple[Route, ...]:
    """This function will give the first route that fits and those after it that also fit; none where nobody is told.

    An amount that is not known fits only routes that do not ask for one.
    """
    found: list[Route] = []
    for route in routes:
        if found and not route.also:
            continue
        if direction in route.changes and _fits(route, prior) and route.when.holds(lookup):
            found.append(route)
    return tuple(found)


def by_channel(routes: Sequence[Route]) -> tuple[Route, ...]:
    """This function will make one route of those that tell in the same channel: a renewal has one card there.

    It mentions and celebrates what any of them does, asks as the first that asks, and is known as the first.
    """
    found: dict[str, Route] = {}
    for route in routes:
        first = found.get(route.channel)
        found[route.channel] = route if first is None else _both(first, route)
    return tuple(found.values())


def mentions_of(
    paths: Sequence[str], *, resolve: Resolve, csm: Person | None, changed_by: Sequence[str]
) -> tuple[str, ...]:
    """This function will say whom a move mentions: never who made it, and then the other of CSM and manager.

    Gives user ids and `@handles`, each once; empty where nobody is found, and the configured fallback hears of it.
    """
    wanted = [found for path in paths if (found := resolve(path)) is not None]
    kept = [one for one in wanted if one not in changed_by]
    manager = resolve("csm.manager")
    pair = [one for one in (csm.id if csm else None, manager) if one is not None]
    left_out = {one for one in wanted if one in changed_by}
    if left_out and (not kept or left_out & set(pair)):
        kept.extend([one for one in pair if one not in changed_by][:1])
    return tuple(dict.fromkeys(kept))


def _both(first: Route, second: Route) -> Route:
    return replace(
        first,
        mention=tuple(dict.fromkeys((*first.mention, *second.mention))),
        celebrate=tuple(dict.fromkeys((*first.celebrate, *second.celebrate))),
        acknowledge=first.acknowledge or second.acknowledge,
        urgent=first.urgent or second.urgent,
        anew=first.anew or second.anew,
        called=first.identity,
    )


def _fits(route: Route, prior: Decimal | None) -> bool:
    if route.prior_at_least is None and route.prior_at_most is None:
        return True
    if prior is None:
        return False
    above = route.prior_at_least is None or prior >= route.prior_at_least
    below = route.prior_at_most is None or prior <= route.prior_at_most
    return above and below
