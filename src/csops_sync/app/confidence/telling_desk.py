"""Where decided moves become outbox rows, cards and verdicts, one by one or folded into a manager's summary."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from csops_sync.app.confidence.moves import Teller, Told
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.scenes import Scene
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.face import StormLine
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.confidence.telling import PostSummary
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingDesk:
    """One cycle's telling, within its transaction. `scenes` are by opportunity, `rows` of the ledger by change."""

    engine: Engine
    tx: Transaction
    teller: Teller
    scenes: Mapping[str, Scene]
    rows: Mapping[str, LedgerRow]

    def tell(self, move: Move) -> None:
        """This function will decide about one move alone and record it."""
        scene = self.scenes.get(move.opportunity_id)
        told = _gone(move) if scene is None else self.teller.tell(move, scene)
        self.teller.cards.update({card.id: card for card in told.cards})
        self._record(told)

    def summarise(self, moves: Sequence[Move], *, by_person: str) -> None:
        """This function will tell a storm in one summary per manager; what nobody would hear of alone is not in it."""
        by_manager: dict[tuple[str, str], list[Move]] = defaultdict(list)
        for move in moves:
            scene = self.scenes.get(move.opportunity_id)
            untold = _gone(move) if scene is None else self.teller.why_untold(move, scene)
            if scene is None or untold is not None:
                self._record(untold or _gone(move))
            else:
                by_manager[_manager_of(scene), self.teller.routes(move, scene)[0].channel].append(move)
        for (manager, channel), mine in sorted(by_manager.items()):
            self._summary(mine, channel=channel, manager=manager, by_person=by_person)

    def _summary(self, moves: Sequence[Move], *, channel: str, manager: str, by_person: str) -> None:
        lines = tuple(_line(self.scenes[one.opportunity_id], one) for one in moves)
        summary = PostSummary(
            key=f"storm/{by_person}/{manager or 'nobody'}/{moves[0].id}",
            channel=channel,
            lines=lines,
            changed_by=self.scenes[moves[0].opportunity_id].who(by_person),
            mentions=(manager,) if manager and manager != by_person else (),
            reason=f"{len(lines)} changes by one person in a short time",
        )
        for move in moves:
            self._record(
                Told(move=move, verdict=Verdict.SUMMARISED, reason=summary.reason, tellings=(summary,))
            )

    def _record(self, told: Told) -> None:
        put_tellings(self.engine, self.tx, told.tellings)
        self.tx.confidence.cards.put(told.cards)
        self.tx.confidence.ledger.put(list(self._ruled(told)))

    def _ruled(self, told: Told) -> Iterator[LedgerRow]:
        """Give the rows of a move with their verdict: the last change was told, those before it merged into it."""
        key = told.tellings[0].key if told.tellings else None
        last = told.move.changes[-1]
        for change in told.move.changes:
            is_merged = told.verdict is Verdict.TOLD and change.id != last.id
            yield replace(
                self.rows[change.id],
                verdict=Verdict.MERGED if is_merged else told.verdict,
                move_id=told.move.id,
                message_key=key,
                reason=told.reason,
            )


def _gone(move: Move) -> Told:
    return Told(move=move, verdict=Verdict.UNROUTED, reason="its opportunity or customer is gone")


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
