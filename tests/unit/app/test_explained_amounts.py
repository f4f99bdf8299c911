"""What `explain` says that a contract earns: by the end of the term at hand, and what is agreed for later ones."""

import json
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.memory_engine import Workshop

from csops_sync.app.queries_explain import explain_view
from csops_sync.app.views import ComingAmount, ContractHeader
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_explain import explain_text
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.ports.crm import Json


def yen(amount: int) -> Money:
    return Money(Decimal(amount), "JPY")


@pytest.fixture
def shop() -> Workshop:
    """A contract until 5 July 2026 that was sold at ¥1,200,000 a year; today is 1 April."""
    shop = Workshop()
    account = shop.customer()
    contract = shop.sell(account, annual_amount=None)
    won: dict[str, Json] = {
        "closed": True,
        "won": True,
        "stage": "受注",
        "contract": contract,
        "record_type": "New",
    }
    shop.deal(account, amount=1_200_000, close_date="2025-07-06", **won)
    for amount, since in ((300_000, "2026-05-01"), (600_000, "2026-09-01"), (-100_000, "2026-10-01")):
        shop.deal(account, amount=amount, close_date="2026-03-01", amends_from=since, **won)
    shop.sync()
    return shop


def head(shop: Workshop) -> ContractHeader:
    return explain_view(shop.office(), "00000001").contract


def test_the_head_holds_what_counts_in_the_term_at_hand_and_names_what_comes_in_later_ones(
    shop: Workshop,
) -> None:
    """1.2M, and 0.3M from May: 1.5M by 5 July. What is added in September and October belongs to the next term."""
    assert head(shop).amount == yen(1_500_000)
    assert head(shop).coming == (
        ComingAmount(effective=date(2026, 9, 1), added=yen(600_000)),
        ComingAmount(effective=date(2026, 10, 1), added=yen(-100_000)),
    )


def test_once_that_term_runs_it_is_in_force_and_comes_no_more(shop: Workshop) -> None:
    shop.day(100)

    assert (head(shop).amount, head(shop).coming) == (yen(2_000_000), ())


def test_text_and_json_say_so(shop: Workshop) -> None:
    view = explain_view(shop.office(), "00000001")

    assert " · ¥1,500,000 a year, +¥600,000 from 2026-09-01, -¥100,000 from 2026-10-01 · " in explain_text(
        view
    )
    assert [one["effective"] for one in json.loads(json_text(view))["contract"]["coming"]] == [
        "2026-09-01",
        "2026-10-01",
    ]


def test_an_amendment_that_cannot_be_read_keeps_nothing_from_being_explained() -> None:
    shop = Workshop()
    account = shop.customer()
    contract = shop.sell(account)
    won: dict[str, Json] = {"closed": True, "won": True, "stage": "受注", "contract": contract}
    shop.deal(account, close_date="2026-03-01", amends_from="2026-09-01", recurring_amount="some", **won)
    shop.sync()

    assert (head(shop).amount, head(shop).coming) == (yen(6_000_000), ())
