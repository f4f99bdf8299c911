"""What a renewal takes over from the deals that its contracts came from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.builders import US, book, contract, opportunity, rule, ruleset

from csops_sync.domain.book import AccountBook, WrittenValue
from csops_sync.domain.copying import (
    HAS_LINES,
    ContactRole,
    LinesLeft,
    NewLine,
    NotCopied,
    SoldLine,
    copied_parts,
    copies_of,
    merged_roles,
    renewed_lines,
)
from csops_sync.domain.deciding import decide
from csops_sync.domain.facts import Opportunity
from csops_sync.domain.intents import Copies, CreateOpportunity, UpdateOpportunity
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import Ownership, RuleSet
from csops_sync.domain.terms import Term

TODAY = date(2026, 7, 3)
STARTS = date(2026, 10, 1)
DEAL = opportunity(7).id
COPIES = Copies(lines=True, roles=False, deals=(DEAL,), currency="JPY", factors=("103/100",))
PLAIN = rule()
COPYING = replace(PLAIN, opportunity=replace(PLAIN.opportunity, copy=("line_items", "contact_roles")))
RULES = ruleset(COPYING)


def won(number: int = 7, **changes: object) -> Opportunity:
    plain = {"is_won": True, "is_closed": True, "contract_id": contract().id, "close_date": date(2025, 9, 20)}
    return opportunity(number, **{**plain, **changes})


def created(known: AccountBook, rules: RuleSet = RULES) -> CreateOpportunity:
    (create,) = [one for one in decide(known, rules=rules, today=TODAY).intents if one.kind == "create"]
    assert isinstance(create, CreateOpportunity)
    return create


def sold(price: str = "1000", *, deal: str = DEAL, **changes: object) -> SoldLine:
    line = NewLine(entry_id="01u1", quantity=Decimal(2), unit_price=Decimal(price))
    return replace(SoldLine(deal_id=deal, name="席", price_book_id="01s1", line=line), **changes)  # type: ignore[arg-type]


def left(*lines: SoldLine, copies: Copies = COPIES) -> LinesLeft:
    found = renewed_lines(copies, sold=lines, starts=STARTS)
    assert isinstance(found, LinesLeft)
    return found


def test_a_rule_that_copies_nothing_decides_what_it_always_did() -> None:
    assert created(book(contract(), opportunities=(won(),)), ruleset()).copies is None


def test_the_last_won_deal_by_the_start_of_the_contract_is_the_one_that_is_copied() -> None:
    earlier = won(5, close_date=date(2024, 9, 1))
    later = won(6, close_date=date(2025, 11, 10))
    lost = won(8, is_won=False)
    create = created(book(contract(), opportunities=(earlier, won(), later, lost)))

    assert create.copies == replace(COPIES, roles=True)


def test_what_amended_the_contract_by_its_end_is_copied_too() -> None:
    amended = won(9, close_date=date(2026, 2, 1), values={"amends_from": "2026-02-01"})
    later = won(10, close_date=date(2026, 3, 1), values={"amends_from": "2026-10-01"})
    withdrawn = won(11, is_deleted=True, values={"amends_from": "2026-02-01"})
    create = created(book(contract(), opportunities=(won(), amended, later, withdrawn)))

    assert create.copies is not None
    assert create.copies.deals == (DEAL, amended.id)


def test_without_a_won_deal_there_is_nothing_to_copy_and_an_amount() -> None:
    create = created(book(contract()))

    assert create.copies is not None
    assert (create.copies.deals, create.values["amount"]) == ((), Decimal(6_180_000))
    assert left(copies=create.copies).why is NotCopied.NO_DEAL


def test_amounts_of_whole_terms_follow_the_new_terms_length() -> None:
    two_years = contract(start=date(2024, 10, 1), term_months=24, renewal_term_months=12)
    deal = won(close_date=date(2024, 9, 20))
    create = created(book(two_years, opportunities=(deal,)), ruleset(COPYING, term_amounts=True))

    assert create.copies is not None
    assert create.copies.factors == ("103/200",)


def test_co_termed_contracts_of_other_lengths_each_have_a_factor_of_their_own() -> None:
    one = contract(term_months=12)
    two = contract(2, start=date(2024, 10, 1), term_months=24)
    deals = (won(), won(8, contract_id=two.id, close_date=date(2024, 9, 20)))
    copies = copies_of(
        book(one, two, opportunities=deals),
        members=[
            (each, Term(ordinal=1, start=date(2025, 10, 1), end=date(2026, 9, 30))) for each in (one, two)
        ],
        asked=("line_items",),
        uplift=Decimal("0.03"),
        new_term_months=12,
        rules=ruleset(COPYING, term_amounts=True),
    )
    assert copies is not None
    found = renewed_lines(copies, sold=[sold(), sold(deal=deals[1].id)], starts=STARTS)

    assert not isinstance(found, LinesLeft)
    assert [one.unit_price for one in found[1]] == [Decimal(1030), Decimal(515)]


@pytest.mark.parametrize(
    ("factor", "currency", "price", "raised"),
    [
        ("1", "JPY", "0.5", "0.5"),
        ("103/100", "JPY", "0.5", "0.52"),
        ("103/100", "USD", "0.0125", "0.0129"),
        ("103/100", "JPY", "-0.5", "-0.52"),
        ("1", "JPY", "1E+3", "1000"),
    ],
)
def test_a_price_of_fractions_of_a_minor_unit_is_not_rounded_to_a_whole_one(
    factor: str, currency: str, price: str, raised: str
) -> None:
    """Half a yen a call is 500 yen for a thousand calls, and not 1,000."""
    found = renewed_lines(
        replace(COPIES, currency=currency, factors=(factor,)), sold=[sold(price)], starts=STARTS
    )

    assert not isinstance(found, LinesLeft)
    assert [one.unit_price for one in found[1]] == [Decimal(raised)]


def test_a_contract_that_goes_on_in_place_takes_over_what_its_last_renewal_sold() -> None:
    """The deal that it once came from is years old, and so are its prices; what amended it then is in the renewal."""
    deals = (FIRST, RENEWED, amended(9, "2025-03-01"), amended(10, "2026-03-01"))

    assert gone_on(deals) == ((RENEWED.id, deals[3].id), ("103/100",) * 2)
    assert gone_on((FIRST, replace(RENEWED, is_won=False))) == ((FIRST.id,), ("103/100",))
    assert gone_on((FIRST, RENEWED), term_amounts=True) == ((RENEWED.id,), ("103/100",))


def test_a_renewal_that_was_shared_says_nothing_to_one_of_those_that_shared_it() -> None:
    """Its lines are of both contracts."""
    other = replace(BEFORE, key="other-1", contract_id=contract(2).id)

    assert gone_on((FIRST, RENEWED), renewals=(BEFORE, other)) == ((), ())


GOING_ON = contract(start=date(2024, 10, 1), term_months=24)
FIRST = won(7, close_date=date(2024, 9, 20))
RENEWED = won(8, close_date=date(2025, 9, 20))
BEFORE = Renewal(
    key=f"{GOING_ON.id}-1",
    contract_id=GOING_ON.id,
    account_id=GOING_ON.account_id,
    ordinal=1,
    term_start=date(2024, 10, 1),
    term_end=date(2025, 9, 30),
    anchor_key=f"{GOING_ON.id}-1",
    opportunity_id=RENEWED.id,
)


def amended(number: int, day: str) -> Opportunity:
    return won(number, close_date=date.fromisoformat(day), values={"amends_from": day})


def gone_on(
    deals: tuple[Opportunity, ...], *, renewals: tuple[Renewal, ...] = (BEFORE,), term_amounts: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give from which deals the second term of the contract takes over, and their factors."""
    copies = copies_of(
        book(GOING_ON, opportunities=deals, renewals=renewals),
        members=[(GOING_ON, Term(ordinal=2, start=date(2025, 10, 1), end=date(2026, 9, 30)))],
        asked=("line_items",),
        uplift=Decimal("0.03"),
        new_term_months=12,
        rules=ruleset(COPYING, term_amounts=term_amounts),
    )
    assert copies is not None
    return copies.deals, copies.factors


