"""Stories of opportunities from mirrored histories, as they were read from Salesforce."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import term
from tests.fakes.store import MemoryStore
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.stories import stories_of
from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.ranks import Direction, RankKind, RankScale, Standing
from csops_sync.domain.forecast.hindsight import Story
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Json, Role, Row
from csops_sync.ports.shelves import LedgerRow

RULES = ruleset(confidence=RATED)
DEAL = "0065j000000001XAAQ"
STATE = term(key="k-1", standing=TermStanding.WON, opportunity_id=DEAL)
CLOSED: dict[str, Json] = {
    "name": "更新",
    "stage": "受注",
    "closed": True,
    "won": True,
    "close_date": "2026-03-25",
    "amount": 1_200_000.0,
    "confidence": "A",
    "created_at": "2025-12-20T01:00:00.000+0000",
    "currency": "JPY",
}


def row(role: Role, row_id: str, parent_id: str, values: dict[str, Json]) -> Row:
    """One mirrored row."""
    return Row(role=role, id=row_id, parent_id=parent_id, stamp_ms=0, deleted=False, values=values)


def staged(at: str, stage: str, amount: float | None, **columns: Json) -> Row:
    values: dict[str, Json] = {"at": at, "stage": stage, "amount": amount, "opportunity": DEAL, **columns}
    return row(Role.STAGE_HISTORY, f"008{at}", DEAL, values)


def edited(at: str, field: str, old: Json, new: Json) -> Row:
    values: dict[str, Json] = {"at": at, "field": field, "old": old, "new": new, "opportunity": DEAL}
    return row(Role.FIELD_HISTORY, f"017{at}{field}", DEAL, values)


STAGES = (
    staged("2025-12-20T01:00:00.000+0000", "更新準備", 1_000_000.0),
    staged("2026-01-10T01:00:00.000+0000", "提案", 1_300_000.0),
    staged("2026-03-20T16:00:00.000+0000", "受注", 1_200_000.0),
    staged("2026-04-02T01:00:00.000+0000", "受注", 1_200_000.0),
)
RANKS = (
    edited("2026-01-10T01:00:00.000+0000", "confidence", None, "C"),
    edited("2026-02-10T16:30:00.000+0000", "confidence", "C", "A"),
)


def told(
    *rows: Row,
    rules: RuleSet = RULES,
    states: tuple[TermState, ...] = (STATE,),
    deal: dict[str, Json] = CLOSED,
    ledger: tuple[LedgerRow, ...] = (),
) -> list[Story]:
    """The stories of terms; the opportunity's own row is there, too."""
    store = MemoryStore()
    with store.transaction() as tx:
        tx.mirror.put([row(Role.OPPORTUNITY, DEAL, "a", deal), *rows])
        tx.confidence.ledger.put(ledger)
    with store.reading() as tx:
        return [story for _, story in stories_of(tx, states, rules=rules) if story is not None]


def shown(story: Story) -> list[tuple[str, str | None, int | None]]:
    return [
        (one.on.isoformat(), one.rank, None if one.new is None else one.new.to_minor()) for one in story.said
    ]


def test_rank_and_amount_are_those_of_their_days_in_the_orgs_time_zone() -> None:
    """16:30 UTC on 10 February is the 11th in Tokyo; the deal closed on 21 March, whatever was edited later."""
    [story] = told(*STAGES, *RANKS)

    assert shown(story) == [
        ("2025-12-20", None, 1_000_000),
        ("2026-01-10", "C", 1_300_000),
        ("2026-02-11", "A", 1_300_000),
        ("2026-03-21", "A", 1_200_000),
        ("2026-04-02", "A", 1_200_000),
    ]
    assert story.closed_on == date(2026, 3, 21)


def test_a_tracked_amount_goes_before_the_stage_historys() -> None:
    amount = edited("2026-02-01T01:00:00.000+0000", "amount", 900_000.0, 1_200_000.0)

    [story] = told(*STAGES, amount)

    assert shown(story) == [("2025-12-20", "A", 900_000), ("2026-02-01", "A", 1_200_000)]


def test_without_any_history_the_deal_stood_as_it_does_today_and_closed_on_its_close_date() -> None:
    [story] = told()

    assert shown(story) == [("2025-12-20", "A", 1_200_000)]
    assert story.closed_on == date(2026, 3, 25)


def test_an_open_deal_is_not_closed() -> None:
    [story] = told(*STAGES[:2], deal={**CLOSED, "stage": "提案", "closed": False, "won": False})

    assert story.closed_on is None


