"""The shape of `rules.yaml`. The docstring under each key is what the JSON Schema and editors show."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from csops_sync.config.asked import Asked
from csops_sync.config.calendars import Country, DayOffText
from csops_sync.config.expressions import (
    AdoptionConditionPath,
    BeforeText,
    Channel,
    CsmPath,
    CustomerConditionPath,
    DateRuleText,
    FloorText,
    MappedName,
    Mention,
    PersonPath,
    RenewalConditionPath,
    SegmentName,
)
from csops_sync.config.listed import listed
from csops_sync.config.models_confidence import ConfidenceSection
from csops_sync.config.models_digest import DigestSection
from csops_sync.config.models_forecast import ForecastSection
from csops_sync.config.problems import one_of
from csops_sync.config.section import (
    BusinessHours,
    DurationText,
    Month,
    Section,
    Share,
    Text,
    Timezone,
    Weekday,
)
from csops_sync.config.templates import TemplateText
from csops_sync.domain.rules import BusinessDayRoll, Cancelling, PaidFrom, WhoseCalendar

BOUNDS = ("before_renewal", "before_notice_deadline", "before_budget_season", "before_budget_lock")
_DAYS_IN_WEEK = 7
Count = Annotated[int, Field(ge=0, le=1_000_000)]


def _countries_form(value: object) -> str:
    return "~named" if isinstance(value, dict) else "~codes"


Countries = Annotated[
    Annotated[tuple[Country, ...], Tag("~codes")] | Annotated[dict[Text, Country], Tag("~named")],
    Discriminator(_countries_form),
]


def _with_a_working_day(weekend: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(weekend)) == _DAYS_IN_WEEK:
        raise ValueError("leaves no day on which anybody works; take at least one day out")
    return weekend


def _leaves_an_amount(uplift: Decimal) -> Decimal:
    if uplift <= -1:
        raise ValueError("must be above -100 %: nothing, or less than nothing, would be left of the amount")
    return uplift


class CalendarSection(Section):
    """Days on which people work, and the hours in which they are told."""

    timezone: Timezone
    """The time zone that decides what day it is, as in Asia/Tokyo."""
    holidays: Annotated[tuple[DayOffText, ...], listed]
    """A country whose public holidays count (JP), dates of your own (2026-12-30), or a list of both."""
    weekend: Annotated[tuple[Weekday, ...], listed, AfterValidator(_with_a_working_day)] | None = None
    """The days of the week without work; Saturday and Sunday if not given."""
    business_hours: BusinessHours | None = None
    """When people may be mentioned, as in "09:00-18:00"; outside of them it waits, unless its route is urgent."""
    fiscal_year_starts: Month = 4
    """The month in which our own fiscal year starts, for reports. Checked, not used yet."""
    countries: Countries = ()
    """Customers' countries whose holidays are needed: ISO codes, or the text in Salesforce and its ISO code."""


class PeopleSection(Section):
    """Who looks after a customer."""

    csm: Annotated[tuple[CsmPath, ...], listed, Field(min_length=1)]
    """Where the customer success manager stands; the first active user of the list counts."""


class FiscalYearSection(Section):
    """Where a customer's fiscal year is known from: the account, else the segment, else the country."""

    from_: Literal["account.fiscal_year_starts"] | None = Field(default=None, alias="from")
    """The account's own field with a month from 1 to 12; map it under this name."""
    by_segment: dict[SegmentName, Month] = Field(default_factory=dict)
    """The month for customers of a segment whose account says nothing."""
    by_country: dict[Text, Month] = Field(default_factory=dict)
    """The month for customers of a country whose account and segment say nothing."""


class BudgetSeasonSection(Section):
    """When customers draw up the budget that pays for the renewal."""

    fiscal_year_starts: FiscalYearSection = Field(default_factory=FiscalYearSection)
    """Where the start of a customer's fiscal year is known from."""
    paid_from: PaidFrom = PaidFrom.YEAR_WITH_MOST_MONTHS
    """Which fiscal year of the customer pays for the new term."""
    opens: BeforeText = Field(default="5 months before", validate_default=True)
    """When the season opens, before the fiscal year that pays."""
    locks: BeforeText = Field(default="2 months before", validate_default=True)
    """When the budget is locked, before the fiscal year that pays."""
    invoiced: BeforeText | None = None
    """When the invoice is written, before the renewal date; for paid_from: year_of_invoice."""

    @model_validator(mode="after")
    def _invoice_is_known(self) -> Self:
        if (self.paid_from is PaidFrom.YEAR_OF_INVOICE) is not (self.invoiced is not None):
            raise ValueError("paid_from: year_of_invoice and invoiced: … go together; add or remove one")
        return self


