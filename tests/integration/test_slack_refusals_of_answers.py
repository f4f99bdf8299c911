"""Every refusal of Slack once a card stands there: its question's hours, finding it again, and what people answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from tests.fakes.slack_office import BOSS, Building, SlackOffice, office_building
from tests.fakes.slack_refusals import REFERENCE

from csops_sync.app.confidence.hearing import NOT_FOR_US
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.telling import PostCard, PostOverflow, PostReply, PostSummary
from csops_sync.ports.store import OutboxRow, OutboxStatus

POST, HISTORY, REPLIES = "chat.postMessage", "conversations.history", "conversations.replies"
HOUR = 3600.0
PASSING = (*REFERENCE["wait"], *REFERENCE["uncertain"])
MENDABLE = (*REFERENCE["config"], *REFERENCE["payload"])
OURSELVES = tuple(word for word in REFERENCE["auth"] if word not in NOT_FOR_US)


@pytest.fixture(scope="module")
def building() -> Iterator[Building]:
    with office_building() as made:
        yield made


def why(row: OutboxRow) -> str:
    return f"{row.status}: {row.error}"


@pytest.mark.parametrize("row", ["wait", "uncertain", "config", "payload"])
def test_a_card_stands_whatever_slack_says_of_peoples_hours(building: Building, row: str) -> None:
    for word in REFERENCE[row]:
        office = building.office()
        office.refuse("users.info", word)
        office.tell()

        assert office.refused(), word
        assert office.row(PostCard).status is OutboxStatus.SENT, word
        assert (office.card().zone, office.problems()) == (None, ())
        assert office.card().due_at is not None, "our own hours count"


def test_a_refusal_of_ourselves_at_peoples_hours_stops_slack_and_the_card_stands_once(
    building: Building,
) -> None:
    for word in OURSELVES:
        office = building.office(deals=2)
        for deal in office.deals:
            office.shop.move(deal, "D")
        office.decide()
        office.refuse("users.info", word)
        office.delivery.run()

        assert [one.status for one in office.rows()] == [OutboxStatus.PENDING] * 2, word
        (problem,) = office.problems()
        assert word in problem
        office.mend()
        office.work()
        assert [one.status for one in office.rows()] == [OutboxStatus.SENT] * 2
        assert [len(office.standing(one.key)) for one in office.rows()] == [1, 1]


@dataclass(frozen=True)
class Lost:
    """A post whose answer was lost though it arrived, and the call that finds it."""

    telling: type[object]
    bring_up: Callable[[SlackOffice], None]
    method: str
    deals: int = 1
    where: str = ""


def lose_card(office: SlackOffice) -> None:
    office.move("D")


def lose_reply(office: SlackOffice) -> None:
    office.tell()
    office.begin_anew()
    office.move("E")


def lose_summary(office: SlackOffice) -> None:
    for deal in office.deals:
        office.shop.move(deal, "D", by=office.shop.head)
    office.decide()


def lose_page(office: SlackOffice) -> None:
    office.tell()
    office.begin_anew()
    office.plan("長い" * 1000)
    office.move("E")


LOST = {
    "a card": Lost(PostCard, lose_card, HISTORY),
    "a card, by who we are": Lost(PostCard, lose_card, "auth.test"),
    "a reply": Lost(PostReply, lose_reply, REPLIES),
    "a summary": Lost(PostSummary, lose_summary, HISTORY, deals=5),
    "a page": Lost(PostOverflow, lose_page, REPLIES, where="more/card/"),
}


def lost(building: Building, case: Lost) -> SlackOffice:
    """An office in which the post stands in Slack, and its row does not know."""
    office = building.office(deals=case.deals)
    case.bring_up(office)
    office.refuse(POST, "drop_after", times=1, contains=case.where)
    office.delivery.run()
    row = office.row(case.telling)
    assert (row.status, len(office.standing(row.key))) == (OutboxStatus.UNKNOWN, 1)
    office.slack.faults.clear()
    return office


def found_once(office: SlackOffice, case: Lost) -> bool:
    """Whether the row knows of the one message that stands there."""
    row = office.row(case.telling)
    (message,) = office.standing(row.key)
    return row.status is OutboxStatus.SENT and str(row.result).endswith(f"/{message.ts}")


@pytest.mark.parametrize("name", LOST)
def test_while_history_cannot_be_read_for_the_moment_nobody_posts_again(
    building: Building, name: str
) -> None:
    case = LOST[name]
    for word in PASSING:
        office = lost(building, case)
        office.refuse(case.method, word)
        office.pass_time(61)
        office.delivery.run()

        assert office.refused(), word
        assert office.row(case.telling).status is OutboxStatus.UNKNOWN, word
        assert len(office.standing(office.row(case.telling).key)) == 1
        office.mend()
        office.work()
        assert found_once(office, case), word


@pytest.mark.parametrize("name", LOST)
def test_a_refusal_of_ourselves_at_the_history_leaves_it_unknown_until_it_is_mended(
    building: Building, name: str
) -> None:
    case = LOST[name]
    for word in OURSELVES:
        office = lost(building, case)
        office.refuse(case.method, word)
        office.pass_time(61)
        office.cycle.run()
        office.delivery.run()

        assert office.row(case.telling).status is OutboxStatus.UNKNOWN, word
        (problem,) = office.problems()
        assert word in problem
        office.mend()
        office.work()
        assert found_once(office, case), word


@pytest.mark.parametrize("name", LOST)
def test_a_history_that_is_closed_to_us_leaves_it_to_a_person(building: Building, name: str) -> None:
    case = LOST[name]
    for word in (*MENDABLE, *NOT_FOR_US):
        office = lost(building, case)
        office.refuse(case.method, word)
        office.pass_time(61)
        office.delivery.run()
        row = office.row(case.telling)

        assert row.status is OutboxStatus.PARKED, (word, why(row))
        assert "outbox retry" in str(row.error)
        assert len(office.standing(row.key)) == 1


@pytest.mark.parametrize("name", ["a card", "a reply", "a summary", "a page"])
def test_a_message_that_shows_itself_after_it_was_sent_again_is_removed_from_the_second_place(
    building: Building, name: str
) -> None:
    case = LOST[name]
    office = lost(building, case)
    (first,) = office.standing(office.row(case.telling).key)
    empty = '{"ok": true, "messages": [], "has_more": false}'
    office.slack.faults.add(
        [
            {
                "service": "slack",
                "path": case.method,
                "fault": "status",
                "status": 200,
                "answer": empty,
                "content_type": "application/json",
            }
        ]
    )
    office.pass_time(61)
    office.delivery.run()

    assert office.refused() == 1, "Slack did not show it yet"
    assert [one.ts for one in office.standing(office.row(case.telling).key)] == [first.ts]
    assert found_once(office, case)


WHO = ("users.info", "users.lookupByEmail", "usergroups.list")


def asked(building: Building) -> SlackOffice:
    """An office whose card asks, and which remembers nobody."""
    office = building.office()
    office.tell()
    office.begin_anew()
    office.answers.run()
    office.begin_anew()
    assert office.card().state is CardState.ASKING
    return office


def outcome(office: SlackOffice) -> str:
    with office.shop.store.reading() as tx:
        return tx.confidence.inbox.get(["click/1"])[0].outcome


@pytest.mark.parametrize("method", WHO)
def test_an_answer_waits_while_slack_cannot_say_who_it_is_and_counts_once(
    building: Building, method: str
) -> None:
    for word in PASSING:
        office = asked(building)
        office.answer()
        office.refuse(method, word)
        office.answers.run()

        assert office.refused(), word
        assert (outcome(office), office.card().state) == ("", CardState.ASKING), word
        assert office.problems() == ()
        office.mend()
        office.answers.run()
        assert office.card().state is CardState.ACKNOWLEDGED, (word, outcome(office))


@pytest.mark.parametrize("method", WHO)
def test_an_answer_outlives_a_refusal_of_ourselves(building: Building, method: str) -> None:
    for word in OURSELVES:
        office = asked(building)
        office.answer()
        office.refuse(method, word)
        office.answers.run()
        calls = office.refused()

        assert (outcome(office), office.card().state) == ("", CardState.ASKING), word
        (problem,) = office.problems()
        assert problem.startswith("answers: ")
        assert word in problem
        office.pass_time(2)
        office.answers.run()
        assert office.refused() == calls, "Slack is not asked in a loop"
        office.mend()
        office.answers.run()
        assert (office.card().state, office.problems()) == (CardState.ACKNOWLEDGED, ()), word


@pytest.mark.parametrize("method", WHO)
def test_what_slack_refuses_about_one_person_or_group_holds_up_no_answer(
    building: Building, method: str
) -> None:
    words = {*MENDABLE, *(NOT_FOR_US if method == "usergroups.list" else ())}
    for word in sorted(words):
        office = asked(building)
        office.answer()
        office.refuse(method, word)
        office.answers.run()

        assert outcome(office), word
        assert office.problems() == (), word
        if method != "users.lookupByEmail":
            assert office.card().state is CardState.ACKNOWLEDGED, (word, outcome(office))


READ = (HISTORY, REPLIES)


def reacted(building: Building, method: str) -> SlackOffice:
    """An office with a reaction that nobody told it of: on its card, or on the reply that asks in its thread."""
    office = asked(building)
    if method == REPLIES:
        office.move("E")
        office.delivery.run()
    spot = office.spot(PostReply if method == REPLIES else None)
    office.slack.acts.react(BOSS, spot, "eyes")
    office.pass_time(HOUR)
    office.cycle.run()
    return office


@pytest.mark.parametrize("method", READ)
def test_a_reaction_that_no_event_told_of_counts_after_the_rereading(building: Building, method: str) -> None:
    office = reacted(building, method)
    office.answers.run()
    office.answers.run()

    card = office.card()
    assert card.state is CardState.ACKNOWLEDGED
    assert card.answered_from is not None
    assert card.answered_at is not None
    assert card.answered_from < card.answered_at, "it came some time between two readings"


@pytest.mark.parametrize("method", READ)
def test_a_rereading_that_fails_for_the_moment_is_made_up_for_within_two_minutes(
    building: Building, method: str
) -> None:
    for word in PASSING:
        office = reacted(building, method)
        office.refuse(method, word)
        office.answers.run()

        assert office.refused(), word
        assert (office.card().state, office.problems()) == (CardState.ASKING, ()), word
        office.slack.faults.clear()
        office.pass_time(120)
        office.answers.run()
        office.answers.run()
        assert office.card().state is CardState.ACKNOWLEDGED, word


@pytest.mark.parametrize("method", READ)
def test_a_rereading_that_is_refused_to_ourselves_shows_on_readyz_and_other_answers_count(
    building: Building, method: str
) -> None:
    for word in OURSELVES:
        office = reacted(building, method)
        office.refuse(method, word)
        office.answers.run()

        (problem,) = office.problems()
        assert word in problem
        office.answer()
        office.answers.run()
        assert office.card().state is CardState.ACKNOWLEDGED, word
        office.mend()
        office.answers.run()
        assert office.problems() == (), word


@pytest.mark.parametrize("method", READ)
def test_a_channel_that_is_closed_to_us_is_a_warning_and_other_answers_count(
    building: Building, method: str
) -> None:
    for word in (*MENDABLE, *NOT_FOR_US):
        office = reacted(building, method)
        office.refuse(method, word)
        office.answers.run()

        assert office.problems() == (), word
        assert any(word in one for one in office.ready().warnings), word
        calls = office.refused()
        office.pass_time(60)
        office.answers.run()
        assert office.refused() == calls, "Slack is not asked in a loop"
        office.answer()
        office.answers.run()
        assert office.card().state is CardState.ACKNOWLEDGED, word
