"""The stored states of terms follow what is decided, in the same transaction, and only where something changed."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.builders import CSM, ruleset
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED, yen

from csops_sync.app.forecast.standing import STATES
from csops_sync.app.queries_plan import plan_view
from csops_sync.app.reconciling import reconcile
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Role

RULES: RuleSet = ruleset(confidence=RATED)


@pytest.fixture
def shop() -> Workshop:
    return Workshop(rules=RULES)


def stored(shop: Workshop) -> list[TermState]:
    """All states as they are stored."""
    with shop.store.reading() as tx:
        return list(tx.forecast.states.all())


def only(shop: Workshop) -> TermState:
    """The one state that is stored."""
    [state] = stored(shop)
    return state


def again(shop: Workshop) -> None:
    """A minute later, another cycle."""
    shop.crm.advance(seconds=60)
    shop.sync()


def test_the_first_cycle_stores_every_term(shop: Workshop) -> None:
    account = shop.customer()
    shop.sell(account)
    shop.sell(account, number="00000002", start=date(2024, 9, 1), end=date(2025, 8, 31))
    shop.sync()
    found = sorted((one.start, one.standing.value) for one in stored(shop))
    assert found == [
        (date(2024, 9, 1), "auto-renewed"),
        (date(2025, 7, 6), "unopened"),
        (date(2025, 9, 1), "unopened"),
    ]
    assert {one.account_id for one in stored(shop)} == {account}


def test_a_renewal_is_unopened_then_opened_rated_and_won(shop: Workshop) -> None:
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    assert (only(shop).standing, only(shop).open_date) == (TermStanding.UNOPENED, date(2026, 4, 7))
    shop.crm.advance(days=7)
    shop.sync()
    again(shop)
    opened = only(shop)
    assert (opened.standing, opened.new, opened.proposed) == (TermStanding.OPEN, yen(6_180_000), True)
    [deal] = shop.crm.records(Role.OPPORTUNITY)
    shop.crm.edit(Role.OPPORTUNITY, deal.id, {"confidence": "B"}, by=CSM)
    again(shop)
    assert (only(shop).rank, only(shop).proposed) == ("B", False)
    shop.crm.edit(Role.OPPORTUNITY, deal.id, {"closed": True, "won": True, "amount": 7_000_000}, by=CSM)
    again(shop)
    assert (only(shop).standing, only(shop).new) == (TermStanding.WON, yen(7_000_000))


def test_a_term_rolls_on_because_a_day_passes(shop: Workshop) -> None:
    shop.sell(shop.customer(), cancellation_notice=None)
    shop.sync()
    shop.crm.advance(days=96)  # from 1 April to 6 July 2026, the renewal date
    shop.sync()
    assert [(one.standing.value, one.start) for one in stored(shop)] == [
        ("auto-renewed", date(2025, 7, 6)),
        ("unopened", date(2026, 7, 6)),
    ]


def test_a_term_that_no_rule_is_for_expires_because_a_day_passes() -> None:
    """Nothing is opened for it, and still it is over 90 days after 6 July 2026: on 5 October."""
    nobody = ruleset(renewals=())
    shop = Workshop(rules=nobody)
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    shop.crm.advance(days=187)
    shop.sync()
    assert (shop.engine().today(), only(shop).standing) == (date(2026, 10, 5), TermStanding.EXPIRED)


def test_a_cycle_without_news_stores_nothing(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    before = shop.database.tables
    tables = {org: table.forecast.states for org, table in before.items()}
    shop.sync()
    after = {org: table.forecast.states for org, table in shop.database.tables.items()}
    assert after == tables
    assert all(one is other for one, other in zip(stored(shop), stored(shop), strict=True))


def test_a_customer_that_is_gone_has_no_states(shop: Workshop) -> None:
    account = shop.customer()
    shop.sell(account)
    shop.sync()
    shop.crm.delete(Role.ACCOUNT, account)
    shop.sync()
    assert stored(shop) == []


def test_a_customer_with_a_row_that_makes_no_sense_keeps_its_states(shop: Workshop) -> None:
    contract = shop.sell(shop.customer())
    shop.sync()
    before = stored(shop)
    shop.crm.edit(Role.CONTRACT, contract, {"annual_amount": "much"})
    shop.sync()
    assert stored(shop) == before


def test_a_contract_that_moves_takes_its_states_along(shop: Workshop) -> None:
    one, other = shop.customer(), shop.customer("株式会社やまと")
    contract = shop.sell(one)
    shop.sync()
    shop.crm.edit(Role.CONTRACT, contract, {"account": other})
    shop.sync()
    assert [state.account_id for state in stored(shop)] == [other]


def test_a_plan_stores_no_states_and_needs_none(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    with shop.store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([only(shop).account_id], [])
        tx.progress.set_setting(STATES, None)
    plan_view(shop.engine())
    assert stored(shop) == []


def test_a_state_of_an_older_release_is_filled_in_by_the_next_cycle(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    before = stored(shop)
    with shop.store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([before[0].account_id], [])
        tx.progress.set_setting(STATES, None)
    shop.sync()
    assert stored(shop) == before


def test_an_upgrade_that_adds_a_field_fills_it_in_and_keeps_what_was_known(shop: Workshop) -> None:
    contract = shop.sell(shop.customer(), start=date(2023, 7, 6), end=date(2024, 7, 5))
    shop.sync()
    shop.crm.edit(Role.CONTRACT, contract, {"annual_amount": 9_000_000})
    shop.sync()
    known = stored(shop)
    with shop.store.transaction() as tx:
        tx.progress.set_setting(STATES, (tx.progress.setting(STATES) or "").partition("+")[0])
        tx.forecast.states.replace_of_accounts([known[-1].account_id], known[:-1])
    shop.sync()
    assert stored(shop) == known


def test_a_notice_left_in_salesforce_marks_the_term_in_which_it_was_given_alone(shop: Workshop) -> None:
    """The terms run from 6 July; it was given on 1 March 2026, and 6 July 2026 is 96 days after 1 April."""
    shop.sell(shop.customer(), cancellation_notice="2026-03-01")
    shop.sync()
    shop.crm.advance(days=96)
    shop.sync()
    assert [one.announced_cancellation for one in stored(shop)] == [True, False]


def test_an_upgrade_puts_right_the_terms_that_a_notice_left_in_salesforce_had_marked(shop: Workshop) -> None:
    shop.sell(shop.customer(), cancellation_notice="2024-03-01", start=date(2023, 7, 6), end=date(2024, 7, 5))
    shop.sync()
    known = stored(shop)
    assert [one.announced_cancellation for one in known] == [True, False, False]
    with shop.store.transaction() as tx:
        rows = tx.renewals.of_accounts([known[0].account_id])
        tx.renewals.put([replace(one, cancellation=None) for one in rows])
        wrong = [replace(one, announced_cancellation=True) for one in known]
        tx.forecast.states.replace_of_accounts([known[0].account_id], wrong)
        tx.progress.set_setting(STATES, (tx.progress.setting(STATES) or "").removesuffix("+cancellations"))
    shop.sync()
    assert stored(shop) == known


def test_a_change_of_rules_restates_everybody(shop: Workshop) -> None:
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    half = ruleset(confidence=RATED, hash="other", contract_term_amounts=True)
    shop.rules = half
    contract = shop.crm.records(Role.CONTRACT)[0]
    shop.crm.edit(Role.CONTRACT, contract.id, {"term_months": 24})
    shop.sync()
    assert only(shop).prior == yen(3_000_000)


def test_what_is_remembered_of_the_past_ends_where_amounts_mean_something_else(shop: Workshop) -> None:
    """Two terms that are over were stored at 6,000,000 a year; now the field is said to hold 24 months."""
    shop.sell(shop.customer(), start=date(2023, 7, 6), end=date(2024, 7, 5), term_months=24)
    shop.sync()
    assert {one.prior for one in stored(shop)} == {yen(6_000_000)}
    shop.rules = ruleset(confidence=RATED, hash="other", contract_term_amounts=True)
    shop.sync()
    assert {one.prior for one in stored(shop)} == {yen(3_000_000)}


def test_a_raised_amount_leaves_the_past_as_it_was(shop: Workshop) -> None:
    contract = shop.sell(shop.customer(), start=date(2023, 7, 6), end=date(2024, 7, 5))
    shop.sync()
    shop.crm.edit(Role.CONTRACT, contract, {"annual_amount": 9_000_000})
    shop.sync()
    assert [one.prior for one in stored(shop)] == [yen(6_000_000), yen(6_000_000), yen(9_000_000)]


def test_what_only_a_reconciliation_finds_is_restated_too(shop: Workshop) -> None:
    contract = shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    with shop.store.transaction() as tx:
        [row] = tx.mirror.get(Role.CONTRACT, [contract])
        tx.mirror.put([replace(row, values={**row.values, "annual_amount": 1}, stamp_ms=row.stamp_ms - 1)])
        tx.forecast.states.replace_of_accounts([only(shop).account_id], [])
    reconcile(shop.engine())
    assert only(shop).prior == yen(6_000_000)
