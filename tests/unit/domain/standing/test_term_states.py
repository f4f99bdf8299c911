"""The states of terms, worked by hand: what was paid, what it is renewed at, how long it earned, how it stands."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.fakes.builders import ACCOUNT, CSM, MANAGER, book, contract, opportunity, ruleset
from tests.fakes.term_books import lived, states, yen

from csops_sync.domain.conditions import Clause, Condition, OneOf
from csops_sync.domain.facts import Contract
from csops_sync.domain.forecast.term_state import Grouping, TermStanding
from csops_sync.domain.renewal import Settled, renewal_key
from csops_sync.domain.rules import Segment
from csops_sync.domain.standing.states import states_of

RULES = ruleset()
TODAY = date(2026, 4, 1)
ONCE = contract(auto_renews=False)
KEY = renewal_key(contract_id=ONCE.id, ordinal=1)


def test_an_unopened_term_says_what_is_paid_who_looks_after_it_and_when_it_will_be_opened() -> None:
    rules = ruleset(
        segments=(Segment(name="big", when=Condition((Clause("account.tier", OneOf(("Enterprise",))),))),)
    )
    product = replace(ONCE, values={**ONCE.values, "product": "CRM"})
    [state] = states(book(product), rules=rules, today=TODAY)
    assert (state.key, state.account_id, state.customer_id) == (KEY, ACCOUNT, ACCOUNT)
    assert (state.start, state.end, state.in_force_until) == (
        date(2025, 10, 1),
        date(2026, 9, 30),
        date(2026, 9, 30),
    )
    assert (state.standing, state.prior, state.new) == (TermStanding.UNOPENED, yen(6_000_000), None)
    # 90 days before 1 October 2026: 3 July 2026, a Friday.
    assert state.open_date == date(2026, 7, 3)
    assert state.grouping == Grouping(
        segment="big", tier="Enterprise", csm_id=CSM, manager_id=MANAGER, product="CRM"
    )


def test_24_months_at_20000_over_a_leap_year_are_10000_a_year() -> None:
    """1 January 2024 to 31 December 2025 has 731 days and 24 months: 20,000 / 24 x 12 = 10,000."""
    long = replace(
        ONCE,
        start=date(2024, 1, 1),
        end=date(2025, 12, 31),
        term_months=24,
        annual_amount=Decimal(20_000),
        currency="USD",
    )
    rules = ruleset(contract_term_amounts=True)
    [state] = states(book(long), rules=rules, today=date(2025, 2, 1))
    assert state.prior is not None
    assert state.prior.to_minor() == 10_000_00


def test_36_months_at_18_million_against_6_million_a_year_is_flat() -> None:
    """Amount holds a term here: 18,000,000 / 36 x 12 = 6,000,000 a year, what is paid now."""
    deal = opportunity(contract_id=ONCE.id, amount=Decimal(18_000_000), values={"term_months": Decimal(36)})
    [state] = states(book(ONCE, opportunities=(deal,)), rules=ruleset(term_amounts=True), today=TODAY)
    assert (state.standing, state.prior, state.new) == (TermStanding.OPEN, yen(6_000_000), yen(6_000_000))


def test_without_a_term_of_its_own_a_deal_is_for_as_long_as_the_contract_renews() -> None:
    """The contract renews by 24 months: 14,000,000 / 24 x 12 = 7,000,000."""
    renews = replace(ONCE, renewal_term_months=24)
    deal = opportunity(contract_id=ONCE.id, amount=Decimal(14_000_000))
    [state] = states(book(renews, opportunities=(deal,)), rules=ruleset(term_amounts=True), today=TODAY)
    assert state.new == yen(7_000_000)


def test_an_early_successor_ends_the_old_term_the_day_before_it_starts() -> None:
    """The successor starts on 1 July 2026 at 7,000,000: until 30 June the old one earns, and never both."""
    after = contract(
        2,
        start=date(2026, 7, 1),
        end=date(2027, 6, 30),
        predecessor_id=ONCE.id,
        annual_amount=Decimal(7_000_000),
    )
    old, new = states(book(ONCE, after), rules=RULES, today=TODAY)
    assert (old.standing, old.in_force_until, old.follows_on) == (
        TermStanding.SUPERSEDED,
        date(2026, 6, 30),
        True,
    )
    assert (old.prior, old.new) == (yen(6_000_000), yen(7_000_000))
    assert (new.standing, new.follows_on) == (TermStanding.UNOPENED, False)
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 30)]
    assert [[one.in_force(day) for one in (old, new)] for day in days] == [
        [True, False],
        [False, True],
        [False, True],
    ]


def test_a_successor_after_a_gap_still_carries_the_revenue_on() -> None:
    """It starts 40 days after the old term's end; between them nothing is in force."""
    after = contract(2, start=date(2026, 11, 9), end=date(2027, 11, 8), predecessor_id=ONCE.id)
    old, new = states(book(ONCE, after), rules=RULES, today=TODAY)
    assert (old.standing, old.in_force_until, old.follows_on) == (TermStanding.SUPERSEDED, ONCE.end, True)
    assert new.start == date(2026, 11, 9)


