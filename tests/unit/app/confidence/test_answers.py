"""What people do with cards: who may answer, what it changes, where it is kept, and what is found by reading again."""

from dataclasses import replace
from datetime import timedelta

from tests.fakes.cards import FakeCards
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.answering import process_answers
from csops_sync.app.confidence.rereading import read_again
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.rules import AnswerRules, ConfidenceRules
from csops_sync.domain.confidence.telling import LogTask, PostReply, UpdateCard
from csops_sync.ports.cards import AnswerKind, Place, SlackPerson
from csops_sync.ports.store import OutboxRow, OutboxStatus

BOSS, HEAD, SATO, LEAD = "U2BOSS", "U1HEAD", "U3SATO", "U4LEAD"


def asking(rules: ConfidenceRules = RULES) -> ConfidenceShop:
    """A shop with one card that asks the manager."""
    shop, (deal,) = watched(rules)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    assert shop.cards()[0].state is CardState.ASKING
    return shop


def tasks(shop: ConfidenceShop) -> list[LogTask]:
    return [one for one in shop.tellings() if isinstance(one, LogTask)]


def test_the_button_of_who_was_asked_closes_the_question_and_logs_a_task() -> None:
    shop = asking()

    assert shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS) == "acknowledged by 課長"

    (card,) = shop.cards()
    assert (card.state, card.answered_by, card.due_at) == (CardState.ACKNOWLEDGED, shop.boss, None)
    (task,) = tasks(shop)
    assert (task.values["what"], task.values["owner"]) == (card.opportunity_id, shop.boss)
    assert task.values["subject"] == f"確度の変化に対応（B → D）: {card.face.account_name}"
    assert task.values["description"] == "— 課長 が対応: B → D"
    shop.deliver()
    shown = shop.slack.shown(_place(shop)).telling
    assert isinstance(shown, UpdateCard)
    assert shown.face.answered_by is not None
    assert shown.face.answered_by.name == "課長"


def test_somebody_above_may_answer_and_somebody_else_may_not() -> None:
    shop = asking()

    assert "asks somebody else" in shop.answer(AnswerKind.ACKNOWLEDGED, by=SATO, key="Ev1")
    assert "asks somebody else" in shop.answer(AnswerKind.ACKNOWLEDGED, by="U9NOBODY", key="Ev2")
    assert shop.cards()[0].state is CardState.ASKING
    assert shop.answer(AnswerKind.ACKNOWLEDGED, by=HEAD, key="Ev3") == "acknowledged by 部長"
    assert "nothing any more" in shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev4")


def test_a_member_of_a_group_that_was_asked_may_answer() -> None:
    shop = asking()
    shop.cycle(minutes=4 * 60)
    shop.deliver()
    shop.cycle(minutes=20 * 60)

    assert shop.answer(AnswerKind.ACKNOWLEDGED, by=LEAD) == "acknowledged by lead"
    assert shop.cards()[0].answered_by == "lead"


def test_a_listed_reaction_answers_and_others_are_welcome() -> None:
    shop = asking()

    assert (
        shop.answer(AnswerKind.REACTED, by=BOSS, value="heart", key="Ev1")
        == ":heart: is welcome, and changes nothing"
    )
    assert (
        shop.answer(AnswerKind.REACTED, by=BOSS, value="eyes::skin-tone-3", key="Ev2")
        == "acknowledged by 課長"
    )


def test_an_event_that_comes_twice_counts_once() -> None:
    shop = asking()
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)

    assert len(tasks(shop)) == 1


def test_a_snooze_rests_until_a_business_morning_and_asks_again() -> None:
    shop = asking()
    said = shop.answer(AnswerKind.SNOOZED, by=BOSS, value="3")

    (card,) = shop.cards()
    assert card.state is CardState.SNOOZED
    assert said == f"snoozed by 課長 until {card.due_at:%Y-%m-%d %H:%M}Z"
    shop.crm.advance(days=3)
    shop.cycle()
    replies = [one for one in shop.tellings() if isinstance(one, PostReply)]
    assert [(one.about, one.mentions) for one in replies] == [(ReplyKind.ASKED_AGAIN, (shop.boss,))]
    assert shop.cards()[0].state is CardState.ASKING


