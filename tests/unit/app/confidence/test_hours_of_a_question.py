"""A question's time runs from when people could read it, in their own hours; nothing else that is said puts it off."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.orders_outbox import drop
from csops_sync.app.queries_explain import explain_view
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.telling import PostCard, PostReply, PostSummary
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus

BOSS, SATO = "U2BOSS", "U3SATO"
RISK, RENEWALS, GOOD = RULES.routes
HOUR = 60
NINE = datetime(2026, 4, 14, tzinfo=UTC)  # in Tokyo, on Tuesday


def asking(rules: ConfidenceRules = RULES) -> tuple[ConfidenceShop, str]:
    """A card that asks the manager since 10:06 on a Monday."""
    shop, (deal,) = watched(rules)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    return shop, deal


def mentioned(shop: ConfidenceShop, *about: ReplyKind) -> list[tuple[str, ...]]:
    """Whom the replies of these kinds mention, sent or not."""
    return [one.mentions for one in shop.tellings() if isinstance(one, PostReply) and one.about in about]


def lives_in_new_york(shop: ConfidenceShop, slack_user: str = BOSS) -> None:
    person = shop.slack.person(slack_user)
    shop.slack._people[slack_user] = replace(person, timezone="America/New_York")


def at(shop: ConfidenceShop, instant: datetime) -> None:
    shop.crm.advance(seconds=(instant - shop.crm.now()).total_seconds())


def test_a_note_puts_no_step_off() -> None:
    shop, _ = asking()
    due_at = shop.cards()[0].due_at
    shop.crm.advance(seconds=3 * 3600)
    shop.answer(AnswerKind.NOTED, by=SATO, value="確認中")
    shop.deliver()
    assert shop.cards()[0].due_at == due_at

    shop.cycle(minutes=HOUR)
    assert mentioned(shop, ReplyKind.ESCALATED) == [(shop.head,)]


def test_there_and_back_that_is_told_puts_no_step_off() -> None:
    shop, deal = asking(replace(RULES, tell_net_zero=True))
    due_at = shop.cards()[0].due_at
    shop.move(deal, "E")
    shop.crm.advance(seconds=60)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()

    assert len(mentioned(shop, ReplyKind.MOVED)) == 1
    assert shop.cards()[0].due_at == due_at


def test_a_question_that_waits_for_slack_is_passed_on_to_nobody_and_counts_from_when_it_is_read() -> None:
    shop, deal = asking()
    shop.move(deal, "E")
    shop.settle()
    for _ in range(12):
        shop.cycle(minutes=2 * HOUR)
    assert mentioned(shop, ReplyKind.ESCALATED) == []

    shop.deliver()
    read_at = shop.crm.now()
    assert shop.cards()[0].due_at == read_at + timedelta(hours=4)
    shop.cycle(minutes=4 * HOUR)
    assert mentioned(shop, ReplyKind.ESCALATED) == [(shop.head,)]


def test_a_step_that_waits_for_slack_is_followed_by_no_other() -> None:
    shop, _ = asking()
    for _ in range(14):
        shop.cycle(minutes=2 * HOUR)

    assert mentioned(shop, ReplyKind.ESCALATED) == [(shop.head,)]


def test_a_step_that_a_person_dropped_holds_up_no_other() -> None:
    shop, _ = asking()
    shop.cycle(minutes=4 * HOUR)
    (step,) = [row.key for row in shop.rows() if row.key.startswith("escalated")]
    drop(shop.office(), [step])
    shop.cycle(minutes=24 * HOUR)

    assert mentioned(shop, ReplyKind.ESCALATED) == [(shop.head,), ("@cs-leads",)]


def test_what_slack_held_up_into_the_night_waits_for_the_morning() -> None:
    shop, (deal,) = watched()
    shop.crm.advance(seconds=7.5 * 3600)
    shop.move(deal, "D")
    shop.settle()
    assert shop.verdicts() == ["told"]
    shop.crm.advance(seconds=9 * 3600)
    shop.deliver()
    assert shop.slack.tellings == []

    said = [one.text for found in explain_view(shop.office(), deal).renewals for one in found.events]
    assert any(one.endswith("who is mentioned, until 2026-04-14 00:00Z") for one in said), said
    at(shop, NINE)
    shop.deliver()
    assert [one.telling.key for one in shop.slack.tellings] == [shop.cards()[0].key]
    assert shop.cards()[0].due_at == NINE + timedelta(hours=4)


def test_a_move_in_a_thread_a_reminder_and_a_summary_wait_for_the_morning_too() -> None:
    shop, made = watched(replace(RULES, routes=(RISK, RENEWALS, GOOD)), deals=6)
    first, *others = made
    shop.move(first, "C")
    shop.settle()
    shop.deliver()
    shop.answer(AnswerKind.SNOOZED, by=BOSS, value="1")
    shop.deliver()
    shop.crm.advance(days=1)
    shop.cycle()
    shop.crm.advance(seconds=7 * 3600)
    shop.move(first, "D", by=shop.csm)
    for deal in others:
        shop.move(deal, "A", by=shop.head)
    shop.cycle()
    shop.cycle(minutes=6)
    shop.cycle(minutes=6)
    before = len(shop.slack.tellings)
    shop.crm.advance(seconds=9 * 3600)
    shop.deliver()

    calls = [one for one in shop.slack.tellings[before:] if getattr(one.telling, "mentions", ())]
    assert calls == []
    waiting = [decode_telling(row.payload) for row in shop.rows() if row.status is OutboxStatus.PENDING]
    assert {type(one) for one in waiting if getattr(one, "mentions", ())} >= {PostReply, PostSummary}


def test_an_urgent_card_waits_for_no_morning() -> None:
    shop, (deal,) = watched(replace(RULES, routes=(replace(RISK, urgent=True), RENEWALS, GOOD)))
    shop.crm.advance(seconds=12 * 3600)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()

    assert [one.telling.kind for one in shop.slack.tellings] == ["card", "card_update", "reply"]


def test_one_message_that_rests_holds_up_no_other() -> None:
    board = replace(RISK, channel="#renewals", origin="rules.yaml:63", also=True)
    shop, made = watched(
        replace(RULES, storm=None, routes=(board, replace(RISK, urgent=True, also=True))), deals=3
    )
    shop.crm.advance(seconds=12 * 3600)
    for deal in made:
        shop.move(deal, "D")
    shop.settle()
    shop.deliver()

    posts = [one.telling for one in shop.slack.tellings if isinstance(one.telling, PostCard)]
    assert [one.channel for one in posts] == ["#risk"] * 3


def test_who_is_mentioned_first_is_mentioned_in_their_own_hours_and_has_their_whole_time() -> None:
    shop, (deal,) = watched()
    lives_in_new_york(shop)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    nine_there = datetime(2026, 4, 13, 13, tzinfo=UTC)
    assert shop.slack.tellings == []
    assert (shop.cards()[0].zone, shop.cards()[0].due_at) == (
        "America/New_York",
        nine_there + timedelta(hours=4),
    )

    at(shop, nine_there)
    shop.deliver()
    assert len(shop.slack.tellings) == 1


def test_the_hours_of_who_was_asked_before_count_for_nobody_else() -> None:
    shop, (deal,) = watched()
    lives_in_new_york(shop)
    shop.move(deal, "C")
    shop.settle()
    at(shop, datetime(2026, 4, 13, 13, tzinfo=UTC))
    shop.deliver()
    assert shop.cards()[0].zone == "America/New_York"

    confidence = replace(RULES, routes=(replace(RISK, mention=("@cs-leads",)), RENEWALS, GOOD))
    shop.rules = replace(shop.rules, confidence=confidence)
    at(shop, NINE)
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()

    (card,) = shop.cards()
    assert (card.zone, card.asked) == (None, ("@cs-leads",))
    assert card.due_at == shop.crm.now() + timedelta(hours=4)


def test_the_end_of_a_snooze_mentions_everybody_who_was_asked_at_first() -> None:
    both = replace(RISK, mention=("csm", "csm.manager"))
    shop, (deal,) = watched(replace(RULES, routes=(both, RENEWALS, GOOD)))
    shop.move(deal, "D", by=shop.head)
    shop.settle()
    shop.deliver()
    shop.answer(AnswerKind.SNOOZED, by=BOSS, value="1")
    shop.crm.advance(days=1)
    shop.cycle(minutes=30)

    assert mentioned(shop, ReplyKind.ASKED_AGAIN) == [(shop.csm, shop.boss)]
    found = explain_view(shop.office(), deal).renewals
    said = [event.text for one in found for event in one.events if event.name == "asked again"]
    assert said == ["the snooze is over; 佐藤, 課長 is mentioned again"]


def test_a_card_with_no_step_left_closes_visibly_when_its_opportunity_is_gone() -> None:
    shop, deal = asking()
    for _ in range(20):
        shop.cycle(minutes=2 * HOUR)
        shop.deliver()
    assert (shop.cards()[0].state, shop.cards()[0].due_at) == (CardState.ASKING, None)

    shop.crm.delete(Role.OPPORTUNITY, deal)
    shop.cycle()
    shop.deliver()
    assert shop.cards()[0].state is CardState.QUIET
    assert shop.slack.tellings[-1].telling.face.state is CardState.QUIET  # type: ignore[union-attr]


def test_cards_that_may_not_take_their_step_starve_no_other() -> None:
    shop, _ = asking()
    (card,) = shop.cards()
    asleep = [
        replace(
            card, id=f"006X{n:05d}/#risk", opportunity_id=f"006X{n:05d}", key=f"card/none/{n}", question=""
        )
        for n in range(1001)
    ]
    early = datetime(2026, 4, 1, tzinfo=UTC)
    with shop.store.transaction() as tx:
        tx.confidence.cards.put([replace(one, due_at=early) for one in asleep])
    shop.cycle(minutes=4 * HOUR)

    assert mentioned(shop, ReplyKind.ESCALATED) == [(shop.head,)]


def test_what_was_held_still_says_so_after_it_was_told() -> None:
    shop, (deal,) = watched()
    shop.crm.advance(seconds=12 * 3600)
    shop.move(deal, "D")
    shop.settle()
    at(shop, NINE)
    shop.cycle()
    shop.deliver()

    said = [one.text for found in explain_view(shop.office(), deal).renewals for one in found.events]
    held = "told in #risk (rules.yaml:60); held before: outside business hours, until 2026-04-14 00:00Z"
    assert any(one.endswith(held) for one in said), said
