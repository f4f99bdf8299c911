"""Creates that copy: made whole, or without what cannot be copied, with the reason for the CSM."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.builders import rule, ruleset
from tests.fakes.crm import FakeCrm
from tests.fakes.memory_engine import ORG, Workshop
from tests.fakes.term_books import yen

from csops_sync.app.copied_words import copied_words, left_words
from csops_sync.app.cycle import run_cycle
from csops_sync.app.delivery import run_delivery
from csops_sync.app.office import office_of
from csops_sync.app.payload import body_hash, decode, encode
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.queries_plan import plan_view
from csops_sync.domain.copying import ContactRole, NewLine, NotCopied, SoldLine
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.intents import CreateOpportunity
from csops_sync.domain.rules import RenewalRule
from csops_sync.ports.crm import Json, Role, Row, WriteStatus
from csops_sync.ports.errors import PermanentError, TransientError
from csops_sync.ports.store import OutboxStatus

COPYING = replace(rule(), opportunity=replace(rule().opportunity, copy=("line_items", "contact_roles")))
DENIED = PermanentError("no such object", code="INVALID_TYPE")


def shop_with(*, deals: int = 1, copying: RenewalRule = COPYING, won: bool = True) -> Workshop:
    """Give a shop whose contracts came from deals with two lines each, on the day before they are opened."""
    shop = Workshop(crm=FakeCrm(org_id=ORG), rules=ruleset(copying))
    for number in range(deals):
        account = shop.customer(f"客{number}")
        contract = shop.sell(account, number=f"{number:08d}")
        deal = shop.deal(account, won=won, closed=True, close_date="2025-07-01", contract=contract)
        shop.crm.lines += [line(deal, "01uA", "1000"), line(deal, "01uB", "50")]
        shop.crm.deal_roles[deal] = [ContactRole(contact_id="003A", role="Buyer", is_primary=True)]
    shop.sync()
    shop.crm.advance(days=6)
    return shop


def line(deal: str, entry: str, price: str, *, active: bool = True) -> SoldLine:
    new = NewLine(
        entry_id=entry, quantity=Decimal(2), unit_price=Decimal(price), service_date=date(2025, 7, 6)
    )
    return SoldLine(deal_id=deal, name=entry, price_book_id="01sA", line=new, is_active=active)


def opened(shop: Workshop) -> Row:
    (row,) = [one for one in shop.crm.records(Role.OPPORTUNITY) if one.values.get("renewal_key")]
    return row


def copied_in(shop: Workshop) -> dict[str, Json]:
    with shop.store.reading() as tx:
        (event,) = [one for one in tx.journal.about() if one.kind == "created"]
    found: dict[str, Json] = json.loads(event.detail)["copied"]
    return found


def remarked(shop: Workshop) -> list[str]:
    return [text for one in shop.chat.messages for text in one.outgoing.remarks.values()]


def test_a_create_takes_lines_and_roles_over_in_one_call_and_writes_no_amount() -> None:
    shop = shop_with()

    shop.sync()

    row = opened(shop)
    lines = [one.line for one in shop.crm.lines if one.deal_id == row.id]
    assert [(one.unit_price, one.service_date) for one in lines] == [
        (Decimal(1030), date(2026, 7, 6)),
        (Decimal(52), date(2026, 7, 6)),
    ]
    assert row.values["amount"] == 2 * 1030 + 2 * 52
    assert (copied_in(shop), remarked(shop)) == ({"lines": 2, "roles": 1}, [])
    with shop.store.reading() as tx:
        assert "amount" not in {one.field for one in tx.written.of_opportunities([row.id])}


@pytest.mark.parametrize("answers", [[], [WriteStatus.UNKNOWN]])
def test_an_amount_that_is_only_the_sum_of_copied_lines_is_nobodys_choice(answers: list[WriteStatus]) -> None:
    """Opening a renewal must not change the landing, whatever the lines come to beside the contract's amount."""
    shop = shop_with()
    shop.crm.writes = list(answers)

    shop.sync()
    shop.sync()

    assert [(one.new, one.proposed) for one in open_terms(shop)] == [(yen(2164), True)]

    shop.crm.edit(Role.OPPORTUNITY, opened(shop).id, {"amount": 3000.0})
    shop.crm.advance(seconds=60)
    shop.sync()

    assert [(one.new, one.proposed) for one in open_terms(shop)] == [(yen(3000), False)]


def open_terms(shop: Workshop) -> list[TermState]:
    with shop.store.reading() as tx:
        return [one for one in tx.forecast.states.all() if one.standing is TermStanding.OPEN]


def test_a_create_whose_answer_is_lost_leaves_the_amount_of_its_lines_to_salesforce() -> None:
    shop = shop_with()
    shop.crm.writes = [WriteStatus.UNKNOWN]

    shop.sync()
    shop.sync()

    assert shop.opened() == [opened(shop).values["renewal_key"]]
    assert copied_in(shop) == {}
    with shop.store.reading() as tx:
        assert "amount" not in {one.field for one in tx.written.of_opportunities([opened(shop).id])}


