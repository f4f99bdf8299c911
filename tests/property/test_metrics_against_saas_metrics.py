"""Movements, NRR, GRR and churn equal those of the package saas-metrics on public data and 200 generated books.

The definitions coincide where revenue is looked at on each month's last day: its billing export is given one line per
customer and month, with the revenue in force at that month's close (`nrr_boundary: close`), and every return after a
month at zero is a reactivation. Where they differ, the last tests name the definition.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from random import Random
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # it ships no types
import pytest
import saas_metrics  # type: ignore[import-untyped]  # as above

from csops_sync.domain.dates import add_months
from csops_sync.domain.forecast.in_force import RevenueBook, revenue_book
from csops_sync.domain.forecast.movements import movements
from csops_sync.domain.forecast.periods import NrrBoundary, Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.retention import retention
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money

pytestmark = pytest.mark.filterwarnings("ignore:Inferring datetime64 from data")  # theirs, on pandas 3

_DAY = timedelta(days=1)
_FIRST = date(2024, 1, 1)
_MONTHS = 18
IN_DOLLARS = Exchange(into="USD")
MONTHS = tuple(
    Window(add_months(_FIRST, step), add_months(_FIRST, step + 1) - _DAY) for step in range(_MONTHS)
)
PUBLIC_MONTHS = tuple(
    Window(date(2023 + step // 12, step % 12 + 1, 1), add_months(date(2023, 1, 1), step + 1) - _DAY)
    for step in range(24)
)
"""RavenStack's subscriptions begin in February 2023."""
LINES = {
    "beginning": "start",
    "new_logo": "new",
    "reactivation": "reactivation",
    "expansion": "expansion",
    "contraction": "contraction",
    "churn": "churn",
    "ending": "end",
}


@dataclass(frozen=True)
class Compared:
    """One book by both: theirs per month, ours in force."""

    waterfall: list[dict[str, Any]]
    metrics: list[dict[str, Any]]
    book: RevenueBook


def _terms(random: Random, customers: int = 12) -> tuple[TermState, ...]:
    found: list[TermState] = []
    for number in range(customers):
        for contract in range(random.randint(1, 2)):
            found += _chain(random, f"customer-{number}", f"contract-{number}-{contract}")
    return tuple(found)


def _chain(random: Random, customer: str, contract: str) -> list[TermState]:
    """Terms in a row, now and then with a gap; the last one is lost."""
    start = _FIRST + timedelta(days=random.randint(0, 300))
    found: list[TermState] = []
    for ordinal in range(1, random.randint(2, 6)):
        end = add_months(start, random.choice((1, 3, 6, 12))) - _DAY
        amount = Decimal(random.randint(100, 99_999)) / 100
        found.append(
            TermState(
                key=f"{contract}-{ordinal}",
                contract_id=contract,
                account_id=customer,
                customer_id=customer,
                ordinal=ordinal,
                start=start,
                end=end,
                in_force_until=end,
                standing=TermStanding.LOST,
                prior=Money(amount, "USD"),
            )
        )
        start = end + _DAY + timedelta(days=random.choice((0, 0, 0, 40, 100)))
    return found


def _billing(book: RevenueBook, months: Sequence[Window]) -> Any:  # noqa: ANN401 - a table of pandas, which has no types here
    rows = [
        {"customer_id": customer, "period": month.last.isoformat(), "revenue": f"{Decimal(cents) / 100:.2f}"}
        for month in months
        for customer, cents in book.by_customer(day=month.last, rates=IN_DOLLARS.opening(month)).items()
    ]
    return pd.DataFrame(rows)


def _public_terms() -> tuple[TermState, ...]:
    """RavenStack's subscriptions that cost something, until their end or the last month that is looked at.

    Left out are those that began and ended between two closes: to them such a customer is new later on, to us returned.
    """
    data = resources.files("csops_sync.sandbox.orgs") / "data" / "ravenstack_subscriptions.csv"
    horizon = PUBLIC_MONTHS[-1].last + _DAY
    found = []
    for row in csv.DictReader(data.read_text("utf-8").splitlines()):
        start = date.fromisoformat(row["start_date"])
        end = date.fromisoformat(row["end_date"]) if row["end_date"] else horizon
        if row["arr_amount"] == "0" or not any(start <= month.last <= end for month in PUBLIC_MONTHS):
            continue
        found.append(
            TermState(
                key=row["subscription_id"],
                contract_id=row["subscription_id"],
                account_id=row["account_id"],
                customer_id=row["account_id"],
                ordinal=1,
                start=start,
                end=end,
                in_force_until=end,
                standing=TermStanding.LOST,
                prior=Money(Decimal(row["arr_amount"]), "USD"),
            )
        )
    return tuple(found)


