"""Which terms are opened, and why the others are not."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.builders import account, book, contract, opportunity, rule, ruleset

from csops_sync.domain.book import AccountBook
from csops_sync.domain.case import build_case
from csops_sync.domain.conditions import Clause, Condition, OneOf
from csops_sync.domain.deciding import decide
from csops_sync.domain.decision import Decision
from csops_sync.domain.eligibility import Standing
from csops_sync.domain.facts import Contract
from csops_sync.domain.intents import CreateOpportunity, NoteKind, NoticeKind
from csops_sync.domain.renewal import Settled
from csops_sync.domain.rules import Cancelling, RuleSet
from csops_sync.domain.tracking import track

OPENS = date(2026, 7, 3)
"""2026-10-01 less 90 days: a Friday."""


def creates(decision: Decision) -> list[CreateOpportunity]:
    """Give what would be created."""
    return [one for one in decision.intents if isinstance(one, CreateOpportunity)]


def standing(
    given: AccountBook, *, of: Contract, today: date = OPENS, rules: RuleSet | None = None
) -> Standing:
    """Judge one contract's current term."""
    tracked = track(given, contract=of, today=today)
    assert tracked is not None
    return build_case(given, tracked=tracked, rules=rules or ruleset(), today=today).verdict.standing


def test_a_renewal_is_opened_on_its_day_with_all_its_fields() -> None:
    decision = decide(book(contract()), rules=ruleset(), today=OPENS)

    assert [dict(one.values) for one in creates(decision)] == [
        {
            "account": "001000000000001AAA",
            "contract": "800000000000001AAA",
            "stage": "更新準備",
            "record_type": "Renewal",
            "owner": "005000000000001AAA",
            "name": "株式会社みなと商事 2026-10 更新",
            "close_date": date(2026, 9, 30),
            "renewal_date": date(2026, 10, 1),
            "amount": 6_180_000,
            "renewal_key": "800000000000001AAA-1",
        }
    ]


def test_nothing_is_opened_the_day_before() -> None:
    decision = decide(book(contract()), rules=ruleset(), today=date(2026, 7, 2))

    assert creates(decision) == []
    assert [one.review_on for one in decision.renewals] == [OPENS]


def test_a_day_that_was_missed_is_made_up_for() -> None:
    decision = decide(book(contract()), rules=ruleset(), today=date(2026, 7, 13))

    assert [one.key for one in creates(decision)] == ["800000000000001AAA-1"]


def test_the_opening_mentions_the_csm_and_says_what_decided() -> None:
    decision = decide(book(contract()), rules=ruleset(), today=OPENS)

    (told,) = decision.announcements
    assert told.notice is NoticeKind.OPENED
    assert told.after == "800000000000001AAA-1"
    assert told.line.mentions == ("005000000000001AAA",)
    assert (told.line.bound, told.line.bound_day) == ("renewal", date(2026, 10, 1))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"terminated_on": "2026-06-01"}, Standing.TERMINATED),
        ({"cancellation_notice": "2026-06-01"}, Standing.CANCELLING),
        ({"status": "Draft"}, Standing.INACTIVE),
        ({}, Standing.ELIGIBLE),
    ],
)
def test_what_the_mapped_fields_say_decides_the_standing(
    changes: dict[str, object], expected: Standing
) -> None:
    one = contract(1, **changes)  # type: ignore[arg-type]  # real fields, by name

    assert standing(book(one), of=one) is expected


def test_a_contract_that_ended_years_ago_is_listed_and_never_opened() -> None:
    old = contract(start=date(2020, 4, 1), end=date(2021, 3, 31), auto_renews=False)
    decision = decide(book(old), rules=ruleset(), today=OPENS)

    assert creates(decision) == []
    assert [note.kind for note in decision.notes] == [NoteKind.OVERDUE]


def test_an_overdue_renewal_within_the_limit_is_still_opened() -> None:
    late = contract(start=date(2025, 4, 1), end=date(2026, 4, 10), auto_renews=False)

    assert len(creates(decide(book(late), rules=ruleset(), today=OPENS))) == 1


@pytest.mark.parametrize(
    ("changes", "settled"),
    [
        ({"is_closed": True, "is_won": True}, Settled.WON),
        ({"is_closed": True}, Settled.LOST),
        ({"is_deleted": True}, Settled.DELETED),
    ],
)
def test_a_linked_opportunity_that_was_decided_settles_the_term(
    changes: dict[str, object], settled: Settled
) -> None:
    done = opportunity(1, contract_id=contract().id, **changes)
    decision = decide(book(contract(), opportunities=(done,)), rules=ruleset(), today=OPENS)

    assert creates(decision) == []
    assert [one.settled for one in decision.renewals] == [settled]


def test_the_deal_that_the_contract_came_from_does_not_settle_its_renewal() -> None:
    sold = opportunity(contract_id=contract().id, is_closed=True, is_won=True, close_date=date(2025, 9, 20))
    decision = decide(book(contract(), opportunities=(sold,)), rules=ruleset(), today=OPENS)

    assert len(creates(decision)) == 1


