"""One record of the CRM page: all its fields, what hangs on it, what was done, and who changed what, when."""

from collections.abc import Sequence
from dataclasses import dataclass

from csops_sync.sandbox.pages.crm_forms import EDITABLE
from csops_sync.sandbox.pages.crm_lists import ContractLine, OpportunityLine, contract_line, opportunity_line
from csops_sync.sandbox.pages.org_reader import OrgReader, Record
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType

_BY_HAND = "created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A field's value as shown; `link` is the id of the record that it points at."""

    label: str
    name: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of history: `old` and `new` are written out; `field` is a field's label, or empty for a creation."""

    when: str
    who: str
    field: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """One row of an opportunity's stage history."""

    when: str
    who: str
    stage: str
    probability: str
    amount: float | None
    close_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One Task. `date` is the day that it is due on, ISO, or empty; `status` is the org's own word."""

    id: str
    subject: str
    status: str
    done: bool
    owner: str
    date: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """Everything that a record's page shows."""

    id: str
    kind: str
    name: str
    subtitle: str
    deleted: bool
    editable: bool
    values: Sequence[Value]
    history: Sequence[Change]
    stages: Sequence[StageLine]
    has_history: bool
    tasks: Sequence[TaskLine]
    contracts: Sequence[ContractLine]
    opportunities: Sequence[OpportunityLine]


def record_view(reader: OrgReader, record_id: str) -> RecordView | None:
    """This function will gather a record's page, None where the org has no such record."""
    kind, record = reader.kind_of(record_id), reader.record(record_id)
    if kind is None or record is None:
        return None
    tracked = kind.name == "Opportunity"
    return RecordView(
        id=record_id,
        kind=kind.label,
        name=reader.name_of(record_id),
        subtitle=reader.name_of(record.get("AccountId")),
        deleted=bool(record.get("IsDeleted")),
        editable=kind.name in EDITABLE and not record.get("IsDeleted"),
        values=[_value(reader, field, record[field.name]) for field in _shown(kind, record)],
        history=_history(reader, kind, record_id) if tracked else (),
        stages=_stages(reader, record_id) if tracked else (),
        has_history=tracked,
        tasks=_tasks(reader, record_id) if tracked else (),
        contracts=[contract_line(reader, row) for row in _contracts_of(reader, kind, record_id)],
        opportunities=[opportunity_line(reader, row) for row in _opportunities_of(reader, kind, record_id)],
    )


def _shown(kind: ObjectType, record: Record) -> list[Field]:
    """Fields with a value, the object's own before the system's."""
    filled = [field for field in kind.fields if record[field.name] is not None]
    return sorted(filled, key=lambda field: field.system)


def _value(reader: OrgReader, field: Field, value: Json) -> Value:
    if field.type == "reference":
        label = field.label.removesuffix(" ID")
        return Value(label=label, name=field.name, text=reader.name_of(value), link=str(value))
    return Value(label=field.label, name=field.name, text=_text(reader, field, value))


def _text(reader: OrgReader, field: Field | None, value: Json) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return "✓" if value else "✗"
        case int() | float() if field is not None and field.type == "currency":
            return reader.locale.money(value)
        case str() if field is not None and field.type == "datetime":
            return reader.local(value)
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _history(reader: OrgReader, kind: ObjectType, record_id: str) -> list[Change]:
    """The field history, newest first."""
    rows = reader.related("OpportunityFieldHistory", "OpportunityId", record_id)
    told = [row for row in rows if not _is_id_twin(row)]
    ordered = sorted(told, key=lambda row: (str(row["CreatedDate"]), str(row["Id"])), reverse=True)
    return [_change(reader, kind, row) for row in ordered]


def _is_id_twin(row: Record) -> bool:
    """A lookup's change is told twice, by names and by ids; people read the names."""
    return row["DataType"] == "EntityId"


def _change(reader: OrgReader, kind: ObjectType, row: Record) -> Change:
    field = kind.field(str(row["Field"])) or kind.field(f"{row['Field']}Id")
    created = row["Field"] == _BY_HAND
    plain = None if field is not None and field.type == "reference" else field
    return Change(
        when=reader.local(row["CreatedDate"]),
        who=reader.name_of(row["CreatedById"]),
        field="" if created else field.label.removesuffix(" ID") if field else str(row["Field"]),
        name=field.name if field else "",
        old="" if created else _text(reader, plain, row["OldValue"]),
        new="" if created else _text(reader, plain, row["NewValue"]),
    )


def _stages(reader: OrgReader, record_id: str) -> list[StageLine]:
    rows = reader.related("OpportunityHistory", "OpportunityId", record_id)
    return [
        StageLine(
            when=reader.local(row["CreatedDate"]),
            who=reader.name_of(row["CreatedById"]),
            stage=str(row["StageName"]),
            probability=f"{row['Probability']:g}" if isinstance(row["Probability"], int | float) else "",
            amount=row["Amount"] if isinstance(row["Amount"], int | float) else None,
            close_date=str(row["CloseDate"] or ""),
        )
        for row in sorted(rows, key=lambda row: (str(row["CreatedDate"]), str(row["Id"])), reverse=True)
    ]


def _tasks(reader: OrgReader, record_id: str) -> list[TaskLine]:
    """The Tasks about a record, newest first."""
    rows = reader.related("Task", "WhatId", record_id)
    ordered = sorted(rows, key=lambda row: (str(row["CreatedDate"]), str(row["Id"])), reverse=True)
    return [
        TaskLine(
            id=str(row["Id"]),
            subject=reader.name_of(row["Id"]),
            status=str(row["Status"]),
            done=bool(row["IsClosed"]),
            owner=reader.name_of(row["OwnerId"]),
            date=str(row["ActivityDate"] or ""),
            description=str(row["Description"] or ""),
        )
        for row in ordered
    ]


def _contracts_of(reader: OrgReader, kind: ObjectType, record_id: str) -> list[Record]:
    if kind.name == "Account":
        return reader.related("Contract", "AccountId", record_id)
    return []


def _opportunities_of(reader: OrgReader, kind: ObjectType, record_id: str) -> list[Record]:
    reference = {"Account": "AccountId", "Contract": "ContractId"}.get(kind.name)
    rows = reader.related("Opportunity", reference, record_id) if reference else []
    return sorted(rows, key=lambda row: str(row["CreatedDate"]), reverse=True)
