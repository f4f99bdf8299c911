"""The section `forecast` of `rules.yaml`: what still counts as flat, and what a renewal weighs by type and rank."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from csops_sync.config.expressions import SegmentName
from csops_sync.config.models_metrics import Currency, ProfileSection, Rate
from csops_sync.config.models_targets import FileName, TargetSection
from csops_sync.config.problems import did_you_mean
from csops_sync.config.section import Section, Share, Text, Weight
from csops_sync.config.vocabulary import vocabulary_of


def _rank(value: str, info: ValidationInfo) -> str:
    ranks = vocabulary_of(info).ranks
    if ranks is not None and value not in ranks:
        raise ValueError(f"{value!r} is no rank under confidence.ranks{did_you_mean(value, ranks)}")
    return value


def _every_rank(
    value: "dict[str, Decimal] | Decimal", info: ValidationInfo
) -> "dict[str, Decimal] | Decimal":
    if isinstance(value, Decimal):
        return value
    missing = [rank for rank in vocabulary_of(info).ranks or () if rank not in value]
    if missing:
        raise ValueError(
            f"has no weight for {' and '.join(missing)}; give every rank of confidence.ranks one, or write one weight "
            "for all"
        )
    return value


def _tolerance(value: Decimal) -> Decimal:
    if not 0 <= value < 1:
        raise ValueError("must be at least 0 % and below 100 %")
    return value


def _weights_form(value: object) -> str:
    return "~by_rank" if isinstance(value, dict) else "~one"


def _column_form(value: object) -> str:
    return "~parts" if isinstance(value, dict) else "~one"


def _matrix_form(value: object) -> str:
    return "~one_row" if isinstance(value, dict) and "every_type" in value else "~by_type"


Rank = Annotated[Text, AfterValidator(_rank)]
Weights = Annotated[
    Annotated[dict[Rank, Weight], Tag("~by_rank")] | Annotated[Weight, Tag("~one")],
    Discriminator(_weights_form),
]
CompleteWeights = Annotated[Weights, AfterValidator(_every_rank)]


class ColumnSection(Section):
    """What weighs the same at every type and rank."""

    base: Weight
    """The share of the base that is kept."""
    expansion: Weight = Field(default=0, validate_default=True)
    """The share of the expansion that is won."""


Column = Annotated[
    Annotated[ColumnSection, Tag("~parts")] | Annotated[Weight, Tag("~one")], Discriminator(_column_form)
]


class LimitSection(Section):
    """The least or the most that any weight counts as."""

    base: Weight | None = None
    """For the share of the base."""
    expansion: Weight | None = None
    """For the share of the expansion."""


class SharedSection(Section):
    """What stands beside the rows of a matrix."""

    unopened: Column | None = None
    """Not opened yet: the share of the prior amount. One number weighs base and expansion alike."""
    unrated: Column | None = None
    """Opened, and rated by nobody; as `unopened` if not given."""
    floor: LimitSection | None = None
    """No weight counts as less, that of `unopened` and `unrated` neither."""
    cap: LimitSection | None = None
    """No weight counts as more."""

    @model_validator(mode="after")
    def _room_between(self) -> Self:
        for part in ("base", "expansion"):
            least, most = (
                getattr(limit, part) if limit is not None else None for limit in (self.floor, self.cap)
            )
            if least is not None and most is not None and least > most:
                raise ValueError(f"the floor of {part}, {least}, is above its cap, {most}; lower it")
        return self


class WeightsSection(Section):
    """What a renewal of one type weighs, by rank or one weight for all."""

    base: CompleteWeights
    """The share of the base that is kept; every rank has a weight."""
    expansion: Weights = Field(default=0, validate_default=True)
    """The share of the expansion that is won; 0 where a rank has no weight."""


class MatrixSection(SharedSection):
    """Weights by renewal type and rank."""

    upsell: WeightsSection
    """Renewed for more."""
    flat: WeightsSection
    """Renewed for the same."""
    downsell: WeightsSection
    """Renewed for less."""
    unopened: Column
    """Not opened yet: the share of the prior amount. One number weighs base and expansion alike."""


class OneRowSection(SharedSection):
    """One weight a rank for every renewal type: the landing is amount x probability."""

    every_type: CompleteWeights
    """The probability of each rank, of the base and of the expansion alike."""
    unopened: Column
    """Not opened yet: the share of the prior amount. One number weighs base and expansion alike."""

    @model_validator(mode="before")
    @classmethod
    def _no_other_row(cls, value: object) -> object:
        rows = [name for name in MatrixSection.model_fields if name not in cls.model_fields]
        beside = [name for name in rows if name in value] if isinstance(value, dict) else []
        if beside:
            raise ValueError(f"every_type already weighs {' and '.join(beside)}; keep the one or the other")
        return value


class SomeWeightsSection(Section):
    """The weights of one type that differ; all others stay."""

    base: Weights | None = None
    """The share of the base that is kept, for the ranks that differ."""
    expansion: Weights | None = None
    """The share of the expansion that is won, for the ranks that differ."""


class ChangesSection(SharedSection):
    """The weights that differ; all others stay."""

    every_type: Weights | None = None
    """Of every renewal type, base and expansion alike."""
    upsell: SomeWeightsSection | None = None
    """Renewed for more."""
    flat: SomeWeightsSection | None = None
    """Renewed for the same."""
    downsell: SomeWeightsSection | None = None
    """Renewed for less."""


class ScenarioSection(ChangesSection):
    """How a scenario differs from the base."""

    segments: dict[SegmentName, ChangesSection] = Field(default_factory=dict)
    """How it differs once more for customers of a segment."""


class ScenariosSection(Section):
    """The matrices beside the base."""

    low: ScenarioSection | None = None
    """The cautious one."""
    high: ScenarioSection | None = None
    """The hopeful one."""


class ForecastSection(Section):
    """What a renewal weighs in the forecast."""

    type_tolerance: Annotated[Share, AfterValidator(_tolerance)] = Field(default="0 %", validate_default=True)
    """How far from the prior amount still counts as flat."""
    matrix: Annotated[
        Annotated[MatrixSection, Tag("~by_type")] | Annotated[OneRowSection, Tag("~one_row")],
        Discriminator(_matrix_form),
    ]
    """Weights by renewal type and rank, or one row of weights for every type."""
    segments: dict[SegmentName, ChangesSection] = Field(default_factory=dict)
    """The weights that differ for customers of a segment."""
    scenarios: ScenariosSection = Field(default_factory=ScenariosSection)
    """The matrices `low` and `high` beside the base, each by what differs."""
    rates: dict[Currency, Rate] = Field(default_factory=dict)
    """What one unit of another currency is worth in that of the reports, pinned."""
    rate_policy: Literal["pinned", "period_start", "reported"] = "pinned"
    """Rates of a report: `pinned` here, or the org's dated ones, of the period's start or each of its own day."""
    profiles: dict[Text, ProfileSection] = Field(default_factory=dict)
    """Definitions of retention by name; the first counts where nobody names one."""
    fiscal_year_named: Literal["starts", "ends"] = "starts"
    """Whether FY2026 is the fiscal year that starts in 2026, or the one that ends in it."""
    targets: tuple[TargetSection, ...] = ()
    """What was planned, by period, and segment, CSM or manager."""
    targets_file: FileName | None = None
    """A CSV file beside this one with further targets, under the same names as columns."""
