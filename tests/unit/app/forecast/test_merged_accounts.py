"""Two accounts are merged in Salesforce: no revenue moves, closed months stay, and nothing counts twice.

Salesforce deletes the losing account, and what hung on it (contracts, opportunities, accounts below it) then names the
winner, all in one transaction. A pull reads accounts before contracts, so it may see the contracts moved and the
account still there, and never the other way round.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.books import read_customers, read_people
from csops_sync.app.forecast.report_values import GroupBy, PeriodMetrics
from csops_sync.app.forecast.reports import metrics_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.forecast.standing import states_keeper
from csops_sync.domain.decision import Decision
from csops_sync.domain.forecast.profile import CustomerIs, MetricProfile
from csops_sync.domain.forecast.term_state import Grouping, TermState
from csops_sync.domain.money import Money
from csops_sync.ports.crm import Role

PROFILES = tuple(MetricProfile(name=one.value, customer=one) for one in CustomerIs)
RULES = replace(ruleset(confidence=RATED), forecast=replace(built(), profiles=PROFILES))
NAMES = tuple(one.name for one in PROFILES)
ROLES = (Role.CONTRACT, Role.OPPORTUNITY)


class Merging:
    """Two customers, of 6,000,000 and 3,000,000 a year; April is seen to close, and a deal of each is open."""

    def __init__(self) -> None:
        self.shop = Workshop(rules=RULES)
        self.winner, self.loser = self.shop.customer(), self.shop.customer("株式会社やまと")
        self.subsidiary = self.shop.crm.create(
            Role.ACCOUNT, {"name": "やまと販売", "country": "JP", "parent": self.loser}
        )
        self.shop.sell(self.winner)
        self.raised = self.shop.sell(
            self.loser,
            number="00000002",
            start=date(2024, 7, 6),
            end=date(2025, 7, 5),
            annual_amount=2_000_000,
        )
        self.shop.sell(self.subsidiary, number="00000003", annual_amount=1_000_000)
        self.shop.sync()
        self.shop.crm.edit(Role.CONTRACT, self.raised, {"annual_amount": 3_000_000})
        self.shop.day(28)
        take_snapshot(self.shop.engine())
        self.shop.day(2)
        take_snapshot(self.shop.engine())
        self.shop.day(4)

    def merge(self) -> None:
        """Let the winner have what hung on the loser, and delete that."""
        self.move()
        self.shop.crm.delete(Role.ACCOUNT, self.loser)
        self.again()

    def move(self) -> None:
        """Let what hung on the loser name the winner."""
        for role in ROLES:
            for row in self.shop.crm.records(role):
                if row.parent_id == self.loser:
                    self.shop.crm.edit(role, row.id, {"account": self.winner})
        self.shop.crm.edit(Role.ACCOUNT, self.subsidiary, {"parent": self.winner})

    def again(self) -> None:
        """A minute later, another cycle."""
        self.shop.crm.advance(seconds=60)
        self.shop.sync()

    def states(self) -> list[TermState]:
        """All states, as they are stored."""
        with self.shop.store.reading() as tx:
            return list(tx.forecast.states.all())

    def of_winner(self, state: TermState) -> TermState:
        """A state as it is to be after the merge; who looks after it is the winner's business, and left out."""
        account = self.winner if state.account_id == self.loser else state.account_id
        return replace(state, account_id=account, customer_id=self.winner, grouping=Grouping())

    def priors(self) -> set[Money | None]:
        """What the two terms of the contract that was raised are stored at."""
        return {one.prior for one in self.states() if one.contract_id == self.raised}

    def month(self, profile: str, month: int) -> PeriodMetrics:
        """What is told of a month of 2026."""
        report = metrics_of(self.shop.office(), by=GroupBy.MONTH, profile=profile, past=2)
        [line] = [one for one in report.periods if one.window.first == date(2026, month, 1)]
        return line


@pytest.fixture
def merging() -> Merging:
    return Merging()


@pytest.mark.parametrize("profile", NAMES)
def test_a_merge_loses_nobody_and_wins_nobody(merging: Merging, profile: str) -> None:
    """In June 2026 10,000,000 are in force on the first day and on the last: 100 % of 100 %."""
    merging.merge()
    merging.shop.day(60)

    june = merging.month(profile, 6)

    assert (june.start, june.end) == (yen(10_000_000), yen(10_000_000))
    assert june.nrr == june.grr == june.logo_retention == Fraction(1)
    assert june.movements is not None
    moved = june.movements
    assert {moved.new, moved.churn, moved.expansion, moved.contraction, moved.reactivation} == {yen(0)}


@pytest.mark.parametrize("profile", NAMES)
def test_the_month_of_the_merge_neither_churns_nor_grows(merging: Merging, profile: str) -> None:
    before = merging.month(profile, 5)
    merging.merge()
    after = merging.month(profile, 5)

    assert before.predicted
    assert (after.start, after.end, after.nrr, after.grr) == (
        before.start,
        before.end,
        before.nrr,
        before.grr,
    )


@pytest.mark.parametrize("profile", NAMES)
def test_a_closed_month_stays_as_it_was_known(merging: Merging, profile: str) -> None:
    """April closed at 10,000,000 of 10,000,000; that they are of fewer customers by now is no later paper."""
    before = merging.month(profile, 4)
    merging.merge()
    after = merging.month(profile, 4)

    assert after.known_at is not None
    assert (after.nrr, after.restated) == (Fraction(1), None)
    assert after == before


def test_every_term_is_there_once_and_keeps_what_was_known_of_it(merging: Merging) -> None:
    before = merging.states()
    merging.merge()

    after = [replace(one, grouping=Grouping()) for one in merging.states()]
    assert after == [merging.of_winner(one) for one in before]
    assert merging.priors() == {yen(2_000_000), yen(3_000_000)}


@pytest.mark.parametrize("winner_first", [True, False], ids=["the winner", "the loser"])
def test_what_was_known_moves_along_whichever_account_is_read_first(
    merging: Merging, *, winner_first: bool
) -> None:
    """Of very many accounts some hundreds are read at once, so that two may be read apart."""
    merging.move()
    merging.shop.crm.delete(Role.ACCOUNT, merging.loser)
    order = [merging.winner, merging.loser] if winner_first else [merging.loser, merging.winner]
    engine = merging.shop.engine()
    with merging.shop.store.transaction() as tx:
        tx.mirror.put([row for role in (Role.ACCOUNT, *ROLES) for row in merging.shop.crm.records(role)])
        keep = states_keeper(engine, tx)
        for account in order:
            [customer] = read_customers(tx, [account], people=read_people(tx), default_currency="JPY")
            keep([(customer, Decision())])

    assert merging.priors() == {yen(2_000_000), yen(3_000_000)}


def test_renewals_that_were_opened_are_not_opened_again(merging: Merging) -> None:
    opened = len(merging.shop.crm.records(Role.OPPORTUNITY))
    assert opened == 3
    merging.merge()
    merging.shop.day(3)
    assert len(merging.shop.crm.records(Role.OPPORTUNITY)) == opened


def test_a_merge_that_is_seen_in_two_cycles_ends_as_one_that_is_seen_at_once(merging: Merging) -> None:
    at_once = Merging()
    at_once.merge()
    merging.move()
    merging.again()
    merging.shop.crm.delete(Role.ACCOUNT, merging.loser)
    merging.again()

    assert merging.states() == at_once.states()
