"""Whom a route calls for a move, and what a move does to the question that its card asks."""

from dataclasses import dataclass, replace
from datetime import datetime

from csops_sync.app.confidence.scenes import Scene
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.card import Card, ask, quieted
from csops_sync.domain.confidence.escalation import Ladder, laid_on
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import BAD_NEWS, GOOD_NEWS, Direction, Outcome
from csops_sync.domain.confidence.routing import mentions_of
from csops_sync.domain.confidence.rules import Route
from csops_sync.domain.confidence.settling import Move


def unmet_mentions(scene: Scene, route: Route) -> tuple[str, ...]:
    """This function will give the mentions of a route that find nobody active, whoever else is found.

    Who is left out because they made the change is found all the same.
    """
    return tuple(one for one in route.mention if scene.resolve(one) is None)


def after_good_news(card: Card, move: Move) -> Card:
    """This function will close what a card asked before; one that rests goes on resting while the renewal is open.

    A rank that is given again answers why it was withdrawn.
    """
    is_answered = move.direction in GOOD_NEWS or move.direction is Direction.RATED
    if not is_answered or not card.waits or _rests_on(card, move):
        return card
    return quieted(card)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Calls people at one instant (`now`, UTC): the `fallback` where a route wants somebody and nobody is found."""

    fallback: str | None
    hours: BusinessHours
    now: datetime

    def mentions(self, move: Move, scene: Scene, route: Route) -> tuple[str, ...]:
        """This function will give whom a route mentions: user ids and `@handles`.

        The fallback stands in, once, for those whom nobody active answers to, and where nobody is left.
        """
        found = _found(move, scene, route)
        if found and not unmet_mentions(scene, route):
            return found
        return (*found, *self._stand_in(move, scene, found)) if route.mention else found

    def _stand_in(self, move: Move, scene: Scene, found: tuple[str, ...]) -> tuple[str, ...]:
        """Give the fallback, unless it is somebody who is mentioned already, or who made the change."""
        if self.fallback is None:
            return ()
        handle = self.fallback.casefold()
        people = [scene.book.people.get(one) for one in (*found, *move.by_ids)]
        passed = {one.casefold() for one in found} | {f"@{one.email}".casefold() for one in people if one}
        return () if handle in passed else (self.fallback,)

    def asked(self, card: Card, move: Move, scene: Scene, route: Route, *, question: str) -> Card:
        """This function will ask for an answer to bad news, where the route does, which ends a snooze.

        Any other move closes what was asked before, but lets a snooze last while the renewal is open; what stands
        where it stood leaves the question as it was. `question` is the key of the message that tells the move.
        """
        routed = (route.channel, route.identity, route.urgent)
        if (card.channel, card.rule, card.urgent) != routed:
            card = replace(card, channel=route.channel, rule=route.identity, urgent=route.urgent)
        if move.direction is None:
            return card
        wanted = route.acknowledge if move.direction in BAD_NEWS else None
        if wanted is None:
            return card if _rests_on(card, move) else quieted(card)
        people = self.mentions(move, scene, route)
        steps = _ladder(scene, self.fallback).steps(wanted, mentioned=people, changed_by=move.by_ids)
        who = tuple(one.person for one in steps)
        asking = ask(card, people=people, steps=who, within=wanted, hours=self.hours, now=self.now)
        return laid_on(replace(asking, question=question), steps)


def _ladder(scene: Scene, fallback: str | None) -> Ladder:
    ownership = scene.rules.ownership
    ours = {ownership.our_user_id} if ownership.our_user_id else set()
    return Ladder(
        people=scene.book.people,
        resolve=scene.resolve,
        csm=scene.csm,
        automation=ownership.automation_user_ids | ours,
        fallback=fallback,
    )


def _rests_on(card: Card, move: Move) -> bool:
    return card.state is CardState.SNOOZED and move.after.outcome is Outcome.OPEN


def _found(move: Move, scene: Scene, route: Route) -> tuple[str, ...]:
    return mentions_of(route.mention, resolve=scene.resolve, csm=scene.csm, changed_by=move.by_ids)
