"""What has become of one renewal's confidence: ledger, silences and cards, as `explain` tells them in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from csops_sync.app.confidence import past_words
from csops_sync.app.confidence.reasons import CONFIDENCE_REASONS
from csops_sync.app.confidence_views import CardRow
from csops_sync.app.views import EventRow
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.changes import ConfidenceChange, Source, Verdict
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import Direction, Outcome, Standing
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.facts import Person, Scalar
from csops_sync.domain.sentences import joined, understood
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import OutboxRow, Transaction

_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidencePast:
    """Everything that is kept about the confidence of one opportunity; `told` are outbox rows by key."""

    ledger: Sequence[LedgerRow]
    cards: Sequence[Card]
    silences: Sequence[Silence]
    told: Mapping[str, OutboxRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Whom a silence may name: opportunity, account, and the users who own or look after the renewal."""

    opportunity_id: str
    account_id: str
    user_ids: frozenset[str]


def read_past(tx: Transaction, owners: Owners) -> ConfidencePast:
    """This function will read what is kept about one opportunity."""
    ledger = tx.confidence.ledger.of([owners.opportunity_id])
    cards = tx.confidence.cards.of([owners.opportunity_id])
    keys = {row.message_key for row in ledger if row.message_key} | {card.key for card in cards}
    kept = tx.confidence.silences.with_status("on", "ended", limit=_MOST)
    return ConfidencePast(
        ledger=ledger,
        cards=cards,
        silences=[one for one in kept if _is_about(one, owners, ledger)],
        told={row.key: row for row in tx.outbox.get(sorted(keys))},
    )


def past_rows(past: ConfidencePast, people: Mapping[str, Person], *, timezone: str) -> Iterator[EventRow]:
    """This function will tell every change and every silence, in no order."""
    words = _Words(people=people, zone=ZoneInfo(timezone), told=past.told)
    yield from (words.change(row) for row in past.ledger)
    for silence in past.silences:
        yield from words.silence(silence)


def card_rows(past: ConfidencePast, people: Mapping[str, Person], *, timezone: str) -> tuple[CardRow, ...]:
    """This function will say how each card stands now."""
    words = _Words(people=people, zone=ZoneInfo(timezone), told=past.told)
    return tuple(words.card(card) for card in past.cards)


def _is_about(silence: Silence, owners: Owners, ledger: Sequence[LedgerRow]) -> bool:
    match silence.kind:
        case Silenced.OPPORTUNITY:
            return silence.subject == owners.opportunity_id
        case Silenced.ACCOUNT:
            return silence.subject == owners.account_id
        case Silenced.OWNER:
            return silence.subject in owners.user_ids
        case Silenced.RULE:
            return any(_fell_under(row, silence) for row in ledger)


