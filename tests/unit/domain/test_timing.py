"""What `decide_open_date` is given: the customer's fiscal year by account, segment and country."""

from tests.fakes.builders import account, book, contract, ruleset

from csops_sync.domain.conditions import Clause, Condition, OneOf
from csops_sync.domain.rules import BudgetSeasonRule, Segment
from csops_sync.domain.timing import fiscal_month

_BY_CONTRACT = Segment(name="activated", when=Condition((Clause("contract.status", OneOf(("Activated",))),)))


def test_a_segment_that_asks_for_the_contract_gives_its_month() -> None:
    """`by_segment` sees the same segment as `when: {segment: …}` does."""
    rules = ruleset(
        segments=(_BY_CONTRACT,),
        budget_season=BudgetSeasonRule(by_segment={"activated": 1}, by_country={"JP": 4}),
    )
    customer = account(fiscal_year_starts=None)
    running, drafted = contract(1), contract(2, status="Draft")
    both = book(running, drafted, of=customer)

    assert fiscal_month(both, contract=running, rules=rules) == 1
    assert fiscal_month(both, contract=drafted, rules=rules) == 4
