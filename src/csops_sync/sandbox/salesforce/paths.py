"""From a path in a query to a value in a row: own fields, and fields of parents."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row
from csops_sync.sandbox.salesforce.soql import Path, Query, refuse

Getter: TypeAlias = Callable[[Row], Json]
ParentGetter: TypeAlias = Callable[[Row], Row | None]
MAX_PARENTS = 5
_CHARACTER = 18
_HINT = (
    " If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    " Please reference your WSDL or the describe call for the appropriate names."
)


@dataclass(frozen=True, slots=True)
class Column:
    """A path, resolved: the field at its end, and how to get its value. `parents` are the relationships' names."""

    field: Field
    kind: ObjectType
    parents: tuple[str, ...]
    get: Getter


def object_of(org: Org, query: Query) -> ObjectType:
    """This function will find the object that a query reads; ApiError INVALID_TYPE."""
    kind = org.schema.find(query.kind)
    if kind is None:
        message = (
            f"sObject type '{query.kind}' is not supported. If you are attempting to use a custom object, be sure to"
            " append the '__c' after the entity name. Please reference your WSDL or the describe call for the"
            " appropriate names."
        )
        raise refuse(query.text, query.kind_at, "INVALID_TYPE", message)
    return kind


def resolve(org: Org, kind: ObjectType, path: Path, text: str) -> Column:
    """This function will resolve a path of the query `text`; ApiError INVALID_FIELD where it leads nowhere."""
    parents: list[str] = []
    climb: ParentGetter | None = None
    for name in path.names[:-1]:
        reference = _reference(org, kind, name, path, text)
        parents.append(str(reference.relationship))
        if len(reference.to) > 1:
            return _of_any_parent(org, reference, climb, tuple(parents), (path, text))
        kind_above = org.schema[reference.to[0]]
        climb = _climb(org, reference, kind_above, climb)
        kind = kind_above
    if len(parents) > MAX_PARENTS:
        raise refuse(text, path.at, "MALFORMED_QUERY", "SOQL relationships can span at most 5 levels.")
    field = _field(org, kind, path, text)
    return Column(field, kind, tuple(parents), _getter(field.at, climb))


def _reference(org: Org, kind: ObjectType, name: str, path: Path, text: str) -> Field:
    reference = kind.by_relationship.get(name.lower())
    if reference is None or org.hidden(kind, reference.name):
        message = (
            f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom"
            " relationship, be sure to append the '__r' after the custom relationship name. Please reference your"
            " WSDL or the describe call for the appropriate names."
        )
        raise refuse(text, path.at, "INVALID_FIELD", message)
    return reference


def _field(org: Org, kind: ObjectType, path: Path, text: str) -> Field:
    field = org.field(kind, path.names[-1])
    if field is None:
        raise _no_column(path, kind.name, text)
    return field


def _no_column(path: Path, entity: str, text: str) -> ApiError:
    message = f"No such column '{path.names[-1]}' on entity '{entity}'.{_HINT}"
    return refuse(text, path.at, "INVALID_FIELD", message)


def _getter(at: int, climb: ParentGetter | None) -> Getter:
    if climb is None:
        return lambda row: row[at]

    def above(row: Row) -> Json:
        parent = climb(row)
        return None if parent is None else parent[at]

    return above


def _climb(org: Org, reference: Field, kind: ObjectType, below: ParentGetter | None) -> ParentGetter:
    find = org.tables[kind.name].get
    hides = bool(org.toggles.hide_rows.get(kind.name))
    own = _getter(reference.at, below)

    def parent(row: Row) -> Row | None:
        target = own(row)
        found = None if target is None else find(str(target))
        return None if found is None or (hides and not org.shared(kind, found)) else found

    return parent


def _of_any_parent(
    org: Org, reference: Field, below: ParentGetter | None, parents: tuple[str, ...], where: tuple[Path, str]
) -> Column:
    """Resolve `What.Name`: of a parent of several possible types only Id, Name and Type can be asked for."""
    path, text = where
    name = path.names[-1].lower()
    if len(path.names) != len(parents) + 1 or name not in {"id", "name", "type"}:
        raise _no_column(path, "Name", text)
    own = _getter(reference.at, below)

    def get(row: Row) -> Json:
        target = own(row)
        if target is None or name == "id":
            return target
        kind = org.schema.by_prefix[str(target)[:3]]
        found = org.tables[kind.name].get(str(target))
        if name == "type":
            return kind.name
        return None if found is None else found[kind.places["Name"]]

    field = Field(name=name.capitalize(), label=name.capitalize(), type="string", length=255, sortable=False)
    return Column(field, org.schema[reference.to[0]], parents, get)
