"""From a path in a query to a value in a row: own fields, and fields of parents."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.misuse import invalid_field, malformed, refuse
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row
from csops_sync.sandbox.salesforce.soql_tree import Path, Query

Getter: TypeAlias = Callable[[Row], Json]
ParentGetter: TypeAlias = Callable[[Row], Row | None]
MAX_PARENTS = 5
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

    @property
    def name(self) -> str:
        """The path with every name as it is declared."""
        return ".".join((*self.parents, self.field.name))


@dataclass(frozen=True, slots=True)
class Scope:
    """A query, the object it reads, and who asks: in this the query's names are resolved."""

    reader: Reader
    kind: ObjectType
    query: Query

    @property
    def text(self) -> str:
        """The whole query's text."""
        return self.query.text

    def column(self, path: Path) -> Column:
        """This function will resolve a path; ApiError INVALID_FIELD where it leads nowhere."""
        return _resolve(self, self._without_own_name(path))

    def _without_own_name(self, path: Path) -> Path:
        """Take off the object's own name or alias: `a.Name` and `Account.Name` of an Account are `Name`."""
        first, *rest = path.names
        alias = (self.query.alias or "").lower()
        own = first.lower() == self.kind.name.lower() and first.lower() not in self.kind.by_relationship
        return replace(path, names=tuple(rest)) if rest and (first.lower() == alias or own) else path


def scope_of(reader: Reader, query: Query) -> Scope:
    """This function will find the object that a query reads; ApiError INVALID_TYPE."""
    kind = reader.find(query.source.text)
    if kind is None:
        message = (
            f"sObject type '{query.source.text}' is not supported. If you are attempting to use a custom object, be"
            " sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the"
            " appropriate names."
        )
        raise refuse(query.text, query.source.at, "INVALID_TYPE", message)
    return Scope(reader, kind, query)


def _resolve(scope: Scope, path: Path) -> Column:
    kind, parents = scope.kind, list[str]()
    climb: ParentGetter | None = None
    for name in path.names[:-1]:
        reference = _reference(scope, kind, name, path)
        parents.append(str(reference.relationship))
        if len(reference.to) > 1:
            return _of_any_parent(scope, reference, climb, tuple(parents), path)
        kind_above = scope.reader.org.schema[reference.to[0]]
        climb = _climb(scope.reader, reference, kind_above, climb)
        kind = kind_above
    if len(parents) > MAX_PARENTS:
        message = f"SOQL relationships can span at most {MAX_PARENTS} levels."
        raise malformed(scope.text, path.at, message)
    field = scope.reader.field(kind, path.names[-1])
    if field is None:
        raise _no_column(scope, path, kind.name)
    return Column(field, kind, tuple(parents), _getter(field.at, climb))


def _reference(scope: Scope, kind: ObjectType, name: str, path: Path) -> Field:
    reference = kind.by_relationship.get(name.lower())
    if reference is None or scope.reader.field(kind, reference.name) is None:
        message = (
            f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom"
            " relationship, be sure to append the '__r' after the custom relationship name. Please reference your"
            " WSDL or the describe call for the appropriate names."
        )
        raise invalid_field(scope.text, path.at, message)
    return reference


def _no_column(scope: Scope, path: Path, entity: str) -> ApiError:
    message = f"No such column '{path.names[-1]}' on entity '{entity}'.{_HINT}"
    return invalid_field(scope.text, path.at, message)


def _getter(at: int, climb: ParentGetter | None) -> Getter:
    if climb is None:
        return lambda row: row[at]

    def above(row: Row) -> Json:
        parent = climb(row)
        return None if parent is None else parent[at]

    return above


def _climb(reader: Reader, reference: Field, kind: ObjectType, below: ParentGetter | None) -> ParentGetter:
    find = reader.org.tables[kind.name].get
    hides, sees = not reader.access.sees_all(kind), reader.access.sees
    own = _getter(reference.at, below)

    def parent(row: Row) -> Row | None:
        target = own(row)
        found = None if target is None else find(str(target))
        return None if found is None or (hides and not sees(kind, found)) else found

    return parent


def _of_any_parent(
    scope: Scope, reference: Field, below: ParentGetter | None, parents: tuple[str, ...], path: Path
) -> Column:
    """Resolve `What.Name`: of a parent of several possible types only Id, Name and Type can be asked for."""
    name = path.names[-1].lower()
    if len(path.names) != len(parents) + 1 or name not in {"id", "name", "type"}:
        raise _no_column(scope, path, "Name")
    own, org, sees = _getter(reference.at, below), scope.reader.org, scope.reader.access.sees

    def get(row: Row) -> Json:
        target = own(row)
        if not target or name == "id":
            return target
        kind = org.schema.by_prefix[str(target)[:3]]
        found = org.tables[kind.name].get(str(target))
        if name == "type":
            return kind.name
        name_at = kind.places.get("Name")
        return found[name_at] if found is not None and name_at is not None and sees(kind, found) else None

    field = Field(name=name.capitalize(), label=name.capitalize(), type="string", length=255, sortable=False)
    return Column(field, org.schema[reference.to[0]], parents, get)
