"""From settled moves to tellings: who hears of each, in which channel, on which card; or why nobody does."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from csops_sync.app.confidence import reasons
from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.calling import Caller, after_good_news, unmet_mentions
from csops_sync.app.confidence.faces import as_before, face_of
from csops_sync.app.confidence.kept_zones import NO_ZONES, KnownZones, QuietHours
from csops_sync.app.confidence.later_calls import Owed
from csops_sync.app.confidence.merging import Rested, merged_face, merged_mentions, message_of
from csops_sync.app.confidence.said import closed, moved_on, posted, reply_key, update_of
from csops_sync.app.confidence.scenes import Scene
from csops_sync.app.confidence.turning import brought_there, is_astray, turned
from csops_sync.app.unsent_reasons import RESTING
from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.card import Card, also_called, still_shown
from csops_sync.domain.confidence.changes import ConfidenceChange, Verdict
from csops_sync.domain.confidence.face import CardFace, CardState
from csops_sync.domain.confidence.ranks import BAD_NEWS, Direction
from csops_sync.domain.confidence.routing import by_channel, routes_of
from csops_sync.domain.confidence.rules import ConfidenceRules, Route
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.confidence.silencing import Silence, Subject, silence_of
from csops_sync.domain.confidence.telling import PostCard, SlackTelling, UpdateCard
from csops_sync.domain.rules import RuleSet


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is decided about one move: its verdict with the reason, and what is said on which cards.

    `resting` are the keys of tellings that mention people who may not be mentioned before `rests_until` (UTC), until
    when a move that is held waits, too. `unasked` are people whom it was held for without knowing their time zone.
    `unmet` are the mentions of the rules by which nobody was found. `merged` are keys of messages that waited and are
    told with this one, by the key of what tells them now.
    """

    move: Move
    verdict: Verdict
    reason: str
    tellings: tuple[SlackTelling, ...] = ()
    cards: tuple[Card, ...] = ()
    resting: frozenset[str] = frozenset()
    rests_until: datetime | None = None
    unasked: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Decides about moves at one instant (`now`, UTC, on the business date `today`). `silences` are those that hold.

    `cards` are the renewals' by opportunity and id; `keep` adds those that a move has made or moved on. `rested` are
    the messages by card that still wait for business hours, `owed` the calls of those who were asleep, and `zones` says
    where people live. `undecided` are the changes by opportunity that had no verdict when this instant began.

    Without slots: whom it calls, and when people may be, is worked out once.
    """

    rules: RuleSet
    confidence: ConfidenceRules
    silences: Sequence[Silence]
    hours: BusinessHours
    now: datetime
    today: date
    cards: dict[str, dict[str, Card]] = field(default_factory=lambda: defaultdict(dict))
    rested: dict[str, Rested] = field(default_factory=dict)
    owed: dict[str, Owed] = field(default_factory=dict)
    zones: KnownZones = NO_ZONES
    undecided: Mapping[str, Sequence[ConfidenceChange]] = field(default_factory=dict)
    _routes: dict[str, tuple[Route, ...]] = field(default_factory=dict)

    @cached_property
    def _quiet(self) -> QuietHours:
        return QuietHours(hours=self.hours, now=self.now, zones=self.zones)

    @cached_property
    def _caller(self) -> Caller:
        return Caller(fallback=self.confidence.fallback, hours=self.hours, now=self.now)

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
        untold = self.why_untold(move, scene)
        if untold is not None:
            return self.shown(untold, scene)
        later = self.why_later(move, scene)
        if later is not None:
            return later
        said: list[SlackTelling] = []
        cards: list[Card] = []
        resting: set[str] = set()
        rests_until: list[datetime] = []
        merged: list[tuple[str, str]] = []
        routes = self.audible(move, scene)
        for route in by_channel(routes):
            card, tellings = self._on_card(move, scene, route)
            message = message_of(tellings)
            merged.extend((key, message.key) for key in self._waited(card) if message)
            opens = self._opens(move, scene, [route])
            rests = message if opens > self.now else None
            if rests is not None:
                resting.update(one.key for one in tellings if not isinstance(one, UpdateCard))
                rests_until.append(opens)
                self.rested[card.id] = rests
            resting_on = rests.key if rests else ""
            if card.resting != resting_on or card.calling:
                card = replace(card, resting=resting_on, calling=())
            cards.append(card)
            said.extend(tellings)
        channels = tuple(dict.fromkeys(one.channel for one in routes))
        told = Told(
            move=move,
            verdict=Verdict.TOLD,
            reason=reasons.TOLD_IN(channels=channels, rules=tuple(one.shown for one in routes)),
            tellings=tuple(said),
            cards=tuple(cards),
            resting=frozenset(resting),
            rests_until=min(rests_until, default=None),
            unmet=tuple(path for one in routes for path in unmet_mentions(scene, one)),
            merged=tuple(merged),
        )
        return self.shown(told, scene)

    def _waited(self, card: Card) -> tuple[str, ...]:
        """Give the keys of what waited to be told on a card, and waits no longer."""
        rested, owed = self.rested.pop(card.id, None), self.owed.pop(card.id, None)
        return (*([rested.key] if rested else ()), *(owed.keys if owed else ()))

    def shown(self, told: Told, scene: Scene) -> Told:
        """This function will bring the cards that a decided move is not told on up to date, mentioning nobody."""
        elsewhere = tuple(self._elsewhere(told.move, scene, told={one.id for one in told.cards}))
        if not elsewhere:
            return told
        updates = (said for one in elsewhere for said in self._updates(one, told.move, scene))
        return replace(told, tellings=(*told.tellings, *updates), cards=(*told.cards, *elsewhere))

    def _updates(self, card: Card, move: Move, scene: Scene) -> Iterator[SlackTelling]:
        """Bring a card up to date; where nothing was to be told of a move, and it stands elsewhere, its thread, too."""
        was = self.cards[card.opportunity_id][card.id]
        if self._is_astray(was, move):
            is_silenced = self._silenced(scene) is not None
            yield from brought_there(card, scene.book.people, is_silenced=is_silenced)
        else:
            yield update_of(card, questioned(card, scene.book.people))

    def _is_astray(self, card: Card, move: Move) -> bool:
        """Say whether a late row has put right what a card shows, so that a move of which nobody hears leaves it wrong.

        Where an earlier change is still to be told, that is what the card does not show yet.
        """
        if self.direction_of(move) is not None or card.moved_at > move.at:
            return False
        mine = {one.id for one in move.changes}
        earlier = (one for one in self.undecided.get(move.opportunity_id, ()) if one.at <= move.at)
        is_next = all(one.id in mine for one in earlier)
        return is_next and is_astray(card, move, scale=self.confidence.scale)

    def _elsewhere(self, move: Move, scene: Scene, *, told: Collection[str]) -> Iterator[Card]:
        """Bring the renewal's other cards up to date; good news closes what they asked.

        Where it stands as it stood, and nobody is told, a card goes on to show the last move that was one; but to where
        that ended, if a row that showed itself late has said so since.
        """
        elsewhere = [one for one in self.cards[move.opportunity_id].values() if one.id not in told]
        if not elsewhere:
            return
        face = face_of(scene, move, rules=self.confidence, today=self.today)
        for card in elsewhere:
            moved = _moved(card, move, scene, face)
            if self.direction_of(move) is None:
                was = as_before(face, card.face)
                moved = replace(moved, move_id=card.move_id, moved_at=card.moved_at, face=was)
                if self._is_astray(card, move):
                    moved = replace(
                        turned(moved, move, face, scale=self.confidence.scale), version=moved.version
                    )
            yield after_good_news(moved, move)

    def why_untold(self, move: Move, scene: Scene) -> Told | None:
        """This function will say why a move is told to nobody, None where somebody must hear of it."""
        direction = self.direction_of(move)
        if direction is None:
            return Told(move=move, verdict=Verdict.NET_ZERO, reason=reasons.AS_BEFORE())
        routes = self.routes(move, scene)
        if not routes:
            return Told(move=move, verdict=Verdict.UNROUTED, reason=reasons.NOBODY(direction=direction))
        silence = self._silenced(scene, routes[0])
        if silence is not None and not self.audible(move, scene):
            reason = reasons.SILENCED(by=silence.by, until=silence.until, why=silence.reason)
            return Told(move=move, verdict=Verdict.SILENCED, reason=reason)
        return None

    def why_later(self, move: Move, scene: Scene, *, instead: Sequence[str] | None = None) -> Told | None:
        """This function will say until when a move waits for business hours, None where it is told now.

        It waits until the first of whom it mentions is at work; `instead` are those who are mentioned for it where they
        are not those of its routes.
        """
        routes = self.audible(move, scene)
        until = self._opens(move, scene, routes, instead)
        if until <= self.now:
            return None
        people = self._mentioned(move, scene, routes) if instead is None else instead
        reason = reasons.QUIET if until == self._quiet.ours else RESTING
        return Told(
            move=move,
            verdict=Verdict.HELD,
            reason=reason(until=until),
            rests_until=until,
            unasked=self._quiet.unasked(people),
        )

    def audible(self, move: Move, scene: Scene) -> tuple[Route, ...]:
        """This function will give the routes that a move takes and that no silence keeps quiet."""
        routes = self.routes(move, scene)
        if not self.silences:
            return routes
        return tuple(one for one in routes if self._silenced(scene, one) is None)

    def _silenced(self, scene: Scene, route: Route | None = None) -> Silence | None:
        """Give the silence that holds of a renewal, or of what this route would say of it."""
        csm = scene.csm
        owners = tuple(one for one in (scene.opportunity.owner_id, csm.id if csm else None) if one)
        subject = Subject(
            opportunity_id=scene.opportunity.id,
            account_id=scene.book.account.id,
            owner_ids=owners,
            rules=route.identities | {route.origin} if route else frozenset(),
        )
        return silence_of(self.silences, subject=subject, now=self.now)

    def _opens(
        self, move: Move, scene: Scene, routes: Sequence[Route], instead: Sequence[str] | None = None
    ) -> datetime:
        """Say when the first of whom these routes mention is at work; now where they mention nobody, or are urgent."""
        if not any(one.mention for one in routes) or any(one.urgent for one in routes):
            return self.now
        if not self._quiet.abroad:
            return self._quiet.ours
        return self._quiet.opens(self._mentioned(move, scene, routes) if instead is None else instead)

    def _mentioned(self, move: Move, scene: Scene, routes: Sequence[Route]) -> tuple[str, ...]:
        called = (who for one in routes if one.mention for who in self._caller.mentions(move, scene, one))
        return tuple(dict.fromkeys(called))

    def _on_card(self, move: Move, scene: Scene, route: Route) -> tuple[Card, Sequence[SlackTelling]]:
        card_id = f"{move.opportunity_id}/{route.channel}"
        known = self.cards[move.opportunity_id].get(card_id)
        face = face_of(scene, move, rules=self.confidence, today=self.today)
        caller = self._caller
        mentions = caller.mentions(move, scene, route)
        rested = self.rested.get(card_id) if known is not None else None
        if known is not None and rested is not None:
            face = merged_face(rested.face, face)
            mentions = merged_mentions(rested, mentions, known=known)
        if owed := self.owed.get(card_id):
            mentions = tuple(dict.fromkeys((*owed.after(move), *mentions)))
        stands = known is not None and not isinstance(rested, PostCard)
        if known is not None and stands and not (route.anew and move.direction in BAD_NEWS):
            card = _moved(known, move, scene, face)
            card = caller.asked(card, move, scene, route, question=reply_key(card, move))
            card = _asking_all(card, reply_key(card, move), mentions)
            return card, moved_on(card, move, scene, route, before=known, mentions=mentions)
        first = self._card(card_id, move, scene, face, key=f"card/{card_id}/{move.id}")
        if known is not None:
            first = replace(first, version=known.version + 1, seen=still_shown(known))
        card = caller.asked(first, move, scene, route, question=first.key)
        card = _asking_all(card, first.key, mentions)
        said = posted(card, move, route, mentions=mentions)
        return card, [*said, closed(known, face, by=card)] if known is not None and stands else said

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


def _asking_all(card: Card, question: str, mentions: tuple[str, ...]) -> Card:
    """Let everybody answer whom the message of a question mentions; and on every message that mentions them."""
    if card.state is CardState.ASKING and card.question == question:
        return _climbing_past(replace(card, asked=mentions))
    return also_called(card, key=question) if mentions else card


def _climbing_past(card: Card) -> Card:
    """Take those off the steps of a new question whom it mentions already: nobody is mentioned twice for it."""
    if not {*card.steps} & {*card.asked}:
        return card
    whys = dict(zip(card.steps, card.whys, strict=True))
    steps = tuple(one for one in card.steps if one not in card.asked)
    due_at = card.due_at if steps else None
    return replace(card, steps=steps, whys=tuple(whys[one] for one in steps), due_at=due_at)


def _moved(card: Card, move: Move, scene: Scene, face: CardFace) -> Card:
    """Move a card on; its renewal may belong to another customer by now."""
    return replace(
        card,
        renewal_key=scene.renewal.key,
        account_id=scene.book.account.id,
        move_id=move.id,
        moved_at=move.at,
        face=face,
        version=card.version + 1,
        seen=still_shown(card),
    )
