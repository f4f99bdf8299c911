"""An account comes under another parent: from then on it counts there, and what was closed stays as it was."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.report_values import GroupBy, PeriodMetrics
from csops_sync.app.forecast.reports import metrics_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.domain.forecast.profile import CustomerIs, MetricProfile
from csops_sync.ports.crm import Role

PROFILES = (MetricProfile(name="accounts"), MetricProfile(name="groups", customer=CustomerIs.TOP_PARENT))
RULES = replace(ruleset(confidence=RATED), forecast=replace(built(), profiles=PROFILES))


class Years:
    """Two holdings of 6,000,000 a year each; a subsidiary of the first, of 2,000,000, leaves on 20 April 2026."""

    def __init__(self) -> None:
        self.shop = Workshop(rules=RULES)
        self.first, self.second = self.shop.customer("first"), self.shop.customer("second")
        self.branch = self.shop.crm.create(
            Role.ACCOUNT, {"name": "branch", "country": "JP", "parent": self.first}
        )
        self.shop.sell(self.first)
        self.shop.sell(self.second, number="00000002")
        left = self.shop.sell(
            self.branch,
            number="00000003",
            start=date(2025, 4, 21),
            end=date(2026, 4, 20),
            annual_amount=2_000_000,
        )
        self.shop.sync()
        self.shop.crm.edit(Role.CONTRACT, left, {"terminated_on": "2026-04-20"})
        for days in (28, 2):
            self.shop.day(days)
            take_snapshot(self.shop.engine())

    def move(self) -> None:
        """On 5 May the branch is sold to the second holding."""
        self.shop.day(4)
        self.shop.crm.edit(Role.ACCOUNT, self.branch, {"parent": self.second})
        self.shop.crm.advance(seconds=60)
        self.shop.sync()

    def month(self, month: int, *, profile: str = "groups") -> PeriodMetrics:
        """What is told of a month of 2026."""
        report = metrics_of(self.shop.office(), by=GroupBy.MONTH, profile=profile, past=3)
        [line] = [one for one in report.periods if one.window.first == date(2026, month, 1)]
        return line


@pytest.fixture
def years() -> Years:
    return Years()


def test_a_closed_month_keeps_the_groups_of_its_day(years: Years) -> None:
    """April: 14,000,000 at first, 12,000,000 at last; of two groups both are kept, of three accounts two."""
    before = years.month(4)
    years.move()
    after = years.month(4)

    assert (after.nrr, after.logo_retention) == (Fraction(12, 14), Fraction(1))
    assert years.month(4, profile="accounts").logo_retention == Fraction(2, 3)
    assert replace(after, restated=None) == replace(before, restated=None)
    assert after.known_at is not None


def test_who_moves_between_groups_is_neither_lost_nor_won(years: Years) -> None:
    """The branch signs 2,000,000 again and moves in May: both ends of the month see it where it belongs now."""
    years.shop.sell(years.branch, number="00000004", annual_amount=2_000_000)
    years.move()
    years.shop.day(40)

    may = years.month(5)

    assert (may.start, may.end, may.nrr, may.grr) == (
        yen(14_000_000),
        yen(14_000_000),
        Fraction(1),
        Fraction(1),
    )
    assert may.movements is not None
    assert (may.movements.churn, may.movements.new) == (yen(0), yen(0))
