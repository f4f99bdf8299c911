"""Which figures are to be written: what changed, once, for its reason; none at the baseline or in a quiet cycle."""

from dataclasses import replace

import pytest
from tests.fakes.builders import CSM
from tests.fakes.figures_shop import RULES, FiguresShop
from tests.fakes.landings import one_cell, rules_of

from csops_sync.app.delivery import run_delivery
from csops_sync.app.engine import Desk, Mode
from csops_sync.app.queries_plan import plan_view
from csops_sync.domain.rules import Guards
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus

AT_C = ("downsell", 6_000_000, -1_000_000, 4_250_000)
"""6,000,000 renewed at 5,000,000: a downsell at rank C keeps 85 % of 5,000,000."""


@pytest.fixture
def shop() -> FiguresShop:
    return FiguresShop()


def waiting(shop: FiguresShop) -> list[OutboxRow]:
    return shop.figures(OutboxStatus.PENDING)


def test_the_baseline_decides_no_figure_and_the_next_cycle_does(shop: FiguresShop) -> None:
    deal = shop.sold(confidence="C")
    shop.sync()
    assert (shop.figures(), shop.shown(deal)) == ([], (None,) * 4)
    shop.cycle()
    (row,) = waiting(shop)
    assert row.key == f"figures/{deal}"
    assert row.reason == "downsell, below the prior amount; rank C: 85 % of the base"


def test_what_was_written_is_not_written_again(shop: FiguresShop) -> None:
    deal = shop.sold(confidence="C")
    shop.sync()
    shop.again()
    assert shop.shown(deal) == AT_C
    calls = list(shop.crm.sizes)
    for _ in range(3):
        shop.again()
    assert (shop.crm.sizes, waiting(shop)) == (calls, [])


def test_a_rank_that_moves_writes_the_landing_of_that_one_and_nothing_else(shop: FiguresShop) -> None:
    deals = [shop.sold(number, confidence="C") for number in range(3)]
    shop.sync()
    shop.again()
    shop.crm.edit(Role.OPPORTUNITY, deals[1], {"confidence": "A"}, by=CSM)
    shop.cycle()
    (row,) = waiting(shop)
    assert row.key == f"figures/{deals[1]}"
    shop.again()
    assert [shop.shown(deal)[3] for deal in deals] == [4_250_000, 5_000_000, 4_250_000]
    assert shop.crm.sizes == [3, 1]


def test_a_newer_figure_replaces_what_was_not_sent_and_a_way_back_cancels_it(shop: FiguresShop) -> None:
    deal = shop.sold(confidence="C")
    shop.sync()
    shop.again()
    shop.crm.edit(Role.OPPORTUNITY, deal, {"confidence": "A"}, by=CSM)
    shop.cycle()
    first = waiting(shop)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"confidence": "B"}, by=CSM)
    shop.cycle()
    second = waiting(shop)
    assert [row.key for row in first] == [row.key for row in second]
    assert first[0].body_hash != second[0].body_hash
    shop.crm.edit(Role.OPPORTUNITY, deal, {"confidence": "C"}, by=CSM)
    shop.cycle()
    (row,) = shop.figures()
    assert (row.status, row.error) == (OutboxStatus.CANCELLED, "its reason is gone; decided again")


def test_a_closed_deal_keeps_figures_too(shop: FiguresShop) -> None:
    deal = shop.sold(confidence="C")
    shop.sync()
    shop.again()
    shop.crm.edit(Role.OPPORTUNITY, deal, {"closed": True, "won": True, "amount": 6_600_000}, by=CSM)
    shop.again()
    shop.again()
    assert shop.shown(deal) == ("upsell", 6_000_000, 600_000, 6_600_000)


def test_a_renewal_that_we_open_gets_its_figures_in_the_same_delivery(shop: FiguresShop) -> None:
    """Opened on 7 April at an uplift of 3 %, which counts as nothing until a person rates it."""
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    shop.day(6)
    (deal,) = shop.crm.records(Role.OPPORTUNITY)
    assert shop.shown(deal.id) == ("upsell", 6_000_000, 180_000, 5_400_000)


