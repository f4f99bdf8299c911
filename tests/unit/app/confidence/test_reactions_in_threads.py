"""A reaction on the reply that mentions somebody is an answer, as one on the card is; on an old reply it is none."""

from dataclasses import replace
from datetime import datetime

import pytest
from tests.fakes.confidence_shop import RULES, watched

from csops_sync.app.confidence.answering import inbox_item, process_answers
from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.app.confidence.rereading import MOST_THREADS, newest_question, read_again
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.telling import LogTask, PostReply
from csops_sync.ports.cards import Answer, AnswerKind, Place
from csops_sync.ports.errors import AuthFailedError, PermanentError

HEAD, BOSS, SATO = "U1HEAD", "U2BOSS", "U3SATO"
RISK, RENEWALS, GOOD = RULES.routes
ANEW = replace(RULES, routes=(replace(RISK, anew=True), RENEWALS, GOOD))
FOUR_HOURS = 4 * 60


class Threads:
    """A shop whose cards asked when they were posted, and whose renewals then moved on in their threads."""

    def __init__(self, rules: ConfidenceRules = RULES, *, deals: int = 1) -> None:
        self.shop, self.deals = watched(rules, deals=deals)
        self.events = 0
        self.move("C")

    def move(self, rank: str, *, deliver: bool = True) -> None:
        """Move every renewal and decide about it."""
        for deal in self.deals:
            self.shop.move(deal, rank)
            self.shop.cycle(minutes=6)
        self.shop.cycle(minutes=6)
        if deliver:
            self.shop.deliver()

    @property
    def card(self) -> Card:
        """The first card."""
        return self.shop.cards()[0]

    def reply(self, about: ReplyKind = ReplyKind.MOVED, *, of: Card | None = None) -> Place:
        """Where the newest reply of this kind stands."""
        card = of or self.card
        keys = [
            one.key
            for one in self.shop.tellings()
            if isinstance(one, PostReply) and (one.about, one.card_id) == (about, card.id)
        ]
        place = place_of(self.shop.row(keys[-1]).result)
        assert place is not None
        return place

    def parent(self) -> Place:
        """Where the card stands."""
        place = place_of(self.shop.row(self.card.key).result)
        assert place is not None
        return place

    def react(self, place: Place, *, by: str = BOSS, emoji: str = "white_check_mark") -> str:
        """Let a person react, and Slack tell of it; what came of it, in words."""
        self.shop.slack.react(place, by, emoji)
        self.events += 1
        key = f"Ev-{self.events}"
        answer = Answer(
            key=key,
            kind=AnswerKind.REACTED,
            place=place,
            slack_user=by,
            at=self.shop.crm.now(),
            value=emoji,
        )
        self.shop.store.receive(inbox_item(answer))
        process_answers(self.shop.engine())
        with self.shop.store.reading() as tx:
            return tx.confidence.inbox.get([key])[0].outcome

    def read(self) -> int:
        """Read again and take what was found."""
        new = read_again(self.shop.engine())
        process_answers(self.shop.engine())
        return new

    def answered(self) -> list[str]:
        """What was logged of answers in Salesforce."""
        told = self.shop.tellings()
        return [str(one.values["description"]) for one in told if isinstance(one, LogTask)]


@pytest.fixture
def threads() -> Threads:
    return Threads()


def test_a_reaction_on_the_reply_that_mentions_its_giver_answers_and_nobody_above_is_called(
    threads: Threads,
) -> None:
    threads.move("D")

    assert threads.react(threads.reply()) == "acknowledged by 課長"
    assert (threads.card.state, threads.card.answered_by) == (CardState.ACKNOWLEDGED, threads.shop.boss)
    assert threads.answered() == ["— 課長 が対応: C → D"]
    threads.shop.cycle(minutes=FOUR_HOURS)
    replies = [one for one in threads.shop.tellings() if isinstance(one, PostReply)]
    assert [one.about for one in replies] == [ReplyKind.MOVED]


def test_reactions_on_the_card_and_on_its_reply_are_one_answer(threads: Threads) -> None:
    threads.move("D")

    assert threads.react(threads.parent()) == "acknowledged by 課長"
    assert "no card that waits" in threads.react(threads.reply())
    threads.shop.crm.advance(seconds=900)
    assert threads.read() == 0
    assert len(threads.answered()) == 1


