"""Before anything is decided: can the Tasks that the rules ask for be logged, each of them once?"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from csops_sync.adapters.salesforce.describe import ObjectShape
from csops_sync.adapters.salesforce.tasks import TASK
from csops_sync.ports.crm import MappingProblem
from csops_sync.ports.mapping import TaskMapping

_KEY: Final = "mapping.task.key"
_INSTEAD: Final = "or set `confidence.answer.task: false`"


def task_problems(mapping: TaskMapping, shape: ObjectShape | None) -> Iterator[MappingProblem]:
    """This function will say what keeps answers from being logged; renewals are opened all the same."""
    if shape is None or not shape.createable:
        yield _problem(
            "mapping.task",
            f"The integration user may not create a {TASK}, and answers are kept as such: grant Edit Tasks, "
            f"{_INSTEAD}.",
        )
        return
    field = shape.fields.get(mapping.key)
    if field is None:
        near = get_close_matches(mapping.key, shape.fields, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        yield _problem(
            _KEY,
            f"The integration user sees no field {mapping.key} on {TASK}{hint}: make it (text, External ID, Unique) "
            f"and grant Edit on it in the permission set, {_INSTEAD}.",
        )
        return
    if not (field.unique and field.external_id):
        yield _problem(
            _KEY,
            f"{mapping.key} of {TASK} must be a text field marked External ID and Unique: this is what keeps an answer "
            "from being logged twice.",
        )
    if not field.createable:
        yield _problem(
            _KEY,
            f"The integration user may not write {mapping.key} of {TASK}: grant Edit on it in the permission set.",
        )


def _problem(path: str, message: str) -> MappingProblem:
    return MappingProblem(path=path, message=message, blocks_creation=False)
