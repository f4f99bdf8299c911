"""Which term a cancellation that was announced belongs to, while nobody takes it out of Salesforce.

The contract runs from 1 October 2025 to 30 September 2026, renews by itself, and is opened 90 days before each renewal
date: on 3 July 2026, and 90 days before 1 October 2027 on 3 July 2027, a Saturday, so on Friday the 2nd.
"""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.builders import book, contract, opportunity, rule, ruleset

from csops_sync.domain.book import AccountBook
from csops_sync.domain.cancellation import given_on
from csops_sync.domain.conditions import Clause, Condition, OneOf, Present
from csops_sync.domain.deciding import decide
from csops_sync.domain.facts import Contract, Opportunity, Scalar
from csops_sync.domain.intents import CreateOpportunity, NoticeKind
from csops_sync.domain.renewal import Cancellation, Renewal
from csops_sync.domain.rules import Cancelling, ContractLifecycle, RuleSet
from csops_sync.domain.standing.states import with_renewals

DATED = ruleset()
"""The mapped field holds the day on which the customer gave notice."""
TICKED = ruleset(
    lifecycle=replace(
        DATED.lifecycle, cancelling=Condition((Clause("contract.wants_to_leave", OneOf((True,))),))
    )
)
"""The mapped field is a checkbox."""
FIRST_OPENS, NEXT_OPENS = date(2026, 7, 3), date(2027, 7, 2)
ANNOUNCED, LEFT_OVER = Cancellation.ANNOUNCED, Cancellation.LEFT_OVER


def told_on(given: AccountBook, today: date, rules: RuleSet = DATED) -> list[NoticeKind]:
    """What is told on a day: that a renewal was opened, or that its customer is leaving."""
    return [one.notice for one in decide(given, rules=rules, today=today).announcements]


def lived_until(given: AccountBook, *days: date, rules: RuleSet = DATED) -> AccountBook:
    """The customer after a cycle on each of these days, nothing sent."""
    for day in days:
        given = with_renewals(given, renewals=decide(given, rules=rules, today=day).renewals)
    return given


def last_row(given: AccountBook) -> Renewal:
    """The row of the newest term."""
    return max(given.renewals, key=lambda one: one.ordinal)


def with_contract(given: AccountBook, changed: Contract) -> AccountBook:
    """The same customer after its only contract was edited."""
    return replace(given, contracts=(changed,))


def saying(*, leaves: object, of: Contract | None = None) -> Contract:
    """The contract with a checkbox that says whether the customer wants to leave."""
    plain = of or contract()
    values: dict[str, Scalar] = {**plain.values, "wants_to_leave": bool(leaves)}
    return replace(plain, values=values)


def won(on: date) -> Opportunity:
    """The renewal of the first term, which a person won on a day."""
    return opportunity(contract_id=contract().id, is_closed=True, is_won=True, close_date=on)


@pytest.mark.parametrize(
    ("given", "first", "following"),
    [
        (date(2025, 9, 30), NoticeKind.OPENED, NoticeKind.OPENED),  # the day before the first term
        (date(2025, 10, 1), NoticeKind.CANCELLING, NoticeKind.OPENED),  # its first day
        (date(2026, 2, 1), NoticeKind.CANCELLING, NoticeKind.OPENED),
        (date(2026, 10, 1), NoticeKind.CANCELLING, NoticeKind.CANCELLING),  # the first day of the next term
    ],
)
def test_a_date_left_in_salesforce_counts_for_the_term_in_which_it_lies(
    given: date, first: NoticeKind, following: NoticeKind
) -> None:
    """The last one is ahead of 3 July 2026: nobody gives notice in the future, so there it counts as a tick."""
    leaving = book(contract(cancellation_notice=given.isoformat()))

    assert told_on(leaving, FIRST_OPENS) == [first]
    assert told_on(leaving, NEXT_OPENS) == [following]
    assert told_on(lived_until(leaving, date(2026, 5, 1), date(2026, 10, 2)), NEXT_OPENS) == [following]


