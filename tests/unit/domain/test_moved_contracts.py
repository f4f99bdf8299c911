"""Which renewal a contract runs under when its dates move: before, with and after the settling of a term."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.builders import book, contract, opportunity, ruleset

from csops_sync.domain.deciding import decide
from csops_sync.domain.decision import Decision
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.intents import CreateOpportunity
from csops_sync.domain.renewal import Renewal, Settled

FIRST, SECOND = "800000000000001AAA-1", "800000000000001AAA-2"
DUE, NEXT_YEAR = date(2026, 7, 3), date(2027, 7, 5)
YEAR = contract(auto_renews=False)
TWO_YEARS = contract(auto_renews=False, end=date(2027, 9, 30))


class History:
    """One contract evaluated on one day after the other, as the store would keep its renewals."""

    def __init__(self) -> None:
        self.renewals: dict[str, Renewal] = {}
        self.created: list[str] = []

    def on(self, today: date, given: Contract, *deals: Opportunity) -> Decision:
        """Evaluate and keep."""
        stored = tuple(self.renewals.values())
        decision = decide(book(given, opportunities=deals, renewals=stored), rules=ruleset(), today=today)
        self.renewals.update({one.key: one for one in decision.renewals})
        self.created = [one.key for one in decision.intents if isinstance(one, CreateOpportunity)]
        return decision

    def ends(self) -> Sequence[tuple[str, date, Settled | None]]:
        """Every renewal with its end and how it settled."""
        return [(one.key, one.term_end, one.settled) for _, one in sorted(self.renewals.items())]


@pytest.fixture
def history() -> History:
    return History()


def ours(**changes: object) -> Opportunity:
    """The opportunity that we made for the first term."""
    plain = opportunity(contract_id=YEAR.id, renewal_key=FIRST, values={"renewal_date": "2026-10-01"})
    return replace(plain, **changes)  # type: ignore[arg-type]  # the caller names real fields


def theirs(number: int = 1, *, closed: date) -> Opportunity:
    """A renewal that people made, linked and won."""
    return opportunity(number, contract_id=YEAR.id, is_closed=True, is_won=True, close_date=closed)


@pytest.mark.parametrize("won", [ours(is_closed=True, is_won=True), theirs(closed=date(2026, 9, 20))])
def test_winning_and_extending_in_one_poll_settles_the_old_term_and_not_the_new_one(
    history: History, won: Opportunity
) -> None:
    history.on(date(2026, 3, 2), YEAR)
    history.on(date(2026, 9, 21), TWO_YEARS, won)
    history.on(NEXT_YEAR, TWO_YEARS, won)

    assert history.created == [SECOND]
    assert history.ends() == [(FIRST, date(2026, 9, 30), Settled.WON), (SECOND, date(2027, 9, 30), None)]


def test_the_deal_that_settled_a_term_never_settles_the_one_after_it(history: History) -> None:
    won = theirs(closed=date(2026, 9, 20))
    history.on(date(2026, 9, 21), YEAR, won)
    history.on(date(2026, 9, 22), TWO_YEARS, won)
    history.on(date(2026, 9, 23), TWO_YEARS, won)
    history.on(NEXT_YEAR, TWO_YEARS, won)

    assert history.created == [SECOND]
    assert history.renewals[SECOND].term_start == date(2026, 10, 1)


def test_lost_state_is_rebuilt_with_the_term_that_was_won_and_not_the_extended_one(history: History) -> None:
    history.on(NEXT_YEAR, TWO_YEARS, ours(is_closed=True, is_won=True))

    assert history.created == [SECOND]


def test_the_deals_of_years_before_do_not_settle_a_contract_that_was_extended_in_place(
    history: History,
) -> None:
    extended = contract(auto_renews=False, start=date(2022, 10, 1))
    deals = [theirs(year - 2021, closed=date(year, 9, 20)) for year in (2022, 2023, 2024, 2025)]
    history.on(DUE, extended, *deals)

    assert history.created == [FIRST]


def test_a_won_renewal_bridged_by_three_months_gives_the_bridge_a_renewal_of_its_own(
    history: History,
) -> None:
    won = ours(is_closed=True, is_won=True)
    history.on(date(2026, 9, 21), YEAR, won)
    history.on(date(2026, 10, 5), contract(auto_renews=False, end=date(2026, 12, 31)), won)

    assert history.created == [SECOND]


def test_a_contract_that_has_rolled_on_and_is_corrected_by_a_day_at_once_keeps_both_terms(
    history: History,
) -> None:
    history.on(date(2026, 1, 5), contract())
    history.on(date(2026, 10, 12), contract(end=date(2026, 10, 1)))

    assert history.ends() == [
        (FIRST, date(2026, 9, 30), Settled.AUTO_RENEWED),
        (SECOND, date(2027, 10, 1), None),
    ]


@pytest.mark.parametrize("seen_between", [True, False])
def test_an_end_that_is_entered_after_the_contract_rolled_on_leaves_the_terms_as_they_are(
    history: History, *, seen_between: bool
) -> None:
    history.on(date(2026, 1, 5), contract())
    if seen_between:
        history.on(date(2026, 10, 2), contract())
    for day in (3, 4):
        history.on(date(2026, 10, day), contract(end=date(2027, 9, 30)))

    assert history.ends() == [
        (FIRST, date(2026, 9, 30), Settled.AUTO_RENEWED),
        (SECOND, date(2027, 9, 30), None),
    ]
    assert history.renewals[SECOND].term_start == date(2026, 10, 1)


def test_a_terminated_contract_is_not_called_renewed_once_its_end_has_passed(history: History) -> None:
    ended = contract(terminated_on="2026-05-01")
    history.on(date(2026, 5, 2), ended)
    history.on(date(2026, 10, 2), ended)

    assert history.renewals[FIRST].settled is Settled.TERMINATED
    assert history.created == []


def test_a_contract_that_is_active_again_after_a_termination_is_opened(history: History) -> None:
    history.on(date(2026, 5, 2), contract(terminated_on="2026-05-01"))
    history.on(DUE, contract())

    assert history.created == [FIRST]
    assert history.renewals[FIRST].settled is None


@pytest.mark.parametrize("end", [date(2027, 3, 31), date(2026, 8, 31), date(2026, 10, 1)])
def test_an_unsettled_renewal_moves_with_its_contract(history: History, end: date) -> None:
    history.on(date(2026, 1, 5), YEAR)
    history.on(date(2026, 1, 6), contract(auto_renews=False, end=end))

    assert history.ends() == [(FIRST, end, None)]
