"""What in a matrix is allowed, and most likely not meant: pure, for `validate` to warn of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.matrix import RATED_TYPES, Matrix, Scenario, Weights
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money


class LintKind(StrEnum):
    """What is odd.

    `rising`: a worse rank weighs more than a better one. `opening`: opening an untouched renewal changes its landing.
    `low-above-base` and `high-below-base`: a scenario lies on the wrong side of the base.
    """

    RISING = "rising"
    OPENING = "opening"
    LOW_ABOVE_BASE = "low-above-base"
    HIGH_BELOW_BASE = "high-below-base"


class Part(StrEnum):
    """Which of a cell's two weights."""

    BASE = "base"
    EXPANSION = "expansion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One oddity, where it is, and the two values that do not go together.

    `segment` None is the common matrix. `row` is a renewal type, None for what has none. `ranks` are the ones
    concerned; for `opening` the values are landings of a prior amount of 1,000,000, else weights.
    """

    kind: LintKind
    scenario: Scenario
    segment: str | None
    row: RenewalType | None
    part: Part
    ranks: tuple[str, ...]
    expected: Decimal
    found: Decimal


_SAMPLE = Money(Decimal(1_000_000), "JPY")
_UNOPENED = TermState(
    key="sample",
    contract_id="sample",
    account_id="sample",
    customer_id="sample",
    ordinal=1,
    start=date(2025, 4, 1),
    end=date(2026, 3, 31),
    in_force_until=date(2026, 3, 31),
    standing=TermStanding.UNOPENED,
    prior=_SAMPLE,
)


def lint(*, rules: ForecastRules, uplifts: Iterable[Decimal] = ()) -> Iterator[Finding]:
    """This function will find what is odd in every scenario and segment that the rules give.

    `uplifts` are what the rules for renewals propose on the prior amount, as shares: opening at the prior amount is
    always tried as well.
    """
    tried = tuple(dict.fromkeys((Decimal(0), *uplifts)))
    for scenario in (each for each in Scenario if each in rules.scenarios):
        for segment in (None, *rules.segments):
            matrix = rules.matrix(scenario=scenario, segment=segment)
            yield from _rising(matrix, rules.ranks, scenario, segment)
            yield from _opening(rules, scenario, segment, tried)
            yield from _sides(rules, scenario, segment)


def _rising(
    matrix: Matrix, ranks: tuple[str, ...], scenario: Scenario, segment: str | None
) -> Iterator[Finding]:
    for row in RATED_TYPES:
        for part in Part:
            for better, worse in pairwise(ranks):
                above, below = (_weight(matrix.cell(row, rank), part) for rank in (better, worse))
                if below > above:
                    yield Finding(
                        kind=LintKind.RISING,
                        scenario=scenario,
                        segment=segment,
                        row=row,
                        part=part,
                        ranks=(better, worse),
                        expected=above,
                        found=below,
                    )


def _opening(
    rules: ForecastRules, scenario: Scenario, segment: str | None, uplifts: tuple[Decimal, ...]
) -> Iterator[Finding]:
    unopened = replace(_UNOPENED, grouping=Grouping(segment=segment))
    before = land(state=unopened, rules=rules, scenario=scenario)
    for uplift in uplifts:
        new = _SAMPLE.with_uplift(uplift).rounded()
        opened = replace(unopened, standing=TermStanding.OPEN, new=new, proposed=True)
        after = land(state=opened, rules=rules, scenario=scenario)
        if before.amount and after.amount and before.amount != after.amount:
            yield Finding(
                kind=LintKind.OPENING,
                scenario=scenario,
                segment=segment,
                row=None,
                part=Part.BASE,
                ranks=(),
                expected=before.amount.amount,
                found=after.amount.amount,
            )
            return


def _sides(rules: ForecastRules, scenario: Scenario, segment: str | None) -> Iterator[Finding]:
    if scenario is Scenario.BASE:
        return
    common, own = (
        rules.matrix(scenario=Scenario.BASE, segment=segment),
        rules.matrix(scenario=scenario, segment=segment),
    )
    for row, rank, wanted, given in _pairs(common, own, rules.ranks):
        for part in Part:
            limit, found = _weight(wanted, part), _weight(given, part)
            wrong = found > limit if scenario is Scenario.LOW else found < limit
            if wrong:
                yield Finding(
                    kind=LintKind.LOW_ABOVE_BASE if scenario is Scenario.LOW else LintKind.HIGH_BELOW_BASE,
                    scenario=scenario,
                    segment=segment,
                    row=row,
                    part=part,
                    ranks=(rank,) if rank is not None else (),
                    expected=limit,
                    found=found,
                )


def _pairs(
    common: Matrix, own: Matrix, ranks: tuple[str, ...]
) -> Iterator[tuple[RenewalType | None, str | None, Weights | None, Weights | None]]:
    yield None, None, common.unopened, own.unopened
    for row in RATED_TYPES:
        for rank in ranks:
            yield row, rank, common.cell(row, rank), own.cell(row, rank)


def _weight(cell: Weights | None, part: Part) -> Decimal:
    if cell is None:
        return Decimal(0)
    return cell.base if part is Part.BASE else cell.expansion
