"""Cards against the sandbox's Slack: what is sent, whom it calls, what every refusal means, how little is asked."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from tests.fakes.card_faces import WORSENED, post_card, reaction, reply, sent, summary, update_card
from tests.fakes.notices import HANAKO, TARO
from tests.fakes.slack_refusals import MEANS, WORDS
from tests.fakes.slack_server import Fault, SlackServer
from tests.fakes.slack_workspace import NOON, TOKEN, Workspace, running_workspace
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.workspace import Workspace as SlackWorkspace
from csops_sync.domain.confidence.telling import SlackTelling
from csops_sync.ports.cards import OutgoingCard, Place
from csops_sync.ports.chat import Addressee, PostResult, PostStatus
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError
from csops_sync.sandbox.slack.acts import Place as Spot
from csops_sync.sandbox.slack.model import Message

MISAKI, KEN = "U0000000001", "U0000000002"
MISAKI_IN_CRM = replace(HANAKO, email="misaki@csops.example.invalid")
UPDATE, REACT, POST = "chat.update", "reactions.add", "chat.postMessage"


class CountingClient(WebClient):
    """Counts its calls by method, in the counter that its factory was given."""

    calls: Counter[str]

    def api_call(self, api_method: str, **arguments: Any) -> SlackResponse:  # noqa: ANN401  # slack_sdk's own
        self.calls[api_method] += 1
        return super().api_call(api_method, **arguments)


def counting(calls: Counter[str], options: SlackOptions) -> WebClient:
    """Make a client that counts."""
    client = CountingClient(token=options.token, base_url=options.base_url, retry_handlers=[])
    client.calls, client.proxy = calls, None
    return client


@dataclass(frozen=True)
class Stage:
    """A workspace with both ports on it, and a count of the calls that they make."""

    slack: Workspace
    chat: SlackChat
    cards: SlackCards
    clock: StoppedClock
    calls: Counter[str]

    def post(self, key: str = "card/1") -> Place:
        """Post a card, and give where it stands."""
        result = self.cards.tell(sent(post_card(key=key)))
        return Place(channel_id=result.channel_id, ts=result.ts)

    def message(self, place: Place) -> Message:
        """A message as the channel holds it."""
        return self.slack.channel().messages[place.ts]

    def refuse(self, method: str, word: str) -> None:
        """Let a method be refused, once."""
        self.slack.faults.add(
            [{"service": "slack", "path": method, "fault": "error", "code": word, "times": 1}]
        )


def stage_on(slack: Workspace, **changes: object) -> Stage:
    """Both ports on a workspace, as the composition root builds them."""
    slack.limits.on = False
    calls, clock = Counter[str](), StoppedClock(NOON)
    options = SlackOptions(token=TOKEN, base_url=f"{slack.base}api/", timeout_seconds=5)
    changed = replace(options, **changes)  # type: ignore[arg-type]  # fields of the options
    chat = SlackChat(changed, clock=clock, client_factory=partial(counting, calls))
    return Stage(slack, chat, SlackCards(chat.workspace), clock, calls)


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


@pytest.fixture
def stage(slack: Workspace) -> Stage:
    """Both ports with everything as usual."""
    return stage_on(slack)


def test_a_card_and_a_summary_are_found_by_their_keys_in_the_channel(stage: Stage) -> None:
    """As any message of ours, after the card was moved on too."""
    place = stage.post()
    stage.cards.tell(sent(summary()))
    stage.cards.tell(sent(update_card(), place))

    since = NOON - timedelta(hours=1)
    for key in ("card/1", "storm/1"):
        assert len(stage.chat.find(keys=[key], channel="#renewals", since=since).messages) == 1


def test_an_update_shows_the_new_face_in_the_place_of_the_old(stage: Stage) -> None:
    """Without the mark of an edit, which Slack leaves out where there are blocks."""
    place = stage.post()
    stage.cards.tell(sent(update_card(replace(WORSENED, note="電話済み")), place))

    message = stage.message(place)
    assert ":memo: 電話済み" in message.text
    assert message.edited is None


@pytest.mark.parametrize("telling", [post_card(), reply(), update_card()])
def test_only_those_whom_a_telling_mentions_are_called(stage: Stage, telling: SlackTelling) -> None:
    """Whoever is asked is named without a mention."""
    place = stage.post()
    outgoing = sent(telling, place)
    result = stage.cards.tell(outgoing)

    message = stage.message(Place(channel_id=result.channel_id, ts=result.ts))
    assert "<@" not in message.text + str(message.blocks)


def mentioning(telling: SlackTelling, place: Place | None = None) -> OutgoingCard:
    """With Misaki as Salesforce's refreshed sandbox knows her."""
    outgoing = sent(telling, place)
    return replace(outgoing, people={HANAKO.id: MISAKI_IN_CRM, TARO.id: TARO})


