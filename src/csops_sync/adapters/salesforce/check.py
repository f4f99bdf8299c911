"""Before anything is decided: can the integration user see and write what the mapping names?"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from csops_sync.adapters.salesforce.answers import as_objects, text
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.copy_check import copied_objects, copy_problems
from csops_sync.adapters.salesforce.describe import Describer, FieldShape, ObjectShape
from csops_sync.adapters.salesforce.figure_check import figure_problems
from csops_sync.adapters.salesforce.payload import written_column
from csops_sync.adapters.salesforce.rank_check import rank_problems
from csops_sync.adapters.salesforce.sight import Sight
from csops_sync.adapters.salesforce.tables import HISTORIES, RoleTable
from csops_sync.adapters.salesforce.task_check import task_problems
from csops_sync.adapters.salesforce.tasks import TASK
from csops_sync.adapters.salesforce.tracking_check import TrackingCheck
from csops_sync.ports.crm import MappingProblem, Role
from csops_sync.ports.mapping import ObjectMapping, OrgMapping

_FILTERED: Final = (".account", ".renewal_key")
Shapes = Mapping[str, ObjectShape | None]


class MappingCheck:
    """Compares the mapping with describe(), the API version with the org's list, and the user's sight with the need."""

    def __init__(
        self,
        client: Client,
        describer: Describer,
        mapping: OrgMapping,
        tables: Mapping[Role, RoleTable],
        user_id: Callable[[], str],
    ) -> None:
        self._client = client
        self._describer = describer
        self._mapping = mapping
        self._tables = tables
        self._sight = Sight(client, mapping)
        self._tracking = TrackingCheck(client, mapping)
        self._user_id = user_id

    def problems(self) -> Sequence[MappingProblem]:
        """This function will list what is wrong, each with its place in YAML and what to grant or correct."""
        found = list(self._version())
        if found:
            return found  # nothing else could be asked
        tasks = [TASK] if self._mapping.task.is_used else []
        asked = [
            *(table.object for table in self._tables.values()),
            *tasks,
            *copied_objects(self._mapping.copied),
        ]
        shapes = dict(self._describer.describe(asked))
        shapes.update(self._describer.describe(sorted(_targets(self._tables.values(), shapes))))
        for table in self._tables.values():
            found += self._object(table, shapes)
        found += task_problems(self._mapping.task, shapes[TASK]) if tasks else ()
        found += copy_problems(self._mapping.copied, shapes, shapes[self._tables[Role.OPPORTUNITY].object])
        found += self._tracking.problems(shapes[self._tables[Role.OPPORTUNITY].object])
        found += rank_problems(self._mapping.ranked, self._ranked_field(shapes))
        found += self._sight.problems(self._user_id())
        return found

    def _ranked_field(self, shapes: Shapes) -> FieldShape | None:
        ranked, shape = self._mapping.ranked, shapes[self._tables[Role.OPPORTUNITY].object]
        mapped = self._mapping.objects[Role.OPPORTUNITY].fields.get(ranked.name) if ranked else None
        return _resolve(mapped.path, shape, shapes)[0] if mapped and shape else None

    def _version(self) -> Iterator[MappingProblem]:
        offered = {text(version.get("version")) for version in as_objects(self._client.versions())}
        if self._client.version not in offered:
            yield MappingProblem(
                path="salesforce.api_version",
                message=f"The org does not offer API version {self._client.version}: set one of "
                f"{', '.join(sorted(offered, key=float)[-3:])}.",
            )

    def _object(self, table: RoleTable, shapes: Shapes) -> Iterator[MappingProblem]:
        mapped = self._mapping.objects[table.role]
        shape = shapes[table.object]
        if shape is None or not shape.queryable:
            yield MappingProblem(
                path=f"mapping.{table.role}.object",
                message=f"The integration user sees no object {table.object}: grant Read on it in the "
                "permission set, or correct the mapping.",
            )
            return
        for name, path in table.columns.items():
            yield from self._field(f"mapping.{table.role}.fields.{name}", path, shape, shapes)
        if table.role is Role.OPPORTUNITY:
            yield from self._opportunity(mapped, shape)
        if table.role not in HISTORIES and not shape.replicateable:
            yield MappingProblem(
                path=f"mapping.{table.role}.object",
                message=f"getUpdated does not cover {table.object}; rows that become visible late are "
                "found by the overlap and by reconciliation only.",
                blocks_creation=False,
            )

    def _field(self, where: str, path: str, shape: ObjectShape, shapes: Shapes) -> Iterator[MappingProblem]:
        field, owner, step = _resolve(path, shape, shapes)
        if field is None:
            yield MappingProblem(path=where, message=_missing(step, owner))
            return
        if where.endswith(_FILTERED) and not field.filterable:
            yield MappingProblem(
                path=where,
                message=f"{path} cannot be filtered by, and we must find records by it: map another field.",
            )
        if field.calculated and where != f"mapping.{Role.OPPORTUNITY}.fields.{self._mapping.rank}":
            yield MappingProblem(
                path=where,
                message=f"{path} is a formula: Salesforce does not stamp a record when its value changes, so "
                "changes are seen when something else changes, or by reconciliation.",
                blocks_creation=False,
            )

    def _opportunity(self, mapped: ObjectMapping, shape: ObjectShape) -> Iterator[MappingProblem]:
        if not (shape.createable and shape.updateable):
            yield MappingProblem(
                path="mapping.opportunity.object",
                message=f"Grant Create and Edit on {shape.name} in the permission set.",
            )
        for name in sorted(self._mapping.written):
            yield from self._written(mapped, name, shape)
        yield from figure_problems(mapped, self._mapping.figures, shape)
        yield from self._key(mapped, shape)

    def _written(self, mapped: ObjectMapping, name: str, shape: ObjectShape) -> Iterator[MappingProblem]:
        field = mapped.fields.get(name)
        column = written_column(field.path) if field else None
        where = f"mapping.opportunity.fields.{name}"
        if field is None or column is None:
            path = "nothing" if field is None else field.path
            yield MappingProblem(
                path=where,
                message=f"`{name}` is written by the rules, but is mapped to {path}: map it "
                "to a field of the opportunity itself.",
            )
            return
        described = shape.fields.get(column)
        if described is not None and not (described.createable and described.updateable):
            yield MappingProblem(
                path=where,
                message=f"The rules write {column}, and the integration user may not: grant Edit on "
                "the field in the permission set (a formula or system field cannot be written at all).",
            )

    def _key(self, mapped: ObjectMapping, shape: ObjectShape) -> Iterator[MappingProblem]:
        field = mapped.fields.get("renewal_key")
        described = shape.fields.get(field.path) if field else None
        if field is not None and described is None:
            return  # said already, as a missing field
        if field is None or described is None or not (described.unique and described.external_id):
            path = field.path if field else "it"
            yield MappingProblem(
                path="mapping.opportunity.fields.renewal_key",
                message=f"{path} must be a text field marked External ID and Unique: "
                "this is what keeps a renewal from being opened twice.",
            )


def _targets(tables: Iterable[RoleTable], shapes: Shapes) -> set[str]:
    """The objects that mapped paths lead to, as far as they are not described yet."""
    found: set[str] = set()
    for table in tables:
        shape = shapes.get(table.object)
        for path in table.columns.values() if shape else ():
            lookup = shape.related(path.partition(".")[0]) if shape and "." in path else None
            found.update(lookup.refers_to if lookup else ())
    return found - shapes.keys()


def _resolve(path: str, shape: ObjectShape, shapes: Shapes) -> tuple[FieldShape | None, ObjectShape, str]:
    """The field at a path's end, or None with the object and the step at which it is missing.

    Beyond the first lookup, or where a lookup may lead to several objects, only the lookup is checked.
    """
    first, _, rest = path.partition(".")
    if not rest:
        return shape.fields.get(first), shape, first
    lookup = shape.related(first)
    target = shapes.get(lookup.refers_to[0]) if lookup and len(lookup.refers_to) == 1 else None
    if lookup is None or target is None or "." in rest:
        return lookup, shape, first
    return target.fields.get(rest), target, rest


def _missing(step: str, shape: ObjectShape) -> str:
    names = [*shape.fields, *(field.relationship for field in shape.fields.values() if field.relationship)]
    near = get_close_matches(step, names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return (
        f"The integration user sees no field {step} on {shape.name}{hint}: grant Read on it in the permission set, "
        "or correct the mapping."
    )
