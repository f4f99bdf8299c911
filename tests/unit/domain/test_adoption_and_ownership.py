"""People's opportunities are adopted, never duplicated; people's edits stay."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.fakes.builders import CSM, FLOW, MANAGER, US, book, contract, opportunity, rule, ruleset

from csops_sync.domain.book import AccountBook, WrittenValue
from csops_sync.domain.dates import Duration
from csops_sync.domain.deciding import decide
from csops_sync.domain.decision import Decision
from csops_sync.domain.facts import FieldEdit, Opportunity, Scalar
from csops_sync.domain.intents import (
    AdoptOpportunity,
    CreateOpportunity,
    NoteKind,
    NoticeKind,
    UpdateOpportunity,
)
from csops_sync.domain.rules import Automation, Ownership, RuleSet

TODAY = date(2026, 7, 3)
KEY = "800000000000001AAA-1"


def kinds(decision: Decision) -> list[str]:
    """Name the intents, in order."""
    return [one.kind.value for one in decision.intents]


def notes(decision: Decision) -> set[NoteKind]:
    """Give the kinds of remarks."""
    return {note.kind for note in decision.notes}


def test_a_linked_opportunity_is_adopted_even_before_its_day() -> None:
    theirs = opportunity(contract_id=contract().id)
    decision = decide(book(contract(), opportunities=(theirs,)), rules=ruleset(), today=date(2026, 2, 2))

    (stamp,) = decision.intents
    assert isinstance(stamp, AdoptOpportunity)
    assert {one.field: one.after for one in stamp.changes} == {
        "renewal_key": KEY,
        "renewal_date": date(2026, 10, 1),
    }


def test_an_unlinked_opportunity_is_adopted_where_both_match_each_other_alone() -> None:
    decision = decide(book(contract(), opportunities=(opportunity(),)), rules=ruleset(), today=TODAY)

    assert kinds(decision) == ["adopt"]
    assert decision.renewals[0].opportunity_id == opportunity().id


def test_two_candidates_are_ambiguous_and_nothing_is_created_or_stamped() -> None:
    decision = decide(
        book(contract(), opportunities=(opportunity(1), opportunity(2))), rules=ruleset(), today=TODAY
    )

    assert decision.intents == ()
    assert NoteKind.AMBIGUOUS in notes(decision)


def test_one_candidate_for_two_contracts_is_ambiguous() -> None:
    decision = decide(
        book(contract(1), contract(2), opportunities=(opportunity(),)), rules=ruleset(), today=TODAY
    )

    assert decision.intents == ()
    assert [note.kind for note in decision.notes].count(NoteKind.AMBIGUOUS) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"values": {"record_type": "New_Business"}},
        {"close_date": date(2026, 12, 24)},
        {"contract_id": "800000000000099AAA"},
        {"is_closed": True},
    ],
)
def test_what_does_not_look_like_the_renewal_is_left_and_the_renewal_created(
    changes: dict[str, object],
) -> None:
    other = opportunity(1, **changes)
    decision = decide(book(contract(), opportunities=(other,)), rules=ruleset(), today=TODAY)

    assert kinds(decision) == ["create"]


def test_a_refused_opportunity_is_not_adopted_again() -> None:
    first = decide(book(contract(), opportunities=(opportunity(),)), rules=ruleset(), today=TODAY)

    refused = replace(first.renewals[0], opportunity_id=None, adopted_on=None, refused=(opportunity().id,))
    again = decide(
        book(contract(), opportunities=(opportunity(),), renewals=(refused,)), rules=ruleset(), today=TODAY
    )

    assert kinds(again) == ["create"]


def test_a_parallel_opportunity_beside_ours_is_shown_to_the_csm() -> None:
    given = opened(opportunity(9, contract_id=contract().id))

    told = decide(given, rules=ruleset(), today=TODAY).announcements
    assert [(one.notice, one.line.others) for one in told] == [(NoticeKind.PARALLEL, (opportunity(9).id,))]


def opened(
    *others: Opportunity,
    end: date = date(2026, 9, 30),
    now: dict[str, Scalar] | None = None,
    edits: tuple[FieldEdit, ...] = (),
    modified_by: str = US,
    reasserted: int = 0,
) -> AccountBook:
    """Our renewal, opened for 30 September; `now` is what stands in its fields today."""
    first = decide(book(contract()), rules=ruleset(), today=TODAY)
    create = next(one for one in first.intents if isinstance(one, CreateOpportunity))
    sent = {name: value for name, value in create.values.items() if name != "account"}
    values: dict[str, Scalar] = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in sent.items()
    }
    values |= now or {}
    ours = opportunity(
        renewal_key=KEY,
        contract_id=contract().id,
        name=str(values["name"]),
        close_date=date.fromisoformat(str(values["close_date"])),
        values=values,
        last_modified_by_id=modified_by,
    )

    renewal = replace(first.renewals[0], opportunity_id=ours.id, opened_on=TODAY, announced=True)
    written = {
        (ours.id, name): WrittenValue(sent=value, value=value, reasserted=reasserted)
        for name, value in sent.items()
    }
    return book(
        contract(end=end),
        opportunities=(ours, *others),
        renewals=(renewal,),
        written=written,
        edits={ours.id: edits},
    )


def test_an_opened_renewal_that_needs_nothing_gets_nothing() -> None:
    assert decide(opened(), rules=ruleset(), today=TODAY).intents == ()


@pytest.mark.parametrize("end", [date(2026, 12, 31), date(2026, 8, 31), date(2026, 10, 1)])
def test_a_contract_extended_shortened_or_corrected_moves_its_opportunity(end: date) -> None:
    decision = decide(opened(end=end), rules=ruleset(), today=TODAY)

    (update,) = decision.intents
    assert isinstance(update, UpdateOpportunity)
    assert {one.field: one.after for one in update.changes if one.field == "close_date"} == {
        "close_date": end
    }


def test_a_close_date_that_a_person_changed_stays_while_the_rest_moves() -> None:
    given = opened(
        end=date(2026, 12, 31),
        now={"close_date": "2026-09-20"},
        edits=(edit("close_date", "2026-09-20", by=CSM),),
    )
    decision = decide(given, rules=ruleset(), today=TODAY)

    (update,) = decision.intents
    assert isinstance(update, UpdateOpportunity)
    assert [one.field for one in update.changes] == ["name", "renewal_date"]
    assert [note.text for note in decision.notes if note.kind is NoteKind.LEFT_ALONE] == [
        "株式会社みなと商事 2026-10 更新: close_date is 2026-09-20, we last wrote 2026-09-30; changed by 佐藤"
    ]


def test_an_amount_that_a_person_changed_is_told_without_empty_places() -> None:
    amount = Decimal("9000000.0")
    given = opened(
        end=date(2026, 12, 31),
        now={"amount": amount},
        edits=(edit("amount", amount, by=CSM),),
    )
    decision = decide(given, rules=ruleset(), today=TODAY)

    (note,) = [one.text for one in decision.notes if one.kind is NoteKind.LEFT_ALONE]
    assert "amount is 9000000, we last wrote " in note


def test_without_history_whoever_modified_last_is_taken_for_the_editor() -> None:
    given = opened(now={"close_date": "2026-09-20"}, modified_by=MANAGER)
    decision = decide(given, rules=ruleset(), today=TODAY)

    assert ["田中" in note.text for note in decision.notes] == [True]


def with_flow(automation: Automation) -> RuleSet:
    """Rules that know the flow user as automation."""
    return ruleset(ownership=Ownership(automation_user_ids=frozenset({FLOW}), automation=automation))


def test_a_flow_is_called_automation_and_yielded_to_by_default() -> None:
    given = opened(now={"close_date": "2026-10-31"}, edits=(edit("close_date", "2026-10-31", by=FLOW),))
    decision = decide(given, rules=with_flow(Automation.YIELD), today=TODAY)

    assert decision.intents == ()
    assert ["an automation user" in note.text for note in decision.notes] == [True]


@pytest.mark.parametrize(("reasserted", "insists"), [(0, True), (1, True), (2, False)])
def test_reasserting_against_a_flow_gives_up_after_two(*, reasserted: int, insists: bool) -> None:
    given = opened(
        now={"close_date": "2026-10-31"},
        edits=(edit("close_date", "2026-10-31", by=FLOW),),
        reasserted=reasserted,
    )
    decision = decide(given, rules=with_flow(Automation.REASSERT), today=TODAY)

    assert bool(decision.intents) is insists


def test_what_the_org_normalised_is_not_written_again_and_again() -> None:
    given = opened(now={"close_date": "2026-10-31"})
    ours = given.opportunities[0]
    base = {
        **given.written,
        (ours.id, "close_date"): WrittenValue(sent=date(2026, 9, 30), value="2026-10-31"),
    }

    assert decide(replace(given, written=base), rules=ruleset(), today=TODAY).intents == ()


def test_without_a_base_of_ours_nothing_is_overwritten() -> None:

    given = replace(opened(end=date(2026, 12, 31)), written={})

    assert decide(given, rules=ruleset(), today=TODAY).intents == ()


def test_contracts_that_end_close_together_share_one_opportunity_of_their_sum() -> None:
    together = ruleset(rule(co_term_within=Duration(days=30)))
    decision = decide(book(contract(1), contract(2, end=date(2026, 10, 20))), rules=together, today=TODAY)

    (create,) = decision.intents
    assert isinstance(create, CreateOpportunity)
    assert create.contract_ids == (contract(1).id, contract(2).id)
    assert create.values["amount"] == 12_360_000
    assert {one.anchor_key for one in decision.renewals} == {KEY}


def test_lost_state_knows_co_termed_members_by_the_field_that_names_them() -> None:
    shared = opportunity(
        renewal_key=KEY,
        contract_id=contract(1).id,
        values={"co_term_contracts": f"{contract(1).id},{contract(2).id}"},
    )
    decision = decide(
        book(contract(1), contract(2, end=date(2026, 10, 20)), opportunities=(shared,)),
        rules=ruleset(rule(co_term_within=Duration(days=30))),
        today=TODAY,
    )

    assert decision.intents == ()
    assert {one.opportunity_id for one in decision.renewals} == {shared.id}


def edit(field: str, new: Scalar, *, by: str) -> FieldEdit:
    """A tracked edit of our opportunity."""
    return FieldEdit(
        id="017000000000001AAA",
        opportunity_id=opportunity().id,
        field=field,
        old=None,
        new=new,
        by_id=by,
        at=datetime(2026, 7, 5, tzinfo=UTC),
    )


def test_what_was_stamped_by_mistake_loses_our_stamp_and_nothing_else() -> None:
    given = opened()
    ours = given.opportunities[0]
    refused = replace(given.renewals[0], opportunity_id=None, opened_on=None, refused=(ours.id,))
    going_on = replace(refused, key=f"{KEY}r2", anchor_key=f"{KEY}r2")

    decision = decide(replace(given, renewals=(refused, going_on)), rules=ruleset(), today=TODAY)

    (update,) = [one for one in decision.intents if isinstance(one, UpdateOpportunity)]
    assert {one.field: one.after for one in update.changes} == {
        "renewal_key": None,
        "contract": None,
        "renewal_date": None,
    }


def test_a_stamp_that_a_person_changed_is_not_taken_back() -> None:
    given = opened(now={"renewal_key": f"{KEY}r7"})
    ours = replace(given.opportunities[0], renewal_key=f"{KEY}r7")
    refused = replace(given.renewals[0], opportunity_id=None, opened_on=None, refused=(ours.id,))

    edited = replace(given, opportunities=(ours,), renewals=(refused,))
    decision = decide(edited, rules=ruleset(), today=TODAY)

    assert [one for one in decision.intents if isinstance(one, UpdateOpportunity)] == []


def overtaken(*, seconds: float, by: str) -> AccountBook:
    """Our close date replaced one that somebody else had written some seconds before."""
    ours = opportunity()
    at = datetime(2026, 7, 5, tzinfo=UTC)
    theirs = replace(edit("close_date", "2026-09-20", by=by), at=at)
    written = replace(
        edit("close_date", "2026-09-30", by=US),
        id="017b",
        old="2026-09-20",
        at=at + timedelta(seconds=seconds),
    )
    assert ours.id == theirs.opportunity_id
    return opened(edits=(theirs, written))


def us(rules: RuleSet | None = None) -> RuleSet:
    """Rules that know as whom we write."""
    made = rules or ruleset()
    return replace(made, ownership=replace(made.ownership, our_user_id=US))


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_persons_edit_of_the_same_second_is_put_back(seconds: float) -> None:
    decision = decide(overtaken(seconds=seconds, by=CSM), rules=us(), today=TODAY)

    (update,) = decision.intents
    assert isinstance(update, UpdateOpportunity)
    assert update.gives_back
    assert [(one.field, one.after) for one in update.changes] == [("close_date", "2026-09-20")]


@pytest.mark.parametrize(("seconds", "by"), [(2, CSM), (0, US)])
def test_what_was_no_overtaken_edit_of_a_person_stays_ours(seconds: float, by: str) -> None:
    assert decide(overtaken(seconds=seconds, by=by), rules=us(), today=TODAY).intents == ()


def test_an_edit_that_was_read_before_it_was_replaced_is_not_put_back() -> None:
    """A field that was handed back to us within the second of the edit, or on a clock that stands."""
    given = overtaken(seconds=0, by=CSM)
    read = {
        key: replace(base, replaced="2026-09-20") if key[1] == "close_date" else base
        for key, base in given.written.items()
    }
    assert decide(replace(given, written=read), rules=us(), today=TODAY).intents == ()


def test_what_our_own_write_became_is_ours_still() -> None:
    """A flow normalised it within our own transaction, and the reading back was lost."""
    given = opened(
        end=date(2026, 12, 31),
        now={"close_date": "2026-10-31"},
        edits=(edit("close_date", "2026-10-31", by=US),),
    )
    decision = decide(given, rules=us(), today=TODAY)

    (update,) = [one for one in decision.intents if isinstance(one, UpdateOpportunity)]
    assert "close_date" in {one.field for one in update.changes}


def test_being_the_last_to_modify_the_record_proves_nothing_about_a_field() -> None:
    given = opened(end=date(2026, 12, 31), now={"close_date": "2026-10-31"}, modified_by=US)
    decision = decide(given, rules=us(), today=TODAY)

    (update,) = [one for one in decision.intents if isinstance(one, UpdateOpportunity)]
    assert "close_date" not in {one.field for one in update.changes}
