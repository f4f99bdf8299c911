"""What every Cards does, be it Slack over HTTP or the one in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from tests.fakes.card_faces import post_card, reaction, reply, sent, summary, update_card
from tests.fakes.cards import FakeCards
from tests.fakes.slack_workspace import NOON, TOKEN, Workspace, running_workspace
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.workspace import Workspace as SlackWorkspace
from csops_sync.domain.confidence.face import ReplyKind
from csops_sync.ports.cards import AnswerKind, Cards, Place, SlackPerson
from csops_sync.ports.chat import Addressee, PostStatus
from csops_sync.ports.errors import PermanentError
from csops_sync.sandbox.slack.acts import Place as Spot
from csops_sync.sandbox.slack.model import BOT_USER_ID

MISAKI = SlackPerson(id="U0000000001", name="佐藤 美咲", email="misaki@csops.example", timezone="Asia/Tokyo")
KEN = SlackPerson(id="U0000000002", name="田中 健", email="ken@csops.example", timezone="Asia/Tokyo")


@dataclass(frozen=True)
class Scene:
    """A Cards with the channel #renewals, two people, and the group @cs-ops, to which Misaki belongs."""

    cards: Cards
    clock: StoppedClock
    workspace: Workspace | None

    def post(self, key: str = "card/1") -> Place:
        """Post a card, and give where it stands."""
        result = self.cards.tell(sent(post_card(key=key)))
        assert result.status is PostStatus.POSTED, result.message
        return Place(channel_id=result.channel_id, ts=result.ts)

    def answer(self, place: Place, key: str) -> Place:
        """Say something in a card's thread, and give where it stands."""
        result = self.cards.tell(sent(reply(key=key), place))
        assert result.status is PostStatus.POSTED, result.message
        return Place(channel_id=result.channel_id, ts=result.ts)

    def react(self, place: Place, user: str, emoji: str) -> None:
        """Let a person react."""
        if self.workspace:
            self.workspace.acts.react(user, Spot(channel=place.channel_id, ts=place.ts), emoji)
        elif isinstance(self.cards, FakeCards):
            self.cards.react(place, user, emoji)

    def remove(self, place: Place) -> None:
        """Let a card be removed by a person."""
        if self.workspace:
            del self.workspace.channel().messages[place.ts]
        elif isinstance(self.cards, FakeCards):
            self.cards.remove(place)

    def lose_answer(self, method: str = "chat.postMessage") -> None:
        """Let the next telling arrive and its answer be lost."""
        if self.workspace:
            self.workspace.faults.add(
                [{"service": "slack", "path": method, "fault": "internal_error", "after": True}]
            )
        elif isinstance(self.cards, FakeCards):
            self.cards.lose_answer()

    def since(self) -> datetime:
        """An hour ago."""
        return self.clock.now() - timedelta(hours=1)


