"""Each person is mentioned in their own business hours, nobody outside theirs, and nobody twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.confidence_shop import ConfidenceShop
from tests.fakes.people_abroad import (
    BOTH,
    GOOD,
    KOLKATA,
    NEW_YORK,
    NINE_THERE,
    RENEWALS,
    RISK,
    SATO,
    TOLD,
    TUESDAY,
    at,
    falls,
    heard,
    living,
    mentioning,
    moved,
    somebody_else,
    work_until,
)

from csops_sync.app.confidence.silences import SilenceOrder, end_silence, silence
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.step_words import JAPANESE
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.rules import AnswerWithin
from csops_sync.domain.confidence.silencing import Silenced
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.store import OutboxStatus


def test_people_who_share_no_hour_are_mentioned_each_in_their_own() -> None:
    shop, deal = living(boss=NEW_YORK)

    assert heard(shop, lambda: falls(shop, deal)) == [(TOLD, "card", (shop.csm,))]
    assert shop.slack.tellings[-1].later == (shop.boss,)
    since = work_until(shop, NINE_THERE + timedelta(days=2), minutes=6)
    assert [one for one in since if shop.boss in one[2]] == [(NINE_THERE, "called", (shop.boss,))]
    assert [one for one in since if shop.csm in one[2]] == []


def test_who_is_at_work_does_not_wait_for_an_hour_that_all_share() -> None:
    shop, deal = living(boss=KOLKATA)  # nine there is half past twelve in Tokyo
    nine_there = datetime(2026, 4, 13, 3, 36, tzinfo=UTC)

    assert heard(shop, lambda: falls(shop, deal)) == [(TOLD, "card", (shop.csm,))]
    assert work_until(shop, nine_there) == [(nine_there, "called", (shop.boss,))]


def test_the_first_at_work_is_mentioned_first_whoever_the_rules_name_first() -> None:
    shop, deal = living(mentioning("csm.manager", "csm"), boss=NEW_YORK)

    assert heard(shop, lambda: falls(shop, deal)) == [(TOLD, "card", (shop.csm,))]
    (card,) = shop.cards()
    assert (card.zone, card.due_at) == ("Asia/Tokyo", TOLD + timedelta(hours=4))


def test_people_whose_hours_are_open_together_are_called_in_one_reply() -> None:
    rules = mentioning("csm", "csm.manager", "csm.manager.manager")
    shop, deal = living(rules, boss=NEW_YORK, head=NEW_YORK)

    assert heard(shop, lambda: moved(shop, deal, "D", by=somebody_else(shop))) == [
        (TOLD, "card", (shop.csm,))
    ]
    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss, shop.head))]


def test_people_of_three_zones_are_mentioned_in_three_messages() -> None:
    rules = mentioning("csm", "csm.manager", "csm.manager.manager")
    shop, deal = living(rules, boss=NEW_YORK, head=KOLKATA)

    assert heard(shop, lambda: moved(shop, deal, "D", by=somebody_else(shop))) == [
        (TOLD, "card", (shop.csm,))
    ]
    half_past_three = datetime(2026, 4, 13, 3, 30, tzinfo=UTC)
    assert heard(shop, lambda: at(shop, half_past_three)) == [(half_past_three, "called", (shop.head,))]
    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss,))]


def test_a_move_in_a_thread_calls_each_in_their_own_hours_too() -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal, "C")
    heard(shop, lambda: at(shop, NINE_THERE))
    heard(shop, lambda: at(shop, TUESDAY))

    moves = heard(shop, lambda: moved(shop, deal, "E"))
    assert [(about, who) for _, about, who in moves] == [("moved", (shop.csm,))]
    later = heard(shop, lambda: at(shop, NINE_THERE + timedelta(days=1)))
    assert [(about, who) for _, about, who in later] == [("called", (shop.boss,))]
    call = shop.slack.tellings[-1].telling
    assert isinstance(call, PostReply)
    assert [one.rank for one in call.face.path] == ["C", "E"]


def test_a_handle_is_called_in_our_hours_and_a_person_beside_it_in_their_own() -> None:
    shop, deal = living(mentioning("csm.manager", "@cs-leads"), boss=NEW_YORK)

    assert heard(shop, lambda: falls(shop, deal)) == [(TOLD, "card", ("@cs-leads",))]
    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss,))]


def test_urgent_news_mention_everybody_at_once() -> None:
    urgent = replace(BOTH, routes=tuple(replace(one, urgent=True) for one in BOTH.routes))
    shop, deal = living(urgent, boss=NEW_YORK)

    assert heard(shop, lambda: falls(shop, deal)) == [(TOLD, "card", (shop.csm, shop.boss))]
    assert heard(shop, lambda: at(shop, NINE_THERE)) == []


@pytest.mark.parametrize("answer", [AnswerKind.ACKNOWLEDGED, AnswerKind.SNOOZED])
def test_nobody_is_called_about_what_somebody_has_answered_meanwhile(answer: AnswerKind) -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal)
    shop.answer(answer, by=SATO, value="1" if answer is AnswerKind.SNOOZED else "")

    assert heard(shop, lambda: at(shop, NINE_THERE)) == []
    (call,) = [row for row in shop.rows() if row.key.startswith("call/")]
    assert call.status is OutboxStatus.CANCELLED


def test_the_end_of_a_snooze_asks_each_again_in_their_own_hours_and_nobody_twice() -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal)
    shop.answer(AnswerKind.SNOOZED, by=SATO, value="1")

    again = work_until(shop, NINE_THERE + timedelta(days=1, minutes=10), minutes=6)
    tomorrow = timedelta(days=1)
    assert [one for one in again if one[1] != "escalated"] == [
        (TOLD + tomorrow, "asked_again", (shop.csm,)),
        (NINE_THERE + tomorrow, "called", (shop.boss,)),
    ]


def test_who_was_asleep_hears_nothing_of_what_was_undone_meanwhile() -> None:
    good = replace(GOOD, mention=("csm",), channel="#risk")
    shop, deal = living(replace(BOTH, routes=(*BOTH.routes[:2], good)), boss=NEW_YORK)
    falls(shop, deal)
    assert [who for _, _, who in heard(shop, lambda: moved(shop, deal, "A"))] == [(shop.csm,)]

    assert heard(shop, lambda: at(shop, NINE_THERE)) == []
    assert shop.cards()[0].state is CardState.QUIET


def test_who_was_asleep_hears_once_of_a_move_and_what_followed_it() -> None:
    worse = replace(RISK, mention=("csm", "csm.manager"))
    shop, deal = living(replace(BOTH, routes=(worse, RENEWALS, GOOD)), boss=NEW_YORK)
    falls(shop, deal, "C")
    assert [who for _, _, who in heard(shop, lambda: moved(shop, deal, "E"))] == [(shop.csm,)]

    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss,))]
    call = shop.slack.tellings[-1].telling
    assert isinstance(call, PostReply)
    assert [one.rank for one in call.face.path] == ["C", "E"]


def test_who_was_asleep_is_told_with_a_move_that_alone_would_not_mention_them() -> None:
    only_csm = replace(RISK, mention=("csm",), prior_at_least=None)
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal, "C")
    shop.rules = replace(shop.rules, confidence=replace(BOTH, routes=(only_csm, RENEWALS, GOOD)))
    heard(shop, lambda: moved(shop, deal, "E"))

    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss,))]
    assert shop.boss in shop.cards()[0].asked


def test_who_was_asleep_and_is_told_with_a_move_is_not_called_as_its_next_step_too() -> None:
    asking = AnswerWithin(span=timedelta(hours=4), steps=("csm.manager", "@cs-leads"))
    only_csm = replace(RISK, mention=("csm",), prior_at_least=None, acknowledge=asking)
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal, "C")
    shop.rules = replace(shop.rules, confidence=replace(BOTH, routes=(only_csm, RENEWALS, GOOD)))
    heard(shop, lambda: moved(shop, deal, "E"))

    since = work_until(shop, NINE_THERE + timedelta(days=1), minutes=6)
    assert [about for _, about, who in since if shop.boss in who] == ["called"]
    (card,) = shop.cards()
    assert (card.steps, len(card.whys)) == (("@cs-leads",), 1)


def test_who_falls_asleep_while_slack_is_away_does_not_make_others_wait_for_their_morning() -> None:
    rules = mentioning("csm", "csm.manager", "csm.manager.manager")
    shop, deal = living(rules, boss=NEW_YORK, sato="Australia/Sydney")  # nine there is eight in Tokyo
    shop.slack.answer(PostResult(status=PostStatus.RETRY, code="ratelimited", retry_after=7 * 3600))
    moved(shop, deal, "D", by=somebody_else(shop))

    told = heard(shop, lambda: at(shop, TOLD + timedelta(hours=7, minutes=1)))
    assert [who for _, _, who in told] == [(shop.head,)]
    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss,))]
    nine_in_sydney = datetime(2026, 4, 13, 23, tzinfo=UTC)
    assert heard(shop, lambda: at(shop, nine_in_sydney)) == [(nine_in_sydney, "called", (shop.csm,))]
    assert heard(shop, lambda: at(shop, NINE_THERE + timedelta(days=1))) == []


def test_a_message_that_slack_put_off_into_the_night_of_one_goes_out_in_the_hours_of_another() -> None:
    shop, deal = living(boss=NEW_YORK)
    shop.slack.answer(PostResult(status=PostStatus.RETRY, code="ratelimited", retry_after=9 * 3600))
    falls(shop, deal)

    assert heard(shop, lambda: at(shop, TOLD + timedelta(hours=9, minutes=1))) == []  # seven in the evening
    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "card", (shop.boss,))]
    assert shop.slack.tellings[-1].later == (shop.csm,)
    assert [one for one in work_until(shop, TUESDAY + timedelta(minutes=10)) if one[1] == "called"] == [
        (TUESDAY, "called", (shop.csm,))
    ]


def test_a_message_that_slack_put_off_until_all_are_at_work_mentions_all_and_calls_nobody() -> None:
    shop, deal = living(boss=KOLKATA)
    shop.slack.answer(PostResult(status=PostStatus.RETRY, code="ratelimited", retry_after=4 * 3600))
    falls(shop, deal)

    told = heard(shop, lambda: at(shop, TOLD + timedelta(hours=4, minutes=1)))
    assert [who for _, _, who in told] == [(shop.csm, shop.boss)]
    assert heard(shop, lambda: at(shop, TUESDAY + timedelta(hours=5))) == []
    assert [row.status for row in shop.rows() if row.key.startswith("call/")] == [OutboxStatus.CANCELLED]
    assert shop.cards()[0].calling == ()


def test_a_message_that_slack_puts_off_often_has_one_call_while_the_same_are_asleep() -> None:
    shop, deal = living(boss=NEW_YORK)
    for _ in range(3):
        shop.slack.answer(PostResult(status=PostStatus.RETRY, code="ratelimited", retry_after=60))
    falls(shop, deal)
    for _ in range(3):
        heard(shop, lambda: shop.cycle(minutes=2))

    assert [row.status for row in shop.rows() if row.key.startswith("call/")] == [OutboxStatus.PENDING]


def test_good_news_that_no_longer_hold_call_nobody() -> None:
    shop, deal = living(boss=NEW_YORK)
    shop.move(deal, "A", by=shop.head)
    shop.settle()
    assert [who for _, _, who in heard(shop)] == [(shop.csm,)]
    silent = replace(BOTH, routes=BOTH.routes[2:], none=frozenset({*BOTH.none, *RISK.changes}))
    shop.rules = replace(shop.rules, confidence=silent)
    moved(shop, deal, "D")

    assert heard(shop, lambda: at(shop, NINE_THERE)) == []


@pytest.mark.parametrize("kind", [Silenced.OPPORTUNITY, Silenced.OWNER])
def test_nobody_is_called_about_what_is_silenced_before_the_silence_is_over(kind: Silenced) -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal)
    tomorrow = NINE_THERE + timedelta(days=1)
    silenced(shop, kind, {Silenced.OPPORTUNITY: deal, Silenced.OWNER: shop.csm}[kind], until=tomorrow)

    assert heard(shop, lambda: at(shop, NINE_THERE)) == []
    assert heard(shop, lambda: at(shop, tomorrow - timedelta(minutes=1))) == []
    (call,) = [row for row in shop.rows() if row.key.startswith("call/")]
    assert (call.not_before, call.error) == (tomorrow, "silenced by sato until 2026-04-14 13:00Z")
    assert heard(shop, lambda: at(shop, tomorrow)) == [(tomorrow, "called", (shop.boss,))]


def test_a_silence_that_is_ended_lets_the_call_go_out_in_its_hours() -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal)
    made = silenced(shop, Silenced.OPPORTUNITY, deal, until=NINE_THERE + timedelta(days=20))
    assert heard(shop, lambda: at(shop, NINE_THERE)) == []
    at(shop, TUESDAY)
    end_silence(shop.office(), made)

    assert heard(shop) == []
    tomorrow = NINE_THERE + timedelta(days=1)
    assert heard(shop, lambda: at(shop, tomorrow)) == [(tomorrow, "called", (shop.boss,))]


def test_a_reminder_on_its_way_to_somebody_asleep_waits_for_a_silence_too() -> None:
    shop, deal = living(mentioning("csm"), head=NEW_YORK)
    shop.move(deal, "D", by=shop.boss)
    shop.settle()
    shop.deliver()
    work_until(shop, TOLD + timedelta(hours=4, minutes=30))
    (step,) = [row for row in shop.rows() if row.key.startswith("escalated/")]
    assert step.status is OutboxStatus.PENDING
    tomorrow = NINE_THERE + timedelta(days=1)
    silenced(shop, Silenced.OPPORTUNITY, deal, until=tomorrow)

    assert heard(shop, lambda: at(shop, NINE_THERE)) == []
    assert heard(shop, lambda: at(shop, tomorrow)) == [(tomorrow, "escalated", (shop.head,))]


def test_a_reaction_on_the_call_answers_the_question() -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal)
    heard(shop, lambda: at(shop, NINE_THERE))

    (call,) = [row.key for row in shop.rows() if row.key.startswith("call/")]
    assert call in shop.cards()[0].called_in


def test_the_time_to_answer_is_that_of_who_was_mentioned_first_and_the_next_has_their_own() -> None:
    shop, deal = living(mentioning("csm"), head=NEW_YORK)
    shop.move(deal, "D", by=shop.boss)
    shop.settle()
    shop.deliver()
    assert shop.cards()[0].due_at == TOLD + timedelta(hours=4)

    assert work_until(shop, NINE_THERE, minutes=9)[-1][1:] == ("escalated", (shop.head,))
    (card,) = shop.cards()
    assert card.zone == NEW_YORK
    assert card.due_at is not None
    assert timedelta(hours=4) <= card.due_at - NINE_THERE < timedelta(hours=4, minutes=9)


def test_a_call_that_slack_put_off_into_the_night_waits_for_the_next_morning_there() -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal)

    assert heard(shop, lambda: at(shop, NINE_THERE + timedelta(hours=10))) == []
    assert heard(shop, lambda: at(shop, TUESDAY + timedelta(hours=1))) == []
    tomorrow = NINE_THERE + timedelta(days=1)
    assert heard(shop, lambda: at(shop, tomorrow)) == [(tomorrow, "called", (shop.boss,))]


def test_a_message_that_slack_did_not_take_is_sent_again_without_who_is_called_later() -> None:
    shop, deal = living(boss=NEW_YORK)
    shop.slack.answer(PostResult(status=PostStatus.RETRY, code="ratelimited", retry_after=60))
    falls(shop, deal)
    assert shop.slack.tellings == []

    assert [who for _, _, who in heard(shop, lambda: shop.cycle(minutes=2))] == [(shop.csm,)]
    assert shop.slack.tellings[-1].later == (shop.boss,)
    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss,))]


def test_a_message_whose_answer_was_lost_is_found_and_who_was_asleep_is_called_once() -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal, "C")
    shop.move(deal, "E", by=shop.head)
    shop.settle()
    (move,) = [row.key for row in shop.rows() if row.key.startswith("move/")]
    shop.slack.lose_answer_of(move)
    heard(shop)
    assert heard(shop, lambda: shop.cycle(minutes=2)) == []
    assert shop.row(move).status is OutboxStatus.SENT

    assert heard(shop, lambda: at(shop, NINE_THERE)) == [(NINE_THERE, "called", (shop.boss,))]


def test_explain_says_who_is_called_when_and_why() -> None:
    shop, deal = living(boss=NEW_YORK)
    falls(shop, deal)

    found = explain_view(shop.office(), deal).renewals
    said = [one.text for view in found for one in view.events if one.name == "called later"]
    assert said == [
        "課長 is outside business hours, and mentioned in the thread then, from 2026-04-13 13:00Z on"
    ]
    japanese = explain_view(shop.office(), deal, language=JAPANESE).renewals
    assert [one.text for view in japanese for one in view.events if one.name == "called later"] == [
        "課長 は営業時間外のため、営業時間になってからスレッドでメンション(2026/04/13 13:00Z 以降)"
    ]
    heard(shop, lambda: at(shop, NINE_THERE))
    told = [one.text for view in explain_view(shop.office(), deal).renewals for one in view.events]
    assert "#risk, in its thread (called), mentioned 課長" in told


def test_nobody_who_lives_here_has_more_than_one_message() -> None:
    shop, deal = living(mentioning("csm", "csm.manager", "csm.manager.manager"))

    assert heard(shop, lambda: moved(shop, deal, "D", by=somebody_else(shop))) == [
        (TOLD, "card", (shop.csm, shop.boss, shop.head))
    ]
    assert [row.key for row in shop.rows() if row.key.startswith("call/")] == []


def silenced(shop: ConfidenceShop, kind: Silenced, subject: str, *, until: datetime) -> str:
    """Somebody wants nothing told of this until then; the silence's id."""
    return silence(
        shop.office(), SilenceOrder(kind=kind, subject=subject, until=until, reason="data load")
    ).id
