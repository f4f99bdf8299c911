"""JSON as Salesforce answers it, narrowed at the door: another shape is an error, not a crash."""

from collections.abc import Sequence
from typing import cast

import orjson

from csops_sync.ports.errors import TransientError

JsonScalar = str | int | float | bool | None
JsonValue = JsonScalar | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]


def parse(content: bytes) -> JsonValue:
    """This function will parse a body; an empty one is None; ValueError where it is not JSON."""
    return cast("JsonValue", orjson.loads(content)) if content.strip() else None


def as_object(value: JsonValue) -> JsonObject:
    """This function will give a JSON object, or raise TransientError."""
    if isinstance(value, dict):
        return value
    raise TransientError(f"Salesforce answered with {type(value).__name__} where an object was expected.")


def as_objects(value: JsonValue) -> Sequence[JsonObject]:
    """This function will give a list of JSON objects, or raise TransientError."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return cast("list[JsonObject]", value)
    raise TransientError(
        f"Salesforce answered with {type(value).__name__} where a list of objects was expected."
    )


def text(value: JsonValue) -> str:
    """This function will give a JSON value as text; null is empty."""
    return "" if value is None else str(value)
