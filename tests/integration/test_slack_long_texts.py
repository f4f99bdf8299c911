"""What goes on in a thread, and where an old card leads, against the sandbox's Slack."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from tests.fakes.card_faces import WORSENED, post_card, sent, summary, update_card
from tests.fakes.slack_workspace import NOON, TOKEN, Workspace, running_workspace
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.workspace import Workspace as SlackWorkspace
from csops_sync.domain.confidence.overflow import Page, card_overflow, summary_overflow
from csops_sync.domain.confidence.telling import PostOverflow, SlackTelling, UpdateOverflow
from csops_sync.ports.cards import Place
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.errors import AuthFailedError
from csops_sync.sandbox.slack.model import Message

LONG = replace(WORSENED, next_step="&長い\n" * 2000)
PERMALINK = "chat.getPermalink"


@dataclass(frozen=True)
class Stage:
    """A workspace with the real adapter on it."""

    slack: Workspace
    cards: SlackCards

    def tell(self, telling: SlackTelling, place: Place | None = None, new: Place | None = None) -> PostResult:
        """Tell something, in a thread or in the place of a message."""
        return self.cards.tell(replace(sent(telling, place), continued_at=new))

    def post(self, telling: SlackTelling, place: Place | None = None) -> Place:
        """Post a message, and give where it stands."""
        result = self.tell(telling, place)
        assert result.status is PostStatus.POSTED, result.message
        return Place(channel_id=result.channel_id, ts=result.ts)

    def message(self, place: Place) -> Message:
        """A message as the channel holds it."""
        return self.slack.channel().messages[place.ts]

    def refuse(self, word: str) -> None:
        """Let the address of a message be refused, once."""
        self.slack.faults.add(
            [{"service": "slack", "path": PERMALINK, "fault": "error", "code": word, "times": 1}]
        )


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_workspace() as slack:
        slack.limits.on = False
        options = SlackOptions(token=TOKEN, base_url=f"{slack.base}api/", timeout_seconds=5)
        yield Stage(slack, SlackCards(SlackWorkspace(options, clock=StoppedClock(NOON))))


def page(page: Page, *, number: int = 1) -> PostOverflow:
    return PostOverflow(
        key=f"more/card/1/00{number}", channel="#renewals", of="card/1", page=page, reason="what does not fit"
    )


def edit(page: Page) -> UpdateOverflow:
    return UpdateOverflow(
        key="more/card/1/001/001", channel="#renewals", of="more/card/1/001", page=page, reason="it changed"
    )


def test_the_rest_of_a_card_stands_in_its_thread_in_full_and_is_found_by_its_keys(stage: Stage) -> None:
    card = stage.post(post_card(LONG))
    places = [
        stage.post(page(one, number=number), card) for number, one in enumerate(card_overflow(LONG), start=1)
    ]

    messages = [stage.message(place) for place in places]
    assert {one.thread_ts for one in messages} == {card.ts}
    assert sum(one.text.count("&amp;長い") for one in messages) == 2000
    assert "続きはスレッドにあります" in stage.message(card).text
    found = stage.cards.find_reply(keys=["more/card/1/001"], place=card)
    assert [one.ts for one in found.messages] == [places[0].ts]


def test_a_page_is_edited_in_its_place_and_emptied_where_all_fits(stage: Stage) -> None:
    card = stage.post(post_card(LONG))
    (first, *_) = card_overflow(LONG)
    place = stage.post(page(first), card)
    (other, *_) = card_overflow(replace(LONG, next_step="別の文 " * 200))

    stage.tell(edit(other), place)
    assert "別の文" in stage.message(place).text
    stage.tell(edit(Page()), place)
    assert stage.message(place).text == "ここにあった内容は、現在はカードに収まっています。"


def test_the_rest_of_a_storm_is_a_table_in_its_thread(stage: Stage) -> None:
    storm = summary(57)
    place = stage.post(storm)
    (second, third) = summary_overflow(storm.lines)
    at = stage.post(page(second), place)

    assert "会社 21" in str(stage.message(at).blocks)
    assert "会社 40" in str(stage.message(at).blocks)
    assert "会社 57" in str(stage.message(stage.post(page(third, number=2), place)).blocks)


def test_an_old_card_leads_to_the_new_one(stage: Stage) -> None:
    old, new = stage.post(post_card()), stage.post(post_card(key="card/2"))
    closing = replace(update_card(), continued_in="card/2")

    assert stage.tell(closing, old, new).status is PostStatus.POSTED
    shown = stage.message(old).text + str(stage.message(old).blocks)
    assert f"/p{new.ts.replace('.', '')}|新しいカード>" in shown


def test_an_old_card_is_closed_without_an_address_where_the_new_one_is_gone(stage: Stage) -> None:
    old, new = stage.post(post_card()), stage.post(post_card(key="card/2"))
    del stage.slack.channel().messages[new.ts]

    stage.tell(replace(update_card(), continued_in="card/2"), old, new)
    assert "このカードの続きは新しいカードにあります" in stage.message(old).text


def test_an_address_that_slack_does_not_give_now_is_asked_for_again(stage: Stage) -> None:
    old, new = stage.post(post_card()), stage.post(post_card(key="card/2"))
    closing = replace(update_card(), continued_in="card/2")
    before = stage.message(old).text

    stage.refuse("internal_error")
    assert stage.tell(closing, old, new).status is PostStatus.RETRY
    assert stage.message(old).text == before
    stage.refuse("token_revoked")
    with pytest.raises(AuthFailedError):
        stage.tell(closing, old, new)
    assert stage.tell(closing, old, new).status is PostStatus.POSTED
