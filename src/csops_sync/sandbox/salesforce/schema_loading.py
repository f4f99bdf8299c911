"""From the metadata files to the schema, with every name in them checked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias, TypeVar

from csops_sync.sandbox.salesforce.metadata_files import MetadataError, named, raw_objects
from csops_sync.sandbox.salesforce.schema import DuplicateRule, Field, ObjectType, Rule, Schema

Raw: TypeAlias = Mapping[str, object]
_Made = TypeVar("_Made")
_STANDARD_SYSTEM = (
    "Id",
    "IsDeleted",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
)
_SYSTEM: Mapping[str, Raw] = {
    "Id": {"type": "id", "length": 18},
    "IsDeleted": {"type": "boolean"},
    "CreatedDate": {"type": "datetime"},
    "CreatedById": {"type": "reference", "to": ["User"], "relationship": "CreatedBy"},
    "LastModifiedDate": {"type": "datetime"},
    "LastModifiedById": {"type": "reference", "to": ["User"], "relationship": "LastModifiedBy"},
    "SystemModstamp": {"type": "datetime"},
}
_BUILT = frozenset({"fields", "rules", "duplicate_rules", "system"})
_LABELS = {
    "Id": "Record ID",
    "IsDeleted": "Deleted",
    "CreatedDate": "Created Date",
    "CreatedById": "Created By ID",
    "LastModifiedDate": "Last Modified Date",
    "LastModifiedById": "Last Modified By ID",
    "SystemModstamp": "System Modstamp",
}


def load(extra: Iterable[Path] = ()) -> Schema:
    """This function will read the shipped metadata, then each extra file or option by name (`cpq`); MetadataError."""
    schema = Schema({name: _object(raw) for name, raw in raw_objects(extra).items()})
    for kind in schema.objects.values():
        _check_names(schema, kind)
    return schema


def _check_names(schema: Schema, kind: ObjectType) -> None:
    """Refuse a rule on a field that is not there, and a reference to an object that is not there."""
    asked = [(rule.name, name) for rule in kind.rules for name in (rule.field, rule.other) if name]
    asked += [(rule.name, name) for rule in kind.duplicate_rules for name in rule.match]
    for rule, name in asked:
        if not kind.has(name):
            raise MetadataError(f"{kind.name}: the rule {rule} names {name}, which is no field of it")
    for one in kind.fields:
        for parent in one.to:
            if parent not in schema.objects:
                raise MetadataError(f"{kind.name}.{one.name} refers to {parent}, which is no object")


def _object(raw: Raw) -> ObjectType:
    names = [str(name) for name in _list(raw, "system")] or list(_STANDARD_SYSTEM)
    head = [
        _field({"name": name, "label": _LABELS[name], "read_only": True, "system": True, **_SYSTEM[name]})
        for name in names
    ]
    own = [_field(item) for item in named(dict(raw), "fields")]
    given = {key: value for key, value in raw.items() if key not in _BUILT}
    return _made(
        ObjectType,
        {
            **given,
            "fields": tuple(replace(one, at=at) for at, one in enumerate([*head, *own])),
            "rules": tuple(_made(Rule, _frozen(item)) for item in named(dict(raw), "rules")),
            "duplicate_rules": tuple(
                _made(DuplicateRule, _frozen(item)) for item in named(dict(raw), "duplicate_rules")
            ),
        },
    )


def _field(raw: Raw) -> Field:
    given = _frozen(raw)
    if given.get("type") == "textarea":
        given = {"filterable": False, "sortable": False, **given}
    if given.get("type") == "boolean":
        given = {"default": False, **given}
    return _made(Field, given)


def _frozen(raw: Raw) -> dict[str, object]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}


def _made(kind: Callable[..., _Made], given: Mapping[str, object]) -> _Made:
    try:
        return kind(**given)
    except TypeError as error:
        raise MetadataError(f"{given.get('name')}: {error}") from None


def _list(raw: Raw, key: str) -> Sequence[object]:
    value = raw.get(key, [])
    return value if isinstance(value, list) else []