def test_people_are_called_by_email_override_and_group(slack: Workspace) -> None:
    """In the order of the rules, each once."""
    stage = stage_on(slack, overrides={TARO.id: KEN})
    mentions = (HANAKO.id, TARO.id, "@cs-ops", HANAKO.id)
    result = stage.cards.tell(mentioning(post_card(mentions=mentions)))

    text = stage.message(Place(channel_id=result.channel_id, ts=result.ts)).text
    (group,) = [one.id for one in slack.state.groups.values() if one.handle == "cs-ops"]
    assert text.startswith(f"<@{MISAKI}>、<@{KEN}>、<!subteam^{group}> さん\n")


def test_who_is_not_in_slack_has_a_stand_in_and_the_operator_hears_of_it_once(slack: Workspace) -> None:
    """From the one list of both ports."""
    stage = stage_on(slack, fallback="ken@csops.example")
    place = stage.post()
    for number in range(2):
        result = stage.cards.tell(sent(reply(mentions=(TARO.id,), key=f"move/{number}"), place))

    text = stage.message(Place(channel_id=result.channel_id, ts=result.ts)).text
    assert text.startswith(f"<@{KEN}> さん\n")
    assert "代わりにお知らせしています" in text
    assert len(stage.chat.unreachable()) == 1


def test_who_is_not_in_the_channel_has_a_stand_in_too(slack: Workspace) -> None:
    """A mention there would notify nobody; one list of members is enough for an hour."""
    slack.channel().members.discard(MISAKI)
    stage = stage_on(slack, fallback="ken@csops.example")
    place = stage.post()
    for number in range(2):
        result = stage.cards.tell(
            mentioning(reply(mentions=(HANAKO.id, "@cs-ops"), key=f"m/{number}"), place)
        )

    text = stage.message(Place(channel_id=result.channel_id, ts=result.ts)).text
    assert text.startswith(f"<@{KEN}>、<!subteam^")
    assert text.endswith("担当の 佐藤 花子 さんがこのチャンネルにいないため、代わりにお知らせしています。")
    (line,) = stage.chat.unreachable()
    assert line == (
        "佐藤 花子 さんは #renewals に参加していないため、メンションしても通知が届きません。"
        "チャンネルに招待するか、slack.users に別の方を指定してください。"
    )
    assert stage.calls["conversations.members"] == 1


def test_without_a_stand_in_whoever_is_not_in_the_channel_is_named(slack: Workspace) -> None:
    """And that is said."""
    slack.channel().members.discard(MISAKI)
    stage = stage_on(slack, locale="en")
    result = stage.cards.tell(mentioning(post_card(mentions=(HANAKO.id,))))

    text = stage.message(Place(channel_id=result.channel_id, ts=result.ts)).text
    assert text.startswith("佐藤 花子: confidence")
    assert text.endswith("佐藤 花子 is not in this channel, so they were not notified.")


@pytest.mark.parametrize("word", ["missing_scope", "fetch_members_failed", "channel_not_found"])
def test_where_members_are_not_known_people_are_called_all_the_same(stage: Stage, word: str) -> None:
    """Better twice than never; what passes is waited for."""
    stage.refuse("conversations.members", word)
    result = stage.cards.tell(mentioning(post_card(mentions=(HANAKO.id,))))

    if word == "fetch_members_failed":
        assert result.status is PostStatus.RETRY
        return
    text = stage.message(Place(channel_id=result.channel_id, ts=result.ts)).text
    assert text.startswith(f"<@{MISAKI}> さん")


