"""The shape of `csops-sync.yaml`: where things are, in this org and in this workspace. No secrets."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
    model_validator,
)

from csops_sync.config.addresses import DatabaseUrl, Listen, WebUrl
from csops_sync.config.asked import Asked
from csops_sync.config.expressions import Channel, ContractConditionPath, FieldPath, MappedName
from csops_sync.config.models_dashboard import DashboardSection
from csops_sync.config.problems import did_you_mean, one_of
from csops_sync.config.section import ClockTime, DurationText, IntervalText, Section, Share, Text
from csops_sync.domain.dates import Duration
from csops_sync.domain.rules import Automation

_API_VERSION = re.compile(r"v?(\d{2})(?:\.0)?")
_OLDEST_API = 58
_SHORTEST_KEPT_DAYS = 30
_SLACK_MEMBER = re.compile(r"[UW][A-Z0-9]{6,}|[^@\s]+@[^@\s]+|@[^@\s]+")
_SLACK_CHANNEL = re.compile(r"[CG][A-Z0-9]{6,}")
Basis = Literal["annual", "term"]
TARGET_NAMES = ("start", "months", "amount", "currency", "nrr", "grr", "segment", "csm", "manager")
"""What a target of the org may have."""


def read_api_version(value: object) -> str:
    """This function will read a Salesforce API version, `"66.0"`; ValueError shows the form."""
    found = _API_VERSION.fullmatch(str(value).strip())
    if found is None or int(found[1]) < _OLDEST_API:
        raise ValueError(f'{value!r} is no API version; write "66.0", and nothing older than {_OLDEST_API}.0')
    return f"{found[1]}.0"


def _slack_member(value: str) -> str:
    if _SLACK_MEMBER.fullmatch(value) is None:
        raise ValueError(
            f"{value!r} is nobody in Slack; write a member id (U0123ABCD), an e-mail address or @group"
        )
    return value


def _part(value: Decimal) -> Decimal:
    if not 0 <= value <= 1:
        raise ValueError("must lie between 0 % and 100 %")
    return value


def _kept(value: Duration) -> Duration:
    if value.months == 0 and value.days < _SHORTEST_KEPT_DAYS:
        raise ValueError(
            f"must be at least {_SHORTEST_KEPT_DAYS} days: what is forgotten sooner is decided and told again"
        )
    return value


def _slack_channel(value: str) -> str:
    if _SLACK_CHANNEL.fullmatch(value) is None:
        raise ValueError(
            f"{value!r} is no Slack channel id; copy it from the channel's details, as in C0123ABCD"
        )
    return value


ApiVersion = Annotated[
    str,
    PlainValidator(read_api_version),
    WithJsonSchema({"type": ["string", "number"], "examples": ["66.0"]}),
]
Kept = Annotated[DurationText, AfterValidator(_kept)]
Part = Annotated[Share, AfterValidator(_part)]
SlackMember = Annotated[Text, AfterValidator(_slack_member)]
SlackChannel = Annotated[Text, AfterValidator(_slack_channel)]


class ApiBudgetSection(Section):
    """How much of the org's daily API allowance is ours."""

    share: Part = Field(default="25 %", validate_default=True)
    """The most that csops-sync uses of the org's calls, reading and writing."""
    write_reserve: Part = Field(default="20 %", validate_default=True)
    """The part of our share that reading leaves over for writing."""
    org_ceiling: Part = Field(default="90 %", validate_default=True)
    """Our reads stop when this much of the org's calls is used, by whomever."""


class SalesforceSection(Section):
    """Which org, and how to sign in. Key and secret come from the environment."""

    url: WebUrl | None = None
    """The My Domain address; CSOPS_SYNC_SALESFORCE_URL wins."""
    auth: Literal["jwt_bearer", "client_credentials"] = "jwt_bearer"
    """How the External Client App signs in."""
    audience: WebUrl | None = None
    """The audience of the JWT, where it is not the usual login address."""
    api_version: ApiVersion = Field(default="66.0", validate_default=True)
    """The version of the REST API, in quotes."""
    api_budget: ApiBudgetSection = Field(default_factory=ApiBudgetSection)
    """How much of the org's daily API allowance is ours."""


