"""The ops admin's rules as frozen values. `config/` builds them from YAML; one cycle holds one `RuleSet`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.conditions import ALWAYS, Condition
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.dates import Duration
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.targets import Target


class TextTemplate(Protocol):
    """A text with placeholders; the implementation is sandboxed and lives in `config/`."""

    @property
    def source(self) -> str:
        """The text as the rules hold it."""
        ...

    def render(self, context: Mapping[str, object]) -> str:
        """Fill in the placeholders; raises ValueError with a readable text where one cannot be."""
        ...


class PaidFrom(StrEnum):
    """Which fiscal year of the customer pays for the new term."""

    YEAR_WITH_MOST_MONTHS = "year_with_most_months"
    YEAR_OF_RENEWAL_DATE = "year_of_renewal_date"
    YEAR_OF_INVOICE = "year_of_invoice"


class BusinessDayRoll(StrEnum):
    """Where an open date goes that is no business day; `none` leaves it."""

    PRECEDING = "preceding"
    FOLLOWING = "following"
    NONE = "none"


class WhoseCalendar(StrEnum):
    """Whose holidays count for an open date."""

    OWN = "own"
    CUSTOMER = "customer"


class Cancelling(StrEnum):
    """What to do with a contract under announced cancellation."""

    NOTIFY = "notify"
    OPEN = "open"
    SKIP = "skip"


class FloorAnchor(StrEnum):
    """What a `not_before` is counted from: forward from the term's start, or back from the renewal date."""

    TERM_START = "term.start"
    RENEWAL_DATE = "renewal.date"


class DateAnchor(StrEnum):
    """What a date of the opportunity is counted from."""

    TERM_END = "term.end_date"
    RENEWAL_DATE = "renewal.date"
    NOTICE_DEADLINE = "notice_deadline"
    OPEN_DATE = "open_date"


class Automation(StrEnum):
    """What to do when a listed automation user changed a field that we wrote."""

    YIELD = "yield"
    REASSERT = "reassert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """`term.start + 60 days` or `renewal.date - 12 months`: the open date is not before that."""

    anchor: FloorAnchor
    offset: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRule:
    """When a renewal is opened: the earliest of the bounds, then floor, ceiling and business day."""

    before_renewal: Duration | None = None
    before_notice_deadline: Duration | None = None
    before_budget_season: Duration | None = None
    before_budget_lock: Duration | None = None
    not_before: tuple[Floor, ...] = ()
    business_day: BusinessDayRoll = BusinessDayRoll.PRECEDING
    calendar: WhoseCalendar = WhoseCalendar.OWN
    notice_roll: BusinessDayRoll = BusinessDayRoll.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRule:
    """`term.end_date`, or an anchor with an offset: `renewal.date - 1 month`."""

    anchor: DateAnchor
    offset: Duration = Duration()
    before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityTemplate:
    """How the renewal opportunity is filled.

    `uplift` is a share (0.03 for `3 %`). `amount_from_prior` False leaves Amount empty. `owner` is a list of people
    paths, the first active one counts; empty means the renewal's CSM. `fields` are extra mapped fields by name.
    """

    name: TextTemplate
    stage: str
    close_date: DateRule
    record_type: str | None = None
    type: str | None = None
    amount_from_prior: bool = True
    uplift: Decimal = Decimal(0)
    owner: tuple[str, ...] = ()
    fields: Mapping[str, TextTemplate] = field(default_factory=dict)
    copy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Where an opened renewal is told. `mention` lists people paths (`csm`, `csm.manager`) and `@group` handles."""

    channel: str
    mention: tuple[str, ...] = ("csm",)
    daily: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Which opportunity of a person may be the renewal when no link says so."""

    close_date_within: Duration
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalRule:
    """One entry of `renewals:`; the first whose `when` holds decides. `origin` is `rules.yaml:24`."""

    name: str
    origin: str
    when: Condition
    open: OpenRule
    opportunity: OpportunityTemplate
    announce: Announce | None
    co_term_within: Duration | None = None
    cancelling: Cancelling = Cancelling.NOTIFY
    adopt: Adoption = Adoption(close_date_within=Duration(days=45))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A named group of customers; the first match wins."""

    name: str
    when: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSeasonRule:
    """When a customer draws up the budget, relative to the start of the fiscal year that pays.

    Fiscal-year months are 1-12. The account's own month comes first, then its segment's, then its country's.
    """

    by_segment: Mapping[str, int] = field(default_factory=dict)
    by_country: Mapping[str, int] = field(default_factory=dict)
    paid_from: PaidFrom = PaidFrom.YEAR_WITH_MOST_MONTHS
    opens_before: Duration = Duration(months=5)
    locks_before: Duration = Duration(months=2)
    invoice_before: Duration = Duration()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLifecycle:
    """What the mapped fields of a contract mean: conditions on `contract.*` paths; None never holds."""

    active: Condition
    terminated: Condition | None = None
    cancelling: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """How much of the unforeseen one cycle may do before a person is asked; `paced` bounds the foreseen."""

    creates: int = 50
    updates: int = 200
    messages: int = 40
    max_overdue: Duration = Duration(days=90)
    paced: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Whose edit wins: users that are automation and not people, and what to do about them.

    `our_user_id` is the integration user as whom we write; None while nobody has asked Salesforce.
    """

    our_user_id: str | None = None
    automation_user_ids: frozenset[str] = frozenset()
    automation: Automation = Automation.YIELD


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRules:
    """The org's business calendar, those of customers' countries, and the hours in which people are told."""

    timezone: str
    own: BusinessCalendar
    by_country: Mapping[str, BusinessCalendar] = field(default_factory=dict)
    opens_at: time = time(9)
    closes_at: time = time(18)
    fiscal_year_starts: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Everything that a cycle decides by. `hash` is stable over comments and key order, and stands on every intent.

    `opportunity_fields` are the names that the mapping knows on the opportunity: what it does not know is not written.
    `term_amounts` says that Opportunity.Amount holds a whole term and not a year; `contract_term_amounts` says so of
    the contract's mapped amount. `targets` are those of the rules and of the file that they name; `reads_targets`
    says that the org keeps some too.
    """

    hash: str
    calendar: CalendarRules
    csm: tuple[str, ...]
    segments: tuple[Segment, ...]
    budget_season: BudgetSeasonRule | None
    renewals: tuple[RenewalRule, ...]
    guards: Guards
    lifecycle: ContractLifecycle
    ownership: Ownership = Ownership()
    opportunity_fields: frozenset[str] = frozenset()
    term_amounts: bool = False
    contract_term_amounts: bool = False
    locale: str = "ja"
    default_currency: str = "JPY"
    confidence: ConfidenceRules | None = None
    forecast: ForecastRules | None = None
    digest: DigestRules | None = None
    targets: tuple[Target, ...] = ()
    reads_targets: bool = False
