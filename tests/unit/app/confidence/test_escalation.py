"""When a card mentions the next person, and when it had better not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.cards import FakeCards
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.silences import SilenceOrder, end_silence, silence
from csops_sync.app.queries_explain import explain_view
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.rules import AnswerWithin, ConfidenceRules
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.domain.rules import Ownership
from csops_sync.ports.cards import AnswerKind, SlackPerson
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus

FOUR_HOURS = 4 * 60


def asking(*, deliver: bool = True) -> tuple[ConfidenceShop, str]:
    """A card that asks the manager since 10:06 in Tokyo, on a Monday."""
    shop, (deal,) = watched()
    shop.move(deal, "E")
    shop.settle()
    if deliver:
        shop.deliver()
    return shop, deal


def replies(shop: ConfidenceShop) -> list[PostReply]:
    return [one for one in shop.tellings() if isinstance(one, PostReply)]


def test_who_is_asked_elsewhere_is_passed_over_in_their_own_business_hours_only() -> None:
    shop, _ = asking(deliver=False)
    shop.slack = FakeCards(
        clock=shop.crm,
        channels=("#risk",),
        people=[SlackPerson(id="U2BOSS", name="boss", email="boss@example.com", timezone="America/New_York")],
    )
    shop.deliver()

    (card,) = shop.cards()
    assert card.due_at == datetime(2026, 4, 13, 17, tzinfo=UTC)  # 9:00 in New York is 13:00Z, and four hours
    shop.crm.advance(seconds=12 * 3600)  # 22:06 in Tokyo, 9:06 in New York
    shop.deliver()
    shop.crm.advance(seconds=4 * 3600)
    shop.cycle()
    assert [one.mentions for one in replies(shop)] == [(shop.head,)]


def test_an_answer_that_comes_while_the_mention_waits_takes_it_back() -> None:
    shop, _ = asking()
    shop.cycle(minutes=FOUR_HOURS)
    (reply,) = replies(shop)
    shop.answer(AnswerKind.ACKNOWLEDGED, by="U2BOSS")
    shop.deliver()

    assert shop.row(reply.key).status is OutboxStatus.CANCELLED


def test_a_card_that_nobody_could_read_yet_escalates_to_nobody() -> None:
    shop, _ = asking(deliver=False)
    shop.cycle(minutes=FOUR_HOURS)
    assert replies(shop) == []

    shop.deliver()
    shop.cycle(minutes=60)
    assert replies(shop) == []
    shop.crm.advance(seconds=18 * 3600)
    shop.cycle()
    assert len(replies(shop)) == 1


def test_a_deleted_opportunity_asks_no_more() -> None:
    shop, deal = asking()
    shop.crm.delete(Role.OPPORTUNITY, deal)
    shop.cycle(minutes=FOUR_HOURS)

    assert replies(shop) == []
    assert shop.cards()[0].state is CardState.QUIET


def test_a_silence_holds_the_next_step_back() -> None:
    shop, deal = asking()
    now = shop.crm.now()
    kept = Silence(
        id="s1",
        kind=Silenced.OPPORTUNITY,
        subject=deal,
        since=now,
        until=now.replace(day=20),
        by="ops",
        reason="移行中",
    )
    with shop.store.transaction() as tx:
        tx.confidence.silences.put([kept])
    shop.cycle(minutes=FOUR_HOURS)

    assert replies(shop) == []
    assert shop.cards()[0].state is CardState.ASKING


CLIMBING = replace(
    RULES,
    fallback="@cs-leads",
    routes=tuple(
        replace(one, acknowledge=AnswerWithin(span=timedelta(hours=4), above=2)) for one in RULES.routes[:1]
    ),
    none=frozenset(Direction) - {Direction.WORSENED, Direction.LOST},
)


def climbing(*, by: str | None = None) -> ConfidenceShop:
    """A card that asks the manager, of a shop whose head has a chief above."""
    shop, (deal,) = watched(CLIMBING)
    chief = shop.crm.create(Role.USER, {"name": "役員", "email": "chief@example.com", "active": True})
    shop.crm.edit(Role.USER, shop.head, {"manager": chief})
    shop.cycle()
    shop.move(deal, "E", by=by)
    shop.settle()
    shop.deliver()
    return shop


def next_step(shop: ConfidenceShop) -> None:
    """Let the time of a step pass, and take it."""
    shop.crm.advance(days=1)
    shop.cycle()
    shop.deliver()


def escalations(shop: ConfidenceShop) -> list[str]:
    """What `explain` says of each step."""
    found = explain_view(shop.office(), shop.crm.records(Role.OPPORTUNITY)[0].id)
    return [event.text for renewal in found.renewals for event in renewal.events if event.name == "escalated"]


def test_the_people_above_the_changer_are_mentioned_one_after_the_other_and_no_more() -> None:
    shop = climbing()
    for _ in range(4):
        next_step(shop)

    assert escalations(shop) == [
        "nobody answered in time; step 1 mentions 部長: 部長 stands above 佐藤, who made the change",
        "nobody answered in time; step 2 mentions 役員: 役員 stands above 佐藤, who made the change",
    ]
    assert len(replies(shop)) == 2


def test_a_change_by_somebody_outside_the_line_escalates_in_their_own_line() -> None:
    shop, (deal,) = watched(CLIMBING)
    lead = shop.crm.create(Role.USER, {"name": "営業課長", "email": "uriage@example.com", "active": True})
    rep = shop.crm.create(
        Role.USER, {"name": "営業", "email": "rep@example.com", "active": True, "manager": lead}
    )
    shop.cycle()
    shop.move(deal, "E", by=rep)
    shop.settle()
    shop.deliver()
    next_step(shop)
    next_step(shop)

    assert [one.mentions for one in replies(shop)] == [(lead,), ("@cs-leads",)]
    assert escalations(shop)[-1].endswith(
        "nobody else stands above 営業, who made the change: the fallback is asked"
    )


def test_a_change_by_automation_escalates_above_the_csm() -> None:
    shop, (deal,) = watched(CLIMBING)
    loader = shop.crm.create(
        Role.USER, {"name": "連携", "email": "etl@example.com", "active": True, "manager": shop.csm}
    )
    shop.rules = replace(shop.rules, ownership=Ownership(automation_user_ids=frozenset({loader})))
    shop.cycle()
    shop.move(deal, "E", by=loader)
    shop.settle()
    shop.deliver()
    next_step(shop)

    assert [one.mentions for one in replies(shop)] == [(shop.head,)]
    assert escalations(shop)[0].endswith("部長 stands above 佐藤, who looks after the renewal")


def test_who_left_while_the_card_waited_is_not_mentioned_and_the_next_above_is() -> None:
    shop = climbing()
    (chief,) = [one.id for one in shop.crm.records(Role.USER) if one.values["name"] == "役員"]
    shop.crm.edit(Role.USER, shop.head, {"active": False})
    next_step(shop)
    next_step(shop)

    assert [one.mentions for one in replies(shop)] == [(chief,)]
    assert shop.cards()[0].state is CardState.ASKING


def head_in_new_york(rules: ConfidenceRules) -> ConfidenceShop:
    """A card whose next step at 14:06 in Tokyo is somebody for whom it is 1:06 at night; to be posted."""
    shop, (deal,) = watched(rules)
    shop.slack = FakeCards(
        clock=shop.crm,
        channels=("#risk",),
        people=[
            SlackPerson(id="U1HEAD", name="head", email="head@example.com", timezone="America/New_York"),
            SlackPerson(id="U2BOSS", name="boss", email="boss@example.com", timezone="Asia/Tokyo"),
        ],
    )
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()
    shop.cycle(minutes=FOUR_HOURS)
    shop.deliver()
    return shop


def test_a_step_waits_for_the_business_hours_of_who_it_mentions_and_so_does_the_time_to_answer() -> None:
    shop = head_in_new_york(CLIMBING)
    (reply,) = replies(shop)
    row = shop.row(reply.key)
    nine_there = datetime(2026, 4, 13, 13, tzinfo=UTC)
    assert (row.status, row.not_before, row.attempts) == (OutboxStatus.PENDING, nine_there, 0)
    assert shop.cards()[0].due_at == nine_there + timedelta(hours=4)

    shop.crm.advance(seconds=(nine_there - shop.crm.now()).total_seconds() - 60)
    shop.cycle()
    shop.deliver()
    assert shop.row(reply.key).status is OutboxStatus.PENDING
    shop.cycle(minutes=1)
    shop.deliver()
    assert shop.row(reply.key).status is OutboxStatus.SENT
    assert (shop.cards()[0].zone, shop.cards()[0].level) == ("America/New_York", 1)


def test_an_urgent_step_waits_for_nobody() -> None:
    urgent = tuple(replace(one, urgent=True) for one in CLIMBING.routes)
    shop = head_in_new_york(replace(CLIMBING, routes=urgent))

    assert shop.row(replies(shop)[0].key).status is OutboxStatus.SENT


def test_the_hours_of_who_was_asked_last_count_for_the_next_step() -> None:
    urgent = tuple(replace(one, urgent=True) for one in CLIMBING.routes)
    shop = head_in_new_york(replace(CLIMBING, routes=urgent))
    (card,) = shop.cards()

    assert (card.zone, card.due_at) == ("America/New_York", datetime(2026, 4, 13, 17, tzinfo=UTC))


@pytest.mark.parametrize("kind", list(Silenced))
def test_whatever_silences_a_change_holds_the_next_step_back_until_it_is_over(kind: Silenced) -> None:
    shop, deal = asking()
    subject = {
        Silenced.OPPORTUNITY: deal,
        Silenced.ACCOUNT: shop.crm.records(Role.ACCOUNT)[0].id,
        Silenced.OWNER: shop.csm,
        Silenced.RULE: "rules.yaml:60",
    }[kind]
    shop.crm.edit(Role.OPPORTUNITY, deal, {"owner": shop.head})
    until = shop.crm.now() + timedelta(hours=6)
    made = silence(shop.office(), SilenceOrder(kind=kind, subject=subject, until=until, reason="移行中"))
    shop.cycle(minutes=FOUR_HOURS)
    assert replies(shop) == []

    end_silence(shop.office(), made.id)
    shop.cycle()
    assert [one.mentions for one in replies(shop)] == [(shop.head,)]


@pytest.mark.parametrize(("kind", "subject"), [(Silenced.OWNER, "部長"), (Silenced.RULE, "rules.yaml:66")])
def test_a_silence_of_another_holds_nothing_back(kind: Silenced, subject: str) -> None:
    shop, _ = asking()
    until = shop.crm.now() + timedelta(hours=6)
    silence(shop.office(), SilenceOrder(kind=kind, subject=subject, until=until, reason="移行中"))
    shop.cycle(minutes=FOUR_HOURS)

    assert [one.mentions for one in replies(shop)] == [(shop.head,)]
