"""What the app may rely on where opportunities are made with lines: kept by the fake and the adapter on the sandbox."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

import pytest
from tests.fakes.crm import FakeCrm
from tests.fakes.price_book import PriceBook
from tests.fakes.salesforce_org import org_mapping
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.domain.copying import HAS_LINES, ContactRole, Copied, NewLine, SoldLine
from csops_sync.ports.crm import CrmWriter, Insert, Role, WriteStatus
from csops_sync.ports.mapping import CopyMapping

COPIED = CopyMapping(line_items=True, contact_roles=True)
LINE = NewLine(
    entry_id="",
    quantity=Decimal(3),
    unit_price=Decimal("1030.5"),
    discount=Decimal(10),
    description="年間",
    service_date=date(2026, 7, 1),
)


class Catalogue(Protocol):
    """What is sold in an org, and to whom."""

    account: str

    def offer(self, name: str) -> str: ...
    def withdraw(self, entry: str) -> None: ...
    def contact(self) -> str: ...
    @property
    def book(self) -> str: ...


@dataclass
class FakeCatalogue:
    """The fake takes any entry but those that it is told to refuse."""

    crm: FakeCrm
    account: str = ""
    book: str = "01s000000000001AAA"

    def __post_init__(self) -> None:
        self.account = self.crm.create(Role.ACCOUNT, {"name": "契約"})

    def offer(self, name: str) -> str:
        return f"01u{name:0>12}AAA"

    def withdraw(self, entry: str) -> None:
        self.crm.refused_entries |= {entry}

    def contact(self) -> str:
        return "003000000000001AAA"


@dataclass
class SandboxCatalogue:
    """The same, in the sandbox's standard price book."""

    sandbox: SandboxProcess
    account: str = ""
    prices: PriceBook = field(init=False)

    def __post_init__(self) -> None:
        self.prices = PriceBook(self.sandbox)
        self.account = self.sandbox.create("Account", {"Name": "契約"})

    @property
    def book(self) -> str:
        return self.prices.id

    def offer(self, name: str) -> str:
        return self.prices.offer(name, 1000)

    def withdraw(self, entry: str) -> None:
        self.sandbox.update("PricebookEntry", entry, {"IsActive": False})

    def contact(self) -> str:
        return self.sandbox.create("Contact", {"LastName": "窓口", "AccountId": self.account})


@dataclass(frozen=True)
class Shop:
    """One org under test."""

    writer: CrmWriter
    sells: Catalogue


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """One sandbox for the module."""
    with SandboxProcess.start(org="none", today=date(2026, 4, 1)) as sandbox:
        yield sandbox


@pytest.fixture(params=["fake", "sandbox"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    if request.param == "fake":
        fake = FakeCrm()
        yield Shop(fake, FakeCatalogue(fake))
        return
    sandbox: SandboxProcess = request.getfixturevalue("process")
    start = sandbox.snapshot()
    writer = on_sandbox(sandbox, replace(org_mapping(), copied=COPIED)).writer
    yield Shop(writer, SandboxCatalogue(sandbox))
    sandbox.restore(start)


def renewal(shop: Shop, *entries: str, key: str = "k-1", role: ContactRole | None = None) -> Insert:
    lines = tuple(replace(LINE, entry_id=entry) for entry in entries)
    copied = Copied(
        price_book_id=shop.sells.book if lines else None, lines=lines, roles=(role,) if role else ()
    )
    return Insert(
        key=key,
        values={
            "account": shop.sells.account,
            "name": "更新",
            "stage": "更新準備",
            "close_date": "2026-06-30",
            "renewal_key": key,
        },
        copied=copied if len(copied) else None,
    )


def test_an_opportunity_is_made_with_its_lines_and_their_sum_is_its_amount(shop: Shop) -> None:
    (made,) = shop.writer.insert([renewal(shop, shop.sells.offer("1"), shop.sells.offer("2"))])
    row = shop.writer.find_by_key(["k-1"])["k-1"]

    assert (made.status, made.id) == (WriteStatus.DONE, row.id)
    assert (row.values["amount"], row.values[HAS_LINES]) == (5564.7, True)


def test_lines_that_were_made_are_read_as_they_were_made(shop: Shop) -> None:
    entry = shop.sells.offer("1")
    (made,) = shop.writer.insert([renewal(shop, entry)])
    (read,) = shop.writer.sold_lines([str(made.id)])

    assert read == SoldLine(
        deal_id=str(made.id),
        name=read.name,
        price_book_id=shop.sells.book,
        line=replace(LINE, entry_id=entry),
    )


def test_contact_roles_are_made_and_read_with_the_primary_one(shop: Shop) -> None:
    role = ContactRole(contact_id=shop.sells.contact(), role="Decision Maker", is_primary=True)
    (made,) = shop.writer.insert([renewal(shop, role=role)])

    assert made.status is WriteStatus.DONE
    assert {key: list(found) for key, found in shop.writer.contact_roles([str(made.id)]).items()} == {
        made.id: [role]
    }


def test_a_key_that_is_there_is_made_no_second_time_and_says_which_has_it(shop: Shop) -> None:
    entry = shop.sells.offer("1")
    (first,) = shop.writer.insert([renewal(shop)])
    (second,) = shop.writer.insert([renewal(shop, entry)])

    assert (second.status, second.id) == (WriteStatus.EXISTS, first.id)
    assert list(shop.writer.sold_lines([str(first.id)])) == []


def test_a_line_that_is_refused_leaves_no_opportunity_and_none_of_its_other_lines(shop: Shop) -> None:
    kept, gone = shop.sells.offer("1"), shop.sells.offer("2")
    shop.sells.withdraw(gone)
    bad, good = shop.writer.insert([renewal(shop, kept, gone), renewal(shop, kept, key="k-2")])

    assert (bad.key, bad.status, bad.code) == ("k-1", WriteStatus.REJECTED, "FIELD_INTEGRITY_EXCEPTION")
    assert (good.key, good.status) == ("k-2", WriteStatus.DONE)
    assert set(shop.writer.find_by_key(["k-1", "k-2"])) == {"k-2"}


def test_those_with_lines_and_those_without_come_back_in_the_order_of_the_records(shop: Shop) -> None:
    entry = shop.sells.offer("1")
    given = [renewal(shop, key="k-1"), renewal(shop, entry, key="k-2"), renewal(shop, key="k-3")]

    assert [one.key for one in shop.writer.insert(given)] == ["k-1", "k-2", "k-3"]


def test_of_no_deal_nothing_is_read(shop: Shop) -> None:
    assert list(shop.writer.sold_lines([])) == []
    assert dict(shop.writer.contact_roles([])) == {}
