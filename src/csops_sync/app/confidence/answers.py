"""One answer to one card, within its transaction: what it changes, what is shown, and what is kept in Salesforce."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import orjson

from csops_sync.app.confidence import telling_reasons
from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.living import living_cards
from csops_sync.app.confidence.office_hours import business_hours
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.records import put_update
from csops_sync.app.confidence.said import update_of
from csops_sync.app.confidence.task_words import task_description, task_subject
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card, acknowledge, snooze
from csops_sync.domain.confidence.face import ReplyKind, Who
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.telling import LogTask, PostReply
from csops_sync.domain.facts import Person, Scalar
from csops_sync.ports.cards import Answer, AnswerKind
from csops_sync.ports.store import Event, Transaction

_SNOOZES = {"1": 1, "3": 3, "7": 7}
_LONGEST_NOTE = 3000
_NOT_ASKED = "welcome, and changes nothing: the card asks somebody else"
_NO_QUESTION = "welcome, and changes nothing: the card asks nothing any more"
_TOO_OLD = "welcome, and changes nothing: it came before the card asked this"
_UNREAD = "welcome, and changes nothing: what the card asks now was not to be read yet"
_NAMELESS = "Slack does not say who wrote this note, so it is kept nowhere"
_TASKS = {"note": telling_reasons.TASK_OF_NOTE, "acknowledged": telling_reasons.TASK_OF_ANSWER}
_SKEW = timedelta(minutes=1)
"""So much may Slack's clock, which dates answers, be behind ours, which dates questions."""


