"""Whatever people do to a contract, day by day: each day earns once, keys are unique, and what is over stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.builders import book, contract, opportunity, ruleset
from tests.fakes.term_books import RATED, lived, yen

from csops_sync.domain.book import AccountBook
from csops_sync.domain.conditions import Clause, Condition, OneOf
from csops_sync.domain.facts import Contract, Opportunity, Scalar
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.standing.renewed import shared
from csops_sync.domain.standing.states import states_of

RULES = ruleset(confidence=RATED)
TICKED = ruleset(
    confidence=RATED,
    lifecycle=replace(
        RULES.lifecycle, cancelling=Condition((Clause("contract.wants_to_leave", OneOf((True,))),))
    ),
)
DOINGS = (
    *("nothing", "won in place", "lost", "rate", "reprice", "terminate", "succeed"),
    *("announce", "take the notice out"),
)


@dataclass
class Customer:
    """A customer with one contract and its successors, lived through day by day."""

    today: date
    first: Contract
    rules: RuleSet = RULES
    of: AccountBook = field(init=False)
    states: tuple[TermState, ...] = ()
    announced: int = 0

    def __post_init__(self) -> None:
        self.of = book(self.first)

    @property
    def last(self) -> Contract:
        """The contract that is not replaced."""
        return self.of.contracts[-1]

    def pass_days(self, days: int) -> None:
        """Let days pass, and decide."""
        self.today += timedelta(days=days)
        self.of, self.states = lived(self.of, rules=self.rules, today=self.today, known=self.states)

    def do(self, doing: str, amount: int) -> None:
        """Do as people do."""
        now = self.last
        if doing == "won in place" and now.end is not None:
            self._deal(is_closed=True, is_won=True, amount=Decimal(amount))
            self._change(end=now.end + timedelta(days=365), annual_amount=Decimal(amount))
        elif doing == "lost":
            self._deal(is_closed=True)
        elif doing == "rate":
            self._deal(values={"confidence": "C"})
        elif doing == "reprice":
            self._change(annual_amount=Decimal(amount))
        elif doing == "terminate":
            self._change(values={**now.values, "terminated_on": self.today.isoformat()})
        elif doing == "announce":
            self.announced += 1
            said: dict[str, Scalar] = {
                "cancellation_notice": self.today.isoformat(),
                "wants_to_leave": True,
            }
            self._change(values={**now.values, **said})
        elif doing == "take the notice out":
            self._change(values={**now.values, "cancellation_notice": None, "wants_to_leave": False})
        elif doing == "succeed":
            self._succeed(amount)

    def _change(self, **changes: object) -> None:
        changed = replace(self.last, **changes)  # type: ignore[arg-type]  # real fields
        self.of = replace(self.of, contracts=(*self.of.contracts[:-1], changed))

    def _deal(self, **changes: object) -> None:
        number = len(self.of.opportunities) + 1
        made: Opportunity = opportunity(number, contract_id=self.last.id, close_date=self.today, **changes)
        self.of = replace(self.of, opportunities=(*self.of.opportunities, made))

    def _succeed(self, amount: int) -> None:
        after = contract(
            len(self.of.contracts) + 1,
            start=self.today,
            end=self.today + timedelta(days=364),
            auto_renews=self.first.auto_renews,
            predecessor_id=self.last.id,
            annual_amount=Decimal(amount),
        )
        self.of = replace(self.of, contracts=(*self.of.contracts, after))


def check(customer: Customer, before: Sequence[TermState]) -> None:
    """What must hold on every day."""
    states = customer.states
    assert len({one.key for one in states}) == len(states)
    for one in states:
        assert one.start <= one.in_force_until <= one.end
        assert one.prior is not None or one.standing is TermStanding.ASIDE
    for contract_id in {one.contract_id for one in states}:
        mine = sorted((one for one in states if one.contract_id == contract_id), key=lambda one: one.start)
        assert [one.ordinal for one in mine] == list(range(1, len(mine) + 1))
        assert all(one.in_force_until < after.start and one.follows_on for one, after in pairwise(mine))
    again = states_of(customer.of, rules=customer.rules, today=customer.today, known=states)
    assert again == states, "states that were stored are worked out as something else"
    now = {one.key: one for one in states}
    stayed = (one for one in states if one.standing is not TermStanding.LOST)  # paper may follow a loss late
    assert sum(one.announced_cancellation for one in stayed) <= customer.announced, (
        "one notice marks two terms"
    )
    over = (one for one in before if one.standing is TermStanding.AUTO_RENEWED and one.key in now)
    for old in over:
        assert now[old.key].prior == old.prior
        if now[old.key].standing is old.standing and old.end < customer.today:
            assert now[old.key].new == old.new, "a raise of today changed what a term went on at"


@settings(max_examples=120)
@given(
    auto_renews=st.booleans(),
    months=st.sampled_from((6, 12, 24)),
    rules=st.sampled_from((RULES, TICKED)),
    story=st.lists(
        st.tuples(st.integers(1, 220), st.sampled_from(DOINGS), st.integers(1, 9_999_999)), max_size=8
    ),
)
def test_whatever_happens_each_day_earns_once_and_what_is_over_stays(
    *, auto_renews: bool, months: int, rules: RuleSet, story: list[tuple[int, str, int]]
) -> None:
    end = date(2024, 1, 1) + timedelta(days=30 * months)
    first = contract(start=date(2024, 1, 1), end=end, term_months=months, auto_renews=auto_renews)
    customer = Customer(today=date(2024, 2, 1), first=first, rules=rules)
    customer.pass_days(0)
    for days, doing, amount in story:
        customer.do(doing, amount)
        before = customer.states
        customer.pass_days(days)
        check(customer, before)


@given(whole=st.integers(-(10**9), 10**12), priors=st.lists(st.integers(0, 10**12), min_size=1, max_size=9))
def test_shares_sum_up_and_lie_within_a_unit_of_their_proportion(whole: int, priors: list[int]) -> None:
    parts = [one.to_minor() for one in shared(yen(whole), priors=[yen(one) for one in priors])]
    assert sum(parts) == whole
    weights = priors if sum(priors) else [1] * len(priors)
    for part, weight in list(zip(parts, weights, strict=True))[1:]:
        assert 0 <= whole * weight - part * sum(weights) < sum(weights)