def test_lines_that_may_not_be_read_leave_a_renewal_with_amount_and_contact_roles() -> None:
    shop = shop_with()
    shop.crm.unreadable_lines = DENIED

    shop.sync()

    assert opened(shop).values["amount"] == 6_180_000
    assert shop.crm.deal_roles[opened(shop).id]
    assert copied_in(shop) == {"lines": 0, "roles": 1, "not_copied": "hidden", "about": "no such object"}
    assert remarked(shop) == [left_words(copied_in(shop), language="ja")]


def test_a_reading_that_may_pass_is_waited_for() -> None:
    shop = shop_with()
    run_cycle(shop.engine())
    shop.crm.unreadable_lines = TransientError("locked")
    with pytest.raises(TransientError):
        run_delivery(shop.engine())
    assert shop.opened() == []

    shop.crm.unreadable_lines = None
    shop.crm.advance(seconds=31)
    run_delivery(shop.engine())

    assert copied_in(shop)["lines"] == 2


def test_what_salesforce_refuses_for_good_is_made_at_once_without_its_lines() -> None:
    shop = shop_with()
    shop.crm.refused_entries = frozenset({"01uB"})

    shop.sync()

    row = opened(shop)
    assert (row.values["amount"], [one for one in shop.crm.lines if one.deal_id == row.id]) == (6_180_000, [])
    assert copied_in(shop)["not_copied"] == "refused"
    assert shop.row(str(row.values["renewal_key"])).status is OutboxStatus.SENT


@pytest.mark.parametrize(("writes", "why"), [([WriteStatus.REJECTED], "refused"), ([], "no_deal")])
def test_a_rule_that_copies_contact_roles_alone_says_nothing_of_lines(
    writes: list[WriteStatus], why: str
) -> None:
    """Lines were never asked for, and nobody has to add any."""
    plain = rule()
    copying = replace(plain, opportunity=replace(plain.opportunity, copy=("contact_roles",)))
    shop = shop_with(copying=copying, won=bool(writes))
    shop.crm.writes = list(writes)

    shop.sync()

    assert (copied_in(shop)["not_copied"], copied_in(shop)["lines"]) == (why, 0)
    (said,) = remarked(shop)
    assert said.startswith("取引先責任者の役割はコピーされませんでした")


def test_a_record_that_is_refused_with_and_without_lines_is_parked_with_salesforces_words() -> None:
    shop = shop_with()
    shop.crm.writes = [WriteStatus.REJECTED, WriteStatus.REJECTED]

    shop.sync()

    with shop.store.reading() as tx:
        (row,) = [one for one in tx.outbox.with_status(OutboxStatus.PARKED) if one.kind == "create"]
    assert row.error == "SCRIPTED: as the test said"


def test_one_without_lines_whose_answer_is_lost_too_is_there_once_and_the_csm_hears_that_lines_are_missing() -> (
    None
):
    shop = shop_with()
    shop.crm.writes = [WriteStatus.REJECTED, WriteStatus.UNKNOWN]

    shop.sync()
    shop.sync()

    assert (len(shop.opened()), opened(shop).values["amount"]) == (1, 6_180_000)
    assert copied_in(shop)["not_copied"] == "unanswered"
    assert remarked(shop) == [left_words(copied_in(shop), language="ja")]


def test_one_products_end_keeps_no_other_renewals_lines_behind() -> None:
    shop = shop_with(deals=12)
    shop.crm.lines[0] = replace(shop.crm.lines[0], is_active=False)

    shop.sync()

    with shop.store.reading() as tx:
        made = [json.loads(one.detail)["copied"] for one in tx.journal.about() if one.kind == "created"]
    assert sorted((one["lines"], one.get("not_copied", "")) for one in made) == [
        (0, "inactive"),
        *[(2, "")] * 11,
    ]


def test_the_plan_says_what_will_be_copied_and_so_does_the_explanation() -> None:
    shop = shop_with()
    (row,) = plan_view(shop.engine()).creates
    view = explain_view(office_of(shop.engine(), by="sato"), row.contract_ids[0])

    assert row.copies == ("line_items", "contact_roles")
    assert "the lines and contact roles of the last won opportunity are copied" in view.renewals[-1].remarks


def test_a_create_is_kept_with_its_copies_and_one_of_before_is_read_as_it_was() -> None:
    shop = shop_with()
    run_cycle(shop.engine())
    with shop.store.reading() as tx:
        (row,) = [one for one in tx.outbox.with_status(OutboxStatus.PENDING) if one.kind == "create"]
    create = decode(row.payload)
    assert isinstance(create, CreateOpportunity)
    plain = replace(create, copies=None)
    before = json.loads(encode(plain))
    del before["copies"]

    assert (decode(encode(create)), decode(json.dumps(before))) == (create, plain)
    assert body_hash(create) != body_hash(plain)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_reason_is_said_in_both_languages_with_what_it_is_about(language: str) -> None:
    said = [left_words({"not_copied": one, "about": "席"}, language=language) for one in NotCopied]

    assert all(said)
    assert len(set(said)) == len(NotCopied)
    assert ("席" in said[list(NotCopied).index(NotCopied.INACTIVE)]) is True


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "; 1 line item and 2 contact roles copied"),
        ("ja", "。商品明細 1 件、取引先責任者の役割 2 件をコピー"),
    ],
)
def test_what_was_copied_is_counted(language: str, words: str) -> None:
    assert copied_words({"lines": 1, "roles": 2}, language=language) == words
    assert copied_words({}, language=language) == ""
