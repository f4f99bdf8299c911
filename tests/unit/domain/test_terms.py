"""Terms of a contract beyond what the table of open dates shows."""

from dataclasses import replace
from datetime import date

import pytest

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Contract
from csops_sync.domain.rules import BusinessDayRoll
from csops_sync.domain.terms import Term, new_term, new_term_months, notice_deadline, terms_through

TODAY = date(2025, 6, 15)
CONTRACT = Contract(
    id="8005g00000ABCDeAAP",
    account_id="0015g00000ABCDeAAP",
    number="00000123",
    start=date(2024, 4, 1),
    end=date(2025, 3, 31),
    term_months=None,
    auto_renews=False,
    renewal_term_months=None,
    notice=None,
    annual_amount=None,
    currency="JPY",
    predecessor_id=None,
    owner_id=None,
    values={},
)
ROLLING = replace(CONTRACT, auto_renews=True)
EVERGREEN = replace(CONTRACT, start=date(2020, 2, 29), end=None)
FIRST = Term(date(2024, 4, 1), date(2025, 3, 31), 1)


def test_a_contract_that_does_not_renew_by_itself_has_one_term() -> None:
    """Before it starts, while it runs, and when it is over."""
    for today in (date(2023, 1, 1), date(2024, 7, 1), date(2030, 1, 1)):
        assert terms_through(contract=CONTRACT, today=today) == (FIRST,)


def test_a_rolling_contract_lists_all_terms_up_to_the_one_that_holds_today() -> None:
    """The last day belongs to the old term, the renewal date to the new one."""
    second = Term(date(2025, 4, 1), date(2026, 3, 31), 2)
    assert terms_through(contract=ROLLING, today=date(2023, 1, 1)) == (FIRST,)
    assert terms_through(contract=ROLLING, today=date(2025, 3, 31)) == (FIRST,)
    assert terms_through(contract=ROLLING, today=date(2025, 4, 1)) == (FIRST, second)


def test_an_evergreen_contract_turns_over_on_the_anniversaries_of_its_start() -> None:
    """From 29 February to 28 February, and back on the 29th in a leap year."""
    terms = terms_through(contract=EVERGREEN, today=date(2023, 6, 1))
    assert [term.end.isoformat() for term in terms] == [
        "2021-02-27",
        "2022-02-27",
        "2023-02-27",
        "2024-02-28",
    ]
    assert [term.ordinal for term in terms] == [1, 2, 3, 4]


def test_a_length_in_months_stands_in_for_a_missing_end() -> None:
    """36 months from 1 April 2024 end on 31 March 2027; a length of 0 counts as not filled in."""
    given = replace(CONTRACT, end=None, term_months=36)
    assert terms_through(contract=given, today=TODAY) == (Term(date(2024, 4, 1), date(2027, 3, 31), 1),)
    blank = replace(CONTRACT, end=None, term_months=0)
    assert terms_through(contract=blank, today=TODAY)[-1].end == date(2026, 3, 31)


@pytest.mark.parametrize(
    "unusable",
    [
        replace(CONTRACT, start=None),
        replace(CONTRACT, end=date(2024, 3, 31)),
        replace(CONTRACT, end=date(9999, 12, 31)),
        replace(CONTRACT, start=date(203, 4, 1)),
        replace(CONTRACT, end=None, term_months=99_999_999),
    ],
    ids=["no start", "end before start", "an end that means never", "year 203", "a term of ages"],
)
def test_a_contract_without_usable_dates_has_no_terms(unusable: Contract) -> None:
    """It is for the caller to report, and never a crash."""
    assert terms_through(contract=unusable, today=TODAY) == ()
    with pytest.raises(ValueError, match="contract 00000123"):
        new_term(contract=unusable, term=FIRST)


@pytest.mark.parametrize(
    ("contract", "months"),
    [
        (CONTRACT, 12),
        (replace(CONTRACT, start=date(2022, 4, 1)), 36),
        (replace(ROLLING, start=date(2022, 4, 1)), 12),
        (replace(ROLLING, start=date(2025, 1, 1)), 3),
        (replace(ROLLING, renewal_term_months=24), 24),
        (replace(ROLLING, renewal_term_months=0), 12),
        (replace(ROLLING, renewal_term_months=99_999), 12),
        (replace(EVERGREEN, renewal_term_months=6), 12),
    ],
)
def test_the_new_term_is_as_mapped_or_as_long_as_the_last(contract: Contract, months: int) -> None:
    """At most a year where the contract renews by itself, and a year where it is evergreen."""
    term = terms_through(contract=contract, today=date(2025, 3, 1))[-1]
    assert new_term_months(contract=contract, term=term) == months


def test_the_new_term_follows_without_drift() -> None:
    """A contract from 31 August: to 27 February, then to 30 August, then to 27 February (28 in a leap year)."""
    contract = replace(ROLLING, start=date(2024, 8, 31), end=date(2025, 2, 27))
    first = terms_through(contract=contract, today=date(2025, 1, 1))[-1]
    second = new_term(contract=contract, term=first)
    third = new_term(contract=contract, term=second)
    assert second == Term(date(2025, 2, 28), date(2025, 8, 30), 2)
    assert third == Term(date(2025, 8, 31), date(2026, 2, 27), 3)


def test_a_fixed_contract_has_a_new_term_too() -> None:
    """It is what the renewal is about, though nothing rolls there by itself."""
    assert new_term(contract=CONTRACT, term=FIRST) == Term(date(2025, 4, 1), date(2026, 3, 31), 2)


def test_a_term_is_counted_to_the_nearest_month_and_at_least_one() -> None:
    """15 of 30 days are a half, which counts up; 10 days are a month."""
    assert Term(date(2025, 4, 1), date(2025, 6, 15), 1).months() == 3
    assert Term(date(2025, 4, 1), date(2025, 6, 14), 1).months() == 2
    assert Term(date(2025, 4, 1), date(2025, 4, 10), 1).months() == 1


def test_a_term_that_ends_before_it_starts_is_refused() -> None:
    """And so is one before the first."""
    with pytest.raises(ValueError, match="ends on 2025-03-31 before it starts"):
        Term(date(2025, 4, 1), date(2025, 3, 31), 1)
    with pytest.raises(ValueError, match="counted from 1"):
        Term(date(2025, 4, 1), date(2025, 4, 1), 0)


@pytest.mark.parametrize("roll", [BusinessDayRoll.NONE, BusinessDayRoll.FOLLOWING])
def test_a_notice_deadline_never_moves_to_a_later_day(roll: BusinessDayRoll) -> None:
    """31 January 2026 is a Saturday and stays one."""
    deadline = notice_deadline(
        term=Term(date(2025, 4, 1), date(2026, 3, 31), 1),
        notice=Duration(months=2),
        auto_renews=True,
        roll=roll,
        calendar=BusinessCalendar("JP", frozenset()),
    )
    assert deadline == date(2026, 1, 31)


def test_no_agreed_notice_no_deadline() -> None:
    """None is not zero days."""
    calendar = BusinessCalendar("JP", frozenset())
    roll = BusinessDayRoll.PRECEDING
    assert notice_deadline(term=FIRST, notice=None, auto_renews=True, roll=roll, calendar=calendar) is None
