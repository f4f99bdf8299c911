"""How a row is made and stored: its id, defaults and marks, the flow, the history beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from csops_sync.sandbox.salesforce import automation
from csops_sync.sandbox.salesforce.headers import DuplicateOptions
from csops_sync.sandbox.salesforce.history import write_history
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType
from csops_sync.sandbox.salesforce.stamps import second

Record = dict[str, Json]
_FIRST_NUMBER = 100
_NO_WISHES = DuplicateOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who writes and when. `api` is a session's way, with the permissions of its user.

    `at` stamps the rows; until `visible_at` no reader sees them. `duplicates` is what the writer wants of duplicate
    rules.
    """

    user: str
    at: datetime
    api: bool = False
    visible_at: datetime | None = None
    duplicates: DuplicateOptions = _NO_WISHES


def blank(org: Org, kind: ObjectType, hand: Hand, *, number: int | None = None) -> Record:
    """This function will give a new record with its id, its defaults and the marks of who made it.

    `number` counts the records before it, for auto-numbers; None asks the table.
    """
    record: Record = {one.name: None for one in kind.fields}
    for one in kind.fields:
        if one.default is not None:
            record[one.name] = _default(org, one, hand)
        if one.auto_number:
            before = len(org.tables[kind.name]) if number is None else number
            record[one.name] = str(before + _FIRST_NUMBER).rjust(one.auto_number, "0")
    stamp = second(hand.at)
    head: Record = {
        "Id": org.new_id(kind),
        "CreatedDate": stamp,
        "CreatedById": hand.user,
        "IsDeleted": False,
    }
    record.update({name: value for name, value in head.items() if kind.has(name)})
    record.update(touched(kind, hand))
    return record


def touched(kind: ObjectType, hand: Hand) -> Record:
    """This function will give the marks of who wrote last."""
    stamp = second(hand.at)
    marks: Record = {"LastModifiedDate": stamp, "LastModifiedById": hand.user, "SystemModstamp": stamp}
    return {name: value for name, value in marks.items() if kind.has(name)}


def save(org: Org, kind: ObjectType, before: Record | None, record: Record, hand: Hand) -> Record:
    """This function will store a record, with its history and what the flow makes of it, and give it as stored."""
    if kind.name == "Opportunity":
        write_history(org, before, record, hand.visible_at)
    moved = automation.month_end_flow(org, kind, record)
    if moved is not None:
        write_history(org, record, moved, hand.visible_at)
        record = moved
    store(org, kind, record, hand)
    return record


def store(org: Org, kind: ObjectType, record: Mapping[str, Json], hand: Hand) -> None:
    """This function will store a record as it is."""
    row = tuple(record[one.name] for one in kind.fields)
    org.store(kind, row, started=second(hand.at), visible_at=hand.visible_at)


def change(org: Org, kind: ObjectType, record_id: str, values: Mapping[str, Json], hand: Hand) -> None:
    """This function will have the org itself change fields of a row: derived fields follow, no permission is asked."""
    row = org.tables[kind.name].get(record_id)
    if row is None:
        return
    before = kind.record(row)
    if all(before[name] == value for name, value in values.items()):
        return
    record = {**before, **values, **touched(kind, hand)}
    automation.derive(org, kind, before, record, values)
    automation.check(kind, record, hand.at.date())
    save(org, kind, before, record, hand)


def _default(org: Org, one: Field, hand: Hand) -> Json:
    match one.default:
        case "$user":
            return hand.user
        case "$currency":
            return _currency(org, hand.user)
        case value:
            return value


def _currency(org: Org, user: str) -> Json:
    """Give the writer's own currency, else the corporate one."""
    kind = org.schema["User"]
    row = org.tables["User"].get(user)
    at = kind.places.get("DefaultCurrencyIsoCode")
    own = None if row is None or at is None else row[at]
    return own or org.setting("DefaultCurrencyIsoCode")