class SlackSection(Section):
    """Which channels and people. The token comes from the environment."""

    api_url: WebUrl | None = None
    """Another address than Slack's own; CSOPS_SYNC_SLACK_API_URL wins."""
    operator_channel: Channel
    """Where csops-sync reports about itself."""
    fallback: SlackMember | None = None
    """Whom to mention when a person is not found in Slack."""
    channels: dict[Channel, SlackChannel] = Field(default_factory=dict)
    """Ids of channels that the rules name; for private ones that the app may not list."""
    users: dict[Text, SlackMember] = Field(default_factory=dict)
    """Who somebody is in Slack: Salesforce e-mail address, user id or handle, and member id, e-mail or handle."""


class StoreSection(Section):
    """Where the state is kept."""

    url: DatabaseUrl | None = None
    """SQLite or PostgreSQL, without a password; CSOPS_SYNC_DATABASE_URL wins."""


class ScheduleSection(Section):
    """How often things are done. Times of day are in the time zone of the rules."""

    pull: IntervalText = Field(default="60 seconds", validate_default=True)
    """Between two looks at Salesforce."""
    delivery: IntervalText = Field(default="2 seconds", validate_default=True)
    """Between two looks at what is to be sent."""
    reconcile: ClockTime = Field(default="03:00", validate_default=True)
    """When the mirror is compared with Salesforce in full."""
    housekeeping: ClockTime = Field(default="04:00", validate_default=True)
    """When what is older than the retention is removed."""


class RetentionSection(Section):
    """How long what is over is kept. Renewals, and what was written, are kept for ever."""

    outbox: Kept = Field(default="400 days", validate_default=True)
    """Sent, cancelled and dropped intents: a yearly renewal sees the one before it."""
    journal: Kept = Field(default="800 days", validate_default=True)
    """What `explain` tells: two yearly renewals, and some."""


class OwnershipSection(Section):
    """Whose edit of a field wins."""

    automation_users: tuple[Text, ...] = ()
    """Users that are no people (flows, integrations): user names or ids."""
    automation: Automation = Automation.YIELD
    """What to do when one of them changed a field that we wrote."""


class FieldSection(Section):
    """A mapped field that is more than a name."""

    path: FieldPath
    """The Salesforce field."""
    owned: Literal["system"] | None = None
    """`system`: the permission set keeps people from writing it."""


def _field_form(value: object) -> str:
    return "~field" if isinstance(value, dict) else "~path"


MappedField = Annotated[
    Annotated[FieldPath, Tag("~path")] | Annotated[FieldSection, Tag("~field")], Discriminator(_field_form)
]
Fields = dict[MappedName, MappedField]
ObjectName = Annotated[Text, Field(pattern=r"^[A-Za-z]\w{0,79}$")]


class AccountMapping(Section):
    """Customers."""

    object: ObjectName = "Account"
    """The Salesforce object."""
    fields: Fields
    """Our names and the object's fields."""


class ContractMapping(Section):
    """Contracts: the standard object, a custom one, or won opportunities with dates."""

    object: ObjectName = "Contract"
    """The Salesforce object."""
    active: dict[ContractConditionPath, Asked]
    """When a contract is in force."""
    terminated: dict[ContractConditionPath, Asked] | None = None
    """When it was ended early."""
    cancelling: dict[ContractConditionPath, Asked] | None = None
    """When the customer announced that it will not renew."""
    amount_basis: Basis = "annual"
    """Whether the mapped amount is for a year or for the whole term."""
    fields: Fields
    """Our names and the object's fields."""


