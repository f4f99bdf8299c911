"""Where decided moves become outbox rows, cards and verdicts, one by one or folded into a manager's summary."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from csops_sync.app.confidence import reasons
from csops_sync.app.confidence.kept_zones import want_zones
from csops_sync.app.confidence.merging import drop_merged, message_of
from csops_sync.app.confidence.moves import Teller, Told
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.scenes import Scene
from csops_sync.app.confidence.telling_reasons import STORM, STORM_OF_NOBODY
from csops_sync.app.confidence.unmet import notice_unmet
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.face import StormLine, Who
from csops_sync.domain.confidence.ranks import BAD_NEWS
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.confidence.telling import PostSummary
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingDesk:
    """One cycle's telling, within its transaction; `record` stores all of it at once.

    `scenes` are by opportunity, `rows` of the ledger by change.
    """

    engine: Engine
    tx: Transaction
    teller: Teller
    scenes: Mapping[str, Scene]
    rows: Mapping[str, LedgerRow]
    told: list[Told] = field(default_factory=list)

    def tell(self, move: Move) -> None:
        """This function will decide about one move alone."""
        scene = self.scenes.get(move.opportunity_id)
        self._add(_gone(move) if scene is None else self.teller.tell(move, scene))

    def summarise(self, moves: Sequence[Move], *, by_person: str) -> None:
        """This function will tell a storm in one summary per manager; what nobody would hear of alone is not in it.

        `by_person` is empty where the org computes the ranks.
        """
        by_manager: dict[str, list[Move]] = defaultdict(list)
        for move in moves:
            scene = self.scenes.get(move.opportunity_id)
            if scene is None:
                self.told.append(_gone(move))
            elif untold := self.teller.why_untold(move, scene):
                self._add(self.teller.shown(untold, scene))
            elif later := self._why_later(move, scene, by_person):
                self.told.append(later)
            else:
                by_manager[_manager_of(scene)].append(move)
        size = sum(len(one.changes) for one in moves)
        for manager, mine in sorted(by_manager.items()):
            self._summary(mine, manager=manager, by_person=by_person, size=size)

    def record(self) -> int:
        """This function will put into the store what was decided, and give how many moves it was about."""
        now = [one for told in self.told for one in told.tellings if one.key not in told.resting]
        put_tellings(self.engine, self.tx, now)
        for told in (one for one in self.told if one.resting):
            resting = [one for one in told.tellings if one.key in told.resting]
            put_tellings(self.engine, self.tx, resting, not_before=told.rests_until)
        want_zones(self.tx, [one for told in self.told for one in told.unasked])
        fallback = self.teller.confidence.fallback
        notice_unmet(self.engine, self.tx, self.told, scenes=self.scenes, fallback=fallback)
        self.tx.confidence.cards.put([card for told in self.told for card in told.cards])
        self.tx.confidence.ledger.put([row for told in self.told for row in self._ruled(told)])
        for told in self.told:
            for rested, into in told.merged:
                drop_merged(self.tx, told.move.opportunity_id, rested=rested, into=into)
        return len(self.told)

    def _add(self, told: Told) -> None:
        self.teller.keep(told.cards)
        self.told.append(told)

    def _summary(self, moves: Sequence[Move], *, manager: str, by_person: str, size: int) -> None:
        """Tell one manager, in the channel that most of the moves would have been told in.

        `size` is how many changes the whole storm has, those for other managers too.
        """
        channels = Counter(
            self.teller.audible(one, self.scenes[one.opportunity_id])[0].channel for one in moves
        )
        lines = [_line(self.scenes[one.opportunity_id], one) for one in moves]
        summary = PostSummary(
            key=f"storm/{by_person or 'salesforce'}/{manager or 'nobody'}/{moves[0].id}",
            channel=channels.most_common(1)[0][0],
            lines=tuple(sorted(lines, key=_weight)),
            changed_by=self.scenes[moves[0].opportunity_id].who(by_person) if by_person else _SALESFORCE,
            mentions=self._mentioned(manager, by_person),
            reason=(STORM if by_person else STORM_OF_NOBODY)(n=len(lines)),
        )
        to = self.scenes[moves[0].opportunity_id].who(manager).name if manager else self._instead()
        folded = reasons.FOLDED(name=to, size=size, by=summary.changed_by.name)
        for one in moves:
            told = Told(move=one, verdict=Verdict.SUMMARISED, reason=folded, tellings=(summary,))
            self._add(self.teller.shown(told, self.scenes[one.opportunity_id]))

    def _why_later(self, move: Move, scene: Scene, by_person: str) -> Told | None:
        called = self._mentioned(_manager_of(scene), by_person)
        return self.teller.why_later(move, scene, instead=called)

    def _instead(self) -> str:
        return self.teller.confidence.fallback or "nobody in particular"

    def _mentioned(self, manager: str, by_person: str) -> tuple[str, ...]:
        """Mention the manager, unless the storm is theirs; the fallback where there is none."""
        wanted = manager or self.teller.confidence.fallback
        return (wanted,) if wanted and wanted != by_person else ()

    def _ruled(self, told: Told) -> Iterator[LedgerRow]:
        """Give the rows of a move with their verdict: the last change was told, those before it merged into it."""
        message = message_of(told.tellings) or next(iter(told.tellings), None)
        key = message.key if message and told.verdict in _MESSAGES else None
        last = told.move.changes[-1]
        for change in told.move.changes:
            is_merged = told.verdict is Verdict.TOLD and change.id != last.id
            row = self.rows[change.id]
            yield replace(
                row,
                verdict=Verdict.MERGED if is_merged else told.verdict,
                move_id=told.move.id,
                message_key=key,
                reason=told.reason,
                held=row.reason if row.verdict is Verdict.HELD else row.held,
                held_until=told.rests_until if told.verdict is Verdict.HELD else None,
            )


_SALESFORCE = Who(id=None, name="Salesforce")
_MESSAGES = frozenset({Verdict.TOLD, Verdict.SUMMARISED})
"""Verdicts of moves that a message tells; of others the cards are only brought up to date."""


def _gone(move: Move) -> Told:
    return Told(move=move, verdict=Verdict.UNROUTED, reason=reasons.GONE())


def _manager_of(scene: Scene) -> str:
    return scene.resolve("csm.manager") or scene.resolve("csm") or ""


def _line(scene: Scene, move: Move) -> StormLine:
    amount = scene.yearly(scene.opportunity.amount)
    return StormLine(
        opportunity_id=move.opportunity_id,
        account_name=scene.book.account.name,
        path=move.path,
        direction=move.direction,
        amount=None if amount is None else str(amount),
        currency=scene.opportunity.currency,
        renewal_date=scene.term.renewal_date,
    )


def _weight(line: StormLine) -> tuple[bool, Decimal, str]:
    """Bad news first, the largest first: a table may not hold them all."""
    return line.direction not in BAD_NEWS, -Decimal(line.amount or 0), line.opportunity_id