def test_an_answer_stops_the_escalation() -> None:
    shop = asking()
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)
    shop.crm.advance(days=2)
    shop.cycle()

    assert [one for one in shop.tellings() if isinstance(one, PostReply)] == []


def test_a_note_stands_on_the_card_in_the_thread_and_in_a_task_by_its_writer() -> None:
    shop = asking()
    shop.answer(AnswerKind.NOTED, by=SATO, value="  値引きを相談中 <!channel>  ")

    assert shop.cards()[0].note == "値引きを相談中 <!channel>"
    (reply,) = [one for one in shop.tellings() if isinstance(one, PostReply)]
    assert (reply.about, reply.text, reply.mentions) == (ReplyKind.NOTED, "値引きを相談中 <!channel>", ())
    (task,) = tasks(shop)
    assert task.values["description"] == "値引きを相談中 <!channel>\n— 佐藤 のメモ: B → D"
    assert shop.cards()[0].state is CardState.ASKING


def test_a_reason_is_written_to_its_field_and_a_strange_one_is_not() -> None:
    asked = AnswerRules(reason_field="loss_reason", reasons=("価格", "機能"))
    shop = asking(replace(RULES, answer=asked))

    assert "is no reason" in shop.answer(AnswerKind.REASONED, by=BOSS, value="天気", key="Ev1")
    shop.answer(AnswerKind.REASONED, by=BOSS, value="価格", key="Ev2")

    (update,) = [row for row in _all(shop) if row.key.startswith("answer/")]
    assert '"after": "価格"' in update.payload
    shop.sync()  # it stamps the adopted opportunity at the same moment, so that the answer's write is later
    shop.crm.advance(seconds=30)
    shop.sync()
    assert shop.row(update.key).status is OutboxStatus.SENT


def test_who_answered_is_kept_in_mapped_fields() -> None:
    kept = AnswerRules(fields={"acknowledged_by": "taken_by"}, task=False)
    shop = asking(replace(RULES, answer=kept))
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)

    (update,) = [row for row in _all(shop) if row.key.startswith("answer/")]
    assert '"after": "課長"' in update.payload
    assert tasks(shop) == []


def test_a_reaction_whose_event_was_lost_counts_when_it_is_read_again() -> None:
    shop = asking()
    asked_at = shop.crm.now()
    shop.slack.react(_place(shop), BOSS, "eyes")
    shop.slack.react(_place(shop), BOSS, "heart")
    shop.crm.advance(seconds=900)

    assert read_again(shop.engine()) == 2
    process_answers(shop.engine())

    (card,) = shop.cards()
    assert card.state is CardState.ACKNOWLEDGED
    assert card.answered_from is not None
    assert card.answered_from <= asked_at
    assert card.answered_at == asked_at + timedelta(seconds=900)
    assert read_again(shop.engine()) == 0


def test_the_hours_of_who_was_asked_count() -> None:
    shop, (deal,) = watched()
    shop.slack = FakeCards(
        clock=shop.crm,
        channels=("#risk",),
        people=[SlackPerson(id=BOSS, name="boss", email="boss@example.com", timezone="America/New_York")],
    )
    shop.move(deal, "D")
    shop.settle()
    before = shop.cards()[0].due_at
    shop.deliver()

    (card,) = shop.cards()
    assert card.zone == "America/New_York"
    assert before is not None
    assert card.due_at is not None
    assert card.due_at > before


def test_only_the_newest_face_is_sent() -> None:
    shop = asking()
    shop.answer(AnswerKind.NOTED, by=SATO, value="一", key="Ev1")
    shop.answer(AnswerKind.NOTED, by=SATO, value="二", key="Ev2")
    shop.deliver()

    updates = [row for row in shop.rows() if row.kind == "card_update"]
    assert [one.status for one in updates] == [OutboxStatus.CANCELLED, OutboxStatus.SENT]


def _place(shop: ConfidenceShop) -> Place:
    channel_id, _, ts = str(shop.row(shop.cards()[0].key).result).partition("/")
    return Place(channel_id=channel_id, ts=ts)


def _all(shop: ConfidenceShop) -> list[OutboxRow]:
    with shop.store.reading() as tx:
        return list(tx.outbox.with_status(*OutboxStatus))
