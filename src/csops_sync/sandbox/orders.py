"""Orders of the control endpoint, read from JSON: an edit by a person, the org's switches."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches

from csops_sync.sandbox.clock_orders import OrderError, instant_of, number_of
from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.jobs.settings import BulkSettings
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import ObjectType
from csops_sync.sandbox.salesforce.writing import Hand

_EDIT_KEYS = frozenset({"as", "op", "object", "id", "values", "at", "visible_after"})
_COVERED = frozenset({"honest", "off", "error"})
_FIELDS = frozenset({"fls_hidden", "fls_read_only"})
_LONGEST_TRANSACTION = 31 * 86_400


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
    org.switch(**{str(name): _switched(org, str(name), value) for name, value in order.items()})


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
    at = org.now() if order.get("at") is None else instant_of(order["at"])
    after = order.get("visible_after")
    visible_at = None if after is None else org.now() + timedelta(seconds=_seconds(after))
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


def _switched(org: Org, name: str, value: object) -> object:
    read = _SWITCHES.get(name)
    if read is None:
        raise OrderError(f"there is no switch {name!r}{_near(name, sorted(_SWITCHES))}")
    return read(org, name, value)


def _flag(_org: Org, name: str, value: object) -> object:
    if not isinstance(value, bool):
        raise OrderError(f"{name} is true or false, not {value!r}")
    return value


def _allowance(_org: Org, name: str, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise OrderError(f"{name} is a whole number of calls, 0 or more, not {value!r}")
    return value


def _covered(_org: Org, name: str, value: object) -> object:
    if value not in _COVERED:
        raise OrderError(f"{name} is one of {', '.join(sorted(_COVERED))}, not {value!r}")
    return value


def _bulk(_org: Org, name: str, value: object) -> object:
    if not isinstance(value, dict):
        raise OrderError(f'{name} is an object of settings, as {{"polls": 1}}, not {value!r}')
    return BulkSettings.read(value)


def _by_object(org: Org, name: str, value: object) -> object:
    """Read `{"Opportunity": ["Amount"]}`: fields, or of `hide_rows` ids."""
    wanted = "fields" if name in _FIELDS else "ids"
    if not isinstance(value, dict):
        raise OrderError(
            f'{name} is an object of lists of {wanted}, as {{"Opportunity": [...]}}, not {value!r}'
        )
    return {
        _object(org, key).name: _listed(org, _object(org, key), name, items) for key, items in value.items()
    }


def _object(org: Org, name: object) -> ObjectType:
    kind = org.schema.objects.get(str(name))
    if kind is None:
        raise OrderError(f"there is no object {name!r}{_near(str(name), sorted(org.schema.objects))}")
    return kind


def _listed(org: Org, kind: ObjectType, name: str, items: object) -> tuple[str, ...]:
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise OrderError(f"{name} of {kind.name} is a list of texts, not {items!r}")
    for item in items:
        if name in _FIELDS and not kind.has(item):
            raise OrderError(
                f"{kind.name} has no field {item!r}{_near(item, [one.name for one in kind.fields])}"
            )
        if name not in _FIELDS and org.tables[kind.name].get(item) is None:
            raise OrderError(f"{kind.name} has no record {item!r}; give the ids of 18 characters")
    return tuple(items)


_SWITCHES: Mapping[str, Callable[[Org, str, object], object]] = {
    "flow_month_end": _flag,
    "latest_date_covered": _covered,
    "fls_hidden": _by_object,
    "fls_read_only": _by_object,
    "hide_rows": _by_object,
    "api_allowance": _allowance,
    "bulk": _bulk,
}


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"


def _seconds(value: object) -> float:
    seconds = number_of(value)
    if not 0 <= seconds <= _LONGEST_TRANSACTION:
        raise OrderError(f"visible_after are seconds, 0 to {_LONGEST_TRANSACTION}, not {value!r}")
    return seconds
