"""What a renewal opportunity takes over from the deals that its contracts came from: recurring lines, contact roles.

The lines together must say what is sold now: they are those of the last won deal by the contract's start, and of what
amended it since. Where they cannot be taken over as a whole none is, for Salesforce makes the amount of their sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from csops_sync.domain.amending import amends_from
from csops_sync.domain.amounts import contract_months, last_sold
from csops_sync.domain.book import AccountBook
from csops_sync.domain.deal_amounts import mapped_months
from csops_sync.domain.facts import Contract
from csops_sync.domain.intents import Copies
from csops_sync.domain.money import minor_exponent
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.terms import Term

LINE_ITEMS, CONTACT_ROLES = "line_items", "contact_roles"
HAS_LINES = "has_line_items"
"""The name under which an opportunity says that it has lines, so that its amount is their sum."""
SUM_OF_LINES = "sum_of_lines"
"""The name under which we keep what Salesforce made of the lines that we copied: nobody but us named that amount."""
_LEAST_PLACES = 2
"""Decimals to which prices of fractions of a minor unit are rounded at least: a standard field's."""
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

    `is_active` says whether price book entry, product and price book may still be sold. `unreadable` says what of it
    came without a value that a new line needs; its `line` is then none.
    """

    deal_id: str
    name: str
    price_book_id: str
    line: NewLine
    currency: str | None = None
    is_recurring: bool = True
    is_active: bool = True
    unreadable: str = ""


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
    together = frozenset(contract.id for contract, _ in members)
    found = []
    for contract, term in members:
        source = _source(book, contract, term, together)
        factor = _factor(source.months, uplift, new_term_months, rules)
        found.append(dict.fromkeys(_deals(book, contract, term, source, rules), str(factor)))
    factors = {deal: factor for each in found for deal, factor in each.items()} if all(found) else {}
    return Copies(
        lines=LINE_ITEMS in asked,
        roles=CONTACT_ROLES in asked,
        deals=tuple(factors),
        currency=members[0][0].currency,
        factors=tuple(factors.values()),
    )


def copied_parts(copies: Copies | None) -> tuple[str, ...]:
    """This function will name what is copied, as rules name it."""
    asked = ((LINE_ITEMS, copies.lines), (CONTACT_ROLES, copies.roles)) if copies else ()
    return tuple(name for name, is_asked in asked if is_asked)


def renewed_lines(
    copies: Copies, *, sold: Sequence[SoldLine], starts: date
) -> tuple[str, tuple[NewLine, ...]] | LinesLeft:
    """This function will give the price book and the lines of the new term, or say why there are none.

    Unit prices are raised and rounded half up to the currency's minor unit, those of fractions of it to their own
    places; service dates that were set move to `starts`, the first day of the new term.
    """
    lines = [one for one in sold if one.is_recurring]
    left = _left(copies, sold, lines)
    if left is not None:
        return left
    factors = dict(zip(copies.deals, map(Fraction, copies.factors), strict=True))
    return lines[0].price_book_id, tuple(
        replace(
            one.line,
            unit_price=_raised(one.line.unit_price, copies.currency, factors[one.deal_id]),
            service_date=starts if one.line.service_date else None,
        )
        for one in lines
    )


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
    return next(_hindrances(copies, lines), None)


def _hindrances(copies: Copies, lines: Sequence[SoldLine]) -> Iterator[LinesLeft]:
    """Say what keeps these lines from being taken over, the first first."""
    for one in lines:
        if one.unreadable:
            yield LinesLeft(why=NotCopied.HIDDEN, about=one.unreadable)
    inactive = dict.fromkeys(one.name for one in lines if not one.is_active)
    if inactive:
        yield LinesLeft(why=NotCopied.INACTIVE, about=", ".join(inactive))
    others = dict.fromkeys(one.currency for one in lines if one.currency not in (None, copies.currency))
    if others:
        yield LinesLeft(why=NotCopied.CURRENCY, about=", ".join(str(one) for one in others))
    if len({one.price_book_id for one in lines}) > 1:
        yield LinesLeft(why=NotCopied.PRICE_BOOKS)
    if len(lines) > MOST_COPIED:
        yield LinesLeft(why=NotCopied.TOO_MANY, about=str(len(lines)))


def _raised(price: Decimal, currency: str, factor: Fraction) -> Decimal:
    """Multiply a price of one unit; half a yen a call stays one, for a thousand calls make 500 of it."""
    if factor == 1:
        return price
    exponent = price.normalize().as_tuple().exponent
    finer = max(0, -int(exponent)) if price.is_finite() else 0
    places = minor_exponent(currency)
    if finer > places:
        places = max(finer, _LEAST_PLACES)
    size = int(abs(Fraction(price) * factor) * 10**places + Fraction(1, 2))
    return Decimal(size if price * factor.numerator >= 0 else -size).scaleb(-places)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The deal that sold a term, the day from which amendments came on top of it, and its length in months.

    No deal where none says what is sold now; no day or length where nobody knows it.
    """

    deal_id: str | None = None
    since: date | None = None
    months: int | Fraction | None = None


def _source(book: AccountBook, contract: Contract, term: Term, together: frozenset[str]) -> _Source:
    """Give the won renewal of the term before, where the contract goes on in place, else the deal that it came from.

    A renewal that was shared says what is sold now to those that share it again, and to no other.
    """
    renewed = [
        (row.term_end, deal)
        for row in book.renewals
        if row.contract_id == contract.id and row.ordinal < term.ordinal and row.term_end < term.start
        if (deal := book.opportunity(row.opportunity_id)) is not None and deal.is_won and not deal.is_deleted
    ]
    if not renewed:
        last = last_sold(book, contract=contract)
        return _Source(
            deal_id=last.id if last else None, since=contract.start, months=contract_months(contract)
        )
    ended, deal = max(renewed, key=lambda one: one[0])
    sharing = {row.contract_id for row in book.renewals if row.opportunity_id == deal.id}
    return _Source(
        deal_id=deal.id if sharing <= together else None,
        since=ended + timedelta(days=1),
        months=mapped_months(deal) or term.exact_months(),
    )


def _deals(
    book: AccountBook, contract: Contract, term: Term, source: _Source, rules: RuleSet
) -> tuple[str, ...]:
    """Give the deals whose lines together are what is sold; none where they do not say so.

    Where amounts are those of a whole term, an amendment is for what was left of it, and its lines cannot tell.
    """
    amendments = tuple(_amendments(book, contract, term, source))
    if source.deal_id is None or (amendments and rules.term_amounts):
        return ()
    return (source.deal_id, *amendments)


def _amendments(book: AccountBook, contract: Contract, term: Term, source: _Source) -> Iterator[str]:
    for one in book.opportunities:
        linked = one.is_won and not one.is_deleted and one.contract_id == contract.id
        day = amends_from(one) if linked else None
        if day is not None and (source.since or day) <= day <= term.end:
            yield one.id


def _factor(months: int | Fraction | None, uplift: Decimal, new_term_months: int, rules: RuleSet) -> Fraction:
    """Give what unit prices are multiplied by: they follow the term's length where amounts do."""
    length = months if rules.term_amounts else None
    return (1 + Fraction(uplift)) * (Fraction(new_term_months) / length if length else 1)
