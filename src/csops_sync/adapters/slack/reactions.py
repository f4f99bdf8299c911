"""The reactions that stand on cards and in their threads, read again: what an event that was lost would have told."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from slack_sdk import WebClient

from csops_sync.adapters.slack.connection import Body, entries, pages, read
from csops_sync.adapters.slack.history import moment
from csops_sync.ports.cards import Answer, AnswerKind, Place
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import PermanentError

_PER_PAGE = 200


class Reactions:
    """Reads channels' histories where cards stand, newest first, in leaps from card to card.

    A page covers every card within it, so it takes at most one call a card, and one a page where cards stand close.
    """

    def __init__(self, client: WebClient, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def answers(self, places: Sequence[Place], *, since: datetime) -> list[Answer]:
        """This function will give all reactions by people on these cards, oldest card first.

        Each came between `since` (or its card, where that is newer) and now. Raises TransientError, PermanentError,
        AuthFailedError.
        """
        now = self._clock.now()
        channels = dict.fromkeys(place.channel_id for place in places)
        found: list[Answer] = []
        for channel_id in channels:
            wanted = {place.ts for place in places if place.channel_id == channel_id}
            messages = sorted(self._messages(channel_id, wanted), key=lambda one: moment(str(one["ts"])))
            found += [answer for one in messages for answer in self._on(one, channel_id, since, now)]
        return found

    def in_thread(self, thread: Place, places: Sequence[Place], *, since: datetime) -> list[Answer]:
        """This function will give all reactions by people on these replies of a thread, oldest reply first.

        None of a thread that is gone. Raises as `answers`.
        """
        now = self._clock.now()
        replies = list(self._replies(thread, {place.ts for place in places}))
        return [answer for one in replies for answer in self._on(one, thread.channel_id, since, now)]

    def _replies(self, thread: Place, wanted: set[str]) -> Iterator[Body]:
        if not wanted:
            return
        try:
            for page in pages(
                self._client.conversations_replies,
                channel=thread.channel_id,
                ts=thread.ts,
                oldest=min(wanted, key=moment),
                inclusive=True,
            ):
                yield from (one for one in entries(page, "messages") if str(one.get("ts")) in wanted)
        except PermanentError as error:
            if error.code != "thread_not_found":
                raise

    def _messages(self, channel_id: str, wanted: set[str]) -> Iterator[Body]:
        left = sorted(wanted, key=moment)
        while left:
            page = read(
                self._client.conversations_history,
                channel=channel_id,
                latest=left[-1],
                inclusive=True,
                limit=_PER_PAGE,
            )
            messages = entries(page, "messages")
            yield from (one for one in messages if str(one.get("ts")) in wanted)
            oldest = min((moment(str(one.get("ts"))) for one in messages), default=(0, 0))
            left = [ts for ts in left if moment(ts) < oldest] if page.get("has_more") else []

    def _on(self, message: Body, channel_id: str, since: datetime, now: datetime) -> Iterator[Answer]:
        place = Place(channel_id=channel_id, ts=str(message["ts"]))
        for reaction in self._whole(message, place):
            emoji = str(reaction.get("name"))
            for user in _users(reaction):
                if user == message.get("user"):
                    continue
                yield Answer(
                    key=f"reread/{place.text}/{user}/{emoji}",
                    kind=AnswerKind.REACTED,
                    place=place,
                    slack_user=user,
                    at=now,
                    value=bare_emoji(emoji),
                    since=min(now, max(since, instant_of(place.ts))),
                )

    def _whole(self, message: Body, place: Place) -> list[Body]:
        """Give a message's reactions; where history names fewer people than it counts, ask for all of them."""
        reactions = entries(message, "reactions")
        if all(int(str(one.get("count", 0))) <= len(_users(one)) for one in reactions):
            return reactions
        call = self._client.reactions_get
        whole = read(call, channel=place.channel_id, timestamp=place.ts, full=True).get("message")
        return entries(whole, "reactions") if isinstance(whole, dict) else reactions


def bare_emoji(name: str) -> str:
    """This function will give an emoji's name without the tone of its skin: `+1::skin-tone-2` is `+1`."""
    return name.partition("::")[0]


def instant_of(ts: str) -> datetime:
    """This function will give the instant (UTC) of one of Slack's timestamps."""
    seconds, unique = moment(ts)
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=unique % 1_000_000)


def _users(reaction: Body) -> list[str]:
    users = reaction.get("users")
    return [str(user) for user in users] if isinstance(users, list) else []
