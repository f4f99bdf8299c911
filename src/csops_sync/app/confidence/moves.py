"""From settled moves to tellings: who hears of each, in which channel, on which card; or why nobody does."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.faces import face_of, with_question
from csops_sync.app.confidence.scenes import Scene
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.card import Card, ask, quieted
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.face import CardFace, ReplyKind
from csops_sync.domain.confidence.ranks import BAD_NEWS, GOOD_NEWS, Direction
from csops_sync.domain.confidence.routing import mentions_of, routes_of
from csops_sync.domain.confidence.rules import ConfidenceRules, Route
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.confidence.silencing import Silence, Subject, silence_of
from csops_sync.domain.confidence.telling import PostCard, PostReply, React, SlackTelling, UpdateCard
from csops_sync.domain.rules import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is decided about one move: its verdict with the reason, and what is said on which cards."""

    move: Move
    verdict: Verdict
    reason: str
    tellings: tuple[SlackTelling, ...] = ()
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Decides about moves at one instant (`now`, UTC, on the business date `today`). `silences` are those that hold.

    `cards` are the renewals' by opportunity and id; `keep` adds those that a move has made or moved on.
    """

    rules: RuleSet
    confidence: ConfidenceRules
    silences: Sequence[Silence]
    hours: BusinessHours
    now: datetime
    today: date
    cards: dict[str, dict[str, Card]] = field(default_factory=lambda: defaultdict(dict))
    _routes: dict[str, tuple[Route, ...]] = field(default_factory=dict)

    def keep(self, cards: Iterable[Card]) -> None:
        """This function will take cards as they stand now."""
        for card in cards:
            self.cards[card.opportunity_id][card.id] = card

    def direction_of(self, move: Move) -> Direction | None:
        """This function will say as what a move is routed; a net zero as its first change, where it is told at all."""
        if move.direction is None and self.confidence.tell_net_zero:
            return next((one.direction for one in move.changes if one.direction), None)
        return move.direction

    def routes(self, move: Move, scene: Scene) -> tuple[Route, ...]:
        """This function will give the routes that a move takes."""
        known = self._routes.get(move.id)
        if known is None:
            known = self._routes[move.id] = self._found_routes(move, scene)
        return known

    def _found_routes(self, move: Move, scene: Scene) -> tuple[Route, ...]:
        direction, prior = self.direction_of(move), scene.prior()
        if direction is None or direction in self.confidence.none:
            return ()
        return routes_of(
            self.confidence.routes,
            direction=direction,
            prior=prior.amount if prior else None,
            lookup=scene.lookup(),
        )

    def tell(self, move: Move, scene: Scene) -> Told:
        """This function will decide about one move that no storm folds."""
        why = self.why_untold(move, scene) or self.why_later(move, scene)
        if why is not None:
            return why
        routes = self.routes(move, scene)
        said: list[SlackTelling] = []
        cards: list[Card] = []
        for route in routes:
            card, tellings = self._on_card(move, scene, route)
            cards.append(card)
            said.extend(tellings)
        for card in self._elsewhere(move, scene, told={one.id for one in cards}):
            cards.append(card)
            said.append(update_of(card, questioned(card, scene.book.people)))
        channels = ", ".join(one.channel for one in routes)
        reason = f"told in {channels} ({', '.join(one.origin for one in routes)})"
        return Told(move=move, verdict=Verdict.TOLD, reason=reason, tellings=tuple(said), cards=tuple(cards))

    def _elsewhere(self, move: Move, scene: Scene, *, told: Collection[str]) -> Iterator[Card]:
        """Bring the renewal's cards in other channels up to date; good news closes what they asked."""
        elsewhere = [one for one in self.cards[move.opportunity_id].values() if one.id not in told]
        if not elsewhere:
            return
        face = face_of(scene, move, rules=self.confidence, today=self.today)
        for card in elsewhere:
            moved = replace(card, move_id=move.id, moved_at=move.at, face=face, version=card.version + 1)
            yield quieted(moved) if move.direction in GOOD_NEWS and card.waits else moved

    def why_untold(self, move: Move, scene: Scene) -> Told | None:
        """This function will say why a move is told to nobody, None where somebody must hear of it."""
        direction = self.direction_of(move)
        if direction is None:
            return Told(move=move, verdict=Verdict.NET_ZERO, reason="it stands where it stood")
        routes = self.routes(move, scene)
        if not routes:
            return Told(move=move, verdict=Verdict.UNROUTED, reason=f"{direction.value} is told to nobody")
        silence = self._silenced(scene, routes)
        if silence is not None:
            reason = f"silenced by {silence.by} until {silence.until:%Y-%m-%d %H:%M}Z: {silence.reason}"
            return Told(move=move, verdict=Verdict.SILENCED, reason=reason)
        return None

    def why_later(self, move: Move, scene: Scene) -> Told | None:
        """This function will say until when a move waits for business hours, None where it is told now."""
        if not self._is_quiet(self.routes(move, scene)):
            return None
        until = self.hours.next_open(self.now)
        reason = f"outside business hours, until {until:%Y-%m-%d %H:%M}Z"
        return Told(move=move, verdict=Verdict.HELD, reason=reason)

    def _silenced(self, scene: Scene, routes: Sequence[Route]) -> Silence | None:
        csm = scene.csm
        owners = tuple(one for one in (scene.opportunity.owner_id, csm.id if csm else None) if one)
        subject = Subject(
            opportunity_id=scene.opportunity.id,
            account_id=scene.book.account.id,
            owner_ids=owners,
            rule=routes[0].origin,
        )
        return silence_of(self.silences, subject=subject, now=self.now)

    def _is_quiet(self, routes: Sequence[Route]) -> bool:
        """Say whether people may not be mentioned now: outside business hours, unless a route is urgent."""
        mentions = any(one.mention for one in routes)
        return mentions and not any(one.urgent for one in routes) and not self.hours.is_open(self.now)

    def _on_card(self, move: Move, scene: Scene, route: Route) -> tuple[Card, Sequence[SlackTelling]]:
        card_id = f"{move.opportunity_id}/{route.channel}"
        known = self.cards[move.opportunity_id].get(card_id)
        face = face_of(scene, move, rules=self.confidence, today=self.today)
        if known is None or (route.anew and move.direction in BAD_NEWS):
            first = self._card(card_id, move, scene, face, key=f"card/{card_id}/{move.id}")
            return self._posted(self._asked(first, move, scene, route), move, scene, route)
        moved = replace(
            known,
            move_id=move.id,
            moved_at=move.at,
            face=face,
            version=known.version + 1,
            channel=route.channel,
        )
        return self._moved_on(self._asked(moved, move, scene, route), known, move, scene, route)

    def _card(self, card_id: str, move: Move, scene: Scene, face: CardFace, *, key: str) -> Card:
        return Card(
            id=card_id,
            opportunity_id=move.opportunity_id,
            renewal_key=scene.renewal.key,
            account_id=scene.book.account.id,
            key=key,
            channel="",
            move_id=move.id,
            moved_at=move.at,
            face=face,
        )

    def _asked(self, card: Card, move: Move, scene: Scene, route: Route) -> Card:
        """Ask for an answer to bad news, where the route does; good news closes what was asked before."""
        card = replace(card, channel=route.channel)
        wanted = route.acknowledge if move.direction in BAD_NEWS else None
        if wanted is None:
            return quieted(card)
        people = self._mentions(move, scene, route)
        resolved = (scene.resolve(path) for path in wanted.steps)
        steps = tuple(dict.fromkeys(one for one in resolved if one and one not in {*people, *move.by_ids}))
        return ask(card, people=people, steps=steps, within=wanted, hours=self.hours, now=self.now)

    def _mentions(self, move: Move, scene: Scene, route: Route) -> tuple[str, ...]:
        return mentions_of(route.mention, resolve=scene.resolve, csm=scene.csm, changed_by=move.by_ids)

    def _posted(
        self, card: Card, move: Move, scene: Scene, route: Route
    ) -> tuple[Card, Sequence[SlackTelling]]:
        post = PostCard(
            key=card.key,
            card_id=card.id,
            channel=route.channel,
            face=with_question(card.face, card, answered_by=None),
            mentions=self._mentions(move, scene, route),
            reason=_reason(card.face),
        )
        return card, [post, *_celebrations(card, move, route)]

    def _moved_on(
        self, card: Card, before: Card, move: Move, scene: Scene, route: Route
    ) -> tuple[Card, Sequence[SlackTelling]]:
        face = with_question(card.face, card, answered_by=None)
        reply = PostReply(
            key=f"move/{card.id}/{move.id}",
            card_id=card.id,
            of=card.key,
            about=ReplyKind.REVERSED if _is_reversed(before, move) else ReplyKind.MOVED,
            face=face,
            mentions=self._mentions(move, scene, route),
            reason=_reason(face),
        )
        return card, [update_of(card, face), reply, *_celebrations(card, move, route)]


def update_of(card: Card, face: CardFace) -> UpdateCard:
    """This function will show a card's newest face in Slack."""
    key = f"face/{card.id}/{card.key.rsplit('/', 1)[-1]}/{card.version}"
    return UpdateCard(key=key, card_id=card.id, of=card.key, face=face, reason=_reason(face))


def _celebrations(card: Card, move: Move, route: Route) -> Iterator[React]:
    if move.direction not in GOOD_NEWS:
        return
    for emoji in route.celebrate:
        yield React(
            key=f"react/{card.id}/{move.id}/{emoji}",
            card_id=card.id,
            of=card.key,
            emoji=emoji,
            reason="good news is celebrated",
        )


def _is_reversed(before: Card, move: Move) -> bool:
    return before.face.direction in GOOD_NEWS and move.direction in BAD_NEWS


def _reason(face: CardFace) -> str:
    steps = " > ".join(
        f"{one.rank or 'unrated'}{'' if one.outcome == 'open' else f' ({one.outcome})'}" for one in face.path
    )
    return f"confidence of {face.account_name}: {steps}"
