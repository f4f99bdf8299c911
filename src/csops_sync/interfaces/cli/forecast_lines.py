"""The lines of a forecast in the order in which they are written: each, and under it what its other clock says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from csops_sync.app.forecast.report_values import ForecastLine, ForecastReport


class Clock(StrEnum):
    """When the figures of a line were known, where that is not when the report says."""

    REPORT = ""
    AT_CLOSE = "at its close"
    RESTATED = "restated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockedLine:
    """One line to write; `known_at` is when its figures were known."""

    line: ForecastLine
    known_at: datetime
    clock: Clock = Clock.REPORT

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.line.name} {self.clock.value}".rstrip()


def clocked_lines(report: ForecastReport) -> Iterator[ClockedLine]:
    """This function will give the lines of a report, the total last, each with what was or is known of it beside.

    Of a restated report a line stands under its own where it differs; one that nothing was known of stands for itself.
    """
    now = report.restated
    told = {line.key for line in report.lines}
    restated = {line.key: line for line in now.lines} if now is not None else {}
    for line in report.lines:
        yield from _told(report, line)
        yield from _restated(now, line, restated.get(line.key))
    for line in restated.values():
        if line.key not in told:
            yield from _restated(now, None, line)
    yield from _told(report, report.total)
    yield from _restated(now, report.total, now.total if now is not None else None)


def _told(report: ForecastReport, line: ForecastLine) -> Iterator[ClockedLine]:
    known = report.basis.known_at
    yield ClockedLine(line=line, known_at=known)
    if line.at_close is not None:
        yield ClockedLine(line=line.at_close, clock=Clock.AT_CLOSE, known_at=line.at_close.known_at or known)


def _restated(
    report: ForecastReport | None, line: ForecastLine | None, now: ForecastLine | None
) -> Iterator[ClockedLine]:
    if report is None or now is None:
        return
    uncalled = replace(line, at_close=None, call=None, called=0) if line is not None else None
    if now != uncalled:
        yield ClockedLine(line=now, clock=Clock.RESTATED, known_at=report.basis.known_at)
