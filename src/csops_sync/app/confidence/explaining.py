"""What has become of one renewal's confidence: ledger, silences and cards, as `explain` tells them in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from csops_sync.app.confidence_views import CardRow
from csops_sync.app.views import EventRow
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.changes import ConfidenceChange, Source, Verdict
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import Direction, Outcome, Standing
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.facts import Person, Scalar
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import OutboxRow, OutboxStatus, Transaction

_MOST = 100_000
_VERDICTS: Mapping[Verdict, str] = {
    Verdict.WAITING: "its window is still open",
    Verdict.MERGED: "merged into the move that was told",
    Verdict.NET_ZERO: "net zero",
    Verdict.UNROUTED: "told to nobody",
    Verdict.CORRECTION: "corrects the thread without a mention",
    Verdict.HELD: "held",
}
_WITH_REASON = frozenset({OutboxStatus.PENDING, OutboxStatus.PARKED})
_UNSENT: Mapping[OutboxStatus, str] = {
    OutboxStatus.PENDING: "waits to be sent",
    OutboxStatus.SENDING: "is being sent",
    OutboxStatus.UNKNOWN: "was not answered, and is looked for before it is sent again",
    OutboxStatus.SHADOW: "is not sent, because mode is shadow",
    OutboxStatus.PARKED: "could not be sent",
    OutboxStatus.DROPPED: "was given up by a person",
    OutboxStatus.CANCELLED: "was never sent",
}


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
            text="; ".join((self._made(change), *self._seen(row), *self._verdict(row))),
            detail=_detail(row),
        )

    def silence(self, kept: Silence) -> Iterator[EventRow]:
        about = "" if kept.kind is Silenced.OPPORTUNITY else f" ({self._silenced(kept)})"
        detail: dict[str, Scalar] = {"silence": kept.id, "kind": kept.kind.value, "subject": kept.subject}
        said = f"by {kept.by or 'somebody'} until {self._local(kept.until)}{about}: {kept.reason}"
        more: dict[str, Scalar] = {"by": kept.by, "until": kept.until, "reason": kept.reason}
        yield EventRow(at=kept.since, name="silenced", text=said, detail={**detail, **more})
        if kept.ended_at is not None:
            ended = f"by {kept.ended_by or 'somebody'}{about}"
            yield EventRow(
                at=kept.ended_at, name="unsilenced", text=ended, detail={**detail, "by": kept.ended_by}
            )

    def card(self, card: Card) -> CardRow:
        row = self.told.get(card.key)
        unsent = _unsent(row)
        return CardRow(
            channel=card.channel,
            state=card.state.value,
            text="; ".join((self._stands(card), *([unsent] if unsent else []))),
            message=row.result if row else None,
            asked=tuple(self._name(one) for one in card.asked),
            answered_by=self._name(card.answered_by) if card.answered_by else None,
            answered_at=card.answered_at,
            due_at=card.due_at,
            level=card.level,
            note=card.note,
        )

    def _made(self, change: ConfidenceChange) -> str:
        verb = "rated" if change.direction is Direction.RATED else "changed"
        by = f" by {self._name(change.by_id)}" if change.by_id else ""
        if change.source is Source.COMPARED and change.until is not None:
            until = self._local(change.until)
            return f"{verb} in Salesforce before {until}, found by comparing values{by and f', last modified{by}'}"
        return f"{verb} in Salesforce{by}"

    def _seen(self, row: LedgerRow) -> Iterator[str]:
        change = row.change
        if change.amount_before != change.amount_after and change.amount_before is not None:
            yield f"amount {_amount(change.amount_before)} -> {_amount(change.amount_after)}"
        if not change.order_known:
            yield f"{len(change.rows)} edits of one second, in an order that nobody knows"
        if change.late:
            yield f"seen late, at {self._local(row.seen_at)}"

    def _verdict(self, row: LedgerRow) -> Iterator[str]:
        said = _VERDICTS.get(row.verdict)
        reason = row.reason if row.verdict not in (Verdict.MERGED, Verdict.CORRECTION) else ""
        yield f"{said}: {reason}" if said and reason else said or reason or row.verdict.value
        if row.held and row.verdict is not Verdict.HELD:
            yield f"held before: {row.held}"
        message = self.told.get(row.message_key or "")
        unsent = _unsent(message)
        if unsent is not None:
            yield unsent
        elif row.verdict is Verdict.SUMMARISED and message is not None and message.result:
            yield f"message {message.result}"

    def _stands(self, card: Card) -> str:
        match card.state:
            case CardState.ASKING:
                after = (
                    f", next step {self._local(card.due_at)}" if card.due_at else ", and nobody after them"
                )
                return f"asks {self._asked(card)}{after}"
            case CardState.SNOOZED:
                until = self._local(card.due_at) if card.due_at else "further notice"
                return f"rests until {until} by {self._name(card.answered_by)}, then asks {self._asked(card)} again"
            case CardState.ACKNOWLEDGED:
                return f"acknowledged by {self._name(card.answered_by)}{self._when(card)}"
            case CardState.QUIET:
                return "asks nothing"

    def _when(self, card: Card) -> str:
        if card.answered_at is None:
            return ""
        if card.answered_from is not None and card.answered_from != card.answered_at:
            return f" between {self._local(card.answered_from)} and {self._local(card.answered_at)}"
        return f" at {self._local(card.answered_at)}"

    def _asked(self, card: Card) -> str:
        return ", ".join(self._name(one) for one in card.asked) or "nobody"

    def _silenced(self, kept: Silence) -> str:
        if kept.kind is Silenced.OWNER:
            return f"all of {self._name(kept.subject)}"
        return "the whole account" if kept.kind is Silenced.ACCOUNT else f"rule {kept.subject}"

    def _name(self, user_id: str | None) -> str:
        person = self.people.get(user_id or "")
        return person.name if person else user_id or "somebody"

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"


def _standing(standing: Standing) -> str:
    return (standing.rank or "-") if standing.outcome is Outcome.OPEN else standing.outcome.value


def _amount(amount: object) -> str:
    return "nothing" if amount is None else f"{amount:,}"


def _unsent(row: OutboxRow | None) -> str | None:
    if row is None or row.status not in _UNSENT:
        return None
    said = f"its message {_UNSENT[row.status]}"
    return f"{said}: {row.error}" if row.status in _WITH_REASON and row.error else said


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