def test_a_settled_term_stays_settled_when_its_end_is_corrected_by_a_day() -> None:
    lost = opportunity(contract_id=contract().id, is_closed=True)
    first = decide(book(contract(), opportunities=(lost,)), rules=ruleset(), today=OPENS)
    corrected = contract(end=date(2026, 10, 1))
    again = decide(
        book(corrected, opportunities=(lost,), renewals=first.renewals), rules=ruleset(), today=OPENS
    )

    assert creates(again) == []
    assert [one.settled for one in again.renewals] == [Settled.LOST]


def test_a_won_renewal_whose_contract_is_extended_in_place_gives_the_next_term_its_own_renewal() -> None:
    won = opportunity(
        contract_id=contract().id, is_closed=True, is_won=True, renewal_key="800000000000001AAA-1"
    )
    first = decide(book(contract(), opportunities=(won,)), rules=ruleset(), today=OPENS)
    longer = contract(end=date(2027, 9, 30))
    again = decide(
        book(longer, opportunities=(won,), renewals=first.renewals), rules=ruleset(), today=date(2027, 7, 5)
    )

    assert [one.key for one in creates(again)] == ["800000000000001AAA-2"]


def test_a_contract_replaced_early_is_superseded() -> None:
    old = contract(1)
    new = contract(2, start=date(2026, 6, 1), end=date(2027, 5, 31), predecessor_id=old.id)

    assert standing(book(old, new), of=old) is Standing.SUPERSEDED


def test_a_drafted_successor_keeps_the_renewal_from_being_opened() -> None:
    old = contract(1)
    new = contract(2, start=date(2026, 10, 1), end=date(2027, 9, 30), predecessor_id=old.id, status="Draft")

    assert standing(book(old, new), of=old) is Standing.SUCCESSOR_DRAFTED


def test_an_auto_renewing_contract_rolls_on_and_the_past_term_settles() -> None:
    waiting = decide(book(contract()), rules=ruleset(), today=date(2026, 1, 5))
    rolled = decide(book(contract(), renewals=waiting.renewals), rules=ruleset(), today=date(2026, 10, 2))

    assert {one.key: one.settled for one in rolled.renewals} == {
        "800000000000001AAA-1": Settled.AUTO_RENEWED,
        "800000000000001AAA-2": None,
    }


def test_a_moved_end_date_moves_the_same_renewal() -> None:
    waiting = decide(book(contract()), rules=ruleset(), today=date(2026, 1, 5))
    moved = decide(
        book(contract(end=date(2026, 12, 31)), renewals=waiting.renewals),
        rules=ruleset(),
        today=date(2026, 1, 6),
    )

    assert [(one.key, one.term_end) for one in moved.renewals] == [
        ("800000000000001AAA-1", date(2026, 12, 31))
    ]


@pytest.mark.parametrize(
    ("cancelling", "opened", "told"),
    [
        (Cancelling.OPEN, 1, [NoticeKind.OPENED]),
        (Cancelling.NOTIFY, 0, [NoticeKind.CANCELLING]),
        (Cancelling.SKIP, 0, []),
    ],
)
def test_a_cancelling_contract_follows_its_rule(
    cancelling: Cancelling, opened: int, told: list[NoticeKind]
) -> None:
    leaving = contract(cancellation_notice="2026-06-20")
    decision = decide(book(leaving), rules=ruleset(rule(cancelling=cancelling)), today=OPENS)

    assert len(creates(decision)) == opened
    assert [one.notice for one in decision.announcements] == told


def test_without_a_rule_that_holds_nothing_is_opened_and_the_verdict_says_so() -> None:
    nobody = rule(when=Condition((Clause("account.tier", OneOf(("Starter",))),)))

    assert standing(book(contract()), of=contract(), rules=ruleset(nobody)) is Standing.NO_RULE


def test_an_unknown_fiscal_year_is_reported_and_other_bounds_decide() -> None:
    stranger = account(country="FR", fiscal_year_starts=None)
    aims = rule(open=replace(rule().open, before_budget_season=rule().open.before_renewal))
    decision = decide(book(contract(), of=stranger), rules=ruleset(aims), today=OPENS)

    assert NoteKind.NO_BUDGET_BOUND in {note.kind for note in decision.notes}
    assert len(creates(decision)) == 1


def test_lost_state_is_rebuilt_from_the_keys_on_the_opportunities() -> None:
    ours = opportunity(contract_id=contract().id, renewal_key="800000000000001AAA-1")
    decision = decide(book(contract(), opportunities=(ours,)), rules=ruleset(), today=OPENS)

    assert creates(decision) == []
    assert [(one.key, one.opportunity_id) for one in decision.renewals] == [("800000000000001AAA-1", ours.id)]
    assert [one.verify for one in decision.announcements] == [True]
