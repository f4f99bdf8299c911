"""A contract that has run for some terms, its won deals and amendments, and what is known of it before and after."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.fakes.builders import book, opportunity, ruleset
from tests.fakes.landings import built
from tests.fakes.term_books import RATED, lived

from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract, Opportunity, Scalar
from csops_sync.domain.forecast.in_force import revenue_book
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.term_state import TermState

RULES = replace(ruleset(confidence=RATED), forecast=built())
_STORED, _LATER = date(2026, 11, 1), date(2026, 11, 5)


def deal(of: Contract, number: int, amount: int, closes: str, **values: Scalar) -> Opportunity:
    """A won deal that is linked to a contract."""
    return opportunity(
        number,
        contract_id=of.id,
        is_closed=True,
        is_won=True,
        amount=Decimal(amount),
        close_date=date.fromisoformat(closes),
        values=values,
    )


def amendment(of: Contract, amount: int, since: str, *, number: int = 2, **values: Scalar) -> Opportunity:
    """A won deal that adds so much a year from a day on."""
    return deal(of, number, amount, since, amends_from=since, **values)


def stored(of: Contract, *deals: Opportunity) -> tuple[AccountBook, tuple[TermState, ...]]:
    """A customer with what was decided and stored of its terms by 1 November 2026."""
    return lived(book(of, opportunities=deals), rules=RULES, today=_STORED)


def later(
    before: AccountBook, known: Sequence[TermState], of: Contract, *deals: Opportunity
) -> tuple[TermState, ...]:
    """The states on 5 November 2026, once so much is in Salesforce."""
    now = replace(before, contracts=(of,), opportunities=deals)
    return lived(now, rules=RULES, today=_LATER, known=known)[1]


def earned(terms: Sequence[TermState], *days: str) -> list[int]:
    """What is in force on days, in yen a year."""
    earning = revenue_book(terms=terms, profile=MetricProfile())
    in_yen = Exchange(into="JPY").opening(Window(_STORED, _STORED))
    return [sum(earning.by_term(day=date.fromisoformat(day), rates=in_yen).values()) for day in days]


def amounts(terms: Sequence[TermState]) -> list[tuple[int | None, int | None]]:
    """The prior and the new amount of each term, in yen a year."""
    return [(_yen(one, "prior"), _yen(one, "new")) for one in terms]


def _yen(state: TermState, name: str) -> int | None:
    money = getattr(state, name)
    return None if money is None else int(money.amount)
