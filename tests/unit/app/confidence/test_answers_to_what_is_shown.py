"""An answer is to the move that its giver saw, wherever that was told; who has answered is not asked about it again."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.queries_explain import explain_view
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.rules import AnswerRules, ConfidenceRules
from csops_sync.domain.confidence.telling import LogTask, PostCard, PostReply, UpdateCard
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.store import OutboxStatus

BOSS, SATO = "U2BOSS", "U3SATO"
RISK, RENEWALS, GOOD = RULES.routes
BOARD = replace(RISK, channel="#renewals", origin="rules.yaml:63", also=True)
BOTH = replace(RULES, routes=(RISK, BOARD, RENEWALS, GOOD))
WOKEN = replace(RULES, routes=(replace(RISK, urgent=True), BOARD, RENEWALS, GOOD))
NIGHT = 12 * 3600


def told(rank: str = "C", rules: ConfidenceRules = RULES) -> tuple[ConfidenceShop, str]:
    shop, (deal,) = watched(rules)
    moved(shop, deal, rank)
    return shop, deal


def moved(shop: ConfidenceShop, deal: str, rank: str, *, deliver: bool = True) -> None:
    shop.move(deal, rank)
    shop.settle()
    if deliver:
        shop.deliver()


def card_in(shop: ConfidenceShop, channel: str) -> Card:
    return next(one for one in shop.cards() if one.channel == channel)


def states(shop: ConfidenceShop) -> dict[str, CardState]:
    return {one.channel: one.state for one in shop.cards()}


def tasks(shop: ConfidenceShop) -> list[str]:
    return [str(one.values["description"]) for one in shop.tellings() if isinstance(one, LogTask)]


def messages(shop: ConfidenceShop, since: int) -> list[PostCard | PostReply]:
    """The messages that reached Slack after the first so many tellings."""
    told = (one.telling for one in shop.slack.tellings[since:])
    return [one for one in told if isinstance(one, PostCard | PostReply)]


def morning(shop: ConfidenceShop) -> list[PostCard | PostReply]:
    since = len(shop.slack.tellings)
    shop.crm.advance(seconds=NIGHT)
    shop.cycle()
    shop.deliver()
    return messages(shop, since)


def path(message: PostCard | PostReply) -> list[str | None]:
    return [one.rank for one in message.face.path]


def test_a_click_on_what_slack_still_shows_answers_that_and_leaves_the_newer_question_open() -> None:
    shop, deal = told("C")
    moved(shop, deal, "D", deliver=False)
    outcome = shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)

    assert outcome == "acknowledged by 課長, as Slack showed it; a newer move asks again"
    assert tasks(shop) == ["— 課長 が対応: B → C"]
    assert shop.cards()[0].state is CardState.ASKING
    shop.deliver()
    (reply,) = messages(shop, 1)
    assert (reply.mentions, reply.face.state) == ((shop.boss,), CardState.ASKING)
    assert shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev2") == "acknowledged by 課長"
    assert tasks(shop)[1] == "— 課長 が対応: C → D"


def test_a_question_that_nothing_shows_yet_has_one_answer_to_the_one_before_and_no_snooze() -> None:
    shop, deal = told("C")
    moved(shop, deal, "D", deliver=False)
    assert "not to be read yet" in shop.answer(AnswerKind.SNOOZED, by=BOSS, value="3", key="Ev1")
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev2")

    assert "not to be read yet" in shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev3")
    assert len(tasks(shop)) == 1


def test_a_move_that_rests_asks_nobody_who_has_answered_on_its_card_at_night() -> None:
    shop, deal = told("C", WOKEN)
    shop.crm.advance(seconds=NIGHT)
    moved(shop, deal, "D")
    card = card_in(shop, "#renewals")
    assert shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, card=card) == "acknowledged by 課長"
    assert tasks(shop) == ["— 課長 が対応: C → D"]
    shop.deliver()

    (reply,) = morning(shop)
    assert (reply.mentions, reply.face.state) == ((), CardState.ACKNOWLEDGED)
    assert reply.face.answered_by is not None
    assert reply.face.answered_by.name == "課長"


def test_a_card_that_was_not_posted_yet_asks_nobody_who_has_answered_on_the_other() -> None:
    shop, (deal,) = watched(WOKEN)
    shop.crm.advance(seconds=NIGHT)
    moved(shop, deal, "D")
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, card=card_in(shop, "#risk"))
    shop.deliver()

    (card,) = morning(shop)
    assert (card.mentions, card.face.state) == ((), CardState.ACKNOWLEDGED)


def test_two_moves_of_one_night_that_rest_on_a_card_are_one_reply_with_one_mention() -> None:
    shop, deal = told("C", WOKEN)
    shop.crm.advance(seconds=NIGHT)
    moved(shop, deal, "D")
    moved(shop, deal, "E")

    (reply,) = morning(shop)
    assert (path(reply), reply.mentions) == (["C", "D", "E"], (shop.boss,))
    assert [one.rank for one in card_in(shop, "#renewals").face.path] == ["C", "D", "E"]
    assert card_in(shop, "#renewals").resting == ""
    kept = explain_view(shop.office(), deal).renewals
    assert not any("never sent" in event.text for one in kept for event in one.events)


def test_two_moves_of_one_night_that_rest_on_no_card_yet_are_one_post() -> None:
    shop, (deal,) = watched(WOKEN)
    shop.crm.advance(seconds=NIGHT)
    moved(shop, deal, "D")
    moved(shop, deal, "E")

    (card,) = morning(shop)
    assert isinstance(card, PostCard)
    assert (path(card), card.mentions, card.channel) == (["B", "D", "E"], (shop.boss,), "#renewals")
    keys = [row.key for row in shop.rows() if row.key.startswith(f"card/{deal}/#renewals")]
    assert [shop.row(key).status for key in keys] == [OutboxStatus.CANCELLED, OutboxStatus.SENT]
    assert {one.message_key for one in shop.ledger()} <= {row.key for row in shop.rows()}


def test_a_move_that_is_told_at_once_takes_in_what_rests() -> None:
    shop, deal = told("C", WOKEN)
    shop.crm.advance(seconds=NIGHT)
    moved(shop, deal, "D")
    since = len(shop.slack.tellings)
    shop.rules = replace(shop.rules, confidence=replace(WOKEN, routes=(RISK, replace(BOARD, urgent=True))))
    moved(shop, deal, "E")

    on_board = [one for one in messages(shop, since) if one.card_id.endswith("#renewals")]
    assert [path(one) for one in on_board] == [["C", "D", "E"]]
    assert [one for one in morning(shop) if one.card_id.endswith("#renewals")] == []


def test_an_answer_answers_the_move_on_every_card_of_it_once() -> None:
    shop, _ = told("D", BOTH)
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, card=card_in(shop, "#renewals"))
    shop.deliver()

    assert states(shop) == {"#risk": CardState.ACKNOWLEDGED, "#renewals": CardState.ACKNOWLEDGED}
    assert len(tasks(shop)) == 1
    updates = [one.telling for one in shop.slack.tellings if isinstance(one.telling, UpdateCard)]
    faces = {one.card_id: one.face for one in updates}
    assert {face.state for face in faces.values()} == {CardState.ACKNOWLEDGED}
    assert len(faces) == 2
    shop.cycle(minutes=5 * 60)
    assert not [one for one in shop.tellings() if isinstance(one, PostReply)]


def test_a_snooze_and_a_reason_count_on_every_card_of_the_move_too() -> None:
    asked = AnswerRules(reason_field="loss_reason", reasons=("価格",))
    shop, _ = told("D", replace(BOTH, answer=asked))
    shop.answer(AnswerKind.SNOOZED, by=BOSS, value="1", key="Ev1")
    shop.answer(AnswerKind.REASONED, by=BOSS, value="価格", key="Ev2")

    assert set(states(shop).values()) == {CardState.SNOOZED}
    assert {one.face.reason for one in shop.cards()} == {"価格"}


def test_a_note_on_the_last_question_does_not_stand_under_the_next() -> None:
    shop, deal = told("D")
    shop.answer(AnswerKind.NOTED, by=BOSS, value="前の話", key="Ev1")
    shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev2")
    shop.deliver()
    moved(shop, deal, "E")

    assert shop.cards()[0].note == ""
    assert messages(shop, 1)[-1].face.note == ""


def test_a_note_is_kept_under_a_name_that_either_side_knows_or_not_at_all() -> None:
    shop, _ = told("D")
    assert shop.answer(AnswerKind.NOTED, by="U4LEAD", value="見ました", key="Ev1") == "a note by lead"
    refused = shop.answer(AnswerKind.NOTED, by="U9NOBODY", value="x", key="Ev2")

    assert refused == "Slack does not say who wrote this note, so it is kept nowhere"
    assert (shop.cards()[0].note, len(tasks(shop))) == ("見ました", 1)


def test_a_reminder_of_a_question_that_another_took_the_place_of_is_not_sent() -> None:
    shop, deal = told("C")
    shop.cycle(minutes=4 * 60)
    moved(shop, deal, "D")

    replies = [one.about for one in messages(shop, 1) if isinstance(one, PostReply)]
    assert replies == [ReplyKind.MOVED]
