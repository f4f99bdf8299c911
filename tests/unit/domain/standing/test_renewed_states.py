"""What terms are renewed at: proposals that nobody touched, ratings, shared deals, and what is kept of the past."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.builders import CSM, FIELDS, US, book, contract, opportunity, rule, ruleset
from tests.fakes.term_books import RATED, lived, states, yen

from csops_sync.domain.book import AccountBook, WrittenValue
from csops_sync.domain.confidence.ranks import RankKind, RankScale
from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Opportunity, Scalar
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.rules import Ownership, RuleSet
from csops_sync.domain.standing.renewed import shared

RULES = ruleset(confidence=RATED, ownership=Ownership(our_user_id=US))
TODAY = date(2026, 7, 6)
ONCE = contract(auto_renews=False)
PROPOSED = Decimal(6_180_000)
"""What is proposed with an uplift of 3 %: 6,000,000 x 1.03."""


def opened(
    *, values: Mapping[str, Scalar] | None = None, rules: RuleSet = RULES, **changes: object
) -> AccountBook:
    """The renewal as we opened it, and what people have done to it since."""
    [row] = lived(book(ONCE), rules=rules, today=TODAY)[0].renewals
    given: dict[str, object] = {"amount": PROPOSED, "created_by_id": US, "renewal_key": row.key, **changes}
    deal = opportunity(1, values=dict(values or {}), **given)
    row = replace(row, opportunity_id=deal.id, opened_on=TODAY, announced=True)
    wrote: dict[str, Scalar] = {"amount": PROPOSED, "stage": "更新準備", "renewal_type": "flat"}
    written = {(deal.id, name): WrittenValue(sent=value, value=value) for name, value in wrote.items()}
    return book(ONCE, opportunities=(deal,), renewals=(row,), written=written)


def state_of(of: AccountBook, rules: RuleSet = RULES) -> TermState:
    """The one state of a customer."""
    [state] = states(of, rules=rules, today=TODAY)
    return state


def test_a_renewal_that_nobody_touched_is_only_proposed_and_unrated() -> None:
    state = state_of(opened(values={"confidence": None, "renewal_type": "flat"}))
    assert (state.standing, state.new, state.proposed) == (TermStanding.OPEN, yen(6_180_000), True)
    assert (state.rank, state.chosen_type) == (None, None)


def test_a_rank_makes_the_proposal_the_persons_own() -> None:
    state = state_of(opened(values={"confidence": "B"}))
    assert (state.rank, state.proposed, state.new) == ("B", False, yen(6_180_000))


def test_an_amount_that_a_person_changed_is_no_proposal() -> None:
    state = state_of(opened(amount=Decimal(6_500_000)))
    assert (state.rank, state.proposed, state.new) == (None, False, yen(6_500_000))


def test_a_recurring_amount_goes_before_the_amount_and_is_a_persons() -> None:
    state = state_of(opened(values={"recurring_amount": Decimal(6_300_000)}))
    assert (state.new, state.proposed) == (yen(6_300_000), False)


def test_bookings_are_what_the_whole_term_is_worth_beside_what_a_year_is() -> None:
    """6,300,000 a year for the 24 months that the deal is for: 6,300,000 / 12 x 24 = 12,600,000."""
    state = state_of(opened(values={"recurring_amount": Decimal(6_300_000), "term_months": 24}))
    assert (state.new, state.bookings) == (yen(6_300_000), yen(12_600_000))


def test_where_a_deal_holds_its_whole_term_that_is_what_was_booked() -> None:
    """18,000,000 for 36 months are 18,000,000 / 36 x 12 = 6,000,000 a year."""
    rules = replace(RULES, term_amounts=True)
    deal = opened(rules=rules, amount=Decimal(18_000_000), values={"term_months": 36, "confidence": "B"})
    state = state_of(deal, rules)
    assert (state.new, state.bookings) == (yen(6_000_000), yen(18_000_000))


def test_what_no_deal_says_is_no_booking() -> None:
    assert state_of(book(ONCE)).bookings is None
    assert state_of(opened(amount=None, values={"confidence": "B"})).bookings is None


def test_a_value_of_the_type_field_counts_where_we_did_not_write_it() -> None:
    assert state_of(opened(values={"renewal_type": "Upsell"})).chosen_type is RenewalType.UPSELL
    assert state_of(opened(values={"renewal_type": "flat"})).chosen_type is None
    assert state_of(opened(values={"renewal_type": "something else"})).chosen_type is None


def test_a_rank_that_we_filled_in_ourselves_is_nobodys() -> None:
    ours = opened(values={"confidence": "C"})
    deal = ours.opportunities[0].id
    written = {**ours.written, (deal, "confidence"): WrittenValue(sent="C", value="C")}
    state = state_of(replace(ours, written=written))
    assert (state.rank, state.proposed) == (None, True)


def test_a_probability_counts_once_a_person_has_moved_the_stage() -> None:
    scale = RankScale(
        field="probability",
        ranks=("A", "C"),
        kind=RankKind.PROBABILITY,
        at_least=((Decimal(80), "A"), (Decimal(10), "C")),
    )
    rules = replace(RULES, confidence=replace(RATED, scale=scale))
    ours = opened(values={"probability": Decimal(10), "stage": "更新準備"}, rules=rules)
    moved = opened(values={"probability": Decimal(90), "stage": "提案"}, rules=rules)
    assert [state_of(one, rules).rank for one in (ours, moved)] == [None, "A"]


@pytest.mark.parametrize(("modified_by", "proposed"), [(US, True), (CSM, False)])
def test_the_sum_of_copied_lines_is_nobodys_after_the_state_was_lost(
    *, modified_by: str, proposed: bool
) -> None:
    made = opened(amount=Decimal(5_000_000), last_modified_by_id=modified_by, values={"has_line_items": True})
    state = state_of(replace(made, written={}))

    assert (state.new, state.proposed) == (yen(5_000_000), proposed)


def test_a_proposal_is_recognised_after_the_state_was_lost() -> None:
    lost = replace(opened(), written={})
    assert state_of(lost).proposed
    other = replace(opened(created_by_id=CSM), written={})
    assert not state_of(other).proposed


def test_a_proposed_amount_of_a_term_is_not_a_unit_off_after_it_was_rounded() -> None:
    """7 months of 10,000,001 a year are 5,833,334 yen, and 5,833,334 / 7 x 12 would be 10,000,001.1."""
    odd = replace(ONCE, annual_amount=Decimal(10_000_001), renewal_term_months=7)
    flat = replace(rule(), opportunity=replace(rule().opportunity, uplift=Decimal(0)))
    rules = ruleset(flat, term_amounts=True, ownership=Ownership(our_user_id=US))
    ours = opened(amount=Decimal(5_833_334), rules=rules)
    written = {(ours.opportunities[0].id, "amount"): WrittenValue(sent=5_833_334, value=5_833_334)}
    state = state_of(replace(ours, contracts=(odd,), written=written), rules)
    assert (state.prior, state.new, state.proposed) == (yen(10_000_001), yen(10_000_001), True)


def won(**changes: object) -> Opportunity:
    """A renewal that was won at 7,000,000 on 1 September 2026."""
    given: dict[str, object] = {
        "contract_id": ONCE.id,
        "is_closed": True,
        "is_won": True,
        "amount": Decimal(7_000_000),
        "close_date": date(2026, 9, 1),
        **changes,
    }
    return opportunity(1, **given)


def test_a_won_renewal_counts_at_its_amount_on_the_day_it_closed() -> None:
    [state] = states(book(ONCE, opportunities=(won(),)), rules=RULES, today=date(2026, 9, 2))
    assert (state.standing, state.new, state.settled_on, state.follows_on) == (
        TermStanding.WON,
        yen(7_000_000),
        date(2026, 9, 1),
        False,
    )


def test_a_lost_renewal_has_its_reason_and_is_renewed_at_nothing() -> None:
    lost = won(is_won=False, values={"loss_reason": "price", "confidence": "E"})
    [state] = states(book(ONCE, opportunities=(lost,)), rules=RULES, today=date(2026, 9, 2))
    assert (state.standing, state.new, state.loss_reason, state.rank) == (
        TermStanding.LOST,
        None,
        "price",
        "E",
    )


def test_a_won_renewal_extended_in_place_keeps_what_was_paid_before() -> None:
    """6,000,000 were paid until 30 September 2026; the contract says 7,000,000 and 2027 once it was won."""
    before, known = lived(book(ONCE), rules=RULES, today=TODAY)
    extended = replace(ONCE, end=date(2027, 9, 30), annual_amount=Decimal(7_000_000))
    after = replace(before, contracts=(extended,), opportunities=(won(),))
    stored, (first, second) = lived(after, rules=RULES, today=date(2026, 9, 2), known=known)
    assert (first.standing, first.prior, first.new) == (TermStanding.WON, yen(6_000_000), yen(7_000_000))
    assert (first.end, first.follows_on) == (date(2026, 9, 30), True)
    assert (second.start, second.standing, second.prior) == (
        date(2026, 10, 1),
        TermStanding.UNOPENED,
        yen(7_000_000),
    )
    again = lived(stored, rules=RULES, today=date(2027, 1, 5), known=(first, second))[1]
    assert again == (first, second)


def test_without_memory_the_deal_that_began_a_term_says_what_was_paid() -> None:
    """Won at 5,000,000 when it began, renewed at 7,000,000: the contract itself only knows the last."""
    first = opportunity(
        2,
        contract_id=ONCE.id,
        is_closed=True,
        is_won=True,
        amount=Decimal(5_000_000),
        close_date=date(2025, 9, 1),
    )
    row = lived(book(ONCE), rules=RULES, today=TODAY)[0].renewals[0]
    extended = replace(ONCE, end=date(2027, 9, 30), annual_amount=Decimal(7_000_000))
    deals = (first, won(renewal_key=row.key, values={"renewal_date": "2026-10-01"}))
    past, _ = states(book(extended, opportunities=deals), rules=RULES, today=date(2026, 10, 5))
    assert (past.standing, past.prior, past.new) == (TermStanding.WON, yen(5_000_000), yen(7_000_000))


def test_without_memory_or_a_first_deal_a_term_that_is_over_stands_aside() -> None:
    row = lived(book(ONCE), rules=RULES, today=TODAY)[0].renewals[0]
    extended = replace(ONCE, end=date(2027, 9, 30), annual_amount=Decimal(7_000_000))
    of = book(extended, opportunities=(won(renewal_key=row.key, values={"renewal_date": "2026-10-01"}),))
    past, _ = states(of, rules=RULES, today=date(2026, 10, 5))
    assert (past.standing, past.prior) == (TermStanding.ASIDE, None)


def test_an_amount_raised_later_does_not_change_a_term_that_is_over() -> None:
    rolling = contract()
    stored, known = lived(book(rolling), rules=RULES, today=date(2026, 10, 2))
    raised = replace(stored, contracts=(replace(rolling, annual_amount=Decimal(9_000_000)),))
    old, current = lived(raised, rules=RULES, today=date(2027, 1, 5), known=known)[1]
    assert (old.standing, old.prior, old.new) == (
        TermStanding.AUTO_RENEWED,
        yen(6_000_000),
        yen(6_000_000),
    )
    assert current.prior == yen(9_000_000)


def test_co_termed_contracts_share_the_amount_in_proportion_and_to_the_yen() -> None:
    """100 + 100 + 100 yen of prior and 1,000 of amount: 333 each, and the one over to the first."""
    co_termed = replace(rule(), co_term_within=Duration(days=31))
    rules = ruleset(co_termed, confidence=RATED, opportunity_fields=FIELDS)
    members = [
        contract(number, auto_renews=False, end=date(2026, 9, day), annual_amount=Decimal(100))
        for number, day in ((1, 30), (2, 10), (3, 20))
    ]
    decided, _ = lived(book(*members), rules=rules, today=TODAY)
    anchor = decided.renewals[0].anchor_key
    deal = opportunity(renewal_key=anchor, amount=Decimal(1_000), created_by_id=US)
    rows = tuple(replace(one, opportunity_id=deal.id) for one in decided.renewals)
    found = states(
        replace(decided, renewals=rows, opportunities=(deal,)), rules=rules, today=date(2026, 7, 7)
    )
    parts = {one.contract_id: one.new for one in found}
    assert [parts[one.id] for one in members] == [yen(333), yen(334), yen(333)]
    assert {one.standing for one in found} == {TermStanding.OPEN}
    assert members[1].id in anchor


def test_shares_of_nothing_paid_are_equal_and_always_sum_up() -> None:
    assert shared(yen(10), priors=(yen(0), yen(0), yen(0))) == (yen(4), yen(3), yen(3))
    with pytest.raises(ValueError, match="convert them first"):
        shared(yen(10), priors=(Money(Decimal(1), "USD"),))
    with pytest.raises(ValueError, match="at least one term"):
        shared(yen(10), priors=())


def test_an_amount_that_is_no_number_puts_the_term_aside() -> None:
    deal = opportunity(contract_id=ONCE.id, values={"recurring_amount": "about six"})
    [state] = states(book(ONCE, opportunities=(deal,)), rules=RULES, today=TODAY)
    assert (state.standing, state.prior, state.new) == (TermStanding.ASIDE, yen(6_000_000), None)


def test_a_contract_that_makes_no_sense_keeps_its_states_and_is_in_nobodys_way() -> None:
    fine = contract(2)
    stored, known = lived(book(ONCE, fine), rules=RULES, today=TODAY)
    odd = replace(stored.contracts[0], annual_amount=Decimal("NaN"))
    found = lived(replace(stored, contracts=(odd, fine)), rules=RULES, today=TODAY, known=known)[1]
    assert sorted(found, key=lambda one: one.key) == sorted(known, key=lambda one: one.key)
