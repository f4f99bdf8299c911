"""Lines and contact roles on the sandbox over real HTTP: what is read, what one call takes, and the check of rights."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.fakes.price_book import PriceBook
from tests.fakes.salesforce_org import org_mapping
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.domain.copying import ContactRole, Copied, NewLine
from csops_sync.ports.crm import CrmWriter, Insert, MappingProblem, WriteStatus
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import CopyMapping

BOTH = CopyMapping(line_items=True, contact_roles=True)


@pytest.fixture
def prices(sandbox: SandboxProcess) -> PriceBook:
    return PriceBook(sandbox)


def _writer(sandbox: SandboxProcess, copied: CopyMapping = BOTH) -> CrmWriter:
    salesforce = on_sandbox(sandbox, replace(org_mapping(), copied=copied))
    salesforce.reader.identity()  # logged in, so that a fault meets the write itself
    return salesforce.writer


def _problems(sandbox: SandboxProcess, copied: CopyMapping = BOTH) -> list[MappingProblem]:
    return list(on_sandbox(sandbox, replace(org_mapping(), copied=copied)).reader.check())


def _deal(sandbox: SandboxProcess, prices: PriceBook) -> str:
    account = str(sandbox.records("Account")[0]["Id"])
    return prices.won(account)


def _insert(sandbox: SandboxProcess, entry: str, *, lines: int = 1, key: str = "k-1") -> Insert:
    account = str(sandbox.records("Account")[0]["Id"])
    line = NewLine(entry_id=entry, quantity=Decimal(1), unit_price=Decimal(10))
    values = {"account": account, "name": "更新", "stage": "更新準備", "close_date": "2026-06-30"}
    return Insert(
        key=key,
        values={**values, "renewal_key": key},
        copied=Copied(price_book_id=None, lines=(line,) * lines),
    )


def test_a_line_says_whether_it_recurs_by_the_mapped_checkbox_and_whether_it_is_still_sold(
    sandbox: SandboxProcess, prices: PriceBook
) -> None:
    """Any checkbox of the line or of its product will do."""
    deal = _deal(sandbox, prices)
    for name in ("席", "保守"):
        prices.offer(name, 1000)
        prices.line(deal, name)
    sandbox.update("Product2", prices.products["保守"], {"IsActive": False})

    plain = _writer(sandbox).sold_lines([deal])
    mapped = _writer(sandbox, replace(BOTH, recurring="Product2.IsActive")).sold_lines([deal])

    assert [(one.name, one.is_active, one.is_recurring) for one in plain] == [
        ("席", True, True),
        ("保守", False, True),
    ]
    assert [one.is_recurring for one in mapped] == [True, False]


def test_lines_that_the_user_may_not_read_are_refused_for_good(
    sandbox: SandboxProcess, prices: PriceBook
) -> None:
    deal = _deal(sandbox, prices)
    sandbox.toggles(fls_hidden={"OpportunityLineItem": ["UnitPrice"]})

    with pytest.raises(PermanentError, match="UnitPrice"):
        _writer(sandbox).sold_lines([deal])


def test_one_call_makes_as_many_lines_as_it_takes_and_no_more(
    sandbox: SandboxProcess, prices: PriceBook
) -> None:
    entry = prices.offer("席", 1000)
    (made,) = _writer(sandbox).insert([_insert(sandbox, entry, lines=499)])

    assert made.status is WriteStatus.DONE
    assert len(prices.lines(str(made.id))) == 499
    with pytest.raises(ValueError, match="split them"):
        _writer(sandbox).insert([_insert(sandbox, entry, lines=500, key="k-2")])


def test_a_contact_that_is_gone_leaves_no_opportunity(sandbox: SandboxProcess, prices: PriceBook) -> None:
    entry = prices.offer("席", 1000)
    gone = ContactRole(contact_id="003000000000000AAA")
    whole = _insert(sandbox, entry)
    assert whole.copied is not None
    (made,) = _writer(sandbox).insert([replace(whole, copied=replace(whole.copied, roles=(gone,)))])

    assert made.status is WriteStatus.REJECTED
    assert _writer(sandbox).find_by_key(["k-1"]) == {}


def test_an_answer_that_is_lost_leaves_the_outcome_unknown(
    sandbox: SandboxProcess, prices: PriceBook
) -> None:
    entry = prices.offer("席", 1000)
    writer = _writer(sandbox)
    sandbox.faults({"fault": "drop_after", "path": "composite/graph"})
    (made,) = writer.insert([_insert(sandbox, entry)])

    assert made.status is WriteStatus.UNKNOWN
    assert writer.find_by_key(["k-1"])["k-1"].values["has_line_items"] is True


def test_rules_that_copy_nothing_need_no_rights_on_lines(sandbox: SandboxProcess) -> None:
    sandbox.toggles(fls_read_only={"OpportunityLineItem": ["UnitPrice"]})
    assert _problems(sandbox, CopyMapping()) == []


def test_the_rights_that_copying_needs_are_checked_and_their_lack_keeps_no_renewal_from_being_opened(
    sandbox: SandboxProcess,
) -> None:
    assert _problems(sandbox) == []
    sandbox.toggles(
        fls_read_only={"OpportunityLineItem": ["Discount"], "Opportunity": ["Pricebook2Id"]},
        fls_hidden={"OpportunityContactRole": ["Role"]},
    )
    found = _problems(sandbox, replace(BOTH, recurring="Product2.Recuring__c"))

    assert [one.blocks_creation for one in found] == [False] * 4
    said = " ".join(one.message for one in found)
    assert "may not write Discount of OpportunityLineItem" in said
    assert "may not write Pricebook2Id of Opportunity" in said
    assert "may not write Role of OpportunityContactRole" in said
    assert "no field Recuring__c on Product2" in said


def test_in_an_org_of_several_currencies_a_line_says_its_own() -> None:
    with SandboxProcess.start(org="none", metadata=["multi_currency"]) as sandbox:
        sandbox.create("CurrencyType", {"IsoCode": "USD", "ConversionRate": 0.0067})
        prices = PriceBook(sandbox)
        account = sandbox.create("Account", {"Name": "契約"})
        deal = prices.won(account, CurrencyIsoCode="USD")
        prices.offer("席", 10, CurrencyIsoCode="USD")
        prices.line(deal, "席")

        (line,) = _writer(sandbox, replace(BOTH, has_currencies=True)).sold_lines([deal])

        assert line.currency == "USD"
