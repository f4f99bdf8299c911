"""The section `confidence` of `rules.yaml`: what is a change, who hears of it, who must answer."""

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

from csops_sync.config.asked import Asked, Range
from csops_sync.config.expressions import Channel, Mention, OpportunityPath, RenewalConditionPath
from csops_sync.config.listed import listed
from csops_sync.config.problems import one_of
from csops_sync.config.section import DurationText, IntervalText, Money, Section, Text, read_interval, text
from csops_sync.config.vocabulary import OPPORTUNITY, vocabulary_of

Change = Literal["worsened", "improved", "lost", "won", "rated"]
_CHANGES = ("worsened", "improved", "lost", "won", "rated")
_BAD = frozenset({"worsened", "lost"})
_BUSINESS = " business "
_USUAL_STEPS = 2


def read_answer_time(value: object) -> timedelta:
    """This function will read `4 business hours` or `30 minutes`; ValueError shows the forms."""
    return read_interval(text(value).replace(_BUSINESS, " "))


def _emoji(value: str) -> str:
    return value.strip(":")


def _opportunity_field(value: str, info: ValidationInfo) -> str:
    vocabulary_of(info).check_path(value, roles=(OPPORTUNITY,))
    return value.partition(".")[2]


def _route_name(value: str) -> str:
    if ":" in value:
        raise ValueError("a route's name holds no colon, which a line has, as in rules.yaml:61; take it out")
    return value


RouteName = Annotated[Text, AfterValidator(_route_name)]
Emoji = Annotated[Text, AfterValidator(_emoji)]
OpportunityField = Annotated[Text, AfterValidator(_opportunity_field)]
AnswerTime = Annotated[
    timedelta,
    PlainValidator(read_answer_time),
    WithJsonSchema({"type": "string", "examples": ["4 business hours"]}),
]


class StormSection(Section):
    """Many changes by one person in a short time are told as one."""

    same_person_changes: Annotated[int, Field(ge=2)]
    """More changes than this."""
    within: IntervalText
    """In this time."""


class RouteConditionSection(Section):
    """Which changes a route takes."""

    change: Annotated[tuple[Change, ...], listed, Field(min_length=1)]
    """The directions."""
    prior: Range | None = None
    """Only for renewals of this annual amount."""
    of: dict[RenewalConditionPath, Asked] = Field(default_factory=dict)
    """Only for these customers and contracts: segment, account.* and contract.*"""


class AcknowledgeSection(Section):
    """Bad news that nobody takes is told to the next in line."""

    within: AnswerTime
    """How long to wait, in business hours."""
    steps: Annotated[int, Field(ge=1, le=10)] | None = None
    """How many people above whoever made the change are told after that, one after the other; 2 without `then`."""
    then: Annotated[tuple[Mention, ...], listed, Field(min_length=1)] = ()
    """Whom to tell after those, one after the other."""

    @property
    def above(self) -> int:
        """How many people above whoever made the change are told: those who are named in `then` alone need none."""
        return self.steps or (0 if self.then else _USUAL_STEPS)


class RouteSection(Section):
    """Where changes are told; the first match wins."""

    name: RouteName | None = None
    """What messages and `silence --rule` call it; a silence of it lasts through every edit of the route."""
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
    urgent: bool = False
    """Whether people may be mentioned outside business hours."""
    new_card: bool = False
    """Whether each worsened or lost move is a new card, instead of moving the renewal's card on."""
    also: bool = False
    """Whether this route is taken beside an earlier one that matched."""


