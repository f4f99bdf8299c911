"""FieldDefinition: each field of each object as a row, as setup tools ask for it.

Such rows are made up when they are asked for, object by object: a query that names neither EntityDefinitionId nor
DurableId is refused. `EntityDefinition.QualifiedApiName` in a WHERE is the same as EntityDefinitionId here: the objects
have no ids of their own. Source: Salesforce's Tooling API guide, FieldDefinition and "SOQL Limitations".
"""

from collections.abc import Iterator
from dataclasses import replace

from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.paths import Scope
from csops_sync.sandbox.salesforce.schema import Schema
from csops_sync.sandbox.salesforce.soql_tree import (
    Compare,
    Condition,
    InList,
    Junction,
    Like,
    Negation,
    Path,
    Query,
)
from csops_sync.sandbox.seed import SeedRecord

NAME = "FieldDefinition"
_ASKED_BY = ("EntityDefinitionId", "DurableId")
_OBJECT = ("entitydefinition", "qualifiedapiname")


def rows(schema: Schema) -> Iterator[SeedRecord]:
    """This function will give a row for each field of each object."""
    for kind in schema.objects.values():
        for field in kind.fields:
            durable = f"{kind.name}.{field.name}"
            yield SeedRecord(
                ref=f"field-{durable}",
                values={
                    "DurableId": durable,
                    "EntityDefinitionId": kind.name,
                    "QualifiedApiName": field.name,
                    "Label": field.label,
                    "IsCalculated": field.calculated,
                    "IsFieldHistoryTracked": field.tracked,
                },
            )


def by_object(query: Query) -> Query:
    """This function will give a query that asks for an object's fields by the object's name as one by its id."""
    if query.where is None or query.source.text.lower() != NAME.lower():
        return query
    return replace(query, where=_by_object(query.where))


def _by_object(condition: Condition) -> Condition:
    match condition:
        case Negation(operand=operand):
            return replace(condition, operand=_by_object(operand))
        case Junction(operands=operands):
            return replace(condition, operands=tuple(_by_object(one) for one in operands))
        case Compare(subject=Path() as path) | InList(subject=Path() as path) | Like(subject=Path() as path):
            *before, relationship, name = ("", *path.names)
            if (relationship.lower(), name.lower()) != _OBJECT:
                return condition
            own = tuple(one for one in before if one)
            return replace(condition, subject=replace(path, names=(*own, "EntityDefinitionId")))
        case _:
            return condition


def check_filter(scope: Scope) -> None:
    """This function will refuse a query of FieldDefinition that does not say whose fields it is about."""
    if scope.kind.name == NAME and not _says_whose(scope.query.where):
        message = f"a filter on a reified column is required [{','.join(_ASKED_BY)}]"
        raise malformed(scope.text, scope.query.source.at, message)


def _says_whose(condition: Condition | None) -> bool:
    match condition:
        case Junction(every=True, operands=operands):
            return any(_says_whose(one) for one in operands)
        case Compare(subject=Path() as path, operator="="):
            return _is_asked_by(path)
        case InList(subject=Path() as path, negated=False):
            return _is_asked_by(path)
        case _:
            return False


def _is_asked_by(path: Path) -> bool:
    """Say whether it is such a column; what stands before it can only be the object's own name or alias."""
    return path.names[-1].lower() in {one.lower() for one in _ASKED_BY}
