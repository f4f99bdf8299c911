"""Delivery of figures: in collections, read back, sent again without harm; what is refused waits for a person."""

import json
from dataclasses import replace

import pytest
from tests.fakes.builders import CSM
from tests.fakes.figures_shop import RULES, FiguresShop

from csops_sync.app.delivery import run_delivery
from csops_sync.app.figures_delivery import deliver_figures, resolve_figures
from csops_sync.app.forecast.figures import OWED, figure_desk
from csops_sync.app.orders_outbox import drop, pause, retry
from csops_sync.app.queries_plan import plan_view
from csops_sync.domain.rules import Guards
from csops_sync.ports.crm import Role, WriteStatus
from csops_sync.ports.errors import BudgetExceededError
from csops_sync.ports.store import OutboxStatus

LANDING = 4_250_000


@pytest.fixture
def shop() -> FiguresShop:
    """Three renewals at rank C whose figures are decided and not sent yet."""
    return waiting_for(3)


def waiting_for(deals: int, **options: bool) -> FiguresShop:
    made = FiguresShop()
    made.crm.rounds = options.get("rounds", False)
    for number in range(deals):
        made.sold(number, confidence="C")
    made.sync()
    made.cycle()
    return made


def deals(shop: FiguresShop) -> list[str]:
    return [row.id for row in shop.crm.records(Role.OPPORTUNITY)]


def test_more_than_two_calls_hold_go_in_three() -> None:
    shop = waiting_for(450)
    assert deliver_figures(shop.engine()) == 450
    assert shop.crm.sizes == [200, 200, 50]
    assert {shop.shown(deal)[3] for deal in deals(shop)} == {LANDING}


def test_what_was_written_is_in_the_journal_of_its_renewal(shop: FiguresShop) -> None:
    run_delivery(shop.engine())
    with shop.store.reading() as tx:
        events = [one for one in tx.journal.about() if one.kind == "figures"]
        renewals = {one.key for deal in deals(shop) for one in tx.renewals.by_opportunity(deal)}
    assert {one.renewal_key for one in events} == renewals
    detail = json.loads(events[0].detail)
    assert detail["values"]["landing_amount"] == LANDING
    assert detail["reason"].startswith("downsell, below the prior amount")


def test_one_that_is_refused_waits_for_a_person_and_the_others_are_written(shop: FiguresShop) -> None:
    shop.crm.writes = [None, WriteStatus.REJECTED, None]
    deliver_figures(shop.engine())
    parked, *sent = sorted(shop.figures(), key=lambda row: row.status is OutboxStatus.SENT)
    assert (parked.status, parked.error) == (OutboxStatus.PARKED, "SCRIPTED: as the test said")
    assert {row.status for row in sent} == {OutboxStatus.SENT}
    shop.again()
    assert len(shop.figures(OutboxStatus.PARKED)) == 1, "no cycle sends what is refused again"
    (note,) = plan_view(shop.engine()).notes
    assert f"csops-sync outbox retry {parked.key}" in note.text
    retry(shop.office(), [parked.key])
    deliver_figures(shop.engine())
    assert [shop.shown(deal)[3] for deal in deals(shop)] == [LANDING] * 3


def test_what_is_refused_is_tried_anew_once_its_figures_change(shop: FiguresShop) -> None:
    shop.crm.writes = [WriteStatus.REJECTED]
    deliver_figures(shop.engine())
    (parked,) = shop.figures(OutboxStatus.PARKED)
    deal = parked.key.partition("/")[2]
    shop.crm.edit(Role.OPPORTUNITY, deal, {"confidence": "A"}, by=CSM)
    shop.again()
    assert (shop.figures(OutboxStatus.PARKED), shop.shown(deal)[3]) == ([], 5_000_000)


def test_what_a_person_dropped_stays_dropped_until_its_figures_change(shop: FiguresShop) -> None:
    (first, *_) = shop.figures()
    drop(shop.office(), [first.key])
    shop.again()
    shop.again()
    assert [row.key for row in shop.figures(OutboxStatus.DROPPED)] == [first.key]
    shop.crm.edit(Role.OPPORTUNITY, first.key.partition("/")[2], {"confidence": "A"}, by=CSM)
    shop.again()
    assert shop.figures(OutboxStatus.DROPPED) == []


def test_a_lost_answer_is_sent_again(shop: FiguresShop) -> None:
    shop.crm.writes = [WriteStatus.UNKNOWN] * 3
    deliver_figures(shop.engine())
    assert {row.status for row in shop.figures()} == {OutboxStatus.UNKNOWN}
    assert resolve_figures(shop.engine()) == 3
    deliver_figures(shop.engine())
    assert {row.status for row in shop.figures()} == {OutboxStatus.SENT}
    assert shop.crm.sizes == [3, 3]


