"""Calibration against rates that are known: intervals cover them, and where rates move it widens or refuses."""

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from tests.fakes.past_observations import DAYS_BEFORE, MATRIX, TODAY, Lived, drawn, observations

from csops_sync.domain.forecast.calibration import Calibration, ThinHistoryError, calibrate
from csops_sync.domain.forecast.estimates import Rate
from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.observing import Cell, Observation
from csops_sync.domain.forecast.realised import realised_rates
from csops_sync.domain.forecast.scoring import Verdict
from csops_sync.domain.forecast.suggesting import Present
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.sandbox.orgs.past_truth import RANKS, Truth

SEEDS = range(1, 301)
FEWER_SEEDS = range(1, 31)
CUSTOMERS = 150
LEVEL = 0.95
PRESENT = Present(matrix=MATRIX, ranks=RANKS)
STEADY = Truth(today=TODAY, seasons=dict.fromkeys(range(1, 5), 0.0), drift=0.0)
SEASONAL = replace(STEADY, seasons={1: 1.5, 2: -1.5, 3: 1.5, 4: -1.5})
DRIFTING = replace(STEADY, drift=1.5)
"""Each year back, fewer were renewed by far."""


class Coverage:
    """How often intervals held the true rate, and how wide they were."""

    def __init__(self) -> None:
        self.held: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.width: defaultdict[str, float] = defaultdict(float)

    def add(self, name: str, rate: Rate, true: float) -> None:
        self.asked[name] += 1
        self.held[name] += rate.low <= true <= rate.high
        self.width[name] += rate.high - rate.low

    def of(self, name: str) -> float:
        return self.held[name] / self.asked[name]


@cache
def covered() -> Coverage:
    """300 books; of each cell the mean of its renewals' own true chances is its true rate."""
    found = Coverage()
    for seed in SEEDS:
        pairs = list(observations(drawn(seed=seed, customers=CUSTOMERS)))
        rates = realised_rates([one for one, _ in pairs], level=LEVEL)
        by_cell: defaultdict[Cell, list[tuple[Observation, Lived]]] = defaultdict(list)
        for one, lived in pairs:
            if one.cell.kind is LandingKind.RATED:
                by_cell[one.cell].append((one, lived))
        for cell, seen in by_cell.items():
            rate, chances = rates.cells[cell], [(one, lived.chance or 0.0) for one, lived in seen]
            found.add("count", rate.count, sum(chance for _, chance in chances) / len(chances))
            found.add(f"count {cell.type} {cell.rank}", rate.count, sum(c for _, c in chances) / len(chances))
            found.add("base", rate.base, sum(one.kept * c for one, c in chances) / rate.kept)
            if cell.type is RenewalType.UPSELL:
                signed = Truth(today=TODAY).signed[cell.rank]
                won = sum(one.added * c * signed for one, c in chances)
                found.add("expansion", rate.expansion, won / rate.added)
    return found


@pytest.mark.parametrize("name", ["count", "base", "expansion"])
def test_intervals_cover_the_true_rate_at_their_stated_level_over_300_seeds(name: str) -> None:
    """Not below it, and not because they say nothing: they leave a good part of 0 to 1 out."""
    found = covered()

    assert LEVEL - 0.01 <= found.of(name) <= 0.995
    assert found.width[name] / found.asked[name] < 0.7


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("kind", ["upsell", "flat", "downsell"])
def test_no_single_cell_is_covered_less_than_chance_allows(kind: str, rank: str) -> None:
    """4 standard errors of 300 seeds below the level, or of as many as have such a renewal."""
    found, name = covered(), f"count {kind} {rank}"

    allowed = 4 * (LEVEL * (1 - LEVEL) / found.asked[name]) ** 0.5
    assert found.of(name) >= LEVEL - allowed


def calibrated(truth: Truth, *, seed: int, customers: int) -> Calibration:
    pairs = observations(drawn(seed=seed, customers=customers, truth=truth, csms=1))
    return calibrate([one for one, _ in pairs], present=PRESENT, days_before=DAYS_BEFORE)


def test_with_few_cases_it_refuses() -> None:
    for seed in FEWER_SEEDS:
        with pytest.raises(ThinHistoryError, match="rated and decided renewals"):
            calibrated(DRIFTING, seed=seed, customers=12)


def test_where_rates_drift_it_suggests_nothing_and_says_so() -> None:
    found = [calibrated(DRIFTING, seed=seed, customers=300) for seed in FEWER_SEEDS]

    withheld = [one for one in found if one.withheld is not None]
    assert len(withheld) >= 0.95 * len(found)
    assert all(one.suggested is None for one in withheld)
    told = [one for one in withheld if "drift" in str(one.withheld)]
    assert len(told) >= 0.9 * len(withheld)
    assert all(f"--from {one.drift.since}" in str(one.withheld) for one in told)


def outcome(truth: Truth, *, seed: int) -> str:
    """What a book of 60 customers ends in."""
    try:
        found = calibrated(truth, seed=seed, customers=60)
    except ThinHistoryError:
        return "refused"
    if found.withheld is not None:
        return "withheld"
    return "wider" if found.rates.scatter > 1 else "as usual"


def test_with_drift_and_few_cases_it_refuses_suggests_nothing_or_widens() -> None:
    """60 customers are hardly enough to see a drift, and it is seldom told as if there were none."""
    moved, steady = (
        Counter(outcome(truth, seed=seed) for seed in SEEDS[:60]) for truth in (DRIFTING, STEADY)
    )

    assert moved["as usual"] <= 0.05 * 60, moved
    assert moved["withheld"] + moved["refused"] >= 0.5 * 60, moved
    assert steady["withheld"] + steady["refused"] <= 0.2 * 60, steady


def test_where_they_do_not_drift_it_hardly_ever_says_so() -> None:
    found = [calibrated(STEADY, seed=seed, customers=300) for seed in FEWER_SEEDS]

    assert sum(one.drift.is_real for one in found) <= 1


def test_where_quarters_differ_intervals_are_wider() -> None:
    """Renewals of a quarter go together then, and are worth fewer."""
    seeds = FEWER_SEEDS[:15]
    steady = [calibrated(STEADY, seed=seed, customers=300).rates for seed in seeds]
    moved = [calibrated(SEASONAL, seed=seed, customers=300).rates for seed in seeds]

    assert sum(one.scatter for one in steady) / len(seeds) < 1.5
    assert min(one.scatter for one in moved) > 1.5
    for cell in (Cell(LandingKind.RATED, kind, "C") for kind in (RenewalType.FLAT, RenewalType.UPSELL)):
        worth = [
            sum(one.cells[cell].count.independent / one.cells[cell].customers for one in rates)
            for rates in (steady, moved)
        ]
        assert worth[1] < 0.6 * worth[0]


def test_weights_far_from_the_truth_lose_against_the_suggestion_and_never_win() -> None:
    """An admin weighs even the best ranks at half."""
    full = {key: Weights(Decimal("0.5"), Decimal("0.5")) for key in MATRIX.cells}
    present = Present(matrix=replace(MATRIX, cells=full), ranks=RANKS)
    verdicts: Counter[Verdict] = Counter()
    for seed in FEWER_SEEDS:
        drawn_ones = observations(drawn(seed=seed, customers=300))
        seen = [replace(one, weights=present.table()[one.cell]) for one, _ in drawn_ones]
        trial = calibrate(seen, present=present, days_before=DAYS_BEFORE).trial
        assert trial is not None
        verdicts[trial.verdict] += 1

    assert verdicts[Verdict.WORSE] == 0
    assert verdicts[Verdict.BETTER] >= 0.9 * len(FEWER_SEEDS)
