"""Which renewals are overdue: their last day is over, and nobody knows their end. They stay due in their period."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS


def with_overdue(lines: Iterable[RenewalLine], *, today: date) -> tuple[RenewalLine, ...]:
    """This function will mark the overdue renewals of a list; `today` is the org's business date."""
    return tuple(replace(one, overdue=True) if _is_overdue(one, today) else one for one in lines)


def _is_overdue(line: RenewalLine, today: date) -> bool:
    return line.state.standing in OPEN_STANDINGS and line.state.end < today
