"""When a card mentions the next person, and when it had better not."""

from datetime import UTC, datetime

from tests.fakes.cards import FakeCards
from tests.fakes.confidence_shop import ConfidenceShop, watched

from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.confidence.telling import PostReply
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
    shop.crm.advance(seconds=16 * 3600)
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
    silence = Silence(
        id="s1",
        kind=Silenced.OPPORTUNITY,
        subject=deal,
        since=now,
        until=now.replace(day=20),
        by="ops",
        reason="移行中",
    )
    with shop.store.transaction() as tx:
        tx.confidence.silences.put([silence])
    shop.cycle(minutes=FOUR_HOURS)

    assert replies(shop) == []
    assert shop.cards()[0].state is CardState.ASKING
