"""A renewal takes over the lines and contact roles of the last won opportunity: once and whole, or told why not."""

from collections.abc import Iterator

import pytest
from tests.fakes.copied_renewal import RULES, sold_with_lines
from tests.fakes.lives import killed_at, let_lease_run_out, live_and_die, once_at
from tests.fakes.persevering import persevere
from tests.fakes.price_book import PriceBook
from tests.fakes.rig import Sold
from tests.fakes.world import World, new_world

from csops_sync.app.office import office_of
from csops_sync.app.queries_explain import explain_view
from csops_sync.ports.store import OutboxStatus

GRAPH = "POST /services/data/v66.0/composite/graph"


@pytest.fixture
def world() -> Iterator[World]:
    with new_world(rules=RULES) as made:
        yield made


def lines_of(world: World, book: PriceBook, sold: Sold) -> list[tuple[object, ...]]:
    return [
        (one["PricebookEntryId"], one["Quantity"], one["UnitPrice"], one["Discount"], one["ServiceDate"])
        for one in book.lines(str(world.opened(sold)["Id"]))
    ]


def expected_lines(book: PriceBook) -> list[tuple[object, ...]]:
    return [(book.entries["席"], 10, 1029, 10, "2026-07-01"), (book.entries["保守"], 1, 51500, None, None)]


def text_of(world: World, sold: Sold) -> str:
    (told,) = [one for one in world.sandbox.messages() if sold.key in str(one["metadata"])]
    return str(told["text"])


def events_of(world: World, sold: Sold) -> str:
    view = explain_view(office_of(world.engine(), by="test"), sold.contract)
    return " ".join(event.text for renewal in view.renewals for event in renewal.events)


def test_a_renewal_is_opened_with_the_lines_raised_and_their_sum_as_its_amount(world: World) -> None:
    book = PriceBook(world.sandbox)
    sold = sold_with_lines(world, book)

    persevere(world)

    opened = world.opened(sold)
    assert lines_of(world, book, sold) == expected_lines(book)
    assert (opened["Pricebook2Id"], opened["Amount"]) == (book.id, 10 * 1029 * 0.9 + 51500)
    (role,) = book.roles(str(opened["Id"]))
    assert (role["Role"], role["IsPrimary"]) == ("Decision Maker", True)
    assert "2 line items and 1 contact role copied" in events_of(world, sold)
    assert "明細" not in text_of(world, sold)


def test_the_amount_of_lines_is_never_written_over_when_the_contract_changes(world: World) -> None:
    book = PriceBook(world.sandbox)
    sold = sold_with_lines(world, book)
    persevere(world)
    amount = world.opened(sold)["Amount"]

    world.sandbox.update("Contract", sold.contract, {"Annual_Amount__c": 7_000_000})
    world.work_next_day()

    assert world.opened(sold)["Amount"] == amount
    with world.engine().store.reading() as tx:
        assert "update" not in {row.kind for row in tx.outbox.with_status(*OutboxStatus)}


@pytest.mark.parametrize("lost", ["drop_before", "drop_after"])
def test_a_create_with_lines_whose_answer_is_lost_is_there_once_with_them(world: World, lost: str) -> None:
    book = PriceBook(world.sandbox)
    sold = sold_with_lines(world, book)
    world.sandbox.faults({"fault": lost, "path": "composite/graph"})

    persevere(world)
    world.work_next_day()

    assert world.fired() == 1
    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert lines_of(world, book, sold) == expected_lines(book)
    assert world.outcome().told[f"opened/{sold.key}"] == 1
    assert "明細" not in text_of(world, sold)


@pytest.mark.parametrize("where", ["request", "response"])
def test_a_kill_around_the_create_leaves_one_renewal_with_its_lines(world: World, where: str) -> None:
    book = PriceBook(world.sandbox)
    sold = sold_with_lines(world, book)

    live_and_die(world, world.crossings, killed_at(f"{where} {GRAPH}"))
    let_lease_run_out(world)
    persevere(world)
    world.work_next_day()

    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert lines_of(world, book, sold) == expected_lines(book)
    assert world.outcome().told[f"opened/{sold.key}"] == 1


def test_a_product_that_is_no_longer_sold_leaves_the_renewal_with_its_amount_and_tells_the_csm(
    world: World,
) -> None:
    book = PriceBook(world.sandbox)
    sold = sold_with_lines(world, book)
    world.sandbox.update("Product2", book.products["保守"], {"IsActive": False})

    persevere(world)

    opened = world.opened(sold)
    assert (lines_of(world, book, sold), opened["Amount"]) == ([], 1_236_000)
    assert len(book.roles(str(opened["Id"]))) == 1
    assert "商品明細はコピーされませんでした: 販売を終了しています: 保守" in text_of(world, sold)
    assert "no longer sold: 保守" in events_of(world, sold)


def test_lines_that_salesforce_refuses_at_the_last_moment_leave_the_renewal_with_its_amount(
    world: World,
) -> None:
    book = PriceBook(world.sandbox)
    sold = sold_with_lines(world, book)
    close = once_at(
        f"request {GRAPH}",
        lambda: world.sandbox.update("PricebookEntry", book.entries["席"], {"IsActive": False}),
    )
    world.crossings.begin(close)

    persevere(world)

    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert (lines_of(world, book, sold), world.opened(sold)["Amount"]) == ([], 1_236_000)
    assert "FIELD_INTEGRITY_EXCEPTION" in text_of(world, sold)


def test_a_contract_without_a_won_opportunity_is_opened_with_its_amount_and_says_so(world: World) -> None:
    (sold,) = world.sell_and_wait("みなと商事")

    persevere(world)

    assert world.opened(sold)["Amount"] == 1_236_000
    assert "商品明細はコピーされませんでした" in text_of(world, sold)
