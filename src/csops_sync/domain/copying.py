"""What a renewal opportunity takes over from the deals that its contracts came from: recurring lines, contact roles.

The lines together must say what is sold now: they are those of the last won deal by the contract's start, and of what
amended it since. Where they cannot be taken over as a whole none is, for Salesforce makes the amount of their sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from csops_sync.domain.amending import amends_from
from csops_sync.domain.amounts import contract_months, last_sold
from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract
from csops_sync.domain.intents import Copies
from csops_sync.domain.money import Money
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.terms import Term

LINE_ITEMS, CONTACT_ROLES = "line_items", "contact_roles"
HAS_LINES = "has_line_items"
"""The name under which an opportunity says that it has lines, so that its amount is their sum."""
MOST_COPIED = 499
"""Lines and contact roles that one call can make together with their opportunity."""


class NotCopied(StrEnum):
    """Why the lines, or the contact roles, of an opportunity were not copied."""

    NO_DEAL = "no_deal"
    NO_LINES = "no_lines"
    HIDDEN = "hidden"
    INACTIVE = "inactive"
    CURRENCY = "currency"
    PRICE_BOOKS = "price_books"
    TOO_MANY = "too_many"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    ROLES_HIDDEN = "roles_hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line as it is made. `unit_price` is in major units, `discount` in percent."""

    entry_id: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal | None = None
    description: str | None = None
    service_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """A line of a won deal as it is read. `currency` is None in an org of one; `name` is its product, for people.

    `is_active` says whether price book entry, product and price book may still be sold.
    """

    deal_id: str
    name: str
    price_book_id: str
    line: NewLine
    currency: str | None = None
    is_recurring: bool = True
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRole:
    """Who a contact is to a deal. One of a deal's roles is the primary one, or none is."""

    contact_id: str
    role: str | None = None
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What is made together with an opportunity, all of it or nothing. Lines come with their price book."""

    price_book_id: str | None = None
    lines: tuple[NewLine, ...] = ()
    roles: tuple[ContactRole, ...] = ()

    def __len__(self) -> int:
        """This function will count the records beside the opportunity."""
        return len(self.lines) + len(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesLeft:
    """Lines were not copied: why, and which products, or whose words, say so."""

    why: NotCopied
    about: str = ""


def copies_of(
    book: AccountBook,
    *,
    members: Sequence[tuple[Contract, Term]],
    asked: Sequence[str],
    uplift: Decimal,
    new_term_months: int,
    rules: RuleSet,
) -> Copies | None:
    """This function will say from which deals a renewal takes over what; None where its rule copies nothing.

    The last won deal comes first. No deals stand where those of one of the contracts do not say what is sold now.
    """
    if not asked:
        return None
    found = [_deals(book, contract, term, rules) for contract, term in members]
    return Copies(
        lines=LINE_ITEMS in asked,
        roles=CONTACT_ROLES in asked,
        deals=tuple(dict.fromkeys(one for each in found for one in each)) if all(found) else (),
        currency=members[0][0].currency,
        factor=str(_factor(members[0][0], uplift, new_term_months, rules)),
    )


def copied_parts(copies: Copies | None) -> tuple[str, ...]:
    """This function will name what is copied, as rules name it."""
    asked = ((LINE_ITEMS, copies.lines), (CONTACT_ROLES, copies.roles)) if copies else ()
    return tuple(name for name, is_asked in asked if is_asked)


def renewed_lines(
    copies: Copies, *, sold: Sequence[SoldLine], starts: date
) -> tuple[str, tuple[NewLine, ...]] | LinesLeft:
    """This function will give the price book and the lines of the new term, or say why there are none.

    Unit prices are raised and rounded half up to the currency's minor unit; service dates that were set move to
    `starts`, the first day of the new term.
    """
    lines = [one for one in sold if one.is_recurring]
    left = _left(copies, sold, lines)
    if left is not None:
        return left
    return lines[0].price_book_id, tuple(_renewed(one.line, copies, starts) for one in lines)


def merged_roles(roles: Sequence[ContactRole]) -> tuple[ContactRole, ...]:
    """This function will give each contact in each role once, and one primary role at most."""
    first = next((one for one in roles if one.is_primary), None)
    kept = {(one.contact_id, one.role): replace(one, is_primary=False) for one in roles}
    if first is not None:
        kept[first.contact_id, first.role] = first
    return tuple(kept.values())


def _left(copies: Copies, sold: Sequence[SoldLine], lines: Sequence[SoldLine]) -> LinesLeft | None:
    if not copies.deals:
        return LinesLeft(why=NotCopied.NO_DEAL)
    if not lines or not set(copies.deals) <= {one.deal_id for one in sold}:
        return LinesLeft(why=NotCopied.NO_LINES)
    inactive = dict.fromkeys(one.name for one in lines if not one.is_active)
    if inactive:
        return LinesLeft(why=NotCopied.INACTIVE, about=", ".join(inactive))
    others = dict.fromkeys(one.currency for one in lines if one.currency not in (None, copies.currency))
    if others:
        return LinesLeft(why=NotCopied.CURRENCY, about=", ".join(str(one) for one in others))
    if len({one.price_book_id for one in lines}) > 1:
        return LinesLeft(why=NotCopied.PRICE_BOOKS)
    return LinesLeft(why=NotCopied.TOO_MANY, about=str(len(lines))) if len(lines) > MOST_COPIED else None


def _renewed(line: NewLine, copies: Copies, starts: date) -> NewLine:
    price = Money(line.unit_price, copies.currency).times(Fraction(copies.factor))
    return replace(line, unit_price=price.amount, service_date=starts if line.service_date else None)


def _deals(book: AccountBook, contract: Contract, term: Term, rules: RuleSet) -> tuple[str, ...]:
    """Give the deals whose lines together are what is sold; none where they do not say so.

    Where amounts are those of a whole term, an amendment is for what was left of it, and its lines cannot tell.
    """
    last = last_sold(book, contract=contract)
    amendments = tuple(_amendments(book, contract, term))
    if last is None or (amendments and rules.term_amounts):
        return ()
    return (last.id, *amendments)


def _amendments(book: AccountBook, contract: Contract, term: Term) -> Iterator[str]:
    for one in book.opportunities:
        linked = one.is_won and not one.is_deleted and one.contract_id == contract.id
        day = amends_from(one) if linked else None
        if day is not None and (contract.start or day) <= day <= term.end:
            yield one.id


def _factor(contract: Contract, uplift: Decimal, new_term_months: int, rules: RuleSet) -> Fraction:
    """Give what unit prices are multiplied by: they follow the term's length where amounts do."""
    months = contract_months(contract) if rules.term_amounts else None
    return (1 + Fraction(uplift)) * (Fraction(new_term_months) / months if months else 1)
