"""The sections `confidence` and `forecast`: checked in full, used by a later release."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from csops_sync.config.asked import Range
from csops_sync.config.expressions import Channel, Mention, OpportunityPath
from csops_sync.config.listed import listed
from csops_sync.config.problems import did_you_mean, one_of
from csops_sync.config.section import IntervalText, Section, Share, Text, Weight, read_interval, text
from csops_sync.config.vocabulary import vocabulary_of

Change = Literal["worsened", "improved", "lost", "won", "rated"]
_CHANGES = ("worsened", "improved", "lost", "won", "rated")
_BUSINESS = " business "


def read_answer_time(value: object) -> timedelta:
    """This function will read `4 business hours` or `30 minutes`; ValueError shows the forms."""
    return read_interval(text(value).replace(_BUSINESS, " "))


def _rank(value: str, info: ValidationInfo) -> str:
    ranks = vocabulary_of(info).ranks
    if ranks is not None and value not in ranks:
        raise ValueError(f"{value!r} is no rank under confidence.ranks{did_you_mean(value, ranks)}")
    return value


def _emoji(value: str) -> str:
    return value.strip(":")


Rank = Annotated[Text, AfterValidator(_rank)]
Emoji = Annotated[Text, AfterValidator(_emoji)]
AnswerTime = Annotated[
    timedelta,
    PlainValidator(read_answer_time),
    WithJsonSchema({"type": "string", "examples": ["4 business hours"]}),
]


class StormSection(Section):
    """Many changes by one person in a short time are told as one."""

    same_person_changes: Annotated[int, Field(ge=2)]
    """How many changes."""
    within: IntervalText
    """In what time."""


class RouteConditionSection(Section):
    """Which changes a route takes."""

    change: Annotated[tuple[Change, ...], listed]
    """The directions."""
    prior: Range | None = None
    """Only for renewals of this annual amount."""


class AcknowledgeSection(Section):
    """Bad news that nobody takes is told to the next in line."""

    within: AnswerTime
    """How long to wait."""
    then: Annotated[tuple[Mention, ...], listed, Field(min_length=1)]
    """Whom to tell after that."""


class RouteSection(Section):
    """Where changes are told; the first match wins."""

    when: RouteConditionSection
    """Which changes."""
    channel: Channel
    """The Slack channel, in quotes."""
    mention: Annotated[tuple[Mention, ...], listed] = ()
    """Whom to mention."""
    acknowledge: AcknowledgeSection | None = None
    """Ask for an answer."""
    celebrate: Annotated[tuple[Emoji, ...], listed] = ()
    """Reactions to add."""


class ConfidenceSection(Section):
    """Who is told when a renewal's confidence changes."""

    field: OpportunityPath
    """The mapped field with the rank."""
    ranks: Annotated[tuple[Text, ...], Field(min_length=1)]
    """All ranks, best first; no rank means unrated."""
    settle: IntervalText | None = None
    """How long a change must stand before it is told."""
    storm: StormSection | None = None
    """When many changes are told as one."""
    routes: tuple[RouteSection, ...] = ()
    """Where changes are told."""
    none: Annotated[tuple[Change, ...], listed] = ()
    """Directions that are told to nobody."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if len(set(self.ranks)) != len(self.ranks):
            raise ValueError("ranks holds a rank twice; list each once, best first")
        everywhere = (route.when.change for route in self.routes if route.when.prior is None)
        routed = {change for changes in everywhere for change in changes} | set(self.none)
        missing = [change for change in _CHANGES if change not in routed]
        if missing:
            raise ValueError(
                f"nobody is told of {one_of(missing)}; add a route for every amount, or list under none"
            )
        return self


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
