"""What a body's value becomes in a field: an empty text is no number and no time, and a date is a day alone."""

import re

import pytest

from csops_sync.sandbox.salesforce.errors import BodyError
from csops_sync.sandbox.salesforce.schema import Field
from csops_sync.sandbox.salesforce.values import accept

PARSED = ("date", "datetime", "time", "int", "double", "currency", "percent")


def _field(kind: str) -> Field:
    return Field(name="One__c", label="One", type=kind, length=80, precision=18, scale=2)


@pytest.mark.parametrize("kind", PARSED)
def test_an_empty_text_is_no_number_and_no_time(kind: str) -> None:
    with pytest.raises(BodyError) as refusal:
        accept(_field(kind), "", ())
    located = refusal.value.located(b'{"Name": "a",\n "One__c": ""}')
    assert (located.status, located.code) == (400, "JSON_PARSER_ERROR")
    assert located.message == (
        f"Cannot deserialize instance of {kind} from VALUE_STRING value  or request may be missing a required field"
        " at [line:2, column:12]"
    )


@pytest.mark.parametrize("kind", [*PARSED, "string", "reference"])
def test_null_empties_a_field(kind: str) -> None:
    assert accept(_field(kind), None, ()) is None


@pytest.mark.parametrize("kind", ["string", "textarea", "picklist", "email", "phone", "reference"])
def test_an_empty_text_empties_a_text_and_a_reference(kind: str) -> None:
    assert accept(_field(kind), "", ()) is None


def test_a_date_is_a_day() -> None:
    assert accept(_field("date"), "2026-06-15", ()) == "2026-06-15"


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-15T00:00:00Z",
        "2026-06-15T23:00:00.000-0900",
        "2026-06-15T",
        "2026-06-15Tgarbage",
        "2026-06-15Z",
        "2026-06-15+0900",
        "2026-02-30",
        " 2026-06-15",
    ],
)
def test_a_date_with_a_time_a_zone_or_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BodyError, match="Cannot deserialize instance of date from VALUE_STRING value"):
        accept(_field("date"), text, ())


@pytest.mark.parametrize("text", ["2026-06-15T08:00:00+0900", "2026-06-14T23:00:00.000Z"])
def test_an_instant_keeps_its_zone(text: str) -> None:
    assert accept(_field("datetime"), text, ()) == "2026-06-14T23:00:00.000+0000"


@pytest.mark.parametrize("text", ["2026-06-15T08:00:00", "2026-06-15T25:00:00Z", "2026-06-15T08:00Z"])
def test_an_instant_without_a_zone_or_off_the_clock_is_refused(text: str) -> None:
    with pytest.raises(BodyError):
        accept(_field("datetime"), text, ())


@pytest.mark.parametrize(
    ("kind", "value", "token"),
    [
        ("int", 1.5, "VALUE_NUMBER_FLOAT value 1.5"),
        ("date", 20_260_615, "VALUE_NUMBER_INT value 20260615"),
        ("datetime", 1.5, "VALUE_NUMBER_FLOAT value 1.5"),
        ("time", 8, "VALUE_NUMBER_INT value 8"),
        ("reference", ["001"], "START_ARRAY value ["),
        ("string", {"a": 1}, "START_OBJECT value {"),
        ("boolean", "true", "VALUE_STRING value true"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: object, token: str) -> None:
    with pytest.raises(BodyError, match=f"instance of {kind} from {re.escape(token)}"):
        accept(_field(kind), value, ())
