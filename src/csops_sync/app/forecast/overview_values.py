"""What the dashboard's overview and matrix hold, beside the reports of `report_values`.

Amounts are annual and recurring, in the report's one currency; what cannot be judged is in no sum.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from csops_sync.app.forecast.callers import Caller
from csops_sync.app.forecast.report_values import Basis, ForecastReport, MetricsReport, RenewalLine
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.periods import Period
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.domain.money import Money


class Span(StrEnum):
    """Which due dates the overview covers: the current quarter, the current fiscal year, or the four quarters ahead."""

    QUARTER = "quarter"
    YEAR = "year"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCell:
    """What is due in one month (`2026-04`) of one renewal type; None where nothing is opened yet."""

    month: str
    type: RenewalType | None
    terms: int
    due: Money
    landing: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One cause (a bridge's word, `rank`, `won`) and what it did to the landing; `terms` is how many renewals."""

    cause: str
    amount: Money
    terms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The landing on two days and why it differs: `before` + the lines = `after`, exactly."""

    since: date
    before: Money
    after: Money
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The first page. `by_quarter` covers the span; `metrics` are quarters, past and predicted.

    `target` is what was planned to renew in the span, None where nobody planned. `teams` are whom the reader may call
    for, `open_periods` what they may call: years, quarters and months that are not over. `changes` None: there is no
    earlier snapshot to compare with.
    """

    span: Span
    by_quarter: ForecastReport
    by_type: tuple[TypeCell, ...]
    metrics: MetricsReport
    risks: tuple[RenewalLine, ...]
    target: Money | None = None
    teams: tuple[Caller, ...] = ()
    open_periods: tuple[Period, ...] = ()
    changes: Changes | None = None

    @property
    def basis(self) -> Basis:
        """What all numbers of the page stand on."""
        return self.by_quarter.basis


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """One cell: a type (None: unopened) and a rank (None: unrated), what it weighs, and what stands in it."""

    type: RenewalType | None
    rank: str | None
    weights: Weights
    terms: int
    due: Money
    landing: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPage:
    """Open renewals by type and rank. `ranks` are best first; cells without renewals are there with zeroes."""

    basis: Basis
    ranks: tuple[str, ...]
    cells: tuple[MatrixCell, ...]
