"""A contract that makes no sense is reported and left; the customer's others are decided as if it were not there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.fakes.builders import FIELDS, book, contract, opportunity, rule, ruleset

from csops_sync.domain.amounts import prior_amount
from csops_sync.domain.book import WrittenValue
from csops_sync.domain.deciding import decide
from csops_sync.domain.decision import Decision
from csops_sync.domain.intents import CreateOpportunity, NoteKind, UpdateOpportunity
from csops_sync.domain.money import Money

DUE = date(2026, 7, 3)
ODD, SOUND = "800000000000001AAA", "800000000000002AAA"


class Picky:
    """A template that cannot be filled in for the contract with number 1."""

    source = "{{ contract.number }}"

    def render(self, context: Mapping[str, object]) -> str:
        """Give the number."""
        given = context["contract"]
        assert isinstance(given, Mapping)
        if given["number"] == "00000001":
            raise ValueError("cannot be filled in: the number is odd")
        return str(given["number"])


def created(decision: Decision) -> list[str]:
    """The contracts whose renewals are created."""
    return [one.contract_ids[0] for one in decision.intents if isinstance(one, CreateOpportunity)]


def reported(decision: Decision) -> list[tuple[NoteKind, str]]:
    """What is said of which contract."""
    return [(note.kind, note.subject_id) for note in decision.notes]


def test_a_contract_whose_currency_is_none_is_reported_and_left() -> None:
    decision = decide(book(contract(1, currency="X"), contract(2)), rules=ruleset(), today=DUE)

    assert created(decision) == [SOUND]
    assert reported(decision) == [(NoteKind.UNREADABLE, ODD)]


def test_a_template_that_cannot_be_filled_in_is_reported_and_tried_again_tomorrow() -> None:
    picky = rule(opportunity=replace(rule().opportunity, name=Picky()))
    decision = decide(book(contract(1), contract(2)), rules=ruleset(picky), today=DUE)

    assert created(decision) == [SOUND]
    assert reported(decision) == [(NoteKind.UNREADABLE, ODD)]
    assert [one.review_on for one in decision.renewals if one.contract_id == ODD] == [date(2026, 7, 4)]


def test_a_template_that_cannot_be_filled_in_does_not_stop_the_upkeep_of_others() -> None:
    picky = rule(opportunity=replace(rule().opportunity, name=Picky()))
    ours = opportunity(1, contract_id=ODD, renewal_key=f"{ODD}-1")
    decision = decide(book(contract(1), contract(2), opportunities=(ours,)), rules=ruleset(picky), today=DUE)

    assert created(decision) == [SOUND]
    assert reported(decision) == [(NoteKind.UNREADABLE, ODD)]


@pytest.mark.parametrize(
    "changes", [{"start": None}, {"end": date(2020, 1, 1)}, {"end": date(9999, 12, 31)}], ids=str
)
def test_an_active_contract_whose_dates_make_no_term_is_reported(changes: dict[str, date | None]) -> None:
    given = contract(1, **changes)  # type: ignore[arg-type]  # real fields, by name

    assert reported(decide(book(given), rules=ruleset(), today=DUE)) == [(NoteKind.NO_TERM, ODD)]
    assert reported(decide(book(replace(given, values={})), rules=ruleset(), today=DUE)) == []


def test_a_renewal_whose_contract_has_lost_its_dates_or_is_gone_rests() -> None:
    waiting = decide(book(contract(1)), rules=ruleset(), today=date(2026, 1, 5)).renewals
    undated = contract(1, start=None)  # type: ignore[arg-type]  # a Salesforce date may be cleared

    for given in (book(undated, renewals=waiting), book(renewals=waiting)):
        assert [one.review_on for one in decide(given, rules=ruleset(), today=DUE).renewals] == [None]


def test_a_contract_that_names_itself_as_its_predecessor_is_not_superseded() -> None:
    assert created(decide(book(contract(1, predecessor_id=ODD)), rules=ruleset(), today=DUE)) == [ODD]


def test_an_active_successor_counts_before_a_draft_that_was_thrown_away() -> None:
    start, end = date(2026, 6, 1), date(2027, 5, 31)
    draft = contract(2, start=start, end=end, predecessor_id=ODD, status="Draft")
    active = contract(3, start=start, end=end, predecessor_id=ODD)
    decision = decide(book(contract(1), draft, active), rules=ruleset(), today=DUE)

    assert [str(one.settled) for one in decision.renewals if one.contract_id == ODD] == ["superseded"]


def test_an_opportunity_that_is_adopted_for_one_contract_is_no_second_one_of_another() -> None:
    ours = opportunity(1, contract_id=ODD, renewal_key=f"{ODD}-1")
    by_hand = opportunity(2)
    given = book(contract(1), contract(2, end=date(2026, 10, 15)), opportunities=(ours, by_hand))
    decision = decide(given, rules=ruleset(), today=DUE)

    assert [one.key for one in decision.announcements if one.key.startswith("parallel/")] == []


def test_renewals_follow_their_contract_to_another_account() -> None:
    waiting = decide(book(contract(1)), rules=ruleset(), today=date(2026, 1, 5)).renewals
    before = tuple(replace(one, account_id="001000000000002AAA") for one in waiting)
    moved = decide(book(contract(1), renewals=before), rules=ruleset(), today=date(2026, 1, 6)).renewals

    assert {one.account_id for one in moved} == {"001000000000001AAA"}


def test_a_change_that_is_due_again_after_another_is_another_update() -> None:
    keys = [moved_to_december(datetime(2026, month, 1, tzinfo=UTC)) for month in (3, 5)]

    assert len(set(keys)) == 2


def moved_to_december(written_at: datetime) -> str:
    """The key of the update that moves the close date from September to December after a write at that time."""
    deal = opportunity(1, contract_id=ODD, renewal_key=f"{ODD}-1")
    base = WrittenValue(sent="2026-09-30", value="2026-09-30", written_at=written_at)
    longer = contract(1, end=date(2026, 12, 31))
    given = book(longer, opportunities=(deal,), written={(deal.id, "close_date"): base})
    fields = FIELDS - {"renewal_date"}
    intents = decide(given, rules=ruleset(opportunity_fields=fields), today=DUE).intents
    (update,) = [one for one in intents if isinstance(one, UpdateOpportunity)]
    return update.key


@pytest.mark.parametrize("months", [None, 0, -24, 24])
def test_the_amount_of_a_whole_term_is_of_a_year_by_the_dates_where_no_length_is_given(
    months: int | None,
) -> None:
    two_years = contract(1, end=date(2027, 9, 30), term_months=months)
    prior = prior_amount(book(two_years), contract=two_years, rules=ruleset(contract_term_amounts=True))

    assert prior == Money(Decimal(3_000_000), "JPY")