def test_on_a_reply_too_only_who_was_asked_answers_and_only_with_a_listed_reaction(threads: Threads) -> None:
    threads.move("D")

    assert "asks somebody else" in threads.react(threads.reply(), by=SATO)
    assert "welcome" in threads.react(threads.reply(), emoji="heart")
    assert threads.card.state is CardState.ASKING
    assert threads.react(threads.reply(), by=HEAD) == "acknowledged by 部長"


def test_a_reaction_on_the_reply_that_calls_the_next_person_answers(threads: Threads) -> None:
    threads.move("D")
    threads.shop.cycle(minutes=FOUR_HOURS)
    threads.shop.deliver()

    assert threads.react(threads.reply(ReplyKind.ESCALATED), by=HEAD) == "acknowledged by 部長"


def test_the_reply_that_asked_first_still_answers_when_the_next_person_was_called(threads: Threads) -> None:
    threads.move("D")
    first = threads.reply()
    threads.shop.cycle(minutes=FOUR_HOURS)
    threads.shop.deliver()

    assert threads.react(first) == "acknowledged by 課長"


def test_a_reaction_on_a_reply_ends_a_snooze_as_one_on_the_card_does(threads: Threads) -> None:
    threads.move("D")
    threads.shop.answer(AnswerKind.SNOOZED, by=BOSS, value="1")

    assert threads.react(threads.reply()) == "acknowledged by 課長"


def test_a_reaction_on_the_reply_that_asks_again_after_a_snooze_answers(threads: Threads) -> None:
    threads.shop.answer(AnswerKind.SNOOZED, by=BOSS, value="1")
    threads.shop.cycle(minutes=24 * 60)
    threads.shop.deliver()

    assert threads.react(threads.reply(ReplyKind.ASKED_AGAIN)) == "acknowledged by 課長"


def test_a_reaction_on_a_note_is_none_on_the_question(threads: Threads) -> None:
    threads.shop.answer(AnswerKind.NOTED, by=SATO, value="電話済み")
    threads.shop.deliver()

    assert "no card that waits" in threads.react(threads.reply(ReplyKind.NOTED))
    assert threads.card.state is CardState.ASKING


def test_a_reply_whose_question_was_answered_does_not_answer_the_next(threads: Threads) -> None:
    threads.move("D")
    old = threads.reply()
    threads.react(old)
    threads.move("E")

    assert "no card that waits" in threads.react(old, emoji="eyes")
    threads.shop.crm.advance(seconds=900)
    assert threads.read() == 0
    assert threads.card.state is CardState.ASKING
    assert threads.react(threads.reply()) == "acknowledged by 課長"


def test_a_reply_whose_question_another_took_the_place_of_does_not_answer_that(threads: Threads) -> None:
    threads.move("D")
    old = threads.reply()
    threads.move("E")

    assert "no card that waits" in threads.react(old)
    assert threads.card.state is CardState.ASKING


def test_a_reply_answers_what_slack_still_shows_while_a_newer_question_cannot_be_read(
    threads: Threads,
) -> None:
    threads.move("D")
    old = threads.reply()
    threads.move("E", deliver=False)

    said = threads.react(old)
    assert said == "acknowledged by 課長, as Slack showed it; a newer move asks again"
    assert threads.answered() == ["— 課長 が対応: C → D"]
    threads.shop.deliver()
    assert threads.card.state is CardState.ASKING
    assert threads.read() == 0
    assert threads.react(threads.reply()) == "acknowledged by 課長"


def test_a_card_in_whose_place_another_is_on_its_way_answers_what_it_shows_and_later_nothing() -> None:
    threads = Threads(ANEW)
    old = threads.parent()
    threads.move("D", deliver=False)
    assert "as Slack showed it" in threads.react(old)

    threads.shop.deliver()
    assert "no card that waits" in threads.react(old, emoji="eyes")
    assert threads.read() == 0
    assert threads.react(threads.parent()) == "acknowledged by 課長"


def test_an_answer_on_a_reply_answers_the_move_on_every_card_of_it() -> None:
    also = replace(RISK, channel="#renewals", origin="rules.yaml:63", also=True)
    threads = Threads(replace(RULES, routes=(RISK, also, RENEWALS, GOOD)))
    threads.move("D")
    threads.react(threads.reply())

    assert {one.state for one in threads.shop.cards()} == {CardState.ACKNOWLEDGED}
    assert len(threads.answered()) == 1


