"""The bridge that is cut out for a scope is, bar for bar and yen for yen, the one over the terms that it sees."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.landings import built, one_cell, rules_of, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.reported import LAST_QUARTER, contract, frame, under

from csops_sync.app.forecast.bridged_sides import Standpoint, bridged_sides
from csops_sync.app.forecast.bridging import BridgedBook, End
from csops_sync.app.forecast.listing import of_people
from csops_sync.domain.forecast.bridge import BridgeDoesNotTieError, Side, bridge
from csops_sync.domain.forecast.bridge_parts import BridgeParts
from csops_sync.domain.forecast.rates import Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermStanding, TermState
from csops_sync.domain.money import Money

PEOPLE = ("005A", "005B", "005C", None)
SCOPES = (None, frozenset({"005A"}), frozenset({"005A", "005C"}), frozenset(PEOPLE[:3]), frozenset({"005Z"}))
SHOP = Workshop()
EARLIER = frame(rules=rules_of(one_cell("0.5", "0.25")))
TABLE = RateTable(home="JPY", pinned=(("USD", Fraction(150)),))
DOLLARS = frame(exchange=Exchange(into="JPY", policy=RatePolicy.PINNED, table=TABLE))


class Lives:
    """Terms that came, went, changed, and changed hands, some of them in dollars."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)  # noqa: S311 - a test's, no secret
        self.before = [self.term(number) for number in range(12) if self.draw.random() < 0.8]
        self.after = [self.later(one) for one in self.before if self.draw.random() < 0.8]
        self.after += [self.term(number) for number in range(20, 24)]

    def hands(self) -> dict[str, str]:
        csm, manager = self.draw.choice(PEOPLE), self.draw.choice(PEOPLE)
        found = {"csm_id": csm, "manager_id": manager}
        return {name: one for name, one in found.items() if one is not None}

    def term(self, number: int) -> TermState:
        standing = self.draw.choice(list(TermStanding))
        return contract(
            number,
            standing=standing,
            rank=self.draw.choice(("A", "C", None)),
            prior=self.amount(),
            new=None if standing is TermStanding.UNOPENED else self.amount(),
            opportunity_id=None if standing is TermStanding.UNOPENED else "006000000000001AAA",
            end=LAST_QUARTER.first + timedelta(days=self.draw.randrange(100)),
            grouping=under(**self.hands()),
        )

    def later(self, state: TermState) -> TermState:
        if self.draw.random() < 0.3:
            return state
        other = replace(self.term(0), key=state.key, contract_id=state.contract_id)
        held = self.draw.random() < 0.5
        return replace(
            other,
            account_id=state.account_id,
            customer_id=state.customer_id,
            grouping=state.grouping if held else other.grouping,
            rank=other.rank if other.standing in OPEN_STANDINGS else state.rank,
        )

    def amount(self) -> Money | None:
        return self.draw.choice((yen(5), yen(1_000_000), yen(3_000_000), Money(yen(20).amount, "USD"), None))


def seen(states: Sequence[TermState], people: frozenset[str] | None) -> list[TermState]:
    return of_people(states, people)


@given(seed=st.integers(0, 1_000_000))
def test_a_scope_is_cut_out_of_the_bridge_over_all_terms(seed: int) -> None:
    lives = Lives(seed)
    for then, now in (
        (frame(), frame()),
        (EARLIER, frame(rules=built())),
        (DOLLARS, frame()),
        (DOLLARS, DOLLARS),
    ):
        book = BridgedBook(now, LAST_QUARTER, End.of(then, lives.before), End.of(now, lives.after))
        for people in SCOPES:
            with SHOP.office().store.reading() as tx:
                found = book.report(tx, people)
            sides = bridged_sides(
                Standpoint(then, seen(lives.before, people)),
                Standpoint(now, seen(lives.after, people)),
                window=LAST_QUARTER,
            )
            plain = bridge(before=sides.before, after=sides.after, window=LAST_QUARTER, profile=now.profile)
            assert found.bridge == plain
            assert found.left_out == tuple(sorted(sides.left_out))


@pytest.mark.parametrize("twice", ["before", "after"])
def test_a_term_that_stands_twice_at_one_end_ties_to_nothing(twice: str) -> None:
    term = contract(
        1, standing=TermStanding.OPEN, rank="A", prior=yen(100), new=yen(100), end=LAST_QUARTER.first
    )
    sides = {
        side: Side(states=[term] * (1 + (side == twice)), rules=frame().rules, rates=frame().due_rates)
        for side in ("before", "after")
    }

    with pytest.raises(BridgeDoesNotTieError, match="stands twice"):
        BridgeParts(
            before=sides["before"], after=sides["after"], window=LAST_QUARTER, profile=frame().profile
        )
