"""Answers as a job: the inbox waits for no channel that cannot be read, and what failed is read again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.fakes.confidence_shop import watched
from tests.fakes.daemon import Bench

from csops_sync.app.answers_job import AnswersJob
from csops_sync.app.confidence.answering import inbox_item
from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.app.cycle_job import Hands
from csops_sync.domain.confidence.face import CardState
from csops_sync.ports.cards import Answer, AnswerKind, Place
from csops_sync.ports.errors import AuthFailedError, OutsideError, PermanentError, TransientError

BOSS, RISK = "U2BOSS", "C00000001"
REFUSALS = [
    PermanentError("archived", code="is_archived"),
    AuthFailedError("revoked", code="token_revoked"),
    TransientError("later"),
]


class Desk:
    """One process whose card asks the manager; it is connected to Slack."""

    def __init__(self) -> None:
        self.shop, (self.deal,) = watched()
        self.move("C")
        self.bench = Bench(crm=self.shop.crm, database=self.shop.database)
        self.connected_at: datetime | None = datetime(2026, 4, 13, tzinfo=UTC)
        self.bench.installation = replace(
            self.bench.installation,
            engine=lambda grant: replace(self.shop.engine(), grant=grant),
            listening=lambda: self.connected_at,
        )
        hands = Hands(
            keeper=self.bench.keeper, current=lambda: self.bench.installation, replace=self.bench.replace
        )
        self.job = AnswersJob(hands, self.bench.cycle, self.bench.instruments)
        self.bench.keeper.beat()
        self.bench.cycle.run()

    def move(self, rank: str) -> None:
        """Move the rank, tell it and send it."""
        self.shop.move(self.deal, rank)
        self.shop.settle()
        self.shop.deliver()

    @property
    def place(self) -> Place:
        """Where the card stands."""
        place = place_of(self.shop.row(self.shop.cards()[0].key).result)
        assert place is not None
        return place

    def state(self) -> CardState:
        """How the card stands."""
        return self.shop.cards()[0].state

    def click(self) -> None:
        """Let the manager say that they are on it."""
        card = self.shop.cards()[0]
        answer = Answer(
            key=f"Ev{card.version}",
            kind=AnswerKind.ACKNOWLEDGED,
            place=self.place,
            slack_user=BOSS,
            at=self.shop.crm.now(),
            card_id=card.id,
        )
        self.shop.store.receive(inbox_item(answer))

    def run(self, *, after: float = 0) -> None:
        """Let seconds pass, then run the job as often as the scheduler might."""
        self.bench.pass_time(after)
        self.job.run()
        self.job.run()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_click_is_taken_though_reactions_cannot_be_read(desk: Desk, refusal: OutsideError) -> None:
    desk.shop.slack.refusals[RISK] = refusal
    desk.click()
    desk.run()

    assert desk.state() is CardState.ACKNOWLEDGED


def test_a_channel_that_is_closed_is_a_warning_until_it_is_read(desk: Desk) -> None:
    desk.shop.slack.refusals[RISK] = REFUSALS[0]
    desk.run()
    view = desk.bench.ready()
    assert view.ready
    assert any("C00000001: archived" in one for one in view.warnings)

    desk.shop.slack.refusals.clear()
    desk.run(after=60)
    assert desk.bench.ready().warnings == view.warnings
    desk.run(after=900)
    assert not any("archived" in one for one in desk.bench.ready().warnings)


def test_a_refused_token_shows_until_it_is_mended(desk: Desk) -> None:
    desk.shop.slack.refusals[RISK] = REFUSALS[1]
    desk.run()
    desk.run(after=5)
    assert any("reactions: revoked" in one for one in desk.bench.ready().problems)

    desk.shop.slack.refusals.clear()
    desk.run(after=60)
    assert not any("revoked" in one for one in desk.bench.ready().problems)


def test_a_reading_that_failed_on_a_new_connection_is_made_up_for(desk: Desk) -> None:
    desk.run()
    desk.shop.slack.react(desk.place, BOSS, "eyes")
    desk.connected_at = datetime(2026, 4, 14, tzinfo=UTC)
    desk.shop.slack.refusals[RISK] = REFUSALS[2]
    desk.run()
    desk.shop.slack.refusals.clear()
    desk.run(after=30)
    assert desk.state() is CardState.ASKING

    desk.run(after=31)
    assert desk.state() is CardState.ACKNOWLEDGED


def test_threads_are_read_on_a_new_connection_and_every_15_minutes_and_not_for_each_new_question(
    desk: Desk,
) -> None:
    desk.run()
    desk.move("E")
    desk.run(after=10)
    assert desk.shop.slack.threads_read == []

    desk.connected_at = datetime(2026, 4, 14, tzinfo=UTC)
    desk.run(after=10)
    assert desk.shop.slack.threads_read == [desk.place]
    desk.run(after=900)
    assert desk.shop.slack.threads_read == [desk.place] * 2


def test_what_stands_on_a_card_is_read_at_once_when_it_asks_anew(desk: Desk) -> None:
    """So that a reaction that is lost right after that still counts, and one from before does not."""
    desk.shop.slack.react(desk.place, BOSS, "white_check_mark")
    desk.click()
    desk.run()
    desk.move("E")
    desk.run(after=10)
    assert desk.state() is CardState.ASKING

    desk.shop.slack.react(desk.place, BOSS, "eyes")
    desk.run(after=900)
    assert desk.state() is CardState.ACKNOWLEDGED