def _fell_under(row: LedgerRow, silence: Silence) -> bool:
    """A rule is silenced for everybody: it stands here where a change of this renewal fell silent meanwhile."""
    silenced = row.verdict is Verdict.SILENCED
    return silenced and silence.since <= (row.change.until or row.change.at) < silence.until


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """Knows the people, the org's time zone, and what became of messages."""

    people: Mapping[str, Person]
    zone: ZoneInfo
    told: Mapping[str, OutboxRow]

    def change(self, row: LedgerRow) -> EventRow:
        change = row.change
        return EventRow(
            at=change.at,
            name=f"{_standing(change.before)} -> {_standing(change.after)}",
            text=joined((self._made(change), *self._seen(row), *self._verdict(row))),
            detail=_detail(row),
        )

    def silence(self, kept: Silence) -> Iterator[EventRow]:
        owner = self._name(kept.subject) if kept.kind is Silenced.OWNER else ""
        detail: dict[str, Scalar] = {"silence": kept.id, "kind": kept.kind.value, "subject": kept.subject}
        said = past_words.silenced(kept, until=self._local(kept.until), owner=owner)
        more: dict[str, Scalar] = {"by": kept.by, "until": kept.until, "reason": kept.reason}
        yield EventRow(at=kept.since, name="silenced", text=said, detail={**detail, **more})
        if kept.ended_at is not None:
            ended = past_words.unsilenced(kept, owner=owner)
            yield EventRow(
                at=kept.ended_at, name="unsilenced", text=ended, detail={**detail, "by": kept.ended_by}
            )

    def card(self, card: Card) -> CardRow:
        row = self.told.get(card.key)
        unsent = past_words.unsent(row)
        return CardRow(
            channel=card.channel,
            state=card.state.value,
            text=joined((self._stands(card), *([unsent] if unsent else []))),
            message=row.result if row else None,
            asked=tuple(self._name(one) for one in card.asked),
            answered_by=self._name(card.answered_by) if card.answered_by else None,
            answered_at=card.answered_at,
            due_at=card.due_at,
            level=card.level,
            note=card.note,
        )

    def _made(self, change: ConfidenceChange) -> str:
        name = self._name(change.by_id) if change.by_id else None
        is_compared = change.source is Source.COMPARED and change.until is not None
        return past_words.made(
            name,
            rated=change.direction is Direction.RATED,
            compared_at=self._local(change.until) if is_compared and change.until else None,
        )

    def _seen(self, row: LedgerRow) -> Iterator[str]:
        change = row.change
        if change.amount_before != change.amount_after and change.amount_before is not None:
            yield past_words.amount_moved(change.amount_before, change.amount_after)
        if not change.order_known:
            yield past_words.without_order(len(change.rows))
        if change.late:
            yield past_words.seen_late(self._local(row.seen_at))

    def _verdict(self, row: LedgerRow) -> Iterator[str]:
        said = past_words.VERDICTS.get(row.verdict)
        reason = (
            understood(row.reason, CONFIDENCE_REASONS)
            if row.verdict not in (Verdict.MERGED, Verdict.CORRECTION)
            else ""
        )
        yield past_words.with_reason(said, reason) or row.verdict.value
        if row.held and row.verdict is not Verdict.HELD:
            yield past_words.held_before(understood(row.held, CONFIDENCE_REASONS))
        message = self.told.get(row.message_key or "")
        unsent = past_words.unsent(message)
        if unsent is not None:
            yield unsent
        elif row.verdict is Verdict.SUMMARISED and message is not None and message.result:
            yield past_words.in_message(message.result)

    def _stands(self, card: Card) -> str:
        asked = tuple(self._name(one) for one in card.asked)
        due, at, since = (
            self._local(one) if one else None for one in (card.due_at, card.answered_at, card.answered_from)
        )
        match card.state:
            case CardState.ASKING:
                return past_words.asks(asked, due)
            case CardState.SNOOZED:
                return past_words.rests(self._name(card.answered_by), asked, due)
            case CardState.ACKNOWLEDGED:
                return past_words.acknowledged(self._name(card.answered_by), since, at)
            case CardState.QUIET:
                return past_words.ASKS_NOTHING

    def _name(self, user_id: str | None) -> str:
        person = self.people.get(user_id or "")
        return person.name if person else user_id or past_words.SOMEBODY

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


def _standing(standing: Standing) -> str:
    return (standing.rank or "-") if standing.outcome is Outcome.OPEN else standing.outcome.value


def _detail(row: LedgerRow) -> Mapping[str, Scalar]:
    change = row.change
    return {
        "change": change.id,
        "direction": change.direction.value if change.direction else None,
        "before": change.before.rank,
        "before_outcome": change.before.outcome.value,
        "after": change.after.rank,
        "after_outcome": change.after.outcome.value,
        "amount_before": change.amount_before,
        "amount_after": change.amount_after,
        "by": change.by_id,
        "until": change.until,
        "order_known": change.order_known,
        "late": change.late,
        "source": change.source.value,
        "seen_at": row.seen_at,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "move": row.move_id,
        "message": row.message_key,
    }
