"""What the org's objects and fields are: read from the metadata files, and asked by everything else.

Keys of a field: `name`, `label`, `type`, `length`, `precision`, `scale`; `required` (must be given on create),
`mandatory` (never null, but has a default), `default` (`$user` is the writer), `read_only`, `to` and `relationship`
of a reference, `values` or `values_from` of a picklist and `restricted`, `external_id`, `unique`, `case_sensitive`,
`indexed`, `tracked` (field history), `filterable`, `sortable`, `auto_number` (digits).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = str | int | float | bool | None
"""A field's value as the API gives it."""
Row: TypeAlias = tuple[Json, ...]
"""One record: its values in the order of its object's fields. Never changed, only replaced."""
Raw: TypeAlias = Mapping[str, object]

NUMBERS = frozenset({"int", "double", "currency", "percent"})
TEXTS = frozenset(
    {"string", "textarea", "picklist", "phone", "url", "email", "combobox", "id", "reference", "anyType"}
)
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
_LABELS = {
    "Id": "Record ID",
    "IsDeleted": "Deleted",
    "CreatedDate": "Created Date",
    "CreatedById": "Created By ID",
    "LastModifiedDate": "Last Modified Date",
    "LastModifiedById": "Last Modified By ID",
    "SystemModstamp": "System Modstamp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; `at` is its place in the object's rows. The module's text says what the rest means."""

    name: str
    label: str
    type: str
    at: int = 0
    length: int = 0
    precision: int = 18
    scale: int = 0
    required: bool = False
    mandatory: bool = False
    read_only: bool = False
    system: bool = False
    default: Json = None
    to: tuple[str, ...] = ()
    relationship: str | None = None
    values: tuple[str, ...] = ()
    values_from: str | None = None
    restricted: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    indexed: bool = False
    tracked: bool = False
    filterable: bool = True
    sortable: bool = True
    auto_number: int = 0

    @property
    def custom(self) -> bool:
        """Whether an admin added it."""
        return self.name.endswith("__c")

    @property
    def nillable(self) -> bool:
        """Whether it may be empty."""
        return not (self.required or self.mandatory or self.system or self.type == "boolean")

    @property
    def exact(self) -> bool:
        """Whether text in it is compared with its case."""
        return self.type in {"id", "reference"} or self.case_sensitive


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A validation rule. `kind`: `between` (numbers) or `years_ahead` (date not later than today + high years)."""

    name: str
    kind: str
    field: str
    message: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectType:
    """One object. `generated` rows are written by the org alone; `setup` objects are not written over the API.

    `parent` is the reference field whose record takes these rows with it when it is deleted.
    """

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    generated: bool = False
    setup: bool = False
    parent: str | None = None
    default_record_type: str | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Fields by lower-case name."""
        return {field.name.lower(): field for field in self.fields}

    @cached_property
    def by_relationship(self) -> Mapping[str, Field]:
        """Reference fields by lower-case relationship name."""
        return {field.relationship.lower(): field for field in self.fields if field.relationship}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Place in a row by the field's exact name."""
        return {field.name: field.at for field in self.fields}

    @cached_property
    def tracked(self) -> tuple[Field, ...]:
        """Fields whose changes are kept."""
        return tuple(field for field in self.fields if field.tracked)

    @property
    def read_only(self) -> bool:
        """Whether the API cannot write it at all."""
        return self.generated or self.setup

    def field(self, name: str) -> Field | None:
        """This function will find a field by name, whatever its case."""
        return self.by_name.get(name.lower())

    def has(self, name: str) -> bool:
        """This function will say whether there is a field of exactly this name."""
        return name in self.places

    def record(self, row: Row) -> dict[str, Json]:
        """This function will give a row as field name to value."""
        return {field.name: row[field.at] for field in self.fields}


@dataclass(frozen=True)
class Schema:
    """All objects by name."""

    objects: Mapping[str, ObjectType]

    @cached_property
    def by_lower(self) -> Mapping[str, ObjectType]:
        """Objects by lower-case name."""
        return {name.lower(): kind for name, kind in self.objects.items()}

    @cached_property
    def by_prefix(self) -> Mapping[str, ObjectType]:
        """Objects by key prefix."""
        return {kind.prefix: kind for kind in self.objects.values()}

    def find(self, name: str) -> ObjectType | None:
        """This function will find an object by name, whatever its case."""
        return self.by_lower.get(name.lower())

    def __getitem__(self, name: str) -> ObjectType:
        return self.objects[name]


def load(extra: Iterable[Path] = ()) -> Schema:
    """This function will read the shipped metadata, then each extra file.

    An extra file is a list of objects; one that is there already gains the fields and rules that the file gives it.
    """
    folder = resources.files("csops_sync.sandbox.salesforce.metadata")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    raws: dict[str, dict[str, object]] = {}
    for file in files:
        raw = json.loads(file.read_text("utf-8"))
        raws[raw["name"]] = raw
    for path in extra:
        for raw in json.loads(path.read_text("utf-8")):
            _merge(raws, raw)
    return Schema({name: _object(raw) for name, raw in raws.items()})


def _merge(raws: dict[str, dict[str, object]], raw: dict[str, object]) -> None:
    known = raws.setdefault(str(raw["name"]), {})
    for key, value in raw.items():
        if key in {"fields", "rules"}:
            known[key] = [*_list(known, key), *_list(raw, key)]
        else:
            known[key] = value


def _object(raw: Raw) -> ObjectType:
    names = [str(name) for name in _list(raw, "system")] or list(_STANDARD_SYSTEM)
    head = [
        _field({"name": name, "label": _LABELS[name], "read_only": True, "system": True, **_SYSTEM[name]})
        for name in names
    ]
    own = [_field(item) for item in _list(raw, "fields") if isinstance(item, dict)]
    fields = [replace(field, at=at) for at, field in enumerate([*head, *own])]
    return ObjectType(
        name=str(raw["name"]),
        label=str(raw["label"]),
        plural=str(raw["plural"]),
        prefix=str(raw["prefix"]),
        fields=tuple(fields),
        rules=tuple(Rule(**item) for item in _list(raw, "rules") if isinstance(item, dict)),
        generated=bool(raw.get("generated")),
        setup=bool(raw.get("setup")),
        parent=None if raw.get("parent") is None else str(raw["parent"]),
        default_record_type=None
        if raw.get("default_record_type") is None
        else str(raw["default_record_type"]),
    )


def _field(raw: Raw) -> Field:
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    if given["type"] == "textarea":
        given = {"filterable": False, "sortable": False, **given}
    if given["type"] == "boolean":
        given = {"default": False, **given}
    return Field(**given)  # type: ignore[arg-type]  # a metadata file's keys are the class's own


def _list(raw: Raw, key: str) -> Sequence[object]:
    value = raw.get(key, [])
    return value if isinstance(value, list) else []
