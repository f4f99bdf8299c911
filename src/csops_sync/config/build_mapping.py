"""From checked models to the mapping that adapters read, and to the settings."""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from csops_sync.config.build_confidence import KINDS
from csops_sync.config.build_dashboard import dashboard_settings
from csops_sync.config.canonical import mapping_hashes
from csops_sync.config.environment import Surroundings
from csops_sync.config.models_connections import (
    ConnectionsFile,
    FieldSection,
    LineMapping,
    TargetMapping,
    TaskSection,
)
from csops_sync.config.models_rules import RulesFile
from csops_sync.config.settings import (
    DEFAULT_DATABASE,
    DEFAULT_SLACK_API,
    AuthFlow,
    Mode,
    SalesforceSettings,
    Schedule,
    Settings,
    SlackSettings,
)
from csops_sync.config.source import Document
from csops_sync.domain.copying import CONTACT_ROLES, LINE_ITEMS
from csops_sync.domain.forecast.figures import FIGURE_FIELDS
from csops_sync.domain.rules import Ownership
from csops_sync.ports.crm import Role
from csops_sync.ports.mapping import (
    CopyMapping,
    FieldMapping,
    ObjectMapping,
    OrgMapping,
    RankedField,
    TaskMapping,
)

_USER = {
    "name": "Name",
    "username": "Username",
    "email": "Email",
    "active": "IsActive",
    "manager": "ManagerId",
}
_HISTORIES = {
    Role.FIELD_HISTORY: (
        "OpportunityFieldHistory",
        {
            "opportunity": "OpportunityId",
            "field": "Field",
            "old": "OldValue",
            "new": "NewValue",
            "by": "CreatedById",
            "at": "CreatedDate",
        },
    ),
    Role.STAGE_HISTORY: (
        "OpportunityHistory",
        {
            "opportunity": "OpportunityId",
            "stage": "StageName",
            "probability": "Probability",
            "amount": "Amount",
            "close_date": "CloseDate",
            "forecast_category": "ForecastCategory",
            "replaced_amount": "PrevAmount",
            "replaced_close_date": "PrevCloseDate",
            "by": "CreatedById",
            "at": "CreatedDate",
        },
    ),
}
_RATES = (
    (Role.CURRENCY, "CurrencyType", {"currency": "IsoCode", "corporate": "IsCorporate"}),
    (
        Role.DATED_RATE,
        "DatedConversionRate",
        {"currency": "IsoCode", "start": "StartDate", "units": "ConversionRate"},
    ),
)
_Mapped = tuple[Role, str, Mapping[str, str | FieldSection]]
"""A role, its object, and its fields by our names."""
_ALWAYS_WRITTEN = frozenset(
    {"account", "contract", "name", "stage", "close_date", "renewal_date", "renewal_key", "owner", "currency"}
)
_RECORD_ID = re.compile(r"[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?")
_USER_PREFIX = "005"
_SHORT_ID = 15
_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def org_mapping(*, connections: ConnectionsFile, rules: RulesFile, document: Document) -> OrgMapping:
    """This function will build the mapping; histories and people have their usual fields without being named."""
    mapping = connections.mapping
    mapped: tuple[_Mapped, ...] = (
        (Role.ACCOUNT, mapping.account.object, mapping.account.fields),
        (Role.CONTRACT, mapping.contract.object, mapping.contract.fields),
        (Role.OPPORTUNITY, mapping.opportunity.object, mapping.opportunity.fields),
        (Role.USER, mapping.user.object, {**_USER, **mapping.user.fields}),
        *_targets(mapping.target),
        *_rates(rules),
        *((role, name, fields) for role, (name, fields) in _HISTORIES.items()),
    )
    objects = {role: _object(role, name, fields, document) for role, name, fields in mapped}
    return OrgMapping(
        objects=objects,
        written=_written(rules) & frozenset(mapping.opportunity.fields),
        hashes=mapping_hashes(objects),
        task=_task(mapping.task, rules),
        copied=_copied(mapping.opportunity_line, objects[Role.OPPORTUNITY], rules),
        rank=_rank(objects[Role.OPPORTUNITY], rules),
        ranked=_ranked(rules),
        figures=_figures(objects[Role.OPPORTUNITY], rules),
    )


def _rates(rules: RulesFile) -> tuple[_Mapped, ...]:
    """The org's rates are read where the rules convert at dated ones; an org of one currency has no such objects."""
    return _RATES if rules.forecast is not None and rules.forecast.rate_policy != "pinned" else ()


def _targets(section: TargetMapping | None) -> tuple[_Mapped, ...]:
    return ((Role.TARGET, section.object, section.fields),) if section is not None else ()


def settings(*, connections: ConnectionsFile, rules: RulesFile, surroundings: Surroundings) -> Settings:
    """This function will bring file and environment together; the environment wins."""
    schedule = connections.schedule
    store = surroundings.database_url or SecretStr(connections.store.url or DEFAULT_DATABASE)
    return Settings(
        mode=Mode(connections.mode),
        locale=connections.locale,
        salesforce=_salesforce(connections, surroundings),
        slack=_slack(connections, surroundings),
        store_url=store,
        listen=connections.listen,
        schedule=Schedule(
            pull=schedule.pull,
            delivery=schedule.delivery,
            reconcile_at=schedule.reconcile,
            housekeeping_at=schedule.housekeeping,
            timezone=rules.calendar.timezone,
        ),
        keep_outbox=connections.retention.outbox,
        keep_journal=connections.retention.journal,
        automation_usernames=frozenset(
            user for user in connections.ownership.automation_users if not _is_user_id(user)
        ),
        dashboard=dashboard_settings(connections.dashboard, surroundings),
    )


