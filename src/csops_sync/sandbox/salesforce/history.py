"""The history rows that the org writes about opportunities, beside every save."""

from datetime import datetime

from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row

Record = dict[str, Json]

_STAGE_FIELDS = ("StageName", "Amount", "Probability", "CloseDate")
_DATA_TYPES = {
    "picklist": "DynamicEnum",
    "currency": "Currency",
    "percent": "Percent",
    "double": "Double",
    "date": "DateOnly",
    "reference": "EntityId",
    "boolean": "Boolean",
}


def write_history(org: Org, before: Record | None, after: Record, visible_at: datetime | None = None) -> None:
    """This function will add the stage history row and the field history rows of one save of an opportunity."""
    stamp = str(after["SystemModstamp"])
    stage = stage_row(org, before, after)
    if stage is not None:
        if visible_at is None:
            _supersede(org, str(after["Id"]), stamp)
        org.store(org.schema["OpportunityHistory"], stage, started=stamp, visible_at=visible_at)
    for row in field_rows(org, before, after):
        org.store(org.schema["OpportunityFieldHistory"], row, started=stamp, visible_at=visible_at)


class SeededHistory:
    """The history rows of opportunities that a seed brings, gathered to be stored at once."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._stages: list[Row] = []
        self._changes: list[Row] = []

    def add(self, before: Record | None, after: Record) -> None:
        """This method will add the rows of one save; those of an opportunity come one after another."""
        stage = stage_row(self._org, before, after)
        if stage is not None:
            if before is not None:
                self._stages[-1] = _until(self._org, self._stages[-1], str(after["SystemModstamp"]))
            self._stages.append(stage)
        self._changes += field_rows(self._org, before, after)

    def load(self) -> None:
        """This method will store all rows."""
        if self._stages:
            self._org.tables["OpportunityHistory"].load(self._stages)
            self._org.tables["OpportunityFieldHistory"].load(self._changes)


def stage_row(org: Org, before: Record | None, after: Record) -> Row | None:
    """This function will give the OpportunityHistory row, or None where no field that it keeps has changed."""
    if before is not None and all(before[name] == after[name] for name in _STAGE_FIELDS):
        return None
    kind = org.schema["OpportunityHistory"]
    values: Record = {
        **_head(org, kind, after),
        "SystemModstamp": after["SystemModstamp"],
        "PrevAmount": None if before is None else before["Amount"],
        "PrevCloseDate": None if before is None else before["CloseDate"],
    }
    kept = (*_STAGE_FIELDS, "ExpectedRevenue", "ForecastCategory", "CurrencyIsoCode")
    values.update({name: after[name] for name in kept if name in after})
    return tuple(values.get(one.name) for one in kind.fields)


def field_rows(org: Org, before: Record | None, after: Record) -> list[Row]:
    """This function will give the OpportunityFieldHistory rows: `created`, or one per tracked field that changed."""
    if before is None:
        return [_field_row(org, after, {"Field": "created", "DataType": "Text"})]
    kind, rows = org.schema["Opportunity"], []
    for one in kind.tracked:
        old, new = before[one.name], after[one.name]
        if old != new:
            rows += [_field_row(org, after, values) for values in _changes(org, one, old, new)]
    return rows


def _changes(org: Org, one: Field, old: Json, new: Json) -> list[Record]:
    """Give a change as history tells it; a lookup's is told twice, by names and by ids, under its relationship."""
    data_type = _DATA_TYPES.get(one.type, "Text")
    if one.type != "reference":
        return [{"Field": one.name, "DataType": data_type, "OldValue": old, "NewValue": new}]
    name = (one.relationship or one.name) if not one.custom else one.name
    by_name = {"Field": name, "DataType": "Text", "OldValue": _name(org, old), "NewValue": _name(org, new)}
    return [by_name, {"Field": name, "DataType": data_type, "OldValue": old, "NewValue": new}]


def _field_row(org: Org, after: Record, values: Record) -> Row:
    kind = org.schema["OpportunityFieldHistory"]
    whole = {**_head(org, kind, after), **values}
    return tuple(whole.get(one.name) for one in kind.fields)


def _head(org: Org, kind: ObjectType, after: Record) -> Record:
    return {
        "Id": org.new_id(kind),
        "IsDeleted": False,
        "CreatedDate": after["SystemModstamp"],
        "CreatedById": after["LastModifiedById"],
        "OpportunityId": after["Id"],
    }


def _supersede(org: Org, opportunity: str, stamp: str) -> None:
    """Restamp the newest history row: its SystemModstamp becomes the time at which the next one came."""
    kind = org.schema["OpportunityHistory"]
    rows = org.tables[kind.name].find("OpportunityId", opportunity)
    if not rows:
        return
    created = kind.places["CreatedDate"]
    newest = max(rows, key=lambda row: str(row[created]))
    org.store(kind, _until(org, newest, stamp), started=stamp)


def _until(org: Org, row: Row, stamp: str) -> Row:
    """Give a stage history row with the time at which the next one came."""
    modified = org.schema["OpportunityHistory"].places["SystemModstamp"]
    return (*row[:modified], stamp, *row[modified + 1 :])


def _name(org: Org, record: Json) -> Json:
    if record is None:
        return None
    kind = org.schema.by_prefix[str(record)[:3]]
    row = org.tables[kind.name].get(str(record))
    return None if row is None else row[kind.places["Name"]]