def test_the_check_names_what_cards_need_beyond_messages(stage: Stage) -> None:
    """Nothing while all is granted."""
    assert list(stage.cards.check()) == []
    granted = stage.slack.state.scopes
    stage.slack.state.grant(granted - {"reactions:read", "reactions:write"})

    assert [line.partition(":")[0] for line in stage.cards.check()] == ["the Slack app lacks reactions"] * 2
    stage.refuse("auth.test", "token_revoked")
    assert list(stage.cards.check()) == []


def tell_by(stage: Stage, method: str, place: Place) -> PostResult:
    """Do a telling by each of the methods that cards use."""
    tellings: dict[str, SlackTelling] = {UPDATE: update_card(), REACT: reaction(), POST: reply()}
    return stage.cards.tell(sent(tellings[method], place))


OWN_WORDS = [
    (UPDATE, "cant_update_message", PostStatus.REJECTED, "that app's token"),
    (UPDATE, "edit_window_closed", PostStatus.REJECTED, "Message editing"),
    (UPDATE, "message_not_found", PostStatus.REJECTED, "removed"),
    (UPDATE, "is_inactive", PostStatus.REJECTED, "restore the channel"),
    (UPDATE, "update_failed", PostStatus.RETRY, "done again"),
    (UPDATE, "external_channel_migrating", PostStatus.RETRY, "done again"),
    (REACT, "already_reacted", PostStatus.POSTED, ""),
    (REACT, "message_not_found", PostStatus.REJECTED, "removed"),
    (REACT, "invalid_name", PostStatus.REJECTED, "correct the emoji"),
    (REACT, "too_many_emoji", PostStatus.REJECTED, "as many"),
    (REACT, "too_many_reactions", PostStatus.REJECTED, "as often"),
    (REACT, "not_reactable", PostStatus.REJECTED, "react"),
    (REACT, "thread_locked", PostStatus.REJECTED, "unlock"),
    (REACT, "missing_scope", PostStatus.REJECTED, "add the scope"),
    (POST, "thread_not_found", PostStatus.REJECTED, "removed"),
]


@pytest.mark.parametrize(("method", "word", "status", "words"), OWN_WORDS)
def test_every_word_of_these_methods_means_what_it_says(  # four columns of a table
    stage: Stage, method: str, word: str, status: PostStatus, words: str
) -> None:
    """It is sent once, and says what to do."""
    place = stage.post()
    before = stage.calls[method]
    stage.refuse(method, word)
    result = tell_by(stage, method, place)

    assert result.status is status, result.message
    assert words in result.message
    assert stage.calls[method] == before + 1


@pytest.mark.parametrize("method", [UPDATE, REACT, POST])
def test_every_common_word_means_the_same_at_every_call(stage: Stage, method: str) -> None:
    """Except that an update or a reaction may simply be done again, and a reaction's scope stops nothing else."""
    place = stage.post()
    outcomes: dict[str, tuple[str, str]] = {}
    for _, word in WORDS:
        stage.refuse(method, word)
        try:
            result = tell_by(stage, method, place)
            outcomes[word] = (result.status, result.code)
        except AuthFailedError as error:
            outcomes[word] = ("let in no more", error.code)

    assert outcomes == {word: (_meaning(blame, word, method), word) for blame, word in WORDS}


def _meaning(blame: str, word: str, method: str) -> str:
    if (method, word) == (REACT, "missing_scope"):
        return PostStatus.REJECTED
    if blame == "uncertain" and method != POST:
        return PostStatus.RETRY
    return MEANS.get(blame, "let in no more")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("internal_error", TransientError),
        ("channel_not_found", PermanentError),
        ("token_revoked", AuthFailedError),
        ("missing_scope", AuthFailedError),
    ],
)
def test_reactions_that_cannot_be_read_are_an_error_and_not_none(
    stage: Stage, word: str, kind: type[Exception]
) -> None:
    """Nobody must take that for silence."""
    place = stage.post()
    stage.refuse("conversations.history", word)
    with pytest.raises(kind):
        stage.cards.answers([place], since=NOON)
    stage.refuse("conversations.replies", word)
    with pytest.raises(kind):
        stage.cards.answers_in_thread(place, [place], since=NOON)