@pytest.fixture(params=["memory", "http"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """Either of the two, empty, at noon in Tokyo."""
    clock = StoppedClock(NOON)
    if request.param == "memory":
        groups = {"cs-ops": (MISAKI.id,)}
        yield Scene(FakeCards(clock=clock, people=(MISAKI, KEN), groups=groups), clock, None)
        return
    with running_workspace() as workspace:
        workspace.limits.on = False
        options = SlackOptions(token=TOKEN, base_url=f"{workspace.base}api/", timeout_seconds=5)
        yield Scene(SlackCards(SlackWorkspace(options, clock=clock)), clock, workspace)


def test_a_card_is_posted_moved_on_and_reacted_to_in_its_place(scene: Scene) -> None:
    """Where it stands is what the first post answered."""
    place = scene.post()

    for telling in (update_card(), reaction(), reaction()):
        result = scene.cards.tell(sent(telling, place))
        assert (result.status, result.channel_id, result.ts) == (
            PostStatus.POSTED,
            place.channel_id,
            place.ts,
        ), result.message


def test_a_summary_and_every_kind_of_reply_are_posted(scene: Scene) -> None:
    """A reply stands apart from its card."""
    place = scene.post()
    assert scene.cards.tell(sent(summary())).status is PostStatus.POSTED

    for kind in ReplyKind:
        result = scene.cards.tell(sent(reply(kind, key=f"reply/{kind}", text="words"), place))
        assert result.status is PostStatus.POSTED, result.message
        assert result.ts != place.ts


def test_a_reply_is_found_by_its_key_in_its_own_thread(scene: Scene) -> None:
    """Neither in another card's thread, nor by another key."""
    place, other = scene.post(), scene.post("card/2")
    result = scene.cards.tell(sent(reply(), place))

    found = scene.cards.find_reply(keys=["move/1"], place=place)
    assert (found.readable, found.channel_id, found.timestamps) == (True, place.channel_id, (result.ts,))
    assert not scene.cards.find_reply(keys=["move/2"], place=place).messages
    assert not scene.cards.find_reply(keys=["move/1"], place=other).messages


def test_a_reply_whose_answer_is_lost_is_unknown_and_can_be_found(scene: Scene) -> None:
    """It is not sent again by itself."""
    place = scene.post()
    scene.lose_answer()

    assert scene.cards.tell(sent(reply(), place)).status is PostStatus.UNKNOWN
    assert len(scene.cards.find_reply(keys=["move/1"], place=place).messages) == 1


def test_an_update_or_a_reaction_whose_answer_is_lost_is_simply_done_again(scene: Scene) -> None:
    """Doing it twice changes nothing more."""
    place = scene.post()
    for method, telling in (("chat.update", update_card()), ("reactions.add", reaction())):
        scene.lose_answer(method)
        assert scene.cards.tell(sent(telling, place)).status is PostStatus.RETRY
        assert scene.cards.tell(sent(telling, place)).status is PostStatus.POSTED


def test_what_belongs_to_a_card_that_somebody_removed_is_refused(scene: Scene) -> None:
    """In words, and for good."""
    place = scene.post()
    scene.remove(place)

    for telling in (update_card(), reaction()):
        result = scene.cards.tell(sent(telling, place))
        assert (result.status, result.code) == (PostStatus.REJECTED, "message_not_found")
        assert "removed" in result.message


def test_what_belongs_to_a_card_that_stands_nowhere_is_not_sent(scene: Scene) -> None:
    """It would stand anywhere."""
    for telling in (update_card(), reply(), reaction()):
        result = scene.cards.tell(sent(telling))
        assert (result.status, result.code) == (PostStatus.REJECTED, "no_place")


def test_a_channel_that_is_not_there_is_refused(scene: Scene) -> None:
    """By name."""
    result = scene.cards.tell(sent(post_card(channel="#nowhere")))

    assert (result.status, result.code) == (PostStatus.REJECTED, "channel_not_found")
    assert "#nowhere" in result.message


def test_reactions_that_stand_on_cards_are_read_again_without_our_own(scene: Scene) -> None:
    """Each came between the last reading and now, and is known by who gave it where."""
    place, other = scene.post(), scene.post("card/2")
    scene.clock.forward(minutes=10)
    scene.cards.tell(sent(reaction("eyes"), place))
    scene.react(place, KEN.id, "eyes")
    scene.react(place, MISAKI.id, "+1::skin-tone-3")
    scene.react(other, KEN.id, "tada")

    since = scene.clock.now() - timedelta(minutes=5)
    found = scene.cards.answers([place], since=since)
    assert {answer.key: answer.value for answer in found} == {
        f"reread/{place.text}/{KEN.id}/eyes": "eyes",
        f"reread/{place.text}/{MISAKI.id}/+1::skin-tone-3": "+1",
    }
    assert {(one.kind, one.place, one.since, one.at) for one in found} == {
        (AnswerKind.REACTED, place, since, scene.clock.now())
    }
    assert BOT_USER_ID not in {one.slack_user for one in found}


def test_a_reaction_came_no_earlier_than_its_card(scene: Scene) -> None:
    """Though the last reading is long ago."""
    place = scene.post()
    scene.clock.forward(minutes=10)
    scene.react(place, KEN.id, "eyes")

    (answer,) = scene.cards.answers([place], since=scene.since())
    assert answer.since is not None
    assert abs(answer.since - NOON) < timedelta(seconds=1)


def test_cards_that_are_gone_have_no_answers(scene: Scene) -> None:
    """And hide none of the others'."""
    place, gone = scene.post(), scene.post("card/2")
    scene.react(place, KEN.id, "eyes")
    scene.remove(gone)

    assert [one.place for one in scene.cards.answers([gone, place], since=scene.since())] == [place]
    assert list(scene.cards.answers([], since=scene.since())) == []


def test_reactions_that_stand_on_replies_are_read_by_their_thread_and_only_there(scene: Scene) -> None:
    """A channel's pages hold no replies; other replies, and the card itself, are nobody's question here."""
    place = scene.post()
    asking, other = (scene.answer(place, key) for key in ("move/1", "note/1"))
    scene.clock.forward(minutes=10)
    for spot, emoji in ((asking, "eyes"), (other, "tada"), (place, "heart")):
        scene.react(spot, KEN.id, emoji)

    (found,) = scene.cards.answers_in_thread(place, [asking], since=scene.since())
    assert (found.key, found.place) == (f"reread/{asking.text}/{KEN.id}/eyes", asking)
    assert (found.slack_user, found.value, found.at) == (KEN.id, "eyes", scene.clock.now())
    assert found.since is not None
    assert abs(found.since - NOON) < timedelta(seconds=1)
    assert list(scene.cards.answers([asking], since=scene.since())) == []
    assert list(scene.cards.answers_in_thread(place, [], since=scene.since())) == []


def test_a_thread_that_is_gone_has_no_answers(scene: Scene) -> None:
    """Nobody can see what asked there."""
    place = scene.post()
    asking = scene.answer(place, "move/1")
    scene.react(asking, KEN.id, "eyes")
    scene.remove(asking)
    scene.remove(place)

    assert list(scene.cards.answers_in_thread(place, [asking], since=scene.since())) == []


def test_a_slack_user_has_name_email_and_time_zone(scene: Scene) -> None:
    """Whom Slack does not know is an error with words."""
    assert scene.cards.person(KEN.id) == KEN
    with pytest.raises(PermanentError) as caught:
        scene.cards.person("U9999999999")
    assert caught.value.code == "user_not_found"


def test_a_person_of_salesforce_has_the_time_zone_that_slack_says(scene: Scene) -> None:
    """None where Slack knows nobody of that e-mail."""
    known = Addressee(id="0055g00000AAAAAAA1", name="Ken", email=KEN.email)
    stranger = Addressee(id="0055g00000BBBBBBB2", name="Nobody", email="nobody@csops.example")

    assert scene.cards.timezone_of(known) == "Asia/Tokyo"
    assert scene.cards.timezone_of(stranger) is None


def test_the_members_of_a_group_are_known(scene: Scene) -> None:
    """A group that is not there has none."""
    assert list(scene.cards.members("@cs-ops")) == [MISAKI.id]
    assert list(scene.cards.members("@nobody")) == []
