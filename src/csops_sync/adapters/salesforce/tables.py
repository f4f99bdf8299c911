"""What is read of each role: the object, its columns, its stamp, and which of our names each column has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from csops_sync.adapters.salesforce.soql import Select
from csops_sync.domain.copying import HAS_LINES
from csops_sync.ports.crm import Role
from csops_sync.ports.mapping import FieldMapping, ObjectMapping, OrgMapping

HISTORIES: Final = frozenset({Role.FIELD_HISTORY, Role.STAGE_HISTORY})
# A history comes after its opportunity, so that a change that was seen always brings its history along.
ORDER: Final = (
    Role.ACCOUNT,
    Role.USER,
    Role.TARGET,
    Role.CURRENCY,
    Role.DATED_RATE,
    Role.CONTRACT,
    Role.OPPORTUNITY,
    Role.FIELD_HISTORY,
    Role.STAGE_HISTORY,
)

# Columns that are read whether they are mapped or not: our name to Salesforce's.
_ALWAYS: Final[Mapping[Role, Mapping[str, str]]] = {
    Role.OPPORTUNITY: {
        "created_by": "CreatedById",
        "created_at": "CreatedDate",
        "last_modified_by": "LastModifiedById",
        "last_modified_at": "LastModifiedDate",
    },
    Role.FIELD_HISTORY: {
        "opportunity": "OpportunityId",
        "field": "Field",
        "old": "OldValue",
        "new": "NewValue",
        "by": "CreatedById",
        "at": "CreatedDate",
    },
    Role.STAGE_HISTORY: {
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
}
_PARENT: Final[Mapping[Role, str]] = {
    Role.ACCOUNT: "parent",
    Role.CONTRACT: "account",
    Role.OPPORTUNITY: "account",
    Role.FIELD_HISTORY: "opportunity",
    Role.STAGE_HISTORY: "opportunity",
}
_WITHOUT_IS_DELETED: Final = frozenset(
    {"User", "CurrencyType", "DatedConversionRate"}
)  # they have no recycle bin


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTable:
    """One role as it is read. `columns` are our names to paths; `parent` is the name of the column with the parent."""

    role: Role
    object: str
    columns: Mapping[str, str]
    stamp: str
    has_deletions: bool
    parent: str | None
    tracked: Mapping[str, str]

    def select(self) -> Select:
        """This function will give the query for all columns, still without a condition."""
        fixed = ["Id", self.stamp, *(["IsDeleted"] if self.has_deletions else [])]
        return Select(fields=tuple(dict.fromkeys([*fixed, *self.columns.values()])), table=self.object)


def tables_of(mapping: OrgMapping) -> Mapping[Role, RoleTable]:
    """This function will prepare every mapped role, in the order in which they are read."""
    return {role: _table(mapping, mapping.objects[role]) for role in ORDER if role in mapping.objects}


def _table(mapping: OrgMapping, mapped: ObjectMapping) -> RoleTable:
    role = mapped.role
    columns = {field.name: field.path for field in mapped.fields.values()}
    if role is Role.OPPORTUNITY and mapping.copied.line_items:
        columns.setdefault(HAS_LINES, "HasOpportunityLineItem")
    for ours, path in _ALWAYS.get(role, {}).items():
        columns.setdefault(ours, path)
    return RoleTable(
        role=role,
        object=mapped.object,
        columns=columns,
        stamp="CreatedDate" if role in HISTORIES else "SystemModstamp",
        has_deletions=mapped.object not in _WITHOUT_IS_DELETED,
        parent=_PARENT.get(role),
        tracked=_tracked_names(mapping) if role is Role.FIELD_HISTORY else {},
    )


def _tracked_names(mapping: OrgMapping) -> Mapping[str, str]:
    """What field history calls a field, to our name of it: `CloseDate`, and for a lookup `Owner` (not `OwnerId`)."""
    opportunity = mapping.objects.get(Role.OPPORTUNITY)
    names: dict[str, str] = {}
    for field in sorted(opportunity.fields.values(), key=_directness) if opportunity else ():
        for called in _history_calls_it(field.path):
            names.setdefault(called, field.name)
    return names


def _directness(field: FieldMapping) -> int:
    return field.path.count(".")


def _history_calls_it(path: str) -> tuple[str, ...]:
    root = path.split(".", maxsplit=1)[0]
    if root.endswith("__r"):
        return (root.removesuffix("__r") + "__c",)
    if root.endswith("Id") and root != "Id":
        return (root, root.removesuffix("Id"))
    return (root, root + "Id") if "." in path else (root,)
