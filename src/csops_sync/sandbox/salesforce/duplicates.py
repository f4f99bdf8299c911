"""What must not be there twice: unique fields, and what the active duplicate rules match.

Source: REST API guide, "Duplicate Rule Header", and Salesforce's matching-rule guide: a rule that alerts is passed with
`Sforce-Duplicate-Rule-Header: allowSave=true`, one that blocks never.
"""

from collections.abc import Iterator

from csops_sync.sandbox.salesforce.access import Access
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.saving import Hand
from csops_sync.sandbox.salesforce.schema import DuplicateRule, Field, Json, ObjectType, Row

Record = dict[str, Json]


def check_unique(org: Org, kind: ObjectType, record: Record) -> None:
    """This function will refuse a value of a unique field that another row has; ApiError DUPLICATE_VALUE."""
    for one in kind.fields:
        if one.unique and record[one.name] is not None:
            _check_one(org, kind, one, record)


def check_rules(org: Org, kind: ObjectType, before: Record | None, record: Record, hand: Hand) -> None:
    """This function will apply the active duplicate rules; ApiError DUPLICATES_DETECTED with what they found."""
    for rule in kind.duplicate_rules:
        if not _is_active(org, rule) or (hand.duplicates.allow_save and rule.action == "alert"):
            continue
        if before is not None and all(before[name] == record[name] for name in rule.match):
            continue
        access = org.access_of(hand.user)
        own_eyes = hand.duplicates.run_as_current_user
        found = [row for row in _alike(org, kind, rule, record) if not own_eyes or access.sees(kind, row)]
        if found:
            raise _detected(kind, rule, [_shown(access, kind, row, hand) for row in found])


def _check_one(org: Org, kind: ObjectType, one: Field, record: Record) -> None:
    table = org.tables[kind.name]
    rows = table.find(one.name, record[one.name])
    rows += [p.row for p in org.pending if p.table is table and p.row[one.at] == record[one.name]]
    deleted_at = kind.places.get("IsDeleted")
    for row in rows:
        if row[0] != record["Id"] and not (deleted_at is not None and row[deleted_at]):
            message = f"duplicate value found: {one.name} duplicates value on record with id: {row[0]}"
            raise ApiError(400, "DUPLICATE_VALUE", message, [])


def _is_active(org: Org, rule: DuplicateRule) -> bool:
    kind = org.schema["DuplicateRule"]
    rows = org.tables[kind.name].find("DeveloperName", rule.name)
    return any(row[kind.places["IsActive"]] for row in rows)


def _alike(org: Org, kind: ObjectType, rule: DuplicateRule, record: Record) -> Iterator[Row]:
    """Give the rows that have what the record has; a record that has none of it is like nothing."""
    places = [kind.places[name] for name in rule.match]
    wanted = [_folded(record[name]) for name in rule.match]
    if not any(wanted):
        return
    deleted = kind.places["IsDeleted"]
    for row in org.tables[kind.name]:
        if not row[deleted] and row[0] != record["Id"] and [_folded(row[at]) for at in places] == wanted:
            yield row


def _folded(value: Json) -> str:
    return "" if value is None else " ".join(str(value).split()).casefold()


def _shown(access: Access, kind: ObjectType, row: Row, hand: Hand) -> dict[str, object]:
    """Give a duplicate as the answer tells of it: its id, or whatever the writer may see of it."""
    shown: dict[str, object] = {"attributes": {"type": kind.name}, "Id": row[0]}
    if hand.duplicates.include_record_details and access.sees(kind, row):
        shown.update({one.name: row[one.at] for one in kind.fields if not access.hidden(kind, one.name)})
    return shown


def _detected(kind: ObjectType, rule: DuplicateRule, found: list[dict[str, object]]) -> ApiError:
    matched = [
        {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": record}
        for record in found
    ]
    result = {
        "allowSave": rule.action == "alert",
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": kind.name,
        "errorMessage": rule.message,
        "matchResults": [
            {
                "entityType": kind.name,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": matched,
                "rule": rule.name,
                "size": len(matched),
                "success": True,
            }
        ],
    }
    return ApiError(400, "DUPLICATES_DETECTED", rule.message, extra={"duplicateResult": result})
