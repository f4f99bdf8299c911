"""Target and call beside each line of a forecast."""

from collections.abc import Iterable
from dataclasses import replace

from csops_sync.app.forecast.called import Called, CallSums
from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import KINDS
from csops_sync.app.forecast.period_words import period_key, periods_in
from csops_sync.app.forecast.report_values import ForecastLine, GroupBy
from csops_sync.domain.forecast.landing import Landed
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.targets import Target, TargetScope
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence


class Beside:
    """Holds one report's lines against what was planned and called. Amounts in the report's currency."""

    def __init__(self, frame: Frame, *, by: GroupBy, window: Window, conversion: DueConversion) -> None:
        self._plan = frame.plan
        self._by = by
        self._window = window
        self._conversion = conversion
        self._windows = _windows(frame, by, window)
        self._sums = CallSums(frame, by=by, window=window, windows=self._windows, conversion=conversion)
        self._unconverted: dict[str, None] = {}

    def add(self, key: str, state: TermState, landed: Landed) -> None:
        """This method will count a term that lands under the line of a key."""
        self._sums.add(key, state, landed)

    def line(self, line: ForecastLine) -> ForecastLine:
        """This function will give a line with its target and call."""
        if self._by in KINDS:
            window, scopes = self._windows[line.key], self._plan.scopes_of_all()
        else:
            scope = self._plan.scope_of(self._by, line.key)
            window, scopes = self._window, (scope,) if scope is not None else ()
        return self._with(line, self._target(window, scopes), self._sums.line(line.key))

    def total(self, line: ForecastLine) -> ForecastLine:
        """This function will give the total with its target and call."""
        target = self._target(self._window, self._plan.scopes_of_all())
        return self._with(line, target, self._sums.total())

    @property
    def remarks(self) -> tuple[str, ...]:
        """Which targets and calls count for nothing, and why; asked for once all lines are there."""
        return (*self._plan.remarks, *self._unconverted, *self._sums.remarks)

    def _with(self, line: ForecastLine, target: Money | None, called: Called | None) -> ForecastLine:
        if called is None:
            return replace(line, target=target)
        call = Money.from_minor(called.amount, self._conversion.into)
        return replace(line, target=target, call=call, called=called.renewals)

    def _target(self, window: Window, scopes: Iterable[TargetScope]) -> Money | None:
        for scope in scopes:
            parts = self._plan.targets.landing(window, scope)
            planned = [one for one in parts if one.landing is not None]
            if planned:
                return self._sum(planned)
        return None

    def _sum(self, planned: Iterable[Target]) -> Money | None:
        """Add targets up, each at the rates of the quarter that its period begins in."""
        total, into = 0, self._conversion.into
        for one in planned:
            money, rates = one.landing, self._conversion.on(one.window.first)
            if money is None:
                continue
            if not rates.knows(money.currency):
                text = Sentence(
                    "target.no-rate",
                    "the target of {period} ({origin}) counts for nothing: no rate from {currency} to {into}; pin one "
                    "in rules.yaml, `forecast: rates:`",
                    period=one.period,
                    origin=one.origin,
                    currency=money.currency,
                    into=into,
                )
                self._unconverted[text] = None
                return None
            total += rates.minor(money.to_minor(), money.currency)
        return Money.from_minor(total, into)


def _windows(frame: Frame, by: GroupBy, window: Window) -> dict[str, Window]:
    if by not in KINDS:
        return {}
    periods = periods_in(window, kind=KINDS[by], calendar=frame.calendar)
    return {period_key(one): one.window for one in periods}
