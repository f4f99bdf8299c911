"""Cards that turn out to show another end than the renewal's, and are brought to the right one without a mention."""

from dataclasses import replace
from datetime import timedelta

from tests.fakes.confidence_shop import ConfidenceShop, watched

from csops_sync.app.confidence.silences import SilenceOrder, silence
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.confidence.silencing import Silenced
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.ports.crm import Role


def told() -> tuple[ConfidenceShop, str]:
    """A shop in which it was told that one renewal went from B to C."""
    shop, (deal,) = watched()
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()
    return shop, deal


def say_instead(shop: ConfidenceShop, *path: str) -> None:
    """Let the card have said this, as if rows of the change's second had been missing when it was told."""
    way = tuple(map(Standing, path))
    (row,) = shop.ledger()
    with shop.store.transaction() as tx:
        tx.confidence.ledger.put([replace(row, change=replace(row.change, before=way[0], after=way[-1]))])
        tx.confidence.cards.put([replace(one, face=replace(one.face, path=way)) for one in shop.cards()])


def look_again(shop: ConfidenceShop, deal: str, *, amount: int) -> None:
    shop.crm.edit(Role.OPPORTUNITY, deal, {"amount": amount}, by=shop.csm)
    shop.settle()
    shop.deliver()


def corrections(shop: ConfidenceShop) -> list[PostReply]:
    replies = [one for one in shop.tellings() if isinstance(one, PostReply)]
    return [one for one in replies if one.about is ReplyKind.CORRECTED]


def test_a_card_that_is_turned_twice_says_so_twice() -> None:
    shop, deal = told()
    say_instead(shop, "B", "E")
    look_again(shop, deal, amount=5_000_000)
    say_instead(shop, "B", "D")
    look_again(shop, deal, amount=5_500_000)

    assert [one.face.path[-1].rank for one in corrections(shop)] == ["C", "C"]
    assert len({one.key for one in corrections(shop)}) == 2


def test_a_card_that_is_turned_to_where_it_began_asks_nobody_any_more() -> None:
    shop, deal = told()
    assert [one.state for one in shop.cards()] == [CardState.ASKING]
    say_instead(shop, "C", "E")
    look_again(shop, deal, amount=5_000_000)

    (card,) = shop.cards()
    assert [one.rank for one in card.face.path] == ["C", "C"]
    assert (card.state, card.asked, card.due_at) == (CardState.QUIET, (), None)


def hush(shop: ConfidenceShop, deal: str) -> None:
    until = shop.crm.now() + timedelta(days=30)
    order = SilenceOrder(kind=Silenced.OPPORTUNITY, subject=deal, until=until, reason="data load")
    silence(shop.office(), order)


def test_a_card_is_turned_without_a_reply_while_a_silence_holds() -> None:
    shop, deal = told()
    hush(shop, deal)
    say_instead(shop, "B", "E")
    look_again(shop, deal, amount=5_000_000)

    assert [[one.rank for one in card.face.path] for card in shop.cards()] == [["B", "C"]]
    assert corrections(shop) == []


def test_a_late_row_is_in_the_ledger_and_in_no_thread_while_a_silence_holds() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "C")
    shop.move(deal, "E")
    with shop.first_edit_late(deal):
        shop.settle()
        shop.deliver()
        hush(shop, deal)
    shop.settle()

    assert shop.verdicts() == ["correction", "told"]
    assert corrections(shop) == []
