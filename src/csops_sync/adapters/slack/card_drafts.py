"""What a card says, before it is laid out: its first line, its facts, and how its question stands. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from csops_sync.adapters.slack.card_texts import CardTexts, sentence
from csops_sync.adapters.slack.draft import MAX_REMARKS, Draft
from csops_sync.adapters.slack.mrkdwn import Mention, bold, name, prose
from csops_sync.domain.confidence.face import CardFace, CardState
from csops_sync.domain.confidence.overflow import PROSE_LENGTH, REASON_LENGTH, goes_on
from csops_sync.domain.confidence.ranks import GOOD_NEWS
from csops_sync.ports.chat import Addressee

_MENTIONS_LENGTH = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class CardScene:
    """All that the text of a telling is made from. `today` is the org's business date.

    `mentions` are those whom this message notifies, each once and in order; nobody else is notified by it. `later` are
    those who are asleep, and notified in the thread in their own hours.
    """

    texts: CardTexts
    today: date
    mentions: Sequence[Mention]
    people: Mapping[str, Addressee]
    links: Mapping[str, str]
    later: Sequence[str] = ()

    def address(self) -> str:
        """This function will begin a sentence with those whom it is for, as many as fit; empty for nobody."""
        distinct = {mention.markup: mention for mention in self.mentions}
        room = accumulate(len(markup) + 2 for markup in distinct)
        fitting = [
            mention for mention, end in zip(distinct.values(), room, strict=True) if end <= _MENTIONS_LENGTH
        ]
        return self.texts.plain.address(fitting)

    def missing(self) -> tuple[str, ...]:
        """This function will name those whom Slack does not know."""
        said = dict.fromkeys(self.texts.plain.missing(mention) for mention in self.mentions)
        return tuple(remark for remark in said if remark)[:MAX_REMARKS]

    def asleep(self) -> tuple[str, ...]:
        """This function will name those who are notified later."""
        people = self.texts.names([_known(self, who) for who in self.later])
        return (self.texts.words.called_later.format(people=people),) if people else ()

    def link(self, opportunity_id: str) -> str:
        """This function will give the address of an opportunity, or an empty text."""
        return self.links.get(opportunity_id, "")


def card_draft(scene: CardScene, face: CardFace, *, new_card: str = "") -> Draft:
    """This function will write a card down. Its buttons are for the plain text; blocks have `card_actions`.

    `new_card` says where it goes on, where another card took its place.
    """
    texts, words = scene.texts, scene.texts.words
    headline = sentence(
        words.moved[face.direction],
        scene.address(),
        account=bold(face.account_name),
        net=texts.net(face.path),
    )
    url = scene.link(face.opportunity_id)
    more = (words.goes_on,) if goes_on(face) else ()
    order = () if face.order_known else (words.order_unknown,)
    return Draft(
        headline=headline,
        facts=_facts(scene, face),
        paragraphs=[*_paragraphs(scene, face), *([new_card] if new_card else [])],
        buttons=((texts.plain.catalogue.open_deal, url),) if url else (),
        remarks=(*more, *order, *scene.asleep(), *scene.missing()),
    )


def _facts(scene: CardScene, face: CardFace) -> list[tuple[str, str]]:
    texts, words, labels = scene.texts, scene.texts.words, scene.texts.plain.catalogue
    days = ((labels.notice_deadline, face.notice_deadline), (labels.budget_last_day, face.budget_last_day))
    near = [(label, texts.plain.date_with_days(day, today=scene.today)) for label, day in days if day]
    tier = [(words.tier, name(face.tier))] if face.tier else []
    reason = [(words.reason, prose(face.reason, limit=REASON_LENGTH))] if face.reason else []
    return [
        (words.confidence, texts.way(face.path)),
        (labels.renewal_date, texts.plain.date_with_days(face.renewal_date, today=scene.today)),
        (words.prior, texts.plain.money(face.prior, face.currency)),
        (words.amount, texts.new_amount(face)),
        *near,
        *tier,
        *reason,
        (words.changed, texts.changed(face)),
    ]


def _paragraphs(scene: CardScene, face: CardFace) -> list[str]:
    words = scene.texts.words
    next_step = prose(face.next_step or "", limit=PROSE_LENGTH)
    note = prose(face.note, limit=PROSE_LENGTH)
    written = (
        words.next_step.format(text=next_step) if next_step else "",
        _call(scene, face),
        _state(scene, face),
        words.note.format(text=note) if note else "",
    )
    return [paragraph for paragraph in written if paragraph]


def _call(scene: CardScene, face: CardFace) -> str:
    """Ask for an answer while one is wanted; cheer at good news."""
    words = scene.texts.words
    if face.state is CardState.ASKING:
        return words.ask.get(face.direction, words.ask[None])
    return words.cheer[face.direction] if face.direction in GOOD_NEWS else ""


def _state(scene: CardScene, face: CardFace) -> str:
    """Say whom the card asks, who answered and when, or until when it rests."""
    words, texts = scene.texts.words, scene.texts
    person = name(face.answered_by.name) if face.answered_by else ""
    if face.state is CardState.ASKING:
        people = texts.names([_known(scene, who) for who in face.asked])
        return words.asking.format(people=people) if people else words.asking_nobody
    if face.state is CardState.ACKNOWLEDGED and face.answered_at:
        when = texts.when(face.answered_from or face.answered_at, face.answered_at)
        return (words.acknowledged if person else words.acknowledged_plain).format(person=person, when=when)
    if face.state is CardState.SNOOZED and face.snoozed_until:
        until = texts.instant(face.snoozed_until)
        return (words.snoozed if person else words.snoozed_plain).format(person=person, until=until)
    return ""


def _known(scene: CardScene, who: str) -> str:
    """Name somebody without calling them: only `mentions` are called."""
    known = scene.people.get(who)
    return name(known.name if known else who)