def test_a_date_on_the_last_day_of_a_term_counts_for_it_and_not_for_the_next() -> None:
    leaving = lived_until(book(contract(cancellation_notice="2026-09-30")), date(2026, 9, 30))
    assert last_row(leaving).cancellation is ANNOUNCED

    rolled = lived_until(leaving, date(2026, 10, 1))
    assert [one.cancellation for one in rolled.renewals] == [ANNOUNCED, LEFT_OVER]


def test_a_new_date_in_the_next_term_counts_for_that_one() -> None:
    first = lived_until(book(contract(cancellation_notice="2026-02-01")), date(2026, 3, 1), date(2026, 10, 2))
    again = with_contract(first, contract(cancellation_notice="2027-03-01"))

    assert told_on(again, NEXT_OPENS) == [NoticeKind.CANCELLING]


def test_a_checkbox_that_stands_at_the_first_reading_counts_for_the_term_that_runs() -> None:
    """The contract is in its third term by then: 1 October 2027 to 30 September 2028."""
    seen = lived_until(book(saying(leaves=True)), date(2027, 11, 5), rules=TICKED)
    assert (last_row(seen).ordinal, last_row(seen).cancellation) == (3, ANNOUNCED)


def test_a_checkbox_left_ticked_counts_for_the_term_in_which_it_was_first_seen_alone() -> None:
    before = lived_until(book(saying(leaves=False)), date(2025, 11, 1), rules=TICKED)
    leaving = lived_until(with_contract(before, saying(leaves=True)), date(2026, 2, 1), rules=TICKED)
    assert told_on(leaving, FIRST_OPENS, TICKED) == [NoticeKind.CANCELLING]

    rolled = lived_until(leaving, date(2026, 10, 2), rules=TICKED)
    assert told_on(rolled, NEXT_OPENS, TICKED) == [NoticeKind.OPENED]
    again = lived_until(rolled, date(2027, 1, 5), date(2027, 10, 2), date(2028, 1, 5), rules=TICKED)
    assert [one.cancellation for one in again.renewals] == [ANNOUNCED, LEFT_OVER, LEFT_OVER]


def test_a_checkbox_that_was_taken_out_and_set_again_counts_for_the_term_that_runs() -> None:
    days = (date(2026, 2, 1), date(2026, 10, 2))
    rolled = lived_until(book(saying(leaves=True)), *days, rules=TICKED)
    out = lived_until(with_contract(rolled, saying(leaves=False)), date(2026, 12, 1), rules=TICKED)
    assert [one.cancellation for one in out.renewals] == [ANNOUNCED, None]

    again = lived_until(with_contract(out, saying(leaves=True)), date(2027, 2, 1), rules=TICKED)
    assert [one.cancellation for one in again.renewals] == [ANNOUNCED, ANNOUNCED]
    assert told_on(again, NEXT_OPENS, TICKED) == [NoticeKind.CANCELLING]


def test_a_status_that_says_so_is_read_like_a_checkbox() -> None:
    leaving = Condition((Clause("contract.status", OneOf(("Leaving",))),))
    rules = ruleset(lifecycle=ContractLifecycle(active=Condition(), cancelling=leaving))
    rolled = lived_until(book(contract(status="Leaving")), date(2026, 2, 1), date(2026, 10, 2), rules=rules)
    assert [one.cancellation for one in rolled.renewals] == [ANNOUNCED, LEFT_OVER]


def test_a_start_that_is_corrected_takes_no_tick_away() -> None:
    """First seen on 5 October 2025; the start is then corrected to 1 November, a day after that."""
    leaving = lived_until(book(saying(leaves=True)), date(2025, 10, 5), rules=TICKED)
    corrected = saying(leaves=True, of=contract(start=date(2025, 11, 1)))
    assert told_on(with_contract(leaving, corrected), FIRST_OPENS, TICKED) == [NoticeKind.CANCELLING]