def test_a_reaction_on_a_reply_whose_event_was_lost_counts_some_time_between_two_readings(
    threads: Threads,
) -> None:
    threads.move("D")
    threads.shop.crm.advance(seconds=60)
    assert threads.read() == 0
    read_at = threads.shop.crm.now()
    threads.shop.crm.advance(seconds=300)
    threads.shop.slack.react(threads.reply(), BOSS, "eyes")
    threads.shop.crm.advance(seconds=600)

    assert threads.read() == 1
    card = threads.card
    assert (card.state, card.answered_from) == (CardState.ACKNOWLEDGED, read_at)
    assert card.answered_at == threads.shop.crm.now()
    assert threads.read() == 0


def test_a_lost_reaction_came_no_earlier_than_the_reply_it_stands_on(threads: Threads) -> None:
    threads.move("D")
    place = threads.reply()
    threads.shop.slack.react(place, BOSS, "eyes")
    threads.shop.crm.advance(seconds=900)
    threads.read()

    assert threads.card.answered_from is not None
    assert threads.card.answered_from == datetime.fromtimestamp(
        float(place.ts), tz=threads.card.answered_from.tzinfo
    )


def test_only_threads_in_which_a_card_still_asks_are_read(threads: Threads) -> None:
    threads.read()
    assert threads.shop.slack.threads_read == [], "the card asks with its own message"
    threads.move("D")
    threads.read()
    assert threads.shop.slack.threads_read == [threads.parent()]

    threads.react(threads.reply())
    threads.read()
    assert threads.shop.slack.threads_read == [threads.parent()]


def test_what_asks_in_a_thread_has_no_older_reactions_to_be_read_at_once_there(threads: Threads) -> None:
    """What stands on the card has; the thread is read with the others when it is time."""
    threads.move("D")
    assert newest_question(threads.shop.engine()) == threads.card.asked_at

    read_again(threads.shop.engine(), with_threads=False)
    assert threads.shop.slack.threads_read == []


def test_many_threads_are_read_in_turns_the_longest_unread_first() -> None:
    threads = Threads(replace(RULES, storm=None), deals=MOST_THREADS + 2)
    threads.move("D")
    for _ in range(2):
        threads.shop.crm.advance(seconds=900)
        threads.read()

    read = threads.shop.slack.threads_read
    assert len(read) == 2 * MOST_THREADS
    assert len(set(read[:MOST_THREADS])) == MOST_THREADS
    assert len(set(read)) == MOST_THREADS + 2, "who waited longest comes first"
    assert len(set(read[MOST_THREADS : MOST_THREADS + 2]) & set(read[:MOST_THREADS])) == 0


@pytest.mark.parametrize(
    "refusal",
    [PermanentError("archived", code="is_archived"), AuthFailedError("scope", code="missing_scope")],
    ids=str,
)
def test_a_closed_channel_is_asked_for_none_of_its_threads(
    threads: Threads, refusal: PermanentError | AuthFailedError
) -> None:
    threads.move("D")
    threads.shop.slack.refusals["C00000001"] = refusal

    with pytest.raises(PermanentError, match="C00000001"):
        read_again(threads.shop.engine())
    assert threads.shop.slack.threads_read == []


def test_a_card_that_an_earlier_version_kept_is_answered_on_the_reply_that_asks_last(
    threads: Threads,
) -> None:
    threads.move("D")
    with threads.shop.store.transaction() as tx:
        tx.confidence.cards.put([replace(threads.card, calls=())])

    assert threads.react(threads.reply()) == "acknowledged by 課長"


def test_a_move_that_mentions_people_while_a_card_waits_is_answered_in_its_place_too() -> None:
    """There and back, told: the question before stands, and the mention is where it was told."""
    threads = Threads(replace(RULES, tell_net_zero=True))
    threads.shop.move(threads.deals[0], "D")
    threads.shop.cycle(minutes=1)
    threads.shop.move(threads.deals[0], "C")
    threads.shop.settle()
    threads.shop.deliver()
    assert threads.card.state is CardState.ASKING

    assert threads.react(threads.reply()) == "acknowledged by 課長"
