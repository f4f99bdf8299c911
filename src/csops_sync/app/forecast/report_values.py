"""What reports hold: frozen values that the terminal, the dashboard, the digest and `--json` all show.

Every amount is annual and recurring (DESIGN, "Amounts") in the report's one currency; terms in another currency for
which there is no rate are counted under `unjudged`, and never summed. Ratios are exact; None where there is nothing to
divide by.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from csops_sync.domain.forecast.landing import Landing
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.ratio_band import RATIO_METHOD, RatioBand, RatioBands
from csops_sync.domain.forecast.renewal_rates import RenewalRates
from csops_sync.domain.forecast.retention import Retention, ratio
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money


class GroupBy(StrEnum):
    """What the lines of a report are grouped by."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SEGMENT = "segment"
    TIER = "tier"
    CSM = "csm"
    MANAGER = "manager"
    PRODUCT = "product"
    TYPE = "type"
    RANK = "rank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the numbers of a report stand on; it is printed with them.

    `as_of` is the business date that they are true on, `known_at` the instant up to which facts were known. `profile`
    is the definition in words, `currency` the report's, `rules_hash` the rules by which landings were weighed,
    `scenario` which of their matrices. `rates` is the policy by which other currencies were converted. `rate_day` is
    the day whose rates convert everything, where there is such a day: calibrations and backtests alone have one.
    """

    as_of: date
    known_at: datetime
    currency: str
    profile: str
    rules_hash: str
    scenario: str = "base"
    rates: str = "pinned"
    rate_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastLine:
    """The renewals of one group. `key` is stable for links (`2026-Q1`, a user id), `name` is for people.

    `due` is the sum of prior amounts, the renewal base. `landing` is by the base matrix; `low` and `high` are the 80 %
    interval around it. `won` and `lost` are settled: what was won, and the prior amount of what was lost; `open` is
    what the terms that nobody knows the end of land at, so `landing` = `won` + `open`. `terms` counts what is summed;
    `unjudged` counts terms without a landing beside them, whose prior amounts are in no sum. The lines of a report add
    up to its total, but for `low` and `high`: the interval of a sum is narrower than the sum of intervals.

    `target` is what was planned to land, None where nothing was. `call` is what people say that it will come to: a
    team's call, each renewal's own, and the landing of what nobody called; `called` counts the renewals under a call,
    and `call` is None where nobody called anything. Neither adds up from line to line.

    `at_close` is the same period as it was known at its own close, where the line shows other figures; `known_at` is
    the instant of that close, None on every other line: their figures were known when the report's basis says.
    """

    key: str
    name: str
    terms: int
    due: Money
    landing: Money
    low: Money
    high: Money
    won: Money
    lost: Money
    open: Money
    unjudged: int
    target: Money | None = None
    call: Money | None = None
    called: int = 0
    known_at: datetime | None = None
    at_close: "ForecastLine | None" = None

    @property
    def gap(self) -> Money | None:
        """By how much the landing is above its target; below it, the amount is negative."""
        return None if self.target is None else self.landing - self.target

    @property
    def of_target(self) -> Fraction | None:
        """The landing as a share of its target."""
        return None if self.target is None else ratio(self.landing, self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """A term that lands nowhere, and why: shown to people, so that it is mended in Salesforce.

    `cause` is the same for machines: `no-prior`, `aside`, `other-currency`, `no-rate`.
    """

    key: str
    contract_id: str
    account_id: str
    why: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastReport:
    """Where renewals land that fall due in a window. `band` says in words how `low` and `high` were computed.

    `remarks` say which targets count for nothing, and why, and of which days no close was kept.

    Where `closed`, the window is over and shown as it was known at its close, by the rules and rates of then: `basis`
    says when that was. `restated` is the same by what is known now, where later paper has changed it. A window that is
    not over is by what is known now, all of its lines, so that they add up; the periods in it that are over have what
    was known at their close beside them (`ForecastLine.at_close`).
    """

    basis: Basis
    window: Window
    by: GroupBy
    lines: tuple[ForecastLine, ...]
    total: ForecastLine
    unjudged: tuple[Unjudged, ...]
    band: str
    remarks: tuple[str, ...] = ()
    closed: bool = False
    restated: "ForecastReport | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementLines:
    """`start + new + expansion + reactivation - contraction - churn + fx = end`, exactly.

    `late` is the part of `reactivation` that came back within the profile's gap days.
    """

    start: Money
    new: Money
    expansion: Money
    reactivation: Money
    late: Money
    contraction: Money
    churn: Money
    fx: Money
    end: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodMetrics:
    """One period, or one group within it. Where `predicted`, movements and logos are None: nobody knows them.

    `start` and `end` are those of the customers with revenue at the start, so `nrr` = `end` / `start`. `renewals` is
    None for a period that has not begun. `measured` holds the numerators and denominators of the ratios. `unjudged`
    are keys of terms that count as nothing, because something about them is not known. `target_nrr` and `target_grr`
    are what was planned for exactly this window, None where nothing was.

    `known_at` is the instant at which a closed period's figures were known, None where they are those of the report's
    basis; `restated` is the same period by what is known now, where later paper has changed it.
    """

    key: str
    name: str
    window: Window
    predicted: bool
    start: Money
    end: Money
    nrr: Fraction | None
    grr: Fraction | None
    gross_revenue_churn: Fraction | None
    logo_retention: Fraction | None
    movements: MovementLines | None
    renewals: RenewalRates | None
    unjudged: tuple[str, ...] = ()
    measured: Retention | None = None
    target_nrr: Fraction | None = None
    target_grr: Fraction | None = None
    known_at: datetime | None = None
    restated: "PeriodMetrics | None" = None

    @property
    def nrr_band(self) -> RatioBand | None:
        """Where a predicted NRR lies; None where it is known, or there is none."""
        return None if self._bands is None else self._bands.nrr

    @property
    def grr_band(self) -> RatioBand | None:
        """Where a predicted GRR lies; None where it is known, or there is none."""
        return None if self._bands is None else self._bands.grr

    @property
    def _bands(self) -> RatioBands | None:
        return self.measured.bands if self.predicted and self.measured is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsReport:
    """Retention by period: past, current, and four ahead; or of one window by group, and then `total` is the whole.

    `band` says in words how the bands of predicted NRR and GRR were computed.
    """

    basis: Basis
    by: GroupBy
    periods: tuple[PeriodMetrics, ...]
    total: PeriodMetrics | None = None
    remarks: tuple[str, ...] = ()
    band: str = RATIO_METHOD


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalCall:
    """The call that counts on a renewal: what somebody says it will come to. `by` is their name, `at` aware UTC."""

    amount: Money
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a renewal adds to a report's sums, in the report's currency.

    `rate` is what one unit of the renewal's own currency is worth there, `rate_day` the day of that rate, None where
    rates are pinned.
    """

    due: Money
    landing: Money
    rate: Fraction
    rate_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalLine:
    """One renewal as a list shows it. Names are those of Salesforce; None where it does not say.

    `overdue`: its last day is over and nobody knows its end; it stays due in its period. `counted` is what it adds to
    the sums of a report that was asked for with it, None where it is in no sum, or nobody asked.
    """

    state: TermState
    landing: Landing
    account: str
    contract: str
    csm: str | None
    manager: str | None
    call: RenewalCall | None = None
    overdue: bool = False
    counted: Counted | None = None