@pytest.mark.parametrize("rules", [DATED, TICKED])
def test_a_contract_that_is_extended_in_place_leaves_the_notice_behind(rules: RuleSet) -> None:
    """Announced on 1 February 2026, won on 1 June, extended on the same row to 30 September 2027."""
    leaving = saying(leaves=True, of=contract(auto_renews=False, cancellation_notice="2026-02-01"))
    before = lived_until(book(leaving), date(2026, 2, 1), rules=rules)
    renewed = replace(before, opportunities=(won(date(2026, 6, 1)),))
    renewed = with_contract(renewed, replace(leaving, end=date(2027, 9, 30)))

    after = lived_until(renewed, date(2026, 6, 2), rules=rules)
    assert [one.cancellation for one in after.renewals] == [ANNOUNCED, LEFT_OVER]
    assert told_on(after, NEXT_OPENS, rules) == [NoticeKind.OPENED]


@pytest.mark.parametrize("rules", [DATED, TICKED])
def test_after_a_term_was_won_early_a_notice_is_the_next_ones(rules: RuleSet) -> None:
    """Won on 1 June 2026, notice on 10 August, before the next term begins; extended later, and also earlier."""
    plain = contract(auto_renews=False)
    settled = lived_until(book(plain, opportunities=(won(date(2026, 6, 1)),)), date(2026, 6, 1), rules=rules)
    leaving = saying(
        leaves=True, of=replace(plain, values={**plain.values, "cancellation_notice": "2026-08-10"})
    )
    longer = replace(leaving, end=date(2027, 9, 30))

    waiting = lived_until(with_contract(settled, leaving), date(2026, 8, 10), rules=rules)
    assert [one.cancellation for one in waiting.renewals] == [None]
    for given, day in (
        (waiting, date(2026, 8, 20)),
        (settled, date(2026, 8, 10)),
        (waiting, date(2026, 11, 1)),
    ):
        after = lived_until(with_contract(given, longer), day, rules=rules)
        assert [one.cancellation for one in after.renewals] == [None, ANNOUNCED]


def test_paper_that_follows_a_loss_is_of_the_term_that_was_lost() -> None:
    """The customer said so by word, the deal was closed as lost on 1 June, and the letter of 15 June is entered."""
    deal = opportunity(contract_id=contract().id, is_closed=True, close_date=date(2026, 6, 1))
    lost = lived_until(book(contract(auto_renews=False), opportunities=(deal,)), date(2026, 6, 1))
    leaving = contract(auto_renews=False, cancellation_notice="2026-06-15")
    assert last_row(lived_until(with_contract(lost, leaving), date(2026, 6, 16))).cancellation is ANNOUNCED


def test_a_renewal_of_long_ago_does_not_draw_notices_of_terms_that_nobody_saw_to_the_one_that_runs() -> None:
    """Won for October 2026 on 1 June 2026 and then not looked at until 2029: notice was given in the term before."""
    before = lived_until(book(contract(), opportunities=(won(date(2026, 6, 1)),)), date(2026, 6, 1))
    leaving = contract(cancellation_notice="2028-02-01")
    after = lived_until(with_contract(before, leaving), date(2029, 1, 5))
    assert last_row(after).term_start == date(2028, 10, 1)
    assert last_row(after).cancellation is LEFT_OVER


def test_a_late_notice_is_of_the_term_whose_renewal_was_still_open() -> None:
    """Over since 30 September 2026, notice on 20 October, and won all the same on 10 November: it stayed, once."""
    leaving = contract(auto_renews=False, cancellation_notice="2026-10-20")
    late = lived_until(book(leaving), date(2026, 10, 21))
    assert [one.cancellation for one in late.renewals] == [ANNOUNCED]

    renewed = replace(late, opportunities=(won(date(2026, 11, 10)),))
    after = lived_until(with_contract(renewed, replace(leaving, end=date(2027, 9, 30))), date(2026, 11, 11))
    assert [one.cancellation for one in after.renewals] == [ANNOUNCED, LEFT_OVER]


