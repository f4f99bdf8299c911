"""Cards in memory behind the port `Cards`: remembers what was told, takes reactions, and can lose answers."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from csops_sync.domain.confidence.telling import (
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    React,
    UpdateCard,
    UpdateOverflow,
)
from csops_sync.ports.cards import Answer, AnswerKind, OutgoingCard, Place, SlackPerson
from csops_sync.ports.chat import Addressee, Found, PostResult, PostStatus, Told
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import OutsideError, PermanentError

BOT = "U0BOT"
_LOST = PostResult(status=PostStatus.UNKNOWN, code="no_answer")


@dataclass(slots=True, kw_only=True)
class Standing:
    """One message as a channel holds it: what was told last, replies apart, and who reacted how."""

    place: Place
    told: OutgoingCard
    parent: Place | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key with which the message was posted; an update leaves it as it is."""
        return self.told.telling.key


class FakeCards:
    """Knows the channels it is given, by name; `people` are by Slack id, `groups` members by handle.

    `answer` and `lose_answer` say what becomes of the next tellings, one each. `tellings` holds every one that
    arrived, in order, `threads_read` every thread whose reactions were read. `refusals` are raised by handle,
    Salesforce id or channel id that is asked about.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        channels: Iterable[str] = ("#renewals",),
        people: Iterable[SlackPerson] = (),
        groups: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._clock = clock
        self._ids = {name: f"C{number:08d}" for number, name in enumerate(channels, start=1)}
        self._people = {person.id: person for person in people}
        self._groups = dict(groups or {})
        self._answers: deque[tuple[PostResult, bool]] = deque()
        self._answered: dict[str, tuple[PostResult, bool]] = {}
        self._messages: dict[Place, Standing] = {}
        self._faces: dict[Place, OutgoingCard] = {}
        self.tellings: list[OutgoingCard] = []
        self.refusals: dict[str, OutsideError] = {}
        self.threads_read: list[Place] = []

    def answer(self, result: PostResult) -> None:
        """The next telling is answered so, and does not arrive."""
        self._answers.append((result, False))

    def answer_of(self, key: str, result: PostResult) -> None:
        """The telling of this key is answered so, once, and does not arrive."""
        self._answered[key] = (result, False)

    def lose_answer_of(self, key: str) -> None:
        """The telling of this key arrives, and its answer is lost, once."""
        self._answered[key] = (_LOST, True)

    def lose_answer(self) -> None:
        """The next telling arrives, and its answer is lost."""
        self._answers.append((_LOST, True))

    def react(self, place: Place, user: str, emoji: str) -> None:
        """A person adds a reaction to a message."""
        self._messages[place].reactions.setdefault(emoji, []).append(user)

    def remove(self, place: Place) -> None:
        """Somebody removes a message."""
        del self._messages[place]

    def shown(self, place: Place) -> OutgoingCard:
        """What a message shows now."""
        return self._faces[place]

    def tell(self, outgoing: OutgoingCard) -> PostResult:
        result = self._result(outgoing)
        if result is not None:
            return result
        answer, arrives = self._next_answer(outgoing.telling.key)
        place = self._arrive(outgoing) if arrives else None
        if answer is not None:
            repeatable = isinstance(outgoing.telling, UpdateCard | UpdateOverflow | React)
            lost = answer.status is PostStatus.UNKNOWN
            return PostResult(status=PostStatus.RETRY, code=answer.code) if lost and repeatable else answer
        if place is None:
            raise AssertionError("what arrives stands somewhere")
        return PostResult(status=PostStatus.POSTED, channel_id=place.channel_id, ts=place.ts)

    def _next_answer(self, key: str) -> tuple[PostResult | None, bool]:
        """Give what is answered, None for yes, and whether the telling arrives."""
        if key in self._answered:
            return self._answered.pop(key)
        return self._answers.popleft() if self._answers else (None, True)

    def find_reply(self, *, keys: Sequence[str], place: Place) -> Found:
        told = [
            Told(ts=one.place.ts, key=one.key)
            for one in self._messages.values()
            if one.parent == place and one.key in keys
        ]
        return Found(readable=True, messages=tuple(told), channel_id=place.channel_id)

    def answers(self, places: Sequence[Place], *, since: datetime) -> Sequence[Answer]:
        for place in places:
            self._refuse(place.channel_id)
        return self._standing(places, since=since, parent=None)

    def answers_in_thread(
        self, thread: Place, places: Sequence[Place], *, since: datetime
    ) -> Sequence[Answer]:
        self._refuse(thread.channel_id)
        self.threads_read.append(thread)
        return self._standing(places, since=since, parent=thread)

    def _standing(self, places: Sequence[Place], *, since: datetime, parent: Place | None) -> list[Answer]:
        """Give what people reacted with; a channel's pages hold no replies, and a thread's no others'."""
        now = self._clock.now()
        return [
            Answer(
                key=f"reread/{place.text}/{user}/{emoji}",
                kind=AnswerKind.REACTED,
                place=place,
                slack_user=user,
                at=now,
                value=emoji.partition("::")[0],
                since=min(now, max(since, datetime.fromtimestamp(float(place.ts), tz=UTC))),
            )
            for place in places
            if place in self._messages and self._messages[place].parent == parent
            for emoji, users in self._messages[place].reactions.items()
            for user in users
            if user != BOT
        ]

    def person(self, slack_user: str) -> SlackPerson:
        if slack_user not in self._people:
            raise PermanentError(f"Slack knows no {slack_user}", code="user_not_found")
        return self._people[slack_user]

    def timezone_of(self, addressee: Addressee) -> str | None:
        self._refuse(addressee.id)
        found = self._by_email(addressee.email)
        return found.timezone if found else None

    def user_of(self, addressee: Addressee) -> str | None:
        self._refuse(addressee.id)
        found = self._by_email(addressee.email)
        return found.id if found else None

    def members(self, handle: str) -> Sequence[str]:
        self._refuse(handle)
        return tuple(self._groups.get(handle.removeprefix("@"), ()))

    def _refuse(self, asked: str) -> None:
        if asked in self.refusals:
            raise self.refusals[asked]

    def _by_email(self, email: str | None) -> SlackPerson | None:
        return next((one for one in self._people.values() if email and one.email == email), None)

    def _result(self, outgoing: OutgoingCard) -> PostResult | None:
        """Refuse what Slack would refuse, whatever a test has asked for."""
        telling, place = outgoing.telling, outgoing.place
        if isinstance(telling, PostCard | PostSummary):
            known = telling.channel in self._ids or telling.channel in self._ids.values()
            return None if known else _rejected("channel_not_found", f"no channel {telling.channel}")
        if place is None:
            return _rejected("no_place", "the card stands nowhere")
        if place not in self._messages and not isinstance(telling, PostReply | PostOverflow):
            return _rejected("message_not_found", "somebody removed the message")
        return None

    def _arrive(self, outgoing: OutgoingCard) -> Place:
        self.tellings.append(outgoing)
        match outgoing.telling:
            case PostCard(channel=channel) | PostSummary(channel=channel):
                return self._store(self._ids.get(channel, channel), outgoing, None)
            case PostReply() | PostOverflow():
                parent = _given(outgoing.place)
                return self._store(parent.channel_id, outgoing, parent)
            case UpdateCard() | UpdateOverflow():
                place = _given(outgoing.place)
                self._faces[place] = outgoing
                return place
            case React(emoji=emoji):
                place = _given(outgoing.place)
                users = self._messages[place].reactions.setdefault(emoji, [])
                users.extend([] if BOT in users else [BOT])
                return place

    def _store(self, channel_id: str, outgoing: OutgoingCard, parent: Place | None) -> Place:
        seconds = int(self._clock.now().timestamp())
        place = Place(channel_id=channel_id, ts=f"{seconds}.{len(self.tellings):06d}")
        self._messages[place] = Standing(place=place, told=outgoing, parent=parent)
        self._faces[place] = outgoing
        return place


def _given(place: Place | None) -> Place:
    if place is None:
        raise AssertionError("checked before")
    return place


def _rejected(code: str, words: str) -> PostResult:
    return PostResult(status=PostStatus.REJECTED, code=code, message=f"config: {words}")