def test_a_contract_that_was_ended_because_its_successor_began_is_no_churn() -> None:
    ended = contract(auto_renews=False, status="Terminated", terminated_on="2026-06-30")
    after = contract(2, start=date(2026, 7, 1), end=date(2027, 6, 30), predecessor_id=ONCE.id)
    old, _ = states(book(ended, after), rules=RULES, today=TODAY)
    assert (old.standing, old.in_force_until) == (TermStanding.SUPERSEDED, date(2026, 6, 30))


def test_a_drafted_successor_puts_the_term_aside_and_has_no_term_itself() -> None:
    draft = contract(
        2, start=date(2026, 10, 1), end=date(2027, 9, 30), predecessor_id=ONCE.id, status="Draft"
    )
    [state] = states(book(ONCE, draft), rules=RULES, today=TODAY)
    assert (state.contract_id, state.standing, state.follows_on) == (ONCE.id, TermStanding.ASIDE, False)


def test_an_auto_renewing_contract_has_all_its_terms_and_counts_each_day_once() -> None:
    """From 1 October 2023 by years: two terms are over, the third is the one to be renewed."""
    rolling = contract(start=date(2023, 10, 1), end=date(2024, 9, 30))
    found = states(book(rolling), rules=RULES, today=TODAY)
    assert [(one.key[-1], one.start.year, one.standing.value, one.follows_on) for one in found] == [
        ("1", 2023, "auto-renewed", True),
        ("2", 2024, "auto-renewed", True),
        ("3", 2025, "unopened", False),
    ]
    assert [one.new for one in found] == [yen(6_000_000), yen(6_000_000), None]
    assert [sum(one.in_force(date(year, 3, 31)) for one in found) for year in (2023, 2024, 2025, 2026)] == [
        0, 1, 1, 1,
    ]  # fmt: skip


def test_an_evergreen_contract_turns_over_on_each_anniversary() -> None:
    found = states(
        book(contract(start=date(2024, 5, 10), end=None, term_months=None, auto_renews=False)),
        rules=RULES,
        today=TODAY,
    )
    assert [(one.end, one.standing) for one in found] == [
        (date(2025, 5, 9), TermStanding.AUTO_RENEWED),
        (date(2026, 5, 9), TermStanding.UNOPENED),
    ]


def test_a_terminated_contract_earns_until_the_day_that_its_mapped_date_says() -> None:
    """It rolls on by years, and was ended on 15 January 2025, in its second term; nothing comes after that."""
    ended = contract(start=date(2023, 10, 1), end=date(2024, 9, 30), terminated_on="2025-01-15")
    first, second = states(book(ended), rules=RULES, today=TODAY)
    assert (first.standing, first.in_force_until) == (TermStanding.AUTO_RENEWED, date(2024, 9, 30))
    assert (second.standing, second.in_force_until, second.follows_on) == (
        TermStanding.TERMINATED,
        date(2025, 1, 15),
        False,
    )


def test_a_termination_without_a_day_ends_the_contract_on_its_own_end() -> None:
    rules = ruleset(
        lifecycle=replace(
            RULES.lifecycle, terminated=Condition((Clause("contract.status", OneOf(("Terminated",))),))
        )
    )
    ended = contract(start=date(2023, 10, 1), end=date(2024, 9, 30), status="Terminated")
    [state] = states(book(ended), rules=rules, today=TODAY)
    assert (state.standing, state.in_force_until) == (TermStanding.TERMINATED, date(2024, 9, 30))


def test_a_termination_outweighs_a_renewal_that_was_won() -> None:
    deal = opportunity(contract_id=ONCE.id, is_closed=True, is_won=True, close_date=date(2026, 3, 1))
    ended = contract(auto_renews=False, status="Terminated", terminated_on="2026-08-31")
    [state] = states(book(ended, opportunities=(deal,)), rules=RULES, today=TODAY)
    assert (state.standing, state.in_force_until, state.new) == (
        TermStanding.TERMINATED,
        date(2026, 8, 31),
        None,
    )


def test_what_ended_long_ago_and_was_never_renewed_is_expired() -> None:
    over = contract(start=date(2024, 10, 1), end=date(2025, 9, 30), auto_renews=False)
    [state] = states(book(over), rules=RULES, today=TODAY)
    assert (state.standing, state.prior) == (TermStanding.EXPIRED, yen(6_000_000))
    [recent] = states(book(over), rules=RULES, today=date(2025, 12, 1))
    assert recent.standing is TermStanding.UNOPENED