def test_a_notice_in_any_year_of_a_long_term_counts_for_it_and_not_for_the_next() -> None:
    """Three years from 1 October 2025: notice in the first, still announced in the last, not in the year after."""
    long = contract(end=date(2028, 9, 30), term_months=36, cancellation_notice="2025-12-01")
    running = lived_until(book(long), date(2026, 1, 5), date(2028, 9, 30))
    assert [one.cancellation for one in running.renewals] == [ANNOUNCED]
    assert [one.cancellation for one in lived_until(running, date(2028, 10, 1)).renewals] == [
        ANNOUNCED,
        LEFT_OVER,
    ]


@pytest.mark.parametrize("rules", [DATED, TICKED])
def test_a_successor_made_as_a_copy_does_not_take_the_notice_over(rules: RuleSet) -> None:
    old = saying(leaves=True, of=contract(auto_renews=False, cancellation_notice="2026-02-01"))
    before = lived_until(book(old), date(2026, 2, 1), rules=rules)
    copied = replace(
        contract(2, start=date(2026, 10, 1), end=date(2027, 9, 30)), predecessor_id=old.id, values=old.values
    )
    after = lived_until(replace(before, contracts=(old, copied)), date(2026, 10, 1), rules=rules)

    assert {one.contract_id: one.cancellation for one in after.renewals} == {
        old.id: ANNOUNCED,
        copied.id: LEFT_OVER,
    }
    assert told_on(after, NEXT_OPENS, rules) == [NoticeKind.OPENED]


def test_what_is_left_over_opens_as_any_renewal_and_its_reason_does_not_name_it() -> None:
    opens_though = ruleset(rule(cancelling=Cancelling.OPEN))
    leaving = book(contract(cancellation_notice="2026-02-01"))
    reasons = [
        one.reason
        for day in (FIRST_OPENS, NEXT_OPENS)
        for one in decide(leaving, rules=opens_though, today=day).intents
        if isinstance(one, CreateOpportunity)
    ]
    assert ["announced to cancel" in one for one in reasons] == [True, False]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-02-01", date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 2, 1)),
        ("2026-01-31T15:30:00.000+0000", date(2026, 2, 1)),  # 00:30 in Tokyo
        ("2026-01-31T15:30:00", date(2026, 1, 31)),
        ("2026-12-01", None),  # ahead of today
        ("20260201", None),
        ("2026-02-31", None),
        ("by phone, in February", None),
        (True, None),
    ],
)
def test_the_day_of_a_notice_is_the_orgs_and_never_ahead(value: Scalar, day: date | None) -> None:
    leaving = replace(contract(), values={"cancellation_notice": value})
    assert given_on(leaving, rules=DATED, today=date(2026, 4, 1)) == day


def test_of_two_dates_the_earlier_is_when_notice_was_given() -> None:
    both = Condition(
        tuple(Clause(f"contract.{name}", Present(expected=True)) for name in ("leaves_on", "told_on"))
    )
    rules = ruleset(lifecycle=replace(DATED.lifecycle, cancelling=both))
    leaving = replace(contract(), values={"leaves_on": "2026-09-30", "told_on": "2026-02-01"})
    assert given_on(leaving, rules=rules, today=date(2026, 10, 5)) == date(2026, 2, 1)


@pytest.mark.parametrize("again", [date(2026, 10, 2), date(2026, 11, 1)])
def test_a_notice_between_an_early_win_and_a_term_that_begins_after_a_pause_is_of_that_term(
    again: date,
) -> None:
    """Won on 1 June 2026; notice on 10 August; the contract begins anew a day or a month after 30 September."""
    plain = contract(auto_renews=False)
    won_early = book(plain, opportunities=(won(date(2026, 6, 1)),))
    given = lived_until(won_early, date(2026, 6, 1))
    leaving = replace(plain, values={**plain.values, "cancellation_notice": "2026-08-10"})
    given = lived_until(with_contract(given, leaving), date(2026, 8, 10))
    longer = replace(leaving, start=again, end=date(2027, 10, 31), auto_renews=True)
    given = lived_until(with_contract(given, longer), date(2026, 8, 20))

    assert last_row(given).cancellation is ANNOUNCED
    assert NoticeKind.OPENED not in told_on(given, date(2027, 8, 5))