def _compared(seed: int, profile: MetricProfile) -> Compared:
    return _by_both(revenue_book(terms=_terms(Random(seed)), profile=profile))  # noqa: S311 - a book, not a secret


def _by_both(book: RevenueBook, months: Sequence[Window] = MONTHS) -> Compared:
    report = saas_metrics.analyze(_billing(book, months), allow_warnings=True, today=date(2026, 1, 1))
    return Compared(report.waterfall.to_dict("records"), report.metrics.to_dict("records"), book)


def _month(row: dict[str, Any]) -> Window:
    last = row["period_end"].date()
    return Window(last.replace(day=1), last)


def _equal(theirs: float, ours: Fraction | None) -> bool:
    return ours is None if theirs != theirs else theirs == pytest.approx(float(ours or 0), abs=1e-12)  # noqa: PLR0124


PROFILE = MetricProfile(name="saas-metrics", reactivation_gap_days=0)


@pytest.mark.parametrize("seed", range(200))
def test_movements_nrr_grr_and_churn_are_those_of_saas_metrics(seed: int) -> None:
    _assert_equal(_compared(seed, PROFILE))


def test_they_are_those_of_saas_metrics_on_the_public_data_set() -> None:
    compared = _by_both(revenue_book(terms=_public_terms(), profile=PROFILE), PUBLIC_MONTHS)

    assert len(compared.waterfall) == len(PUBLIC_MONTHS) - 1
    assert compared.waterfall[-1]["ending"] > 0
    _assert_equal(compared)


def _assert_equal(compared: Compared) -> None:
    for row, numbers in zip(compared.waterfall, compared.metrics, strict=True):
        month = _month(row)
        table = movements(book=compared.book, window=month, exchange=IN_DOLLARS)
        for theirs, ours in LINES.items():
            assert round(row[theirs] * 100) == getattr(table.total.minor, ours), (month, theirs)
        monthly = retention(book=compared.book, window=month, exchange=IN_DOLLARS)
        assert _equal(numbers["gross_revenue_churn_rate"], monthly.gross_revenue_churn)
        left = None if monthly.logo_retention is None else 1 - monthly.logo_retention
        assert _equal(numbers["logo_churn_rate"], left)
    for numbers in compared.metrics[12:]:
        last = numbers["period_end"].date()
        year = Window(add_months(last + _DAY, -12), last)
        found = retention(book=compared.book, window=year, exchange=IN_DOLLARS)
        assert _equal(numbers["nrr_12m"], found.nrr)
        assert _equal(numbers["grr_12m"], found.grr)
        assert _equal(numbers["logo_retention_12m"], found.logo_retention)


def test_nrr_boundary_next_open_is_not_theirs() -> None:
    # They see revenue within a month; a contract that ends with it has left on the next morning only in ours.
    compared = _compared(1, PROFILE)
    morning = revenue_book(
        terms=compared.book.terms, profile=replace(PROFILE, nrr_boundary=NrrBoundary.NEXT_OPEN)
    )
    months = [_month(row) for row in compared.waterfall]

    ours = [movements(book=morning, window=month, exchange=IN_DOLLARS).total.minor.end for month in months]
    assert ours != [round(row["ending"] * 100) for row in compared.waterfall]


def test_a_late_renewal_within_the_gap_is_a_reactivation_to_them() -> None:
    # `reactivation_gap_days`: ours prints the part that is late, of the same sum.
    wide = revenue_book(
        terms=_compared(2, PROFILE).book.terms, profile=replace(PROFILE, reactivation_gap_days=45)
    )
    tables = [movements(book=wide, window=month, exchange=IN_DOLLARS) for month in MONTHS]

    assert any(0 < table.total.minor.late <= table.total.minor.reactivation for table in tables)
