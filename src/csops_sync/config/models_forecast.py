"""The section `forecast`: checked in full, used by a later release."""

from typing import Annotated

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo

from csops_sync.config.problems import did_you_mean
from csops_sync.config.section import Section, Share, Text, Weight
from csops_sync.config.vocabulary import vocabulary_of


def _rank(value: str, info: ValidationInfo) -> str:
    ranks = vocabulary_of(info).ranks
    if ranks is not None and value not in ranks:
        raise ValueError(f"{value!r} is no rank under confidence.ranks{did_you_mean(value, ranks)}")
    return value


Rank = Annotated[Text, AfterValidator(_rank)]


def _weights_form(value: object) -> str:
    return "~by_rank" if isinstance(value, dict) else "~one"


Weights = Annotated[
    Annotated[dict[Rank, Weight], Tag("~by_rank")] | Annotated[Weight, Tag("~one")],
    Discriminator(_weights_form),
]


class WeightsSection(Section):
    """What a renewal of one type weighs, by rank or one weight for all."""

    base: Weights
    """The share of the base that is kept."""
    expansion: Weights = Field(default=0, validate_default=True)
    """The share of the expansion that is won."""


class MatrixSection(Section):
    """Weights by renewal type."""

    upsell: WeightsSection
    """Renewed for more."""
    flat: WeightsSection
    """Renewed for the same."""
    downsell: WeightsSection
    """Renewed for less."""
    unopened: WeightsSection
    """Not opened yet, or not rated."""


class ForecastSection(Section):
    """What a renewal weighs in the forecast."""

    type_tolerance: Share = Field(default="0 %", validate_default=True)
    """How far from the prior amount still counts as flat."""
    matrix: MatrixSection
    """Weights by renewal type and rank."""