def test_a_persons_type_is_left_alone_and_its_landing_followed(shop: FiguresShop) -> None:
    deal = shop.sold(confidence="C", amount=6_000_000, renewal_type="upsell")
    shop.sync()
    shop.again()
    (row,) = shop.crm.fetch(Role.OPPORTUNITY, [deal])
    assert row.values["renewal_type"] == "upsell"
    assert shop.shown(deal) == ("flat", 6_000_000, 0, 5_700_000)
    (sent,) = shop.figures(OutboxStatus.SENT)
    assert "a person chose upsell, which its landing follows" in sent.reason


def test_only_mapped_fields_are_written_and_none_without_a_forecast(shop: FiguresShop) -> None:
    shop.mapped = frozenset({"landing_amount"})
    deal = shop.sold(confidence="C")
    shop.sync()
    shop.again()
    assert shop.shown(deal) == (None, None, None, 4_250_000)
    bare = FiguresShop(rules=replace(RULES, forecast=None))
    other = bare.sold(confidence="C")
    bare.sync()
    bare.again()
    assert (bare.shown(other), bare.figures()) == ((None,) * 4, [])


def test_a_field_that_is_mapped_later_is_filled_for_everybody(shop: FiguresShop) -> None:
    shop.mapped = frozenset()
    deals = [shop.sold(number, confidence="C") for number in range(3)]
    shop.sync()
    shop.again()
    shop.mapped = frozenset({"landing_amount"})
    shop.again()
    assert [shop.shown(deal)[3] for deal in deals] == [4_250_000] * 3


def test_new_rules_rewrite_everybody_so_many_a_cycle_and_nothing_is_held(shop: FiguresShop) -> None:
    shop.rules = replace(RULES, guards=Guards(creates=50, updates=1, messages=40, paced=4))
    deals = [shop.sold(number, confidence="C") for number in range(10)]
    shop.sync()
    for _ in range(4):
        shop.again()
    assert shop.crm.sizes == [4, 4, 2]
    lower = rules_of(one_cell("0.5"))
    shop.rules = replace(shop.rules, forecast=lower, hash="other")
    waited = []
    for _ in range(4):
        shop.cycle()
        waited.append(len(waiting(shop)))
        assert shop.figures(OutboxStatus.HELD) == []
        run_delivery(shop.engine())
    assert (waited, shop.crm.sizes[3:]) == ([4, 4, 2, 0], [4, 4, 2])
    assert [shop.shown(deal)[3] for deal in deals] == [2_500_000] * 10


def test_plan_shows_what_is_written_and_writes_nothing(shop: FiguresShop) -> None:
    deal = shop.sold(confidence="C")
    shop.sync()
    view = plan_view(shop.engine())
    ((row,), changes) = view.figures, {one.field: one.after for one in view.figures[0].changes}
    assert (row.opportunity_id, changes["landing_amount"]) == (deal, 4_250_000)
    assert view.updates == ()
    assert shop.figures() == []
    shop.again()
    assert plan_view(shop.engine()).figures == ()


def test_shadow_decides_and_sends_nothing_until_the_mode_is_live(shop: FiguresShop) -> None:
    shop.desk = Desk(mode=Mode.SHADOW)
    deal = shop.sold(confidence="C")
    shop.sync()
    shop.again()
    assert [row.status for row in shop.figures()] == [OutboxStatus.SHADOW]
    assert shop.shown(deal) == (None,) * 4
    shop.desk = Desk()
    shop.again()
    assert shop.shown(deal) == AT_C


def test_an_open_deal_that_renews_nothing_is_cleared_and_a_closed_one_keeps_what_it_had(
    shop: FiguresShop,
) -> None:
    """A clone carries custom fields along."""
    account = shop.customer()
    shop.sell(account, auto_renews=False)
    clone = shop.deal(account, record_type="New_Business", landing_amount=7, prior_amount=7)
    old = shop.deal(account, record_type="New_Business", closed=True, landing_amount=7)
    shop.sync()
    shop.again()
    assert (shop.shown(clone), shop.shown(old)[3]) == ((None,) * 4, 7)


def test_figures_of_a_deleted_deal_are_cancelled(shop: FiguresShop) -> None:
    deal = shop.sold(confidence="C")
    shop.sync()
    shop.cycle()
    shop.crm.delete(Role.OPPORTUNITY, deal)
    shop.cycle()
    assert [row.status for row in shop.figures()] == [OutboxStatus.CANCELLED]