def test_drafts_never_count_and_a_contract_that_was_tracked_does_after_it_fell_silent() -> None:
    draft = replace(ONCE, values={"status": "Draft"})
    assert states(book(draft), rules=RULES, today=TODAY) == ()
    before, _ = lived(book(ONCE), rules=RULES, today=TODAY)
    silent = replace(before, contracts=(replace(ONCE, values={"status": "Expired"}),))
    [state] = states(silent, rules=RULES, today=TODAY)
    assert (state.standing, state.in_force_until) == (TermStanding.EXPIRED, ONCE.end)


def test_an_announced_cancellation_is_marked_whether_or_not_the_renewal_is_open() -> None:
    leaving = contract(auto_renews=False, cancellation_notice="2026-02-01")
    deal = opportunity(contract_id=ONCE.id)
    [unopened] = states(book(leaving), rules=RULES, today=TODAY)
    before, _ = lived(book(ONCE, opportunities=(deal,)), rules=RULES, today=TODAY)
    [opened] = states(replace(before, contracts=(leaving,)), rules=RULES, today=TODAY)
    assert [unopened.standing, opened.standing] == [TermStanding.UNOPENED, TermStanding.OPEN]
    assert unopened.announced_cancellation
    assert opened.announced_cancellation


def test_a_term_that_went_on_in_spite_of_an_announcement_keeps_it_so_that_it_counts_as_saved() -> None:
    """Announced in February; nobody ended the contract, and it rolled on in October 2026. Or it was taken back."""
    leaving = contract(auto_renews=True, cancellation_notice="2026-02-01")
    stayed = contract(auto_renews=True)
    decided, known = lived(book(leaving), rules=RULES, today=TODAY)
    assert [one.announced_cancellation for one in known] == [True]

    _, rolled = lived(decided, rules=RULES, today=date(2026, 10, 5), known=known)
    _, taken_back = lived(
        replace(decided, contracts=(stayed,)), rules=RULES, today=date(2026, 10, 5), known=known
    )

    assert [one.announced_cancellation for one in rolled] == [
        True,
        False,
    ]  # it still stands, and is of the first
    assert [one.announced_cancellation for one in taken_back] == [True, False]
    assert taken_back[0].standing is TermStanding.AUTO_RENEWED


def test_without_a_prior_amount_or_in_another_currency_a_term_stands_aside() -> None:
    [unknown] = states(book(replace(ONCE, annual_amount=None)), rules=RULES, today=TODAY)
    deal = opportunity(contract_id=ONCE.id, currency="USD")
    [foreign] = states(book(ONCE, opportunities=(deal,)), rules=RULES, today=TODAY)
    assert (unknown.standing, unknown.prior) == (TermStanding.ASIDE, None)
    assert (foreign.standing, foreign.prior, foreign.new) == (TermStanding.ASIDE, yen(6_000_000), None)


def test_a_deleted_renewal_stands_aside() -> None:
    before, _ = lived(book(ONCE, opportunities=(opportunity(contract_id=ONCE.id),)), rules=RULES, today=TODAY)
    gone = replace(before, opportunities=(opportunity(contract_id=ONCE.id, is_deleted=True),))
    [state] = states(gone, rules=RULES, today=TODAY)
    assert state.standing is TermStanding.ASIDE
    assert states_of(gone, rules=RULES, today=TODAY)[0].opportunity_id == gone.opportunities[0].id


def test_a_reopened_term_counts_once_under_its_newest_key() -> None:
    deal = opportunity(contract_id=ONCE.id, is_closed=True)
    before, _ = lived(book(ONCE, opportunities=(deal,)), rules=RULES, today=TODAY)
    [row] = before.renewals
    assert row.settled is Settled.LOST
    key = renewal_key(contract_id=ONCE.id, ordinal=1, revision=2)
    again = replace(row, key=key, anchor_key=key, settled=None, opportunity_id=None, refused=(deal.id,))
    [state] = states(replace(before, renewals=(row, again)), rules=RULES, today=TODAY)
    assert (state.key, state.standing) == (key, TermStanding.UNOPENED)


def test_terms_that_passed_while_nobody_looked_are_between_the_rows_and_keep_their_keys() -> None:
    """Tracked in 2023, then not before 2026: rows 1 and 2, and two terms between them that have no row."""
    rolling: Contract = contract(start=date(2022, 10, 1), end=date(2023, 9, 30))
    seen, _ = lived(book(rolling), rules=RULES, today=date(2023, 4, 1))
    later, found = lived(seen, rules=RULES, today=TODAY)
    assert [one.key.removeprefix(rolling.id) for one in found] == ["-1", "_20231001", "_20241001", "-2"]
    assert [one.ordinal for one in found] == [1, 2, 3, 4]
    _, next_year = lived(later, rules=RULES, today=date(2027, 4, 1))
    assert [one.key.removeprefix(rolling.id) for one in next_year] == [
        "-1", "_20231001", "_20241001", "-2", "-3",
    ]  # fmt: skip
