"""Ranks that the org computes are compared on a schedule: nobody is known to have moved them, and when is a range."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.comparing import Compared, compare_due
from csops_sync.app.queries_explain import explain_view
from csops_sync.domain.confidence.changes import Source
from csops_sync.domain.confidence.face import Who
from csops_sync.domain.confidence.ranks import RankKind
from csops_sync.domain.confidence.telling import PostCard, PostSummary
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import BudgetExceededError

UNURGENT = tuple(replace(one, prior_at_least=None) for one in RULES.routes)


def computed(*, deals: int = 1) -> tuple[ConfidenceShop, list[str]]:
    """Renewals whose rank is a formula, compared just now, at 10:00."""
    shop, made = watched(deals=deals)
    shop.crm.tracked = frozenset()
    shop.crm.formulas = frozenset({"confidence"})
    compare_due(shop.engine())
    return shop, made


def compare(shop: ConfidenceShop, *, minutes: float) -> Compared:
    """Let minutes pass, a poll run, and compare what is due."""
    shop.cycle(minutes=minutes)
    return compare_due(shop.engine())


def test_a_formula_that_moves_without_an_edit_is_told_with_a_range_and_nobody_s_name() -> None:
    shop, (deal,) = computed()
    compare(shop, minutes=60)
    shop.crm.recompute(Role.OPPORTUNITY, deal, {"confidence": "D"})
    compared_at = shop.crm.now()
    shop.cycle(minutes=59)
    assert shop.ledger() == []

    assert compare(shop, minutes=1) == Compared(read=1, differing=1)

    (row,) = shop.ledger()
    change = row.change
    assert (change.source, change.by_id, change.after.rank) == (Source.COMPARED, None, "D")
    assert (change.at, change.until) == (compared_at, compared_at + timedelta(hours=1))
    shop.cycle(minutes=6)
    (card,) = shop.tellings()
    assert isinstance(card, PostCard)
    assert shop.verdicts() == ["told"]
    events = explain_view(shop.office(), deal).renewals[0].events
    (line,) = [one.text for one in events if one.name == "B -> D"]
    assert line.startswith("changed in Salesforce before 2026-04-13 12:00, found by comparing values; told")


def test_two_moves_of_a_formula_since_the_last_edit_are_two_changes() -> None:
    shop, (deal,) = computed()
    for rank in ("D", "A"):
        shop.crm.recompute(Role.OPPORTUNITY, deal, {"confidence": rank})
        compare(shop, minutes=60)

    assert [one.change.after.rank for one in shop.ledger()] == ["D", "A"]


def test_a_formula_that_moved_with_an_edit_is_seen_by_the_poll_and_not_again() -> None:
    shop, (deal,) = computed()
    shop.move(deal, "D")
    shop.cycle()

    assert compare(shop, minutes=60) == Compared(read=1, differing=0)
    (row,) = shop.ledger()
    assert (row.change.by_id, row.change.after.rank) == (None, "D")


def test_what_was_edited_since_the_last_poll_is_left_to_the_next_one() -> None:
    shop, (deal,) = computed()
    shop.crm.advance(seconds=3600)
    shop.move(deal, "D")

    assert compare_due(shop.engine()) == Compared(read=1, differing=0, left_out=frozenset({deal}))
    assert shop.ledger() == []


@pytest.mark.parametrize("left_out", [1, 2])
def test_the_range_of_what_was_left_out_begins_when_it_was_itself_compared_last(left_out: int) -> None:
    shop, (deal,) = computed()
    compare(shop, minutes=60)
    compared_at = shop.crm.now()
    shop.crm.advance(seconds=1800)
    shop.crm.recompute(Role.OPPORTUNITY, deal, {"confidence": "D"})
    for turn in range(left_out):
        shop.crm.advance(seconds=1800 if turn == 0 else 3600)
        shop.crm.edit(Role.OPPORTUNITY, deal, {"next_step": str(turn)}, by=shop.csm)
        assert compare_due(shop.engine()).differing == 0
    shop.cycle(minutes=0.5)

    (row,) = shop.ledger()
    assert (row.change.at, row.change.until) == (compared_at, shop.crm.now())


def test_what_was_left_out_once_and_compared_again_has_its_range_from_then() -> None:
    shop, (deal,) = computed()
    shop.crm.advance(seconds=3600)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"next_step": "x"}, by=shop.csm)
    compare_due(shop.engine())
    compare(shop, minutes=60)
    compared_at = shop.crm.now()
    shop.crm.recompute(Role.OPPORTUNITY, deal, {"confidence": "D"})
    compare(shop, minutes=60)

    (row,) = shop.ledger()
    assert (row.change.at, row.change.until) == (compared_at, compared_at + timedelta(hours=1))


def test_every_how_often_is_a_rule() -> None:
    shop, _ = computed()
    rules = replace(RULES, compare_every=timedelta(minutes=10))
    shop.rules = replace(shop.rules, confidence=rules)

    assert compare(shop, minutes=9).read == 0
    assert compare(shop, minutes=1).read == 1


@pytest.mark.parametrize("kind", [RankKind.FIELD, RankKind.PROBABILITY])
def test_a_rank_that_people_edit_is_never_compared(kind: RankKind) -> None:
    rules = replace(RULES, scale=replace(RULES.scale, kind=kind))
    shop, (deal,) = watched(rules)
    shop.crm.recompute(Role.OPPORTUNITY, deal, {"confidence": "D"})
    calls = shop.crm.calls
    with shop.store.reading() as tx:
        settings = tx.progress.setting("confidence_compared_at"), tx.progress.setting("confidence_computed")

    assert compare_due(shop.engine()) == Compared()
    assert (shop.crm.calls - calls, shop.ledger(), settings) == (1, [], (None, None))  # the engine's identity


def test_closed_and_deleted_renewals_are_not_read() -> None:
    shop, (closed, deleted, _) = computed(deals=3)
    shop.crm.edit(Role.OPPORTUNITY, closed, {"stage": "失注", "closed": True})
    shop.crm.delete(Role.OPPORTUNITY, deleted)

    assert compare(shop, minutes=60).read == 1


def test_what_the_allowance_refuses_is_compared_next_time() -> None:
    shop, (deal,) = computed()
    shop.crm.recompute(Role.OPPORTUNITY, deal, {"confidence": "D"})
    shop.cycle(minutes=60)
    engine = shop.engine()
    shop.crm.reads.append(BudgetExceededError("our share is used up", retry_after=60))
    with pytest.raises(BudgetExceededError):
        compare_due(engine)
    assert shop.ledger() == []

    assert compare_due(engine).differing == 1


def test_nothing_is_compared_before_the_renewals_are_watched() -> None:
    shop = ConfidenceShop()
    shop.staff()
    shop.renewal()
    shop.crm.formulas = frozenset({"confidence"})

    assert compare_due(shop.engine()) == Compared()


def test_a_formula_that_is_edited_moves_many_renewals_and_is_one_summary_by_salesforce() -> None:
    shop, deals = watched(replace(RULES, routes=UNURGENT), deals=5)
    shop.crm.tracked, shop.crm.formulas = frozenset(), frozenset({"confidence"})
    compare_due(shop.engine())
    compare(shop, minutes=60)
    for deal in deals:
        shop.crm.recompute(Role.OPPORTUNITY, deal, {"confidence": "D"})

    compare(shop, minutes=60)
    shop.cycle(minutes=6)

    (summary,) = shop.tellings()
    assert isinstance(summary, PostSummary)
    assert (len(summary.lines), summary.changed_by) == (5, Who(id=None, name="Salesforce"))
    assert shop.verdicts() == ["summarised"] * 5
