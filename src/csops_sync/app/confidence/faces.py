"""What a card shows after a move, or when only its question has changed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from csops_sync.app.confidence.scenes import Scene
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.changes import Source
from csops_sync.domain.confidence.face import CardFace, CardState, Who
from csops_sync.domain.confidence.ranks import BAD_NEWS, Direction, Outcome
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.dates import later


def face_of(scene: Scene, move: Move, *, rules: ConfidenceRules, today: date) -> CardFace:
    """This function will show a move on the card of its renewal; the question is put on it by `with_question`."""
    prior, first, field = scene.prior(), move.changes[0], rules.answer.reason_field
    return CardFace(
        opportunity_id=move.opportunity_id,
        renewal_key=scene.renewal.key,
        account_name=scene.book.account.name,
        tier=_text(scene.book.account.values.get("tier")),
        renewal_date=scene.term.renewal_date,
        currency=scene.opportunity.currency,
        prior=str(prior.amount) if prior else None,
        amount_before=_amount(scene.yearly(move.amount_before)),
        amount=_amount(scene.yearly(scene.opportunity.amount)),
        path=move.path,
        direction=move.direction,
        changed_by=tuple(scene.who(one) for one in move.by_ids),
        changed_at=first.at if first.source is Source.COMPARED else move.at,
        changed_until=first.until,
        order_known=all(one.order_known for one in move.changes),
        next_step=_text(scene.opportunity.values.get("next_step")),
        notice_deadline=_if_near(scene.deadline(), rules=rules, today=today),
        budget_last_day=_if_near(scene.budget_last_day(), rules=rules, today=today),
        reason=_text(scene.opportunity.values.get(field)) if field else None,
        reasons=rules.answer.reasons if field and _asks_for_reason(scene, move) else (),
    )


def as_before(face: CardFace, before: CardFace) -> CardFace:
    """This function will show the present with the move that a card showed before."""
    return replace(
        face,
        path=before.path,
        direction=before.direction,
        changed_by=before.changed_by,
        changed_at=before.changed_at,
        changed_until=before.changed_until,
        order_known=before.order_known,
        amount_before=before.amount_before,
    )


def with_question(face: CardFace, card: Card, *, answered_by: Who | None) -> CardFace:
    """This function will put a card's question, or its answer, on a face."""
    return replace(
        face,
        state=card.state,
        asked=card.asked,
        answered_by=answered_by,
        answered_from=card.answered_from,
        answered_at=card.answered_at,
        snoozed_until=card.due_at if card.state is CardState.SNOOZED else None,
        note=card.note,
    )


def _asks_for_reason(scene: Scene, move: Move) -> bool:
    return move.after.outcome is Outcome.LOST or _is_downsell(scene, move)


def _is_downsell(scene: Scene, move: Move) -> bool:
    prior, amount = scene.prior(), scene.yearly(scene.opportunity.amount)
    is_bad = move.direction in BAD_NEWS or move.direction is Direction.WON
    return is_bad and prior is not None and amount is not None and amount < prior.amount


def _if_near(day: date | None, *, rules: ConfidenceRules, today: date) -> date | None:
    return day if day is not None and today <= day <= later(today, rules.near) else None


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