def test_lines_of_an_amended_whole_term_do_not_say_what_is_sold_now() -> None:
    amended = won(9, close_date=date(2026, 2, 1), values={"amends_from": "2026-02-01"})
    create = created(book(contract(), opportunities=(won(), amended)), ruleset(COPYING, term_amounts=True))

    assert create.copies is not None
    assert create.copies.deals == ()


@pytest.mark.parametrize(
    ("currency", "price", "raised"),
    [("JPY", "1050", "1082"), ("JPY", "50", "52"), ("USD", "9.99", "10.29"), ("KWD", "1.001", "1.031")],
)
def test_a_unit_price_is_raised_and_rounded_half_up_to_the_minor_unit(
    currency: str, price: str, raised: str
) -> None:
    found = renewed_lines(replace(COPIES, currency=currency), sold=[sold(price)], starts=STARTS)

    assert not isinstance(found, LinesLeft)
    assert [one.unit_price for one in found[1]] == [Decimal(raised)]


def test_quantity_discount_and_description_stay_and_a_service_date_moves_to_the_new_term() -> None:
    dated = replace(
        sold().line,
        service_date=date(2025, 10, 1),
        discount=Decimal("12.5"),
        description="年間",
    )
    found = renewed_lines(COPIES, sold=[sold(line=dated), sold()], starts=STARTS)

    assert not isinstance(found, LinesLeft)
    assert found[0] == "01s1"
    assert found[1] == (
        replace(dated, unit_price=Decimal(1030), service_date=STARTS),
        replace(sold().line, unit_price=Decimal(1030)),
    )