def ownership(connections: ConnectionsFile) -> Ownership:
    """This function will give whose edits are automation, by 18-character id; user names are in the settings."""
    section = connections.ownership
    ids = frozenset(long_id(user) for user in section.automation_users if _is_user_id(user))
    return Ownership(automation_user_ids=ids, automation=section.automation)


def long_id(record_id: str) -> str:
    """This function will give the 18-character form of a Salesforce id; the last three tell its capitals."""
    if len(record_id) != _SHORT_ID:
        return record_id
    chunks = (record_id[start : start + 5] for start in (0, 5, 10))
    sums = (sum(1 << place for place, letter in enumerate(chunk) if letter.isupper()) for chunk in chunks)
    return record_id + "".join(_CHECKSUM[total] for total in sums)


def _task(section: TaskSection, rules: RulesFile) -> TaskMapping:
    is_used = rules.confidence is not None and rules.confidence.answer.task
    return TaskMapping(
        key=section.key, completed=section.completed, priority=section.priority, is_used=is_used
    )


def _copied(section: LineMapping, opportunity: ObjectMapping, rules: RulesFile) -> CopyMapping:
    asked = {what for rule in rules.renewals for what in rule.opportunity.copy_}
    return CopyMapping(
        line_items=LINE_ITEMS in asked,
        contact_roles=CONTACT_ROLES in asked,
        recurring=section.recurring,
        has_currencies=any(field.path == "CurrencyIsoCode" for field in opportunity.fields.values()),
    )


def _rank(mapped: ObjectMapping, rules: RulesFile) -> str | None:
    if rules.confidence is None:
        return None
    name = rules.confidence.field.partition(".")[2]
    field = mapped.fields.get(name)
    return None if field is None or field.path in KINDS else name


def _ranked(rules: RulesFile) -> RankedField | None:
    section = rules.confidence
    if section is None or isinstance(section.ranks, dict):
        return None
    return RankedField(name=section.field.partition(".")[2], ranks=section.ranks)


def _figures(mapped: ObjectMapping, rules: RulesFile) -> frozenset[str]:
    if rules.forecast is None:
        return frozenset()
    fields = mapped.fields
    return frozenset(name for name in FIGURE_FIELDS if name in fields and fields[name].owned_by_system)


def _is_user_id(user: str) -> bool:
    return user.startswith(_USER_PREFIX) and _RECORD_ID.fullmatch(user) is not None


def _object(
    role: Role, name: str, fields: Mapping[str, str | FieldSection], document: Document
) -> ObjectMapping:
    path = ("mapping", role.value)
    return ObjectMapping(
        role=role,
        object=name,
        origin=_origin(document, path),
        fields={
            key: _field(key, spec, _origin(document, (*path, "fields", key))) for key, spec in fields.items()
        },
    )


def _field(name: str, spec: str | FieldSection, origin: str) -> FieldMapping:
    if isinstance(spec, FieldSection):
        return FieldMapping(name=name, path=spec.path, origin=origin, owned_by_system=spec.owned == "system")
    return FieldMapping(name=name, path=spec, origin=origin)


def _origin(document: Document, path: tuple[str, ...]) -> str:
    place = document.place(path)
    return f"{Path(document.file).name}:{place.line}:{place.column}"


def _written(rules: RulesFile) -> frozenset[str]:
    names = set(_ALWAYS_WRITTEN)
    for rule in rules.renewals:
        template = rule.opportunity
        given = {
            "record_type": template.record_type,
            "type": template.type,
            "co_term_contracts": rule.co_term,
        }
        names |= {name for name, value in given.items() if value is not None} | set(template.fields)
        names |= {"amount"} if template.amount == "prior" else set()
    return frozenset(names)


def _salesforce(connections: ConnectionsFile, surroundings: Surroundings) -> SalesforceSettings:
    section = connections.salesforce
    return SalesforceSettings(
        url=surroundings.salesforce_url or section.url or "",
        auth=AuthFlow(section.auth),
        audience=section.audience or "",
        client_id=surroundings.client_id,
        username=surroundings.username,
        private_key=surroundings.private_key,
        client_secret=surroundings.client_secret,
        api_version=section.api_version,
        api_share=section.api_budget.share,
        write_reserve=section.api_budget.write_reserve,
        org_ceiling=section.api_budget.org_ceiling,
    )


def _slack(connections: ConnectionsFile, surroundings: Surroundings) -> SlackSettings:
    section = connections.slack
    address = surroundings.slack_api_url or section.api_url
    return SlackSettings(
        token=surroundings.slack_token,
        app_token=surroundings.slack_app_token,
        api_url=f"{address}/" if address else DEFAULT_SLACK_API,
        operator_channel=section.channels.get(section.operator_channel, section.operator_channel),
        fallback=section.fallback,
        channels=section.channels,
        users=section.users,
    )
