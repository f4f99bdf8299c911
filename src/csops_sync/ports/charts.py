"""What charts are drawn from: frozen values, one definition for the page and for the picture in Slack.

Amounts of one chart are in one currency. Names of periods and causes are for people, written by the caller in the
language of the chart; titles, axes and legends are the chart's own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from csops_sync.domain.forecast.ratio_band import RatioBand
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.domain.money import Money


class Look(StrEnum):
    """Where a chart is shown: on paper (a picture in Slack, light), or in a page in one of its two schemes."""

    PICTURE = "picture"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingPoint:
    """The renewals of one period: what falls due, where it lands, the 80 % interval, and the target if there is one."""

    name: str
    due: Money
    landing: Money
    low: Money
    high: Money
    target: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingChart:
    """Where renewals land against what falls due, period by period."""

    locale: str
    points: tuple[LandingPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPoint:
    """NRR and GRR of one period; None where there is nothing to divide by. What is predicted has 80 % intervals."""

    name: str
    nrr: Fraction | None
    grr: Fraction | None
    predicted: bool
    nrr_band: RatioBand | None = None
    grr_band: RatioBand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionChart:
    """NRR and GRR over time; what is predicted is drawn apart from what is known."""

    locale: str
    points: tuple[RetentionPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePoint:
    """What falls due in one period of one type; `type` None is not known yet."""

    name: str
    type: RenewalType | None
    due: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChart:
    """What falls due by period, stacked by renewal type. Periods stand in the order of their first point."""

    locale: str
    points: tuple[DuePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeStep:
    """One bar of a bridge: what a cause added (signed), or where `is_total` the level that was reached.

    `link` is where a bar in a page leads to, or empty.
    """

    name: str
    amount: Money
    is_total: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeChart:
    """From one landing to another, cause by cause: a waterfall. The first and the last step are totals."""

    locale: str
    steps: tuple[BridgeStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyPoint:
    """What was expected some days before the end of a period, and what came of it. `call` is the manager's own."""

    name: str
    landing: Money
    call: Money | None
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyChart:
    """Landing and call against result, at several distances (`T-180`, `T-90`, `T-30`)."""

    locale: str
    points: tuple[AccuracyPoint, ...]


AnyChart = LandingChart | RetentionChart | DueChart | BridgeChart | AccuracyChart


class Charts(Protocol):
    """Draws charts. The same chart gives the same specification, and the same picture on the same machine."""

    def spec(self, chart: AnyChart, *, look: Look) -> Mapping[str, object]:
        """This function will give the chart as a Vega-Lite specification, its data inside: plain JSON values.

        A chart for a page takes its container's width, one for a picture has its own.
        """
        ...

    def svg(self, chart: AnyChart, *, look: Look) -> str:
        """This function will draw the chart as SVG, without scripts."""
        ...

    def png(self, chart: AnyChart) -> bytes:
        """This function will draw the chart as a PNG for Slack, on white."""
        ...