def test_a_rank_that_follows_the_stage_is_read_from_the_stage_history() -> None:
    scale = RankScale(
        field="probability",
        ranks=("A", "B"),
        kind=RankKind.PROBABILITY,
        at_least=((Decimal(80), "A"), (Decimal(0), "B")),
    )
    rules = replace(RULES, confidence=replace(RATED, scale=scale))
    rows = [
        staged("2025-12-20T01:00:00.000+0000", "更新準備", 1.0, probability=30.0),
        staged("2026-02-20T01:00:00.000+0000", "交渉", 1.0, probability=90.0),
    ]

    [story] = told(*rows, rules=rules)

    assert [(one.on, one.rank) for one in story.said] == [(date(2025, 12, 20), "B"), (date(2026, 2, 20), "A")]


def test_a_rank_without_history_is_known_from_the_ledger() -> None:
    """What this product saw itself, by comparing."""
    change = ConfidenceChange(
        id="one",
        opportunity_id=DEAL,
        renewal_key="k-1",
        account_id="a",
        before=Standing("D"),
        after=Standing("A"),
        direction=Direction.IMPROVED,
        at=datetime.fromisoformat("2026-02-01T01:00:00+00:00"),
    )

    [story] = told(*STAGES, ledger=(LedgerRow(change=change, seen_at=change.at),))

    assert [one.rank for one in story.said] == ["D", "D", "A", "A", "A"]


def test_terms_that_share_a_deal_share_its_amount_by_their_priors() -> None:
    other = replace(STATE, key="k-2", prior=Money(Decimal(3_000_000), "JPY"))

    stories = told(*STAGES[:1], states=(STATE, other))

    assert [shown(one)[0][2] for one in stories] == [250_000, 750_000]


def test_an_amount_of_a_whole_term_is_told_a_year() -> None:
    rules = replace(RULES, term_amounts=True)
    state = replace(STATE, start=date(2024, 4, 1))

    [story] = told(*STAGES[:1], rules=rules, states=(state,))

    assert shown(story)[0][2] == 500_000


@pytest.mark.parametrize("amount", ["many", "1e"])
def test_a_row_that_makes_no_sense_has_no_story(amount: str) -> None:
    assert told(edited("2026-02-01T01:00:00.000+0000", "amount", amount, 5.0)) == []


def test_what_we_proposed_is_proposed_until_somebody_rates_it_or_says_another_amount() -> None:
    [story] = told(*STAGES, *RANKS, deal={**CLOSED, "renewal_key": "k-1"})

    assert [one.proposed for one in story.said] == [True, False, False, False, False]


def test_a_term_without_an_opportunity_has_no_story() -> None:
    assert told(states=(replace(STATE, opportunity_id=None),)) == []


OTHER = "0065j000000009XAAQ"
EARLIER = row(
    Role.FIELD_HISTORY,
    "017other",
    OTHER,
    {
        "at": "2026-01-05T01:00:00.000+0000",
        "field": "confidence",
        "old": "B",
        "new": "A",
        "opportunity": OTHER,
    },
)


def test_a_rank_without_edits_is_a_guess_until_the_first_edit_that_is_mirrored_of_any_deal() -> None:
    """The deal was opened on 20 December and the first edit of the field in the org is of 5 January."""
    [story] = told(*STAGES, EARLIER)

    assert story.known_from == date(2026, 1, 5)
    assert [story.is_guessed(date(2026, 1, day)) for day in (4, 5)] == [True, False]
    assert not story.is_guessed(date(2025, 12, 19)), "nobody had opened it"


def test_a_deal_with_edits_or_opened_after_the_first_of_them_is_known_from_its_opening_on() -> None:
    [edited_itself] = told(*STAGES, *RANKS, EARLIER)
    [opened_later] = told(
        staged("2026-01-06T01:00:00.000+0000", "更新準備", 1.0),
        EARLIER,
        deal={**CLOSED, "created_at": "2026-01-06T01:00:00.000+0000"},
    )

    assert (edited_itself.known_from, opened_later.known_from) == (None, None)


def test_a_rank_that_nobody_was_ever_seen_to_edit_is_a_guess_throughout() -> None:
    [story] = told(*STAGES)

    assert story.is_guessed(date(2030, 1, 1))


def test_an_amount_without_any_history_is_a_guess_as_a_rank_is() -> None:
    """The rank is tracked; the recurring amount is not, and the stage history does not have it."""
    [untracked] = told(*STAGES, *RANKS, deal={**CLOSED, "recurring_amount": 900_000.0})
    [tracked] = told(
        *STAGES,
        *RANKS,
        edited("2026-02-01T01:00:00.000+0000", "recurring_amount", 1.0, 900_000.0),
        deal={**CLOSED, "recurring_amount": 900_000.0},
    )

    assert (untracked.is_guessed(date(2026, 3, 1)), tracked.known_from) == (True, None)