@pytest.mark.parametrize("word", ["missing_scope", "channel_not_found", "not_in_channel"])
def test_a_thread_that_cannot_be_read_is_no_empty_thread(stage: Stage, word: str) -> None:
    """The telling then waits for a person."""
    place = stage.post()
    stage.refuse("conversations.replies", word)

    assert not stage.cards.find_reply(keys=["move/1"], place=place).readable


def test_a_thread_that_is_gone_holds_no_reply(stage: Stage) -> None:
    """That much is known."""
    found = stage.cards.find_reply(
        keys=["k"], place=Place(channel_id=stage.slack.channel().id, ts="1.000001")
    )

    assert (found.readable, found.messages) == (True, ())


def test_cards_that_stand_close_are_read_in_one_call_and_far_ones_in_one_each(stage: Stage) -> None:
    """What stands between them is not paged through."""
    close = [stage.post(f"card/{number}") for number in range(5)]
    assert len(stage.cards.answers(close, since=NOON)) == 0
    assert stage.calls["conversations.history"] == 1

    for number in range(450):
        stage.slack.state.say(stage.slack.channel(), user=KEN, text=f"{number}")
    far = stage.post("card/far")
    stage.slack.acts.react(KEN, Spot(channel=far.channel_id, ts=far.ts), "eyes")
    stage.slack.acts.react(KEN, Spot(channel=close[0].channel_id, ts=close[0].ts), "eyes")

    assert [one.place for one in stage.cards.answers([*close, far], since=NOON)] == [close[0], far]
    assert stage.calls["conversations.history"] == 3


def test_where_history_names_fewer_people_than_it_counts_all_are_asked_for() -> None:
    """Slack names some of them only."""
    place = Place(channel_id="C00000001", ts="1764547200.000100")
    few = {"name": "eyes", "count": 2, "users": [KEN]}
    message = {"ts": place.ts, "user": "U0BOT", "reactions": [few]}
    whole = {**message, "reactions": [{**few, "users": [KEN, MISAKI]}]}
    with SlackServer() as server:
        server.faults += [
            Fault(method="conversations.history", body={"ok": True, "messages": [message]}),
            Fault(method="reactions.get", body={"ok": True, "message": whole}),
        ]
        options = SlackOptions(token=TOKEN, base_url=server.url)
        cards = SlackCards(SlackWorkspace(options, clock=StoppedClock(NOON)))

        assert {one.slack_user for one in cards.answers([place], since=NOON)} == {MISAKI, KEN}
        ((_, asked),) = [one for one in server.arguments if one[0] == "reactions.get"]
        assert asked == {"channel": place.channel_id, "timestamp": place.ts, "full": "1"}


def test_people_groups_and_zones_are_remembered_for_an_hour(stage: Stage) -> None:
    """And then asked for again."""
    person = Addressee(id="005", name="Ken", email="ken@csops.example")
    for minutes, asked in ((0, 1), (59, 1), (2, 2)):
        stage.clock.forward(minutes=minutes)
        assert stage.cards.person(KEN).email == "ken@csops.example"
        assert stage.cards.timezone_of(person) == "Asia/Tokyo"
        assert list(stage.cards.members("@cs-ops")) == [MISAKI]
        assert stage.calls["users.info"] == asked


def test_a_handle_may_be_a_person(stage: Stage) -> None:
    """By name."""
    assert list(stage.cards.members("@ken")) == [KEN]


def test_nobody_is_looked_up_for_so_long_that_the_claim_is_lost(slack: Workspace) -> None:
    """Then nothing is sent."""
    stage = stage_on(slack)
    readings = iter([0.0, 100.0])
    cards = SlackCards(stage.chat.workspace, monotonic=lambda: next(readings))

    result = cards.tell(sent(post_card()))
    assert (result.status, result.code) == (PostStatus.RETRY, "slow")
    assert not slack.channel().messages
