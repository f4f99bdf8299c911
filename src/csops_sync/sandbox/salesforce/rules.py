"""Validation rules. Each says when a record is fine; a record that is not is refused, whoever writes it.

| kind | a record is fine where |
| --- | --- |
| `between` | the field is empty, or not below `low` and not above `high` |
| `years_ahead` | the date is not later than today + `high` years |
| `not_before` | either date is empty, or the field is not before `other` |
| `required_when` | `other` is none of `values` (any value at all where there are none), or the field is filled |
| `matches` | the field is empty, or the whole text fits the regular expression `values[0]` |
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Rule
from csops_sync.sandbox.salesforce.stamps import date_of, plus_months

_Record = Mapping[str, Json]


def check(kind: ObjectType, record: _Record, today: date) -> None:
    """This function will apply an object's rules; ApiError FIELD_CUSTOM_VALIDATION_EXCEPTION."""
    for rule in kind.rules:
        if not _HOLDS[rule.kind](rule, record, today):
            raise ApiError(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, [rule.field])


def _between(rule: Rule, record: _Record, _today: date) -> bool:
    value = record[rule.field]
    if value is None:
        return True
    number = float(value)
    return (rule.low is None or number >= rule.low) and (rule.high is None or number <= rule.high)


def _years_ahead(rule: Rule, record: _Record, today: date) -> bool:
    value = record[rule.field]
    return value is None or date_of(str(value)) <= plus_months(today, 12 * int(rule.high or 0))


def _not_before(rule: Rule, record: _Record, _today: date) -> bool:
    value, other = record[rule.field], record[str(rule.other)]
    return value is None or other is None or str(value) >= str(other)


def _required_when(rule: Rule, record: _Record, _today: date) -> bool:
    other = record[str(rule.other)]
    asked = other in rule.values if rule.values else other is not None
    return not asked or record[rule.field] is not None


def _matches(rule: Rule, record: _Record, _today: date) -> bool:
    value = record[rule.field]
    return value is None or re.fullmatch(str(rule.values[0]), str(value)) is not None


_HOLDS: Mapping[str, Callable[[Rule, _Record, date], bool]] = {
    "between": _between,
    "years_ahead": _years_ahead,
    "not_before": _not_before,
    "required_when": _required_when,
    "matches": _matches,
}
