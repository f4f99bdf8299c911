"""What the page's charts are drawn from; how they look is the business of `ports.charts.Charts`."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from csops_sync.app.forecast.accuracy import AccuracyReport
from csops_sync.app.forecast.bridging import BridgeReport
from csops_sync.app.forecast.overview_values import Changes, Overview
from csops_sync.domain.forecast.bridge import Cause
from csops_sync.domain.money import Money
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.words import Words
from csops_sync.ports.charts import (
    AccuracyChart,
    AccuracyPoint,
    AnyChart,
    BridgeChart,
    BridgeStep,
    Charts,
    DueChart,
    DuePoint,
    LandingChart,
    LandingPoint,
    Look,
    RetentionChart,
    RetentionPoint,
)

_MOST_KEPT = 128
_MOST_PICTURES = 32


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart as Vega-Lite, for a light page and for a dark one: written out as JSON, and not escaped yet."""

    light: str
    dark: str


class Drawings:
    """Charts as they are drawn, in both schemes; the latest are kept, since they stay the same until news come."""

    def __init__(self, charts: Charts) -> None:
        self._charts = charts
        self.of = lru_cache(maxsize=_MOST_KEPT)(self._both)
        self.picture = lru_cache(maxsize=_MOST_PICTURES)(charts.png)

    def _both(self, chart: AnyChart) -> Drawn:
        light, dark = (_written(self._charts.spec(chart, look=look)) for look in (Look.LIGHT, Look.DARK))
        return Drawn(light, dark)


def overview_charts(shown: Overview, drawings: Drawings, words: Words, formats: Formats) -> dict[str, Drawn]:
    """This function will give the charts of the overview by name; `changes` only where there are any."""
    drawn: dict[str, AnyChart] = {
        "landing": _landing(shown, words),
        "retention": _retention(shown, words),
        "months": _months(shown, words, formats),
    }
    if shown.changes is not None:
        drawn["changes"] = _changes(shown.changes, words, formats)
    return {name: drawings.of(chart) for name, chart in drawn.items()}


def _written(spec: Mapping[str, object]) -> str:
    """Take the title out, which a heading on the page says, where it can be navigated to; and write the rest."""
    plain = {name: value for name, value in spec.items() if name != "title"}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _landing(shown: Overview, words: Words) -> LandingChart:
    points = [
        LandingPoint(
            name=one.name, due=one.due, landing=one.landing, low=one.low, high=one.high, target=one.target
        )
        for one in shown.by_quarter.lines
    ]
    return LandingChart(locale=words.language, points=tuple(points))


def _retention(shown: Overview, words: Words) -> RetentionChart:
    points = [
        RetentionPoint(
            name=one.name,
            nrr=one.nrr,
            grr=one.grr,
            predicted=one.predicted,
            nrr_band=one.nrr_band,
            grr_band=one.grr_band,
        )
        for one in shown.metrics.periods
    ]
    return RetentionChart(locale=words.language, points=tuple(points))


def _months(shown: Overview, words: Words, formats: Formats) -> DueChart:
    points = [DuePoint(name=formats.month(one.month), type=one.type, due=one.due) for one in shown.by_type]
    return DueChart(locale=words.language, points=tuple(points))


def _changes(changes: Changes, words: Words, formats: Formats) -> BridgeChart:
    steps = [BridgeStep(name=words.code("cause", one.cause), amount=one.amount) for one in changes.lines]
    before = (formats.day(changes.since), changes.before)  # no longer a name: it would hide those beside it
    return _waterfall(words, before, steps, (words("overview.after"), changes.after))


def bridge_chart(
    report: BridgeReport, links: Mapping[Cause, str], words: Words, formats: Formats
) -> BridgeChart:
    """This function will give the waterfall of a bridge; `links` say where the bar of a cause leads to."""
    found = report.bridge
    steps = [
        BridgeStep(name=words.code("cause", bar.cause), amount=bar.amount, link=links.get(bar.cause, ""))
        for bar in found.bars
        if bar.movers
    ]
    before, after = (formats.day(end.as_of) for end in (report.before, report.after))
    return _waterfall(words, (before, found.start), steps, (after, found.end))


def accuracy_chart(report: AccuracyReport, words: Words) -> AccuracyChart:
    """This function will give what was expected in total at each distance that something was kept of."""
    total = report.total
    points = [
        AccuracyPoint(name=f"T-{one.distance}", landing=one.landing, call=one.call, result=total.result)
        for one in total.expected
        if one.landing is not None
    ]
    return AccuracyChart(locale=words.language, points=tuple(points))


_Level = tuple[str, Money]


def _waterfall(words: Words, first: _Level, steps: Iterable[BridgeStep], last: _Level) -> BridgeChart:
    ends = [BridgeStep(name=name, amount=amount, is_total=True) for name, amount in (first, last)]
    return BridgeChart(locale=words.language, steps=(ends[0], *steps, ends[1]))