class OpportunityMapping(Section):
    """Renewal opportunities."""

    object: Literal["Opportunity"] = "Opportunity"
    """The Salesforce object."""
    amount_basis: Basis = "annual"
    """Whether Amount is for a year or for the whole term."""
    fields: Fields
    """Our names and the object's fields."""


class UserMapping(Section):
    """People. The usual fields are mapped already."""

    object: Literal["User"] = "User"
    """The Salesforce object."""
    fields: Fields = Field(default_factory=dict)
    """Further names, or others than the usual."""


class TargetMapping(Section):
    """Targets that the org keeps itself, one record for each period and scope."""

    object: ObjectName
    """The Salesforce object."""
    fields: Fields
    """The names start, months, amount, currency, nrr, grr, segment, csm, manager, and the object's fields."""

    @model_validator(mode="after")
    def _of_targets(self) -> Self:
        for name in self.fields:
            if name not in TARGET_NAMES:
                raise ValueError(
                    f"{name} is nothing that a target has{did_you_mean(name, TARGET_NAMES)}; there are "
                    f"{one_of(TARGET_NAMES)}"
                )
        if not {"amount", "nrr", "grr"} & set(self.fields):
            raise ValueError("is a target of nothing; map amount, nrr or grr")
        return self


class TaskSection(Section):
    """Tasks, as which answers are kept."""

    key: Annotated[Text, Field(pattern=r"^[A-Za-z]\w{0,79}$")] = "Renewal_Task_Key__c"
    """The Task's text field that keeps an answer from being logged twice: External ID, Unique."""
    completed: Text = "Completed"
    """The status of a Task that is done, as Salesforce spells it."""
    priority: Text | None = None
    """The priority of these Tasks; the org's own default where nothing is said."""


class LineMapping(Section):
    """Lines of opportunities, for rules with `copy: [line_items]`."""

    recurring: FieldPath | None = None
    """A checkbox of the line, or of its product (Product2.Recurring__c): which are copied. All if not given."""


class MappingSection(Section):
    """Where things stand in this org."""

    account: AccountMapping
    """Customers."""
    contract: ContractMapping
    """Contracts."""
    opportunity: OpportunityMapping
    """Renewal opportunities."""
    user: UserMapping = Field(default_factory=UserMapping)
    """People."""
    target: TargetMapping | None = None
    """Targets that the org keeps itself; not read if not given."""
    task: TaskSection = Field(default_factory=TaskSection)
    """Tasks, as which answers are kept."""
    opportunity_line: LineMapping = Field(default_factory=LineMapping)
    """Lines of opportunities, for rules with `copy: [line_items]`."""


class ConnectionsFile(Section):
    """Connections, mapping and schedule of csops-sync."""

    mode: Literal["live", "shadow"] = "live"
    """`shadow` decides and records, and sends nothing."""
    locale: Literal["ja", "en"] = "ja"
    """The language of messages, and the format of dates and amounts."""
    currency: Annotated[Text, Field(pattern="^[A-Z]{3}$")] = "JPY"
    """The currency of amounts where Salesforce says none."""
    salesforce: SalesforceSection = Field(default_factory=SalesforceSection)
    """Which org, and how to sign in."""
    slack: SlackSection
    """Which channels and people."""
    store: StoreSection = Field(default_factory=StoreSection)
    """Where the state is kept."""
    listen: Listen = Field(default="127.0.0.1:8080", validate_default=True)
    """Where health, metrics and the dashboard are served."""
    dashboard: DashboardSection = Field(default_factory=DashboardSection)
    """Who may see the dashboard."""
    schedule: ScheduleSection = Field(default_factory=ScheduleSection)
    """How often things are done."""
    retention: RetentionSection = Field(default_factory=RetentionSection)
    """How long what is over is kept."""
    ownership: OwnershipSection = Field(default_factory=OwnershipSection)
    """Whose edit of a field wins."""
    mapping: MappingSection
    """Where things stand in this org."""