class OpenSection(Section):
    """When the renewal must be opened: the earliest bound, then floor, ceiling and business day."""

    before_renewal: DurationText | None = None
    """At the latest this long before the renewal date."""
    before_notice_deadline: DurationText | None = None
    """At the latest this long before the last day on which the customer can stop the renewal."""
    before_budget_season: DurationText | None = None
    """At the latest this long before the customer's budget season opens."""
    before_budget_lock: DurationText | None = None
    """At the latest this long before the last day of the customer's budget season."""
    not_before: Annotated[tuple[FloorText, ...], listed] = ()
    """Floors: not before `term.start + 60 days`, not before `renewal.date - 12 months`; the latest counts."""
    business_day: BusinessDayRoll = BusinessDayRoll.PRECEDING
    """Where a date goes that is no business day."""
    calendar: WhoseCalendar = WhoseCalendar.OWN
    """Whose holidays count: our own, or those of the customer's country."""
    notice_roll: Literal["preceding", "none"] = "none"
    """Whether a notice deadline on a day off moves to the business day before."""

    @model_validator(mode="after")
    def _some_bound(self) -> Self:
        if all(getattr(self, bound) is None for bound in BOUNDS):
            raise ValueError(f"would never open anything; give at least one of {one_of(BOUNDS)}")
        return self


class OpportunitySection(Section):
    """How the renewal opportunity is filled in."""

    name: TemplateText
    """Its name; a template."""
    stage: Text
    """Its first stage, as it is called in Salesforce."""
    close_date: DateRuleText = Field(default="term.end_date", validate_default=True)
    """Its close date, as in `term.end_date` or `renewal.date - 1 month`."""
    record_type: Text | None = None
    """Its record type's developer name."""
    type: Text | None = None
    """Its type, as it is called in Salesforce."""
    amount: Literal["prior", "none"] = "prior"
    """`prior` begins with what the contract is worth now, `none` leaves the amount empty."""
    uplift: Annotated[Share, AfterValidator(_leaves_an_amount)] = Field(default="0 %", validate_default=True)
    """Added to the prior amount, as in `3 %`."""
    owner: Annotated[tuple[PersonPath, ...], listed] = ()
    """Whose it is; the first active user counts. The CSM if not given."""
    fields: dict[MappedName, TemplateText] = Field(default_factory=dict)
    """Further mapped fields; each value is a template."""
    copy_: Annotated[tuple[Literal["line_items", "contact_roles"], ...], listed] = Field(
        default=(), alias="copy"
    )
    """What a renewal takes over from the last won opportunity: its recurring lines (their sum is the amount), its
    contact roles."""


class AnnounceSection(Section):
    """Where an opened renewal is told."""

    channel: Channel
    """The Slack channel, in quotes."""
    mention: Annotated[tuple[Mention, ...], listed] = ("csm",)
    """Whom to mention."""
    group: Literal["daily"] | None = None
    """`daily` tells all of a day's renewals in one message."""


class CoTermSection(Section):
    """Contracts of one customer that end close together share one renewal."""

    within: DurationText
    """How close together."""


class AdoptSection(Section):
    """Which opportunity of a person may be taken for the renewal when no link says so."""

    close_date_within: DurationText = Field(default="45 days", validate_default=True)
    """How far its close date may be from the term's end."""
    when: dict[AdoptionConditionPath, Asked] = Field(default_factory=dict)
    """What else must hold, on opportunity.* and account.*"""


class RenewalSection(Section):
    """One rule for renewals; the first whose `when` matches decides."""

    name: Text
    """Its name, shown in plans and explanations."""
    when: dict[RenewalConditionPath, Asked] = Field(default_factory=dict)
    """For which contracts; nothing means all."""
    open: OpenSection
    """When the renewal is opened."""
    opportunity: OpportunitySection
    """How the opportunity is filled in."""
    announce: AnnounceSection | None = None
    """Where it is told; nowhere if not given."""
    co_term: CoTermSection | None = None
    """Which contracts share one renewal."""
    cancelling: Cancelling = Cancelling.NOTIFY
    """What happens to a contract under announced cancellation."""
    adopt: AdoptSection = Field(default_factory=AdoptSection)
    """Which opportunity of a person may be taken for the renewal."""


class GuardsSection(Section):
    """How much of the unforeseen one cycle may do before a person is asked."""

    creates: Count = 50
    """Opportunities created."""
    updates: Count = 200
    """Opportunities changed."""
    messages: Count = 40
    """Messages posted."""
    max_overdue: DurationText = Field(default="90 days", validate_default=True)
    """Renewals whose date is past for longer are listed and never opened."""
    paced: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    """How many of the foreseen are opened in one cycle."""


class RulesFile(Section):
    """The business rules of csops-sync."""

    calendar: CalendarSection
    """Days on which people work."""
    people: PeopleSection
    """Who looks after a customer."""
    segments: dict[Text, dict[CustomerConditionPath, Asked]] = Field(default_factory=dict)
    """Named groups of customers; the first match wins."""
    budget_season: BudgetSeasonSection | None = None
    """When customers draw up the budget that pays for the renewal."""
    renewals: Annotated[tuple[RenewalSection, ...], Field(min_length=1)]
    """The rules for renewals; the first whose `when` matches wins."""
    guards: GuardsSection = Field(default_factory=GuardsSection)
    """How much of the unforeseen one cycle may do."""
    confidence: ConfidenceSection | None = None
    """Who is told when a renewal's confidence changes."""
    forecast: ForecastSection | None = None
    """What a renewal weighs in the forecast, by its type and rank."""
    digest: DigestSection | None = None
    """The weekly message about where renewals will land."""

    @model_validator(mode="after")
    def _digest_has_a_forecast(self) -> Self:
        if self.digest is not None and self.forecast is None:
            raise ValueError(
                "digest tells where renewals land, and nothing says what they weigh; add forecast"
            )
        return self
