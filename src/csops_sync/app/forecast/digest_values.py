"""What the weekly digest tells, as values: its numbers beside those of the week before, and whose renewals are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from csops_sync.app.forecast.report_values import Basis, ForecastReport, RenewalLine
from csops_sync.domain.forecast.bridge import Bridge
from csops_sync.domain.forecast.ratio_band import RatioBand
from csops_sync.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingFigure:
    """Where the renewals of a period land, and where they landed by the states of the week before.

    `target` is what was planned, `call` what people say; None where nobody did.
    """

    name: str
    due: Money
    landing: Money
    low: Money
    high: Money
    before: Money | None
    target: Money | None = None
    call: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioFigure:
    """A ratio of the fiscal year, where it lies while it is predicted, and the one of the week before."""

    now: Fraction | None
    before: Fraction | None
    band: RatioBand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRenewal:
    """One renewal that nobody knows the end of. `at_risk` is the prior amount less the landing, `next_step` as typed.

    Amounts are in the digest's currency; None where nobody knows them.
    """

    line: RenewalLine
    due: date
    prior: Money | None
    landing: Money | None
    at_risk: Money | None
    call: Money | None = None
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The renewals of one manager, the soonest due first; `manager_id` None where nobody is named."""

    manager_id: str | None
    name: str | None
    renewals: tuple[DueRenewal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """Everything that a digest says. `before_on` is the day of the snapshot that it is held against, if there is one.

    `weights_changed`: the rules of that day were others and not kept; today's weigh both sides. `accounts` are
    names by id. `risks` are the largest, out of `open_renewals` that are due over `forecast.window`.
    """

    basis: Basis
    before_on: date | None
    weights_changed: bool
    quarter: LandingFigure
    year: LandingFigure
    nrr: RatioFigure
    grr: RatioFigure
    forecast: ForecastReport
    moved: Bridge | None
    risks: tuple[DueRenewal, ...]
    teams: tuple[Team, ...]
    accounts: Mapping[str, str]
