"""A renewal whose won deal has lines and a contact role, which the rules copy."""

from collections.abc import Sequence
from pathlib import Path

from tests.fakes.persevering import persevere
from tests.fakes.price_book import PriceBook
from tests.fakes.rig import Sold
from tests.fakes.world import OPENS_TOMORROW, World, new_world

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "copying.yaml"


def queries_of_copies() -> Sequence[str]:
    """This function will give every query of opening it."""
    with new_world(rules=RULES) as world:
        sold_with_lines(world, PriceBook(world.sandbox))
        persevere(world)
        return list(world.sandbox.ledger()["queries"])


def sold_with_lines(world: World, book: PriceBook) -> Sold:
    """This function will sell a contract by a deal of two lines and a contact; its renewal opens that day."""
    sold = world.sell("みなと商事", start=OPENS_TOMORROW)
    deal = book.won(sold.account, sold.contract)
    book.offer("席", 1000)
    book.offer("保守", 500)
    book.line(
        deal, "席", Quantity=10, UnitPrice=999, Discount=10, Description="年間", ServiceDate="2025-07-01"
    )
    book.line(deal, "保守", Quantity=1, UnitPrice=50000)
    book.contact(deal, sold.account)
    persevere(world)
    world.sandbox.advance_business_days(1)
    return sold
