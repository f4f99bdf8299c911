"""Calibration of a matrix as a whole: what its cells were worth, what they should weigh, and whether that is better.

It refuses where history is too thin, and suggests nothing where rates drift or the suggestion foretold worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.observing import Observation
from csops_sync.domain.forecast.realised import (
    RealisedRates,
    first_day,
    quarter_of,
    realised_rates,
    scatter_of_quarters,
    sorted_out,
)
from csops_sync.domain.forecast.scoring import Trial, Verdict, trial
from csops_sync.domain.forecast.suggesting import Present, Table, suggested

LEAST_RATED, LEAST_CUSTOMERS, LEAST_QUARTERS = 40, 20, 4
"""Below any of these nothing is said: rated renewals, customers, and quarters (so that each season was seen)."""
_LEAST_TO_LEARN = 40
"""A suggestion is tried from so many renewals on, and from half of all: what is made of few is another one."""
_Z = 2.58
_DRIFT = 0.08


class ThinHistoryError(ValueError):
    """There is not enough decided history to learn weights from; the text says what there is and what is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How the newer half of the quarters was renewed against what the older half taught, as a difference of shares.

    `is_real` where that is beyond chance (99 %) and eight points or more. `since` is where the newer half begins.
    """

    gap: float
    z: float
    since: date

    @property
    def is_real(self) -> bool:
        """Whether weights learned from the older half mislead about the newer."""
        return abs(self.z) > _Z and abs(self.gap) >= _DRIFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What each cell was worth, and should weigh; `suggested` is None where `withheld` says why nothing is."""

    rates: RealisedRates
    current: Table
    suggested: Table | None
    drift: Drift
    trial: Trial | None
    withheld: str | None = None


def calibrate(observations: Sequence[Observation], *, present: Present, days_before: int) -> Calibration:
    """This function will calibrate the matrix in force against what became of renewals.

    Raises:
        ThinHistoryError: there are too few rated renewals, customers or quarters.
    """
    _refuse_thin(observations)
    rates = realised_rates(observations)
    drift = drift_of(observations)
    enough = max(_LEAST_TO_LEARN, len(observations) // 2)
    tried = trial(
        observations,
        teach=lambda known: suggested(known, present=present) if len(known) >= enough else None,
        days_before=days_before,
    )
    withheld = _withheld(drift, tried)
    return Calibration(
        rates=rates,
        current=present.table(),
        suggested=None if withheld else suggested(observations, present=present),
        drift=drift,
        trial=tried,
        withheld=withheld,
    )


def drift_of(observations: Sequence[Observation]) -> Drift:
    """This function will hold the newer half of the quarters against the rates of the older, cell by cell.

    Cells that the older half did not see are left out. How quarters scatter within each half widens what chance allows.
    """
    quarters = sorted({quarter_of(one.due) for one in observations})
    middle = quarters[len(quarters) // 2]
    since = first_day(middle)
    older = sorted_out(one for one in observations if quarter_of(one.due) < middle)
    newer = sorted_out(one for one in observations if quarter_of(one.due) >= middle)
    scatter = scatter_of_quarters((*older.values(), *newer.values()))
    gap = chance = n = 0.0
    for cell, found in newer.items():
        before = older.get(cell)
        if before is None:
            continue
        both = (*before, *found)
        share = sum(one.is_renewed for one in both) / len(both)
        gap += sum(one.is_renewed for one in found)
        gap -= len(found) * sum(one.is_renewed for one in before) / len(before)
        chance += share * (1 - share) * len(found) * (1 + len(found) / len(before))
        n += len(found)
    if not n or not chance:
        return Drift(gap=0.0, z=0.0, since=since)
    return Drift(gap=gap / n, z=gap / sqrt(chance * scatter), since=since)


def _withheld(drift: Drift, tried: Trial | None) -> str | None:
    if drift.is_real:
        way = "fewer" if drift.gap < 0 else "more"
        return (
            f"rates drift: in the newer half of the quarters {abs(drift.gap):.0%} {way} were renewed than the older "
            f"half taught, so weights from both would mislead; ask again with --from {drift.since}"
        )
    if tried is None:
        return "no quarter is left to try a suggestion on that it was not made from; ask again in a quarter's time"
    if tried.verdict is Verdict.WORSE:
        return "weights learned from the past foretold worse than those in force: keep what you have"
    return None


def _refuse_thin(observations: Sequence[Observation]) -> None:
    rated = sum(one.cell.kind is LandingKind.RATED for one in observations)
    counts = (
        (rated, LEAST_RATED, "rated and decided renewals"),
        (len({one.customer_id for one in observations}), LEAST_CUSTOMERS, "customers"),
        (len({quarter_of(one.due) for one in observations}), LEAST_QUARTERS, "quarters"),
    )
    short = [f"{found} {what} (needs {least})" for found, least, what in counts if found < least]
    if short:
        raise ThinHistoryError(f"history is too thin to learn weights from: {', '.join(short)}")
