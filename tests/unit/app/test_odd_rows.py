"""Rows that make no sense, customers that move or vanish, and a source that shows nothing: the cycle goes on."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.builders import rule, ruleset
from tests.fakes.memory_engine import OPERATOR, Workshop

from csops_sync.app.cycle import run_cycle
from csops_sync.app.engine import Desk, Mode
from csops_sync.domain.dates import Duration
from csops_sync.domain.intents import NoteKind
from csops_sync.domain.rules import Announce, Guards, OpenRule
from csops_sync.ports.crm import Json, Role
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import OrgMapping
from csops_sync.ports.store import OutboxStatus

OPENS_IN = 6
"""Days from the workshop's first day to the opening of what it sells."""


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


@pytest.mark.parametrize(
    "values",
    [
        {"annual_amount": "a lot"},
        {"annual_amount": 1e15},
        {"annual_amount": "NaN"},
        {"currency": "ye"},
        {"notice_days": -3},
        {"start": "soon"},
        {"term_months": "twelve"},
    ],
    ids=str,
)
def test_a_row_that_makes_no_sense_is_reported_and_stops_no_other_customer(
    shop: Workshop, values: dict[str, Json]
) -> None:
    sound, odd = shop.customer(), shop.customer("変な顧客")
    contract = shop.sell(sound)
    broken = shop.sell(odd)
    shop.crm.edit(Role.CONTRACT, broken, values)
    shop.sync()
    shop.crm.advance(days=OPENS_IN)
    shop.crm.edit(Role.CONTRACT, broken, {"number": "99"})
    report = run_cycle(shop.engine())
    shop.sync()

    assert shop.opened() == [f"{contract}-1"]
    assert report.plan is not None
    assert [(one.kind, one.subject_id) for one in report.plan.notes] == [(NoteKind.UNREADABLE, broken)]


def test_an_opportunity_without_a_close_date_and_one_without_an_account_stop_nothing(shop: Workshop) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    shop.deal(account, close_date=None)
    shop.crm.create(Role.OPPORTUNITY, {"account": None, "name": "迷子", "close_date": None})
    shop.sync()
    shop.day(OPENS_IN)

    assert shop.opened() == [f"{contract}-1"]


def test_a_currency_in_small_letters_is_that_currency(shop: Workshop) -> None:
    account = shop.customer()
    contract = shop.sell(account, currency="jpy")
    shop.sync()
    shop.day(OPENS_IN)

    assert shop.opened() == [f"{contract}-1"]


def test_a_contract_that_moves_to_another_account_keeps_its_renewal(shop: Workshop) -> None:
    before, after = shop.customer(), shop.customer("合併後")
    contract = shop.sell(before)
    shop.sync()
    shop.day(OPENS_IN)
    shop.crm.edit(Role.CONTRACT, contract, {"account": after})
    shop.day()

    assert shop.opened() == [f"{contract}-1"]
    assert shop.renewals(before) == {}
    assert list(shop.renewals(after)) == [f"{contract}-1"]


def test_a_renewal_that_was_won_under_the_account_before_is_settled(shop: Workshop) -> None:
    before, after = shop.customer(), shop.customer("合併後")
    contract = shop.sell(before)
    shop.sync()
    shop.day(OPENS_IN)
    deal = str(shop.renewals(before)[f"{contract}-1"].opportunity_id)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"closed": True, "won": True})
    shop.crm.edit(Role.CONTRACT, contract, {"account": after})
    shop.day()

    assert str(shop.renewals(after)[f"{contract}-1"].settled) == "won"


@pytest.mark.parametrize("gone", [Role.ACCOUNT, Role.CONTRACT])
def test_what_is_gone_is_not_looked_at_in_every_cycle_from_then_on(shop: Workshop, gone: Role) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    shop.sync()
    shop.crm.delete(gone, account if gone is Role.ACCOUNT else contract)
    shop.day(OPENS_IN)
    shop.day()

    report = run_cycle(shop.engine())
    assert (report.changed_rows, report.evaluated_accounts) == (0, 0)
    assert shop.opened() == []


def test_what_waits_over_some_days_is_told_in_one_group_and_not_in_each_day_s(shop: Workshop) -> None:
    shop.rules = ruleset(rule(announce=Announce(channel="#renewals", daily=True)))
    contract = shop.sell(shop.customer())
    shop.sync()
    for _ in range(OPENS_IN + 3):
        shop.crm.advance(days=1)
        run_cycle(shop.engine())
    shop.sync()
    shop.day()

    told = [one.key for one in shop.chat.messages if one.tells([f"opened/{contract}-1"])]
    assert told == ["daily/#renewals/2026-04-07"]


def test_an_org_that_shows_no_contract_is_refused_until_it_shows_one(shop: Workshop) -> None:
    account = shop.customer()
    for _ in range(2):
        with pytest.raises(PermanentError, match="no contract"):
            run_cycle(shop.engine())
    shop.sell(account)

    assert run_cycle(shop.engine()).baseline is True


def test_rows_that_are_read_anew_under_another_mapping_are_decided_again(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    hashes = {**dict.fromkeys(Role, "m"), Role.CONTRACT: "another"}
    mapping = OrgMapping(objects={}, written=frozenset(), hashes=hashes)

    assert run_cycle(replace(shop.engine(), mapping=mapping)).evaluated_accounts == 1
    assert run_cycle(replace(shop.engine(), mapping=mapping)).evaluated_accounts == 0


def test_what_gathered_in_shadow_mode_is_guarded_when_the_hand_goes_live(shop: Workshop) -> None:
    early = rule(open=OpenRule(before_renewal=Duration(days=90)))
    shop.rules = ruleset(early, guards=Guards(creates=1))
    shop.desk = Desk(mode=Mode.SHADOW, operator_channel=OPERATOR)
    contracts = [shop.sell(shop.customer(), end=date(2026, 7, day)) for day in (5, 6)]
    shop.sync()
    for _ in range(OPENS_IN + 3):
        shop.day()
    shop.desk = Desk(operator_channel=OPERATOR)
    shop.day()

    assert shop.opened() == []
    assert {shop.row(f"{one}-1").status for one in contracts} == {OutboxStatus.HELD}


def test_a_user_whose_stamp_alone_has_moved_sets_nobody_s_renewals_in_motion(shop: Workshop) -> None:
    account = shop.customer()
    shop.sell(account)
    shop.sync()
    csm = next(iter(shop.crm.records(Role.USER)))
    shop.crm.edit(Role.USER, csm.id, dict(csm.values))
    assert run_cycle(shop.engine()).evaluated_accounts == 0

    shop.crm.edit(Role.USER, csm.id, {"active": False})
    assert run_cycle(shop.engine()).evaluated_accounts == 1
