"""A worsened move that is posted anew: the old card leads to the new one, and asks nothing any more."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.telling import PostCard, UpdateCard
from csops_sync.ports.cards import AnswerKind, OutgoingCard, Place
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.store import OutboxStatus

ANEW = replace(RULES, routes=tuple(replace(one, anew=True) for one in RULES.routes))


def asked_twice() -> tuple[ConfidenceShop, str, str]:
    """A shop whose card was posted, and another decided in its place; the keys of both."""
    shop, (deal,) = watched(ANEW)
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()
    old = shop.cards()[0].key
    shop.move(deal, "D")
    shop.settle()
    return shop, old, shop.cards()[0].key


def place(shop: ConfidenceShop, key: str) -> Place:
    found = place_of(shop.row(key).result)
    assert found is not None
    return found


def old_card(shop: ConfidenceShop, key: str) -> tuple[OutgoingCard, UpdateCard]:
    shown = shop.slack.shown(place(shop, key))
    assert isinstance(shown.telling, UpdateCard)
    return shown, shown.telling


def test_the_old_card_asks_nothing_any_more_and_leads_to_the_new_one() -> None:
    shop, old, new = asked_twice()
    shop.deliver()

    assert isinstance(shop.slack.shown(place(shop, new)).telling, PostCard)
    shown, last = old_card(shop, old)
    assert (last.face.state, last.continued_in) == (CardState.QUIET, new)
    assert shown.continued_at == place(shop, new)


def test_the_old_card_is_closed_only_after_the_new_one_stands() -> None:
    shop, old, new = asked_twice()
    shop.slack.answer(PostResult(status=PostStatus.RETRY, code="ratelimited", retry_after=30))
    shop.deliver()
    assert isinstance(shop.slack.shown(place(shop, old)).telling, PostCard)

    shop.crm.advance(seconds=60)
    shop.deliver()
    assert old_card(shop, old)[1].continued_in == new


def test_what_an_old_card_was_to_show_before_it_was_closed_comes_too_late() -> None:
    """A note was on its way to the old card when the new one was decided."""
    shop, (deal,) = watched(ANEW)
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()
    old = shop.cards()[0].key
    shop.answer(AnswerKind.NOTED, by="U3SATO", value="電話済み")
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()

    updates = [row for row in shop.rows() if row.kind == "card_update"]
    assert [row.status for row in updates] == [OutboxStatus.CANCELLED, OutboxStatus.SENT]
    assert old_card(shop, old)[1].continued_in == shop.cards()[0].key


def test_a_third_card_leaves_the_first_as_it_is() -> None:
    shop, first, second = asked_twice()
    shop.deliver()
    shop.move(shop.cards()[0].opportunity_id, "E")
    shop.settle()
    shop.deliver()

    third = shop.cards()[0].key
    assert old_card(shop, first)[1].continued_in == second
    assert old_card(shop, second)[1].continued_in == third
