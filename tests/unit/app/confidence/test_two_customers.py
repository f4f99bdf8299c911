"""A renewal whose opportunity and contract stand under two accounts is followed like any other."""

from collections.abc import Callable

import pytest
from tests.fakes.confidence_shop import ConfidenceShop, watched

from csops_sync.app.reconciling import reconcile
from csops_sync.app.writing import deliver_records
from csops_sync.domain.confidence.telling import PostCard, PostReply, UpdateCard
from csops_sync.domain.renewal import Settled
from csops_sync.ports.crm import Role

Move = Callable[[ConfidenceShop, str], str]


def move_opportunity(shop: ConfidenceShop, deal: str) -> str:
    """Let a person put the opportunity alone under another account; its id."""
    other = _another(shop)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"account": other}, by=shop.csm)
    return other


def move_contract(shop: ConfidenceShop, deal: str) -> str:
    """Let a person put the contract alone under another account; its id."""
    other = _another(shop)
    with shop.store.reading() as tx:
        contracts = [one.contract_id for one in tx.renewals.by_opportunity(deal)]
    for contract in contracts:
        shop.crm.edit(Role.CONTRACT, contract, {"account": other})
    return other


def _another(shop: ConfidenceShop) -> str:
    return shop.crm.create(Role.ACCOUNT, {"name": "親会社", "country": "JP", "csm": shop.csm})


def moves(shop: ConfidenceShop) -> list[tuple[str | None, str | None, str]]:
    """The ranks before and after of every row of the ledger, with its verdict."""
    return [(row.change.before.rank, row.change.after.rank, row.verdict.value) for row in shop.ledger()]


def settled(shop: ConfidenceShop, deal: str) -> list[Settled | None]:
    """How the renewals that are tied to an opportunity ended."""
    with shop.store.reading() as tx:
        return [one.settled for one in tx.renewals.by_opportunity(deal)]


def take_unnoticed(shop: ConfidenceShop) -> None:
    """Read what changed into the mirror, and decide about nobody."""
    with shop.store.transaction() as tx:
        pulled = shop.crm.pull(tx.progress.watermarks())
        tx.mirror.put(list(pulled.rows))
        tx.progress.set_watermarks(pulled.covered)


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize("move", [move_opportunity, move_contract])
def test_changes_are_told_where_only_opportunity_or_contract_moved(move: Move, *, tracked: bool) -> None:
    shop, (deal,) = watched()
    if not tracked:
        shop.crm.tracked = frozenset()
    move(shop, deal)
    shop.settle()
    for rank in ("D", "E"):
        shop.crm.advance(seconds=3600)
        shop.move(deal, rank)
        shop.settle()

    assert moves(shop) == [("B", "D", "told"), ("D", "E", "told")]
    assert [type(one) for one in shop.tellings()] == [PostCard, UpdateCard, PostReply]
    assert [[step.rank for step in one.face.path] for one in shop.cards()] == [["D", "E"]]


def test_a_change_that_comes_with_the_move_is_told() -> None:
    shop, (deal,) = watched()
    move_opportunity(shop, deal)
    shop.move(deal, "D")
    shop.settle()
    shop.move(deal, "A")
    shop.settle()

    assert moves(shop) == [("B", "D", "told"), ("D", "A", "told")]


@pytest.mark.parametrize("move", [move_opportunity, move_contract])
def test_a_renewal_is_settled_when_its_opportunity_elsewhere_is_deleted(move: Move) -> None:
    shop, (deal,) = watched()
    move(shop, deal)
    shop.cycle()
    shop.crm.advance(seconds=3600)
    shop.crm.delete(Role.OPPORTUNITY, deal)
    shop.cycle()

    assert settled(shop, deal) == [Settled.DELETED]


def test_a_renewal_is_settled_when_the_comparison_finds_its_opportunity_elsewhere_gone() -> None:
    shop, (deal,) = watched()
    move_opportunity(shop, deal)
    shop.cycle()
    shop.crm.delete(Role.OPPORTUNITY, deal)
    reconcile(shop.engine())

    assert settled(shop, deal) == [Settled.DELETED]


def test_a_change_that_is_read_while_its_other_account_is_written_is_told() -> None:
    shop, (deal,) = watched()
    shop.crm.tracked = frozenset()
    shop.crm.advance(days=1)
    shop.cycle()
    deliver_records(shop.engine())
    shop.cycle()
    other = move_opportunity(shop, deal)
    shop.sell(other, number="00000002")
    shop.cycle()
    shop.move(deal, "E")
    assert deliver_records(shop.engine()) == 1
    shop.settle()

    assert moves(shop) == [("B", "E", "told")]


@pytest.mark.parametrize("move", [move_opportunity, move_contract])
def test_an_opportunity_elsewhere_is_read_and_written_like_any_other(move: Move) -> None:
    shop, (deal,) = watched()
    move(shop, deal)
    shop.cycle(minutes=1)
    deliver_records(shop.engine())

    (row,) = shop.crm.fetch(Role.OPPORTUNITY, [deal])
    with shop.store.reading() as tx:
        assert [one.key for one in tx.renewals.by_opportunity(deal)] == [row.values["renewal_key"]]


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize("move", [move_opportunity, move_contract])
def test_a_change_that_was_missed_is_told_after_the_next_comparison(move: Move, *, tracked: bool) -> None:
    shop, (deal,) = watched()
    if not tracked:
        shop.crm.tracked = frozenset()
    move(shop, deal)
    shop.settle()
    shop.move(deal, "D")
    take_unnoticed(shop)
    shop.settle()
    assert moves(shop) == []

    shop.crm.advance(days=1)
    for _ in range(2):
        reconcile(shop.engine())
        shop.settle()

    assert moves(shop) == [("B", "D", "told")]
    assert [[step.rank for step in one.face.path] for one in shop.cards()] == [["B", "D"]]
