"""States carry their account and the account on top of it, those of contracts that make no sense too."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.fakes.builders import ACCOUNT, book, contract, ruleset
from tests.fakes.term_books import RATED, lived

from csops_sync.domain.standing.states import states_of

RULES = ruleset(confidence=RATED)
TODAY = date(2026, 7, 6)
HOLDING = "001000000000777AAA"


def test_every_state_of_an_account_has_the_top_parent_of_today() -> None:
    """What is kept of an odd contract would else count in another group than the contracts beside it."""
    stored, known = lived(book(contract(1), contract(2)), rules=RULES, today=TODAY)
    odd = replace(stored.contracts[0], annual_amount=Decimal("NaN"))
    moved = replace(stored, contracts=(odd, stored.contracts[1]))

    found = states_of(moved, rules=RULES, today=TODAY, known=known, top_parent_id=HOLDING)

    assert {one.customer_id for one in known} == {ACCOUNT}
    assert {(one.account_id, one.customer_id) for one in found} == {(ACCOUNT, HOLDING)}
    assert {one.key: one.prior for one in found} == {one.key: one.prior for one in known}