def chain_of(user_id: str, people: Mapping[str, Person]) -> tuple[str, ...]:
    """This function will give a person and everybody above them, as far as Salesforce knows; nobody for a handle."""
    found: list[str] = []
    person = people.get(user_id)
    while person is not None and person.id not in found:
        found.append(person.id)
        person = people.get(person.manager_id or "")
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who answered: a Salesforce user where one has the e-mail, and the asked `@handles` that they belong to.

    Whom neither side names has their Slack id for a name, and `is_named` is False.
    """

    user_id: str | None
    name: str
    handles: frozenset[str]
    is_named: bool = True

    @property
    def kept(self) -> str:
        """As a card keeps who answered: the user's id, or the name of somebody whom Salesforce does not know."""
        return self.user_id or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """Takes an answer of one person; `came_with` says whether the card's question came with the message of it."""

    engine: Engine
    tx: Transaction
    confidence: ConfidenceRules
    people: Mapping[str, Person]
    actor: Actor
    came_with: bool

    def take(self, card: Card, answer: Answer) -> str:
        """This function will let an answer take effect, and say in words what came of it."""
        match answer.kind:
            case AnswerKind.REACTED:
                return self._reacted(card, answer)
            case AnswerKind.ACKNOWLEDGED:
                return self._acknowledged(card, answer)
            case AnswerKind.SNOOZED:
                return self._snoozed(card, answer)
            case AnswerKind.NOTED:
                return self._noted(card, answer)
            case AnswerKind.REASONED:
                return self._reasoned(card, answer)

    def _why_not(self, card: Card, answer: Answer) -> str | None:
        """Say why an answer changes nothing, None where it counts."""
        if not card.waits:
            return _NO_QUESTION
        if card.asked_at and answer.at < card.asked_at - _SKEW and not self.came_with:
            return _TOO_OLD
        if card.unread and card.seen is None:
            return _UNREAD
        return None if self._may_answer(card) else _NOT_ASKED

    def _may_answer(self, card: Card) -> bool:
        """Say whether the actor was asked, stands above somebody who was, or belongs to a group that was.

        The fallback may always: Slack may have called it in the place of somebody who was asked and is not there.
        """
        asked = card.seen.asked if card.unread and card.seen else card.asked
        if self.actor.handles & {*asked, self.confidence.fallback}:
            return True
        return any(self.actor.user_id in chain_of(one, self.people) for one in asked if self.actor.user_id)

    def _is_colleague(self) -> bool:
        person = self.people.get(self.actor.user_id or "")
        return person is not None and person.is_active

    def _reacted(self, card: Card, answer: Answer) -> str:
        emoji = answer.value.partition("::")[0]
        if emoji not in self.confidence.answer.reactions:
            return f":{emoji}: is welcome, and changes nothing"
        return self._acknowledged(card, answer)

    def _acknowledged(self, card: Card, answer: Answer) -> str:
        if why_not := self._why_not(card, answer):
            return why_not
        self._keep(_as_seen(card), answer, about="acknowledged", text="")
        fields = {"acknowledged_by": self.actor.name, "acknowledged_at": answer.at.isoformat()}
        self._write(card, answer, fields)
        if card.unread:
            self._show(replace(card, seen=None), kind="acknowledged", answer=answer)
            return f"acknowledged by {self.actor.name}, as Slack showed it; a newer move asks again"
        by, since = self.actor.kept, answer.since
        self._show(acknowledge(card, by=by, at=answer.at, since=since), kind="acknowledged", answer=answer)
        self._put([acknowledge(one, by=by, at=answer.at, since=since) for one in self._others_waiting(card)])
        return f"acknowledged by {self.actor.name}"

    def _snoozed(self, card: Card, answer: Answer) -> str:
        days = _SNOOZES.get(answer.value)
        if days is None:
            return f"{answer.value!r} is no number of days that the card offers"
        if why_not := self._why_not(card, answer) or (_UNREAD if card.unread else None):
            return why_not
        hours = business_hours(self.engine.rules, zone=card.zone)
        until = hours.next_open(answer.at + timedelta(days=days))
        self._show(snooze(card, by=self.actor.kept, until=until), kind="snoozed", answer=answer)
        self._put([snooze(one, by=self.actor.kept, until=until) for one in self._others_waiting(card)])
        return f"snoozed by {self.actor.name} until {until:%Y-%m-%d %H:%M}Z"

    def _noted(self, card: Card, answer: Answer) -> str:
        text = answer.value.strip()[:_LONGEST_NOTE]
        if not text:
            return "the note was empty"
        if not self.actor.is_named:
            return _NAMELESS
        noted = self._show(replace(card, note=text), kind="noted", answer=answer)
        reply = PostReply(
            key=f"note/{card.id}/{answer.key}",
            card_id=card.id,
            of=card.key,
            about=ReplyKind.NOTED,
            face=questioned(noted, self.people),
            mentions=(),
            reason=telling_reasons.NOTE(name=self.actor.name),
            by=Who(id=self.actor.user_id, name=self.actor.name),
            text=text,
        )
        put_tellings(self.engine, self.tx, [reply])
        self._keep(_as_seen(card), answer, about="note", text=text)
        self._write(card, answer, {"note": f"{self.actor.name}: {text}"})
        return f"a note by {self.actor.name}"

    def _reasoned(self, card: Card, answer: Answer) -> str:
        field = self.confidence.answer.reason_field
        if field is None or answer.value not in self.confidence.answer.reasons:
            return f"{answer.value!r} is no reason that the rules list"
        if card.face.reason:
            return f"the reason {card.face.reason} was given before; correct it in Salesforce"
        if not (self._is_colleague() or self._may_answer(card)):
            return "only active users of Salesforce, and who was asked, give the reason"
        self._show(_with_reason(card, answer.value), kind="reasoned", answer=answer)
        self._put([_with_reason(one, answer.value) for one in self._others(card) if not one.face.reason])
        put_update(self.engine, self.tx, card, {field: answer.value}, key=answer.key, by=self.actor.name)
        return f"the reason {answer.value}, by {self.actor.name}"

    def _others(self, card: Card) -> Sequence[Card]:
        """Give the cards of the same renewal in other channels: an answer answers the move, wherever it was told."""
        cards = living_cards(self.engine, self.tx, self.tx.confidence.cards.of([card.opportunity_id]))
        return [one for one in cards if one.id != card.id]

    def _others_waiting(self, card: Card) -> Sequence[Card]:
        return [one for one in self._others(card) if one.waits]

    def _put(self, cards: Sequence[Card]) -> Sequence[Card]:
        """Keep cards as they are now, and show them in Slack."""
        shown = [replace(one, version=one.version + 1) for one in cards]
        self.tx.confidence.cards.put(shown)
        faces = [update_of(one, questioned(one, self.people)) for one in shown]
        put_tellings(self.engine, self.tx, faces)
        return shown

    def _show(self, card: Card, *, kind: str, answer: Answer) -> Card:
        """Keep a card as it is now, show it in Slack, and write the line that `explain` tells."""
        (shown,) = self._put([card])
        detail = {
            "by": self.actor.name,
            "user": self.actor.user_id,
            "value": answer.value,
            "since": answer.since.isoformat() if answer.since else None,
            "at": answer.at.isoformat(),
            "until": card.due_at.isoformat() if kind == "snoozed" and card.due_at else None,
        }
        event = Event(
            at=self.engine.now(),
            kind=kind,
            account_id=card.account_id,
            renewal_key=card.renewal_key,
            opportunity_id=card.opportunity_id,
            detail=orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
        )
        self.tx.journal.add([event])
        return shown

    def _keep(self, card: Card, answer: Answer, *, about: str, text: str) -> None:
        """Log a completed Task on the opportunity, attributed to who answered."""
        locale = self.engine.rules.locale
        if not self.confidence.answer.task:
            return
        values: dict[str, Scalar] = {
            "subject": task_subject(card, about, locale=locale),
            "description": task_description(card, about, person=self.actor.name, text=text, locale=locale),
            "what": card.opportunity_id,
            "date": answer.at.astimezone(ZoneInfo(self.engine.rules.calendar.timezone)).date().isoformat(),
        }
        if self.actor.user_id is not None:
            values["owner"] = self.actor.user_id
        task = LogTask(
            key=f"{card.opportunity_id}-{answer.kind.value}-{_short(answer.key)}",
            opportunity_id=card.opportunity_id,
            values=values,
            reason=_TASKS[about](name=self.actor.name),
        )
        put_tellings(self.engine, self.tx, [task])

    def _write(self, card: Card, answer: Answer, values: Mapping[str, Scalar]) -> None:
        mapped = self.confidence.answer.fields
        wanted = {mapped[name]: value for name, value in values.items() if name in mapped}
        if wanted:
            put_update(self.engine, self.tx, card, wanted, key=answer.key, by=self.actor.name)


def _as_seen(card: Card) -> Card:
    """Give a card with the move that Slack showed of it when it was answered."""
    if not card.unread or card.seen is None:
        return card
    return replace(card, face=replace(card.face, path=card.seen.path))


def _with_reason(card: Card, reason: str) -> Card:
    return replace(card, face=replace(card.face, reason=reason))


def _short(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
