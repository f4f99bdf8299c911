"""What pydantic found, in words for the author of the file, at the right place."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from csops_sync.config.problems import Problem, YamlPath, did_you_mean
from csops_sync.config.section import Section
from csops_sync.config.source import Document
from csops_sync.config.vocabulary import Vocabulary

_KEY = "[key]"
_QUOTED = re.compile(r"'([^']*)'")
_PLAIN = {
    "missing": "is missing",
    "string_type": "must be a text; put it in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list, as in [a, b]",
    "dict_type": "must be a block of `key: value` lines; write {} for an empty one",
    "model_type": "must be a block of `key: value` lines",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}
SectionT = TypeVar("SectionT", bound=Section)


def validate(
    model: type[SectionT], document: Document, vocabulary: Vocabulary
) -> tuple[SectionT | None, tuple[Problem, ...]]:
    """This function will check a document against its model: the model, or every problem with its place."""
    if not document.readable:
        return None, ()
    try:
        # By way of JSON, because strict mode takes lists for tuples and texts for dates only there.
        found = model.model_validate_json(json.dumps(document.value), context=vocabulary)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, tuple(_problem(model, document, each) for each in details if not _is_echo(each, details))
    return found, ()


def _is_echo(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """A list whose items are at fault is reported as too short as well; that says nothing new."""
    loc = detail["loc"]
    deeper = (other["loc"] for other in details if len(other["loc"]) > len(loc))
    return detail["type"] == "too_short" and any(other[: len(loc)] == loc for other in deeper)


def _problem(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Problem:
    is_key = detail["loc"][-1:] == (_KEY,)
    kind = detail["type"]
    path = _path_in(document, detail["loc"])
    if kind == "missing":
        path = (*path, detail["loc"][-1])
    return document.problem(
        path=path, message=_message(model, path, detail), at_key=is_key or kind == "extra_forbidden"
    )


def _path_in(document: Document, loc: tuple[str | int, ...]) -> YamlPath:
    """The part of pydantic's location that is in the file: tags of unions, `[key]` and wrapped lists are not."""
    path: YamlPath = ()
    for part in loc:
        if (*path, part) in document.marks:
            path = (*path, part)
    return path


def _message(model: type[BaseModel], path: YamlPath, detail: ErrorDetails) -> str:
    kind = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return f"unknown key{did_you_mean(path[-1], _keys_beside(model, path))}"
    if kind in ("literal_error", "enum"):
        expected = str(context["expected"])
        return f"must be {expected}{did_you_mean(detail['input'], _QUOTED.findall(expected))}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return (
            f"must be {'at least' if 'ge' in context else 'at most'} {context.get('ge', context.get('le'))}"
        )
    if kind == "string_pattern_mismatch":
        return f"does not look right; it must match {context['pattern']}"
    return _PLAIN.get(kind, detail["msg"])


def _keys_beside(model: type[BaseModel], path: YamlPath) -> tuple[str, ...]:
    """The keys that are known where an unknown one stands: follow the path through the models' annotations."""
    models = [model]
    for part in path[:-1]:
        if isinstance(part, int):
            continue
        annotations = [_field(each, part) for each in models]
        below = [found for annotation in annotations for found in models_in(annotation)]
        models = below or models
    return tuple(field.alias or name for each in models for name, field in each.model_fields.items())


def _field(model: type[BaseModel], key: str) -> object:
    named = (field for name, field in model.model_fields.items() if key in (name, field.alias))
    return next((field.annotation for field in named), None)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """This function will give the models that an annotation names, however deep in lists, unions and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)