def test_lines_that_do_not_recur_are_left_behind_whatever_became_of_their_product() -> None:
    once = sold(is_recurring=False, is_active=False, currency="EUR", price_book_id="01s2")
    found = renewed_lines(COPIES, sold=[once, sold()], starts=STARTS)

    assert not isinstance(found, LinesLeft)
    assert len(found[1]) == 1


@pytest.mark.parametrize(
    ("lines", "why", "about"),
    [
        ((), NotCopied.NO_LINES, ""),
        ((sold(is_recurring=False),), NotCopied.NO_LINES, ""),
        ((sold(), sold(is_active=False)), NotCopied.INACTIVE, "席"),
        ((sold(), sold(unreadable="without its Quantity")), NotCopied.HIDDEN, "without its Quantity"),
        ((sold(), sold(currency="EUR")), NotCopied.CURRENCY, "EUR"),
        ((sold(), sold(price_book_id="01s2")), NotCopied.PRICE_BOOKS, ""),
        ((sold(),) * 500, NotCopied.TOO_MANY, "500"),
    ],
    ids=["no line", "none recurs", "no longer sold", "unreadable", "currency", "two price books", "too many"],
)
def test_lines_that_cannot_all_be_taken_over_are_left_with_the_reason(
    lines: tuple[SoldLine, ...], why: NotCopied, about: str
) -> None:
    assert left(*lines) == LinesLeft(why=why, about=about)


def test_one_deal_of_several_without_lines_leaves_all_behind() -> None:
    both = replace(COPIES, deals=(DEAL, "0060000000000009"), factors=("1", "1"))
    assert left(sold(), copies=both).why is NotCopied.NO_LINES


def test_contacts_of_several_deals_come_once_in_each_role_and_one_is_primary() -> None:
    first, again = (
        ContactRole(contact_id="003A", role="Buyer", is_primary=True),
        ContactRole(contact_id="003A"),
    )
    other = ContactRole(contact_id="003B", role="Buyer", is_primary=True)

    assert merged_roles([first, first, again, other]) == (first, again, replace(other, is_primary=False))


def test_what_is_copied_is_named_as_the_rules_name_it() -> None:
    assert copied_parts(COPIES) == ("line_items",)
    assert copied_parts(None) == ()


@pytest.mark.parametrize(("has_lines", "written"), [(True, False), (False, True)])
def test_an_amount_that_salesforce_makes_of_lines_is_not_written_over(
    *, has_lines: bool, written: bool
) -> None:
    ours = opportunity(
        contract_id=contract().id,
        renewal_key=f"{contract().id}-1",
        created_by_id=US,
        last_modified_by_id=US,
        values={HAS_LINES: has_lines, "amount": 1_000_000},
    )
    base = {(ours.id, "amount"): WrittenValue(sent=900_000, value=1_000_000)}
    known = book(contract(), opportunities=(ours,), written=base)
    intents = decide(known, rules=replace(RULES, ownership=Ownership(our_user_id=US)), today=TODAY).intents
    updates = [one for one in intents if isinstance(one, UpdateOpportunity)]

    assert ("amount" in {change.field for one in updates for change in one.changes}) is written