class AnswerSection(Section):
    """What counts as an answer, and where it is kept in Salesforce."""

    reactions: Annotated[tuple[Emoji, ...], listed] = ("white_check_mark", "eyes", "raised_hand", "ok_hand")
    """Reactions that acknowledge, beside the button."""
    task: bool = True
    """Whether an answer is logged as a completed Task; `mapping.task` says in which fields."""
    acknowledged_by: OpportunityField | None = None
    """The mapped text field that takes the name of who answered, as in opportunity.acknowledged_by."""
    acknowledged_at: OpportunityField | None = None
    """The mapped field that takes when."""
    note: OpportunityField | None = None
    """The mapped text field that takes the last note."""
    reason: OpportunityField | None = None
    """The mapped picklist with the reason of a loss or a downsell; asked for by button while it is empty."""
    reasons: tuple[Text, ...] = ()
    """The reasons to choose from, as Salesforce spells them."""

    @model_validator(mode="after")
    def _reasons_go_with_their_field(self) -> Self:
        if (self.reason is None) is not (not self.reasons):
            raise ValueError("reason and reasons go together; add or remove one")
        return self


def _ranks_form(value: object) -> str:
    return "~cut" if isinstance(value, dict) else "~names"


Ranks = Annotated[
    Annotated[tuple[Text, ...], Field(min_length=1), Tag("~names")]
    | Annotated[dict[Text, Money], Field(min_length=1), Tag("~cut")],
    Discriminator(_ranks_form),
]


class ConfidenceSection(Section):
    """Who is told when a renewal's confidence changes."""

    field: OpportunityPath
    """The mapped field with the rank: a picklist, the probability, the forecast category, or a number."""
    ranks: Ranks
    """All ranks, best first; no rank means unrated. A number is cut into ranks as in {A: 80, B: 50, C: 0}: at least."""
    settle: IntervalText = Field(default="5 minutes", validate_default=True)
    """Changes of one renewal within this time of the first become one message."""
    compare_every: IntervalText = Field(default="1 hour", validate_default=True)
    """How often a rank that Salesforce computes (a formula) is read and compared; no edit announces its changes."""
    net_zero: Literal["tell", "record"] = "record"
    """Whether a renewal that stands where it stood after that is told, or recorded only."""
    storm: StormSection | None = None
    """When many changes are told as one."""
    near: DurationText = Field(default="45 days", validate_default=True)
    """A notice deadline or budget lock that is so near stands on the card."""
    routes: tuple[RouteSection, ...] = ()
    """Where changes are told."""
    none: Annotated[tuple[Change, ...], listed] = ()
    """Directions that are told to nobody."""
    answer: AnswerSection = Field(default_factory=AnswerSection)
    """What counts as an answer, and where it is kept."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _check_ranks(self.ranks)
        everywhere = (
            route.when.change for route in self.routes if route.when.prior is None and not route.when.of
        )
        routed = {change for changes in everywhere for change in changes} | set(self.none)
        missing = [change for change in _CHANGES if change not in routed]
        if missing:
            raise ValueError(
                f"nobody is told of {one_of(missing)}; add a route for every amount, or list under none"
            )
        return self

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [route.name for route in self.routes if route.name]
        twice = next((one for one in names if names.count(one) > 1), None)
        if twice is not None:
            raise ValueError(f"two routes are called {twice}; rename one")
        return self

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        for number, route in enumerate(self.routes, 1):
            if route.acknowledge is not None and not _BAD & set(route.when.change):
                raise ValueError(f"route {number} asks for an answer to good news; remove acknowledge")
            if route.acknowledge is not None and not route.mention:
                raise ValueError(f"route {number} asks for an answer and mentions nobody; add mention")
            if route.celebrate and not {"improved", "won"} & set(route.when.change):
                raise ValueError(f"route {number} celebrates bad news; remove celebrate")
        return self


def _check_ranks(ranks: tuple[str, ...] | dict[str, Money]) -> None:
    if len(set(ranks)) != len(ranks):
        raise ValueError("ranks holds a rank twice; list each once, best first")
    if isinstance(ranks, dict):
        numbers = list(ranks.values())
        if numbers != sorted(set(numbers), reverse=True):
            raise ValueError("ranks that cut a number need falling numbers, best first, as in {A: 80, B: 50}")
