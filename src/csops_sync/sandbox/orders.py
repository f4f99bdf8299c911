"""Orders of the control endpoint, read from JSON: an edit by a person, a jump of the clock, the org's switches."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.next_opening import NextOpening, Opening
from csops_sync.sandbox.orgs.dates import japanese_business_days, next_business_day, weekdays
from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.jobs.settings import BulkSettings
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import ObjectType
from csops_sync.sandbox.salesforce.writing import Hand

_UNITS = frozenset({"days", "hours", "minutes", "seconds"})
_EDIT_KEYS = frozenset({"as", "op", "object", "id", "values", "at", "visible_after"})
_COVERED = frozenset({"honest", "off", "error"})
_LISTS = frozenset({"fls_hidden", "fls_read_only", "hide_rows"})


class OrderError(ValueError):
    """An order that cannot be understood; the text says what would be."""


def move_clock(org: Org, clock: VirtualClock, order: object) -> None:
    """This function will set or advance the clock."""
    match order:
        case {"set": str(text)}:
            clock.set(_instant(text))
        case {"advance": {"business_days": int(count)}}:
            clock.advance(_business_days(org, count))
        case {"advance": {**steps}} if steps and set(steps) <= _UNITS:
            clock.advance(timedelta(**{str(unit): _number(value) for unit, value in steps.items()}))
        case _:
            raise OrderError(
                'send {"advance": {"days": 1}}, {"advance": {"business_days": 1}}, {"advance": "next_opening"}'
                ' or {"set": ISO}'
            )


def to_next_opening(clock: VirtualClock, opening: NextOpening) -> Opening:
    """This function will advance to the same time of the next opening's day and give it."""
    found = opening.next()
    if found is None:
        raise OrderError("no contract of the org has a date ahead; say when with POST /sandbox/next_opening")
    clock.advance(found.on - opening.today())
    return found


def today(org: Org) -> date:
    """This function will give the org's business date."""
    return org.now().astimezone(ZoneInfo(_zone(org))).date()


def edit(org: Org, order: object) -> str:
    """This function will do what a person does in the CRM and give the record's id; ApiError where it is refused.

    Keys: `as` (username or id, default the admin), `op` (create, update, delete, undelete), `object`, `id`,
    `values`, `at` (ISO; stamps the rows), `visible_after` (seconds until any reader sees it).
    """
    if not isinstance(order, dict) or not set(order) <= _EDIT_KEYS:
        raise OrderError(f"an edit has the keys {', '.join(sorted(_EDIT_KEYS))}")
    kind = org.schema.find(str(order.get("object")))
    if kind is None:
        raise OrderError(f"there is no object {order.get('object')!r}")
    values = order.get("values") or {}
    if not isinstance(values, dict):
        raise OrderError("values must be an object")
    return _done(org, kind, str(order.get("op")), order, values)


def edit_all(org: Org, order: object) -> list[str]:
    """This function will do a list of edits, one after the other as `edit` does each, and give the records' ids.

    What is refused ends it: the edits before that stay done.
    """
    if not isinstance(order, list):
        raise OrderError("edits come as a list")
    return [edit(org, one) for one in order]


def switch(org: Org, order: object) -> None:
    """This function will set the org's switches."""
    if not isinstance(order, dict):
        raise OrderError("switches come as an object")
    org.switch(**{str(name): _switched(str(name), value) for name, value in order.items()})


def _done(
    org: Org, kind: ObjectType, operation: str, order: Mapping[str, object], values: Mapping[str, object]
) -> str:
    hand = _hand(org, order)
    if operation == "create":
        return writing.create(org, kind, values, hand)
    record = normal(str(order.get("id")))
    if record is None:
        raise OrderError(f"{order.get('id')!r} is no id")
    match operation:
        case "update":
            writing.update(org, kind, record, values, hand)
        case "delete":
            writing.delete(org, kind, record, hand)
        case "undelete":
            writing.undelete(org, kind, record, hand)
        case _:
            raise OrderError(f"op {operation!r} is none of create, update, delete, undelete")
    return record


def _hand(org: Org, order: Mapping[str, object]) -> Hand:
    at = org.now() if order.get("at") is None else _instant(str(order["at"]))
    after = order.get("visible_after")
    visible_at = None if after is None else org.now() + timedelta(seconds=_number(after))
    return Hand(user=_user(org, order.get("as")), at=at, visible_at=visible_at)


def _user(org: Org, name: object) -> str:
    if name is None:
        return org.people.admin
    users = org.tables["User"]
    found = normal(str(name))
    if found is not None and users.get(found) is not None:
        return found
    for row in users.find("Username", str(name)):
        return str(row[0])
    raise OrderError(f"there is no user {name!r}; give a username or an id")


def _switched(name: str, value: object) -> object:
    match name, value:
        case "flow_month_end", bool():
            return value
        case "api_allowance", int():
            return value
        case "bulk", {**given}:
            return BulkSettings.read(given)
        case "latest_date_covered", str() if value in _COVERED:
            return value
        case _, {**lists} if name in _LISTS:
            return {str(key): tuple(str(item) for item in _list(items)) for key, items in lists.items()}
        case _:
            raise OrderError(f"there is no switch {name!r} that takes {value!r}")


def _business_days(org: Org, count: int) -> timedelta:
    first = day = today(org)
    japanese = _zone(org) == "Asia/Tokyo"
    is_business_day = japanese_business_days(day.year, day.year + 1) if japanese else weekdays
    for _ in range(count):
        day = next_business_day(day, is_business_day)
    return day - first


def _zone(org: Org) -> str:
    return str(next(org.records("Organization"))["TimeZoneSidKey"] or "UTC")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise OrderError(f"{text!r} has no offset; write 2026-04-01T09:00:00+09:00")
    return instant


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise OrderError(f"{value!r} is no number")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise OrderError(f"{value!r} is no list")
    return value
