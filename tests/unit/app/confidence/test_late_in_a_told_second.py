"""Edits of one second that show themselves one by one: what was told is corrected, and the card stays as it is."""

from dataclasses import replace

from tests.fakes.confidence_shop import watched

from csops_sync.domain.confidence.face import ReplyKind
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.ports.crm import Role


def test_a_late_row_of_a_told_second_corrects_the_thread_and_mentions_nobody() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "C")
    shop.move(deal, "E")
    with shop.first_edit_late(deal):
        shop.settle()
        shop.deliver()
    shop.settle()
    shop.deliver()

    assert shop.verdicts() == ["correction", "told"]
    (reply,) = [one for one in shop.tellings() if isinstance(one, PostReply)]
    assert (reply.about, reply.mentions) == (ReplyKind.CORRECTED, ())
    assert {one.face.path[-1].rank for one in shop.cards()} == {"E"}


def test_a_told_end_that_turns_out_otherwise_is_brought_to_the_card_without_a_mention() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()
    (row,) = shop.ledger()
    with shop.store.transaction() as tx:  # as if it had been told while rows of its second were missing
        told = replace(row.change, after=Standing("E"))
        tx.confidence.ledger.put([replace(row, change=told)])
        tx.confidence.cards.put(
            [replace(one, face=replace(one.face, path=(told.before, told.after))) for one in shop.cards()]
        )
    shop.crm.edit(Role.OPPORTUNITY, deal, {"amount": 5_000_000}, by=shop.csm)
    shop.settle()
    shop.deliver()

    assert {tuple(one.rank for one in card.face.path) for card in shop.cards()} == {("B", "C")}
    (reply,) = [one for one in shop.tellings() if isinstance(one, PostReply)]
    assert (reply.about, reply.mentions) == (ReplyKind.CORRECTED, ())
    assert [one.change.after.rank for one in shop.ledger()] == ["C"]
    shop.settle()
    assert len([one for one in shop.tellings() if isinstance(one, PostReply)]) == 1


def test_two_untracked_edits_of_one_second_with_a_poll_between_are_both_told() -> None:
    shop, (deal,) = watched()
    shop.crm.tracked = frozenset()
    shop.move(deal, "D")
    shop.cycle()
    shop.move(deal, "E")
    shop.settle()

    first, second = (one.change for one in shop.ledger())
    assert second.id == f"{first.id}.1"
    assert {tuple(one.rank for one in card.face.path) for card in shop.cards()} == {("B", "D", "E")}
