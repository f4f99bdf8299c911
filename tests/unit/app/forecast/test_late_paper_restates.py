"""Paper that comes terms too late, through the cycle: stored terms are restated, and the closed month says so."""

from dataclasses import replace
from datetime import date

from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import metrics_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.domain.forecast.term_state import Step
from csops_sync.ports.crm import Role

RULES = replace(ruleset(confidence=RATED), forecast=built())


def test_an_amendment_two_terms_back_restates_stored_terms_and_a_closed_month_by_what_the_amount_became() -> (
    None
):
    """¥1.2M a year since July 2023, rolled on twice; on 4 May paper of +0.6M from 1 March 2024, and 1.8M typed in.

    April 2026 closed at 1.2M, and is restated as 1.8M at both of its ends; the first term earned 1.2M until February.
    """
    shop = Workshop(rules=RULES)
    account = shop.customer()
    contract = shop.sell(
        account, start=date(2023, 7, 6), end=date(2024, 7, 5), renewal_term_months=12, annual_amount=1_200_000
    )
    for days in (28, 2):
        shop.day(days)
        take_snapshot(shop.engine())
    shop.day(3)
    shop.deal(
        account,
        contract=contract,
        amount=600_000,
        amends_from="2024-03-01",
        close_date="2024-03-01",
        closed=True,
        won=True,
    )
    shop.crm.edit(Role.CONTRACT, contract, {"annual_amount": 1_800_000}, by=CSM)
    shop.crm.advance(seconds=60)
    shop.sync()

    with shop.store.reading() as tx:
        terms = sorted(tx.forecast.states.all(), key=lambda one: one.ordinal)
    [april] = [
        one
        for one in metrics_of(shop.office(), by=GroupBy.MONTH, past=1).periods
        if one.window.first == date(2026, 4, 1)
    ]

    assert [one.prior for one in terms] == [yen(1_800_000)] * 3
    assert [one.steps for one in terms] == [
        (
            Step(effective=date(2023, 7, 6), amount=yen(1_200_000)),
            Step(effective=date(2024, 3, 1), amount=yen(1_800_000)),
        ),
        (),
        (),
    ]
    assert april.restated is not None
    assert (april.start, april.end) == (yen(1_200_000), yen(1_200_000))
    assert (april.restated.start, april.restated.end) == (yen(1_800_000), yen(1_800_000))
