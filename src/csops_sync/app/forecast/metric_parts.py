"""Retention by period, worked out in parts of the customers, and after news only for the parts that they concern.

Every figure is a sum over customers, and what continues a term belongs to the same customer: parts that are put
together are the whole, to the last yen. `tests/property/test_metric_parts.py` holds both against each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from threading import Lock

from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.report_values import GroupBy, MetricsReport, MovementLines, PeriodMetrics
from csops_sync.domain.forecast.renewal_rates import ChurnSaves, LossReason, RenewalRates
from csops_sync.domain.forecast.retention import Retention
from csops_sync.domain.forecast.spread import together
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money

PARTS = 512
"""In so many parts customers are cut: a hundred with news concern a fifth of them."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The terms of a part and their report."""

    states: Sequence[TermState]
    report: MetricsReport


class MetricParts:
    """Keeps the parts of the last report by period, for as long as definitions, rules, rates and day are the same.

    Threads may share it: they wait for one computation.
    """

    def __init__(self, parts: int = PARTS) -> None:
        self._lock = Lock()
        self._count = parts
        self._stands_on: tuple[object, ...] = ()
        self._parts: list[_Part] = []

    def report(self, states: Iterable[TermState], *, frame: Frame, by: GroupBy) -> MetricsReport:
        """This function will give what `metrics_report` gives. `states` are all terms, in order of key.

        Raises as `metrics_report` does.
        """
        cut: list[list[TermState]] = [[] for _ in range(self._count)]
        customer_of = frame.profile.customer_of
        for one in states:
            cut[hash(customer_of(one)) % self._count].append(one)
        stands_on = (
            frame.rules,
            frame.exchange,
            frame.as_of,
            frame.profile,
            frame.scenario,
            frame.calendar,
            by,
        )
        nothing = _Part([], _report([], frame, by))
        with self._lock:
            kept = self._parts if self._stands_on == stands_on else [nothing] * self._count
            parts = [
                part if part.states == mine else _Part(mine, _report(mine, frame, by)) if mine else nothing
                for part, mine in zip(kept, cut, strict=True)
            ]
            self._stands_on, self._parts = stands_on, parts
        return _put_together([one.report for one in parts], frame)


def _report(states: Sequence[TermState], frame: Frame, by: GroupBy) -> MetricsReport:
    return metrics_report(states, frame=frame, by=by)


def _put_together(reports: Sequence[MetricsReport], frame: Frame) -> MetricsReport:
    periods = zip(*(one.periods for one in reports), strict=True)
    return replace(reports[0], basis=frame.basis, periods=tuple(_period(lines) for lines in periods))


def _period(lines: Sequence[PeriodMetrics]) -> PeriodMetrics:
    first, found = lines[0], _retention([one.measured for one in lines if one.measured is not None])
    moved = [one.movements for one in lines if one.movements is not None]
    rates = [one.renewals for one in lines if one.renewals is not None]
    return replace(
        first,
        start=found.start,
        end=found.end,
        nrr=found.nrr,
        grr=found.grr,
        gross_revenue_churn=found.gross_revenue_churn,
        logo_retention=found.logo_retention,
        movements=_movements(moved) if moved else None,
        renewals=_rates(rates) if rates else None,
        unjudged=_keys(one.unjudged for one in lines),
        measured=found,
    )


def _retention(parts: Sequence[Retention]) -> Retention:
    kept = [one.kept_logos for one in parts if one.kept_logos is not None]
    return replace(
        parts[0],
        start=_sum(one.start for one in parts),
        end=_sum(one.end for one in parts),
        kept=_sum(one.kept for one in parts),
        start_logos=sum(one.start_logos for one in parts),
        kept_logos=sum(kept) if len(kept) == len(parts) else None,
        spread=together([one.spread for one in parts]),
    )


def _movements(parts: Sequence[MovementLines]) -> MovementLines:
    names = [field.name for field in fields(MovementLines)]
    return MovementLines(**{name: _sum(getattr(one, name) for one in parts) for name in names})


def _rates(parts: Sequence[RenewalRates]) -> RenewalRates:
    return replace(
        parts[0],
        due=_sum(one.due for one in parts),
        kept=_sum(one.kept for one in parts),
        renewed=_sum(one.renewed for one in parts),
        undecided=_sum(one.undecided for one in parts),
        windfall=_sum(one.windfall for one in parts),
        due_terms=sum(one.due_terms for one in parts),
        renewed_terms=sum(one.renewed_terms for one in parts),
        due_logos=sum(one.due_logos for one in parts),
        renewed_logos=sum(one.renewed_logos for one in parts),
        open_keys=_keys(one.open_keys for one in parts),
        overdue=_keys(one.overdue for one in parts),
        unjudged=_keys(one.unjudged for one in parts),
        saves=_saves([one.saves for one in parts]),
        losses=_losses([loss for one in parts for loss in one.losses]),
    )


def _saves(parts: Sequence[ChurnSaves]) -> ChurnSaves:
    return ChurnSaves(
        announced=sum(one.announced for one in parts),
        saved=sum(one.saved for one in parts),
        announced_amount=_sum(one.announced_amount for one in parts),
        saved_amount=_sum(one.saved_amount for one in parts),
    )


def _losses(parts: Sequence[LossReason]) -> tuple[LossReason, ...]:
    """Add up by reason, the largest first; of equal ones that with the first key, as in one pass over all terms."""
    by_reason: dict[str | None, list[LossReason]] = {}
    for one in parts:
        by_reason.setdefault(one.reason, []).append(one)
    found = [
        LossReason(
            reason=reason,
            amount=_sum(one.amount for one in losses),
            keys=_keys(one.keys for one in losses),
        )
        for reason, losses in by_reason.items()
    ]
    found.sort(key=lambda loss: (-loss.amount.amount, loss.reason or "", loss.keys[0]))
    return tuple(found)


def _keys(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Put keys together in their order, which is that of the terms."""
    return tuple(sorted(key for part in parts for key in part))


def _sum(parts: Iterable[Money]) -> Money:
    amounts = list(parts)
    return Money.from_minor(sum(one.to_minor() for one in amounts), amounts[0].currency)