def test_what_changed_while_an_answer_was_lost_is_decided_once_it_is_there(shop: FiguresShop) -> None:
    shop.crm.writes = [WriteStatus.UNKNOWN] * 3
    deliver_figures(shop.engine())
    changed = deals(shop)[0]
    shop.crm.edit(Role.OPPORTUNITY, changed, {"confidence": "A"}, by=CSM)
    shop.cycle()
    assert len(shop.figures(OutboxStatus.UNKNOWN)) == 3, "what may be on its way is not replaced"
    run_delivery(shop.engine())
    assert shop.shown(changed)[3] == 5_000_000


def test_a_call_that_is_refused_as_a_whole_leaves_all_of_it_waiting(shop: FiguresShop) -> None:
    shop.crm.writes = [BudgetExceededError("the share is used up", retry_after=900)]
    with pytest.raises(BudgetExceededError):
        deliver_figures(shop.engine())
    assert {(row.status, row.attempts) for row in shop.figures()} == {(OutboxStatus.PENDING, 0)}


def test_a_value_that_the_org_keeps_in_its_own_way_is_written_once() -> None:
    """A flow keeps landings in thousands: 4,250,500 becomes 4,250,000, and that is as we left it."""
    shop = FiguresShop()
    shop.crm.rounds = True
    deal = shop.sold(confidence="C", amount=5_000_589)
    shop.sync()
    for _ in range(4):
        shop.again()
    assert shop.shown(deal)[3] == 4_250_000
    assert shop.crm.sizes == [1]


def test_who_changes_a_figure_again_and_again_is_opposed_twice_and_then_left_alone(shop: FiguresShop) -> None:
    run_delivery(shop.engine())
    deal = deals(shop)[0]
    for _ in range(5):
        shop.crm.advance(seconds=60)
        shop.crm.edit(Role.OPPORTUNITY, deal, {"landing_amount": 1}, by=CSM)
        shop.again()
    assert shop.shown(deal)[3] == 1
    assert shop.crm.sizes == [3, 1, 1]
    shop.crm.edit(Role.OPPORTUNITY, deal, {"confidence": "A"}, by=CSM)
    shop.again()
    assert shop.shown(deal)[3] == 5_000_000


def test_an_edit_beside_our_write_is_seen_by_the_next_cycle(shop: FiguresShop) -> None:
    deal = deals(shop)[0]
    shop.crm.advance(seconds=1)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"confidence": "A"}, by=CSM)
    run_delivery(shop.engine())
    assert shop.shown(deal)[3] == LANDING
    shop.again()
    assert shop.shown(deal)[3] == 5_000_000
    assert shop.crm.sizes == [3, 1]


def test_our_own_write_is_no_news_to_the_next_cycle(shop: FiguresShop) -> None:
    run_delivery(shop.engine())
    shop.cycle()
    assert shop.cycle().changed_rows == 0


def test_a_pause_of_everything_stops_figures_and_one_of_slack_does_not(shop: FiguresShop) -> None:
    pause(shop.office())
    assert run_delivery(shop.engine()).records == 0
    with shop.store.transaction() as tx:
        tx.progress.set_setting("paused", None)
    pause(shop.office(), slack_only=True)
    assert run_delivery(shop.engine()).records == 3


def test_nothing_is_sent_once_the_lease_is_lost(shop: FiguresShop) -> None:
    assert deliver_figures(replace(shop.engine(), still_ours=lambda: False)) == 0
    assert shop.crm.sizes == []
    assert {(row.status, row.attempts) for row in shop.figures()} == {(OutboxStatus.PENDING, 0)}


def test_owed_customers_are_looked_at_in_turn_even_where_nothing_else_happens() -> None:
    shop = FiguresShop(rules=replace(RULES, guards=Guards(creates=50, updates=200, messages=40, paced=2)))
    for number in range(5):
        shop.sold(number, confidence="C")
    shop.sync()
    shown = []
    for _ in range(4):
        shop.cycle()
        run_delivery(shop.engine())
        shown.append(sum(shop.shown(deal)[3] is not None for deal in deals(shop)))
    assert shown == [2, 4, 5, 5]


def test_a_cycle_that_has_looked_at_its_share_leaves_the_others_to_the_next() -> None:
    shop = FiguresShop()
    for number in range(3):
        shop.sold(number, confidence="C")
    shop.sync()
    with shop.store.transaction() as tx:
        desk = figure_desk(shop.engine(), tx)
        assert desk is not None
        replace(desk, looks=0).settle(everybody=False)
        assert tx.progress.setting(OWED) is not None
    assert shop.figures() == []
    shop.cycle()
    assert len(shop.figures()) == 3
