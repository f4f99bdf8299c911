"""What a snapshot is weighed by is written down and read back without losing a digit."""

import json
from dataclasses import replace
from decimal import Decimal

from tests.fakes.landings import EXAMPLE, built

from csops_sync.app.forecast.kept_rules import Weighing, weighing_from, weighing_text
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import NrrBoundary, YearName
from csops_sync.domain.forecast.profile import CustomerIs, DueBy, EarlyRenewals, LatePolicy, MetricProfile

FULL = replace(
    built(
        {
            **EXAMPLE,
            "segments": {"Enterprise": {"flat": {"base": {"C": 0.123456789}}}},
            "scenarios": {"low": {"unopened": {"base": 0.7}}, "high": {"cap": {"base": 0.99}}},
        }
    ),
    rates={"USD": Decimal("150.250"), "EUR": Decimal(160)},
    profiles=(
        MetricProfile(),
        MetricProfile(
            name="board",
            nrr_boundary=NrrBoundary.NEXT_OPEN,
            due_by=DueBy.RENEWAL_DATE,
            early=EarlyRenewals.SIGNATURE,
            late=LatePolicy(45),
            outside_expansion=False,
            reactivation_gap_days=60,
            customer=CustomerIs.TOP_PARENT,
        ),
    ),
    year_named=YearName.ENDS,
)
WEIGHING = Weighing(rules=FULL, currency="JPY", fiscal_year_starts=10)


def test_rules_come_back_as_they_were_written() -> None:
    read = weighing_from(weighing_text(WEIGHING))

    assert read == WEIGHING
    assert read.rules.segments == ("Enterprise",)
    assert read.rules.matrix(scenario=Scenario.LOW) != read.rules.matrix(scenario=Scenario.HIGH)


def test_equal_rules_give_equal_text_and_another_weight_another() -> None:
    again = Weighing(rules=replace(FULL, rates=dict(FULL.rates)), currency="JPY", fiscal_year_starts=10)
    other = replace(WEIGHING, rules=replace(FULL, rates={"USD": Decimal("150.251"), "EUR": Decimal(160)}))

    assert weighing_text(again) == weighing_text(WEIGHING)
    assert weighing_text(other) != weighing_text(WEIGHING)


def test_definitions_kept_before_there_was_a_choice_of_customers_count_by_account() -> None:
    plain = json.loads(weighing_text(WEIGHING))
    for profile in plain["profiles"]:
        del profile["customer"]

    read = weighing_from(json.dumps(plain)).rules

    assert [one.customer for one in read.profiles] == [CustomerIs.ACCOUNT, CustomerIs.ACCOUNT]
