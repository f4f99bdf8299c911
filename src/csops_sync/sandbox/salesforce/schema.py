"""What the org's objects and fields are, asked by everything else; `schema_loading` reads them from metadata files.

Keys of a field: `name`, `label`, `type`, `length`; of a number `precision`, `scale`, and `least` and `most` of those
with a range; `required` (must be given on create), `mandatory` (never null, but has a default), `default` (`$user` is
the writer), `read_only`, `to` and `relationship` of a reference, `children` (the name under which the parent knows its
children) and `on_delete` (what a parent's deletion does: `clear` the field, `cascade` to the row, `restrict` the
deletion or `keep` the id), `values` or `values_from` of a picklist and `restricted`, `controller` and `valid_for` of a
dependent one (controlling value to values), `external_id`, `unique`, `case_sensitive`, `indexed`, `tracked` (field
history), `filterable`, `sortable`, `auto_number` (digits), `calculated` (the org computes it), `create_only` (fixed
once the row is there).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_of
from functools import cached_property
from typing import TypeAlias

from csops_sync.sandbox.salesforce.metadata_files import MetadataError

Json: TypeAlias = str | int | float | bool | None
"""A field's value as the API gives it."""
Row: TypeAlias = tuple[Json, ...]
"""One record: its values in the order of its object's fields. Never changed, only replaced."""

INT_DIGITS, LARGEST_INT = 8, 2**31 - 1
"""What a field of whole numbers (`int`) takes, and what a query may compare it with."""
NUMBERS = frozenset({"int", "double", "currency", "percent"})
TEXTS = frozenset(
    {"string", "textarea", "picklist", "phone", "url", "email", "combobox", "id", "reference", "anyType"}
)
RULE_KINDS = ("between", "matches", "not_before", "required_when", "years_ahead")


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
    least: float | None = None
    most: float | None = None
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
    calculated: bool = False
    create_only: bool = False
    children: str | None = None
    on_delete: str = "clear"
    controller: str | None = None
    valid_for: Mapping[str, Sequence[str]] = made_of(default_factory=dict)

    @property
    def permissionable(self) -> bool:
        """Whether a permission set says who sees it: everything but system fields and what a row cannot lack."""
        return not (self.system or self.required or self.mandatory)

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
    """A validation rule; `rules.py` has the kinds and what `low`, `high`, `other` and `values` mean to each."""

    name: str
    kind: str
    field: str
    message: str
    low: float | None = None
    high: float | None = None
    other: str | None = None
    values: tuple[Json, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in RULE_KINDS:
            raise MetadataError(f"{self.name}: a rule is one of {', '.join(RULE_KINDS)}, not {self.kind!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """Rows are duplicates where all `match` fields are equal, whatever their case. `action`: `alert` or `block`."""

    name: str
    label: str
    match: tuple[str, ...]
    action: str = "alert"
    active: bool = True
    message: str = "Use one of these records?"


@dataclass(frozen=True, kw_only=True)
class ObjectType:
    """One object. `generated` rows are written by the org alone; `setup` objects are not written over the API.

    `sharing` says who sees a row of a private org: `public` everybody; `owner:F` its owner and those above them, unless
    Organization.F opens it; `parent:F` whoever sees the record in field F. `shares` is the object that holds its manual
    shares; `governed_by` the object whose permissions are asked in the place of its own. `record_types` are the values
    of each restricted picklist by record type's developer name; `undeletable` says whether a deletion can be undone.
    """

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    generated: bool = False
    setup: bool = False
    undeletable: bool = True
    sharing: str = "public"
    shares: str | None = None
    governed_by: str | None = None
    default_record_type: str | None = None
    record_types: Mapping[str, Mapping[str, Sequence[str]]] = made_of(default_factory=dict)
    duplicate_rules: tuple[DuplicateRule, ...] = ()

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

    @cached_property
    def children(self) -> Mapping[str, Sequence[tuple[ObjectType, Field]]]:
        """By an object's name: each field that refers to it, with the field's object."""
        found: dict[str, list[tuple[ObjectType, Field]]] = {name: [] for name in self.objects}
        for kind in self.objects.values():
            for one in kind.fields:
                for parent in one.to:
                    found.get(parent, []).append((kind, one))
        return found

    def child(self, kind: ObjectType, relationship: str) -> tuple[ObjectType, Field] | None:
        """This function will find the children that `kind` knows under a relationship's name, whatever its case."""
        wanted = relationship.lower()
        known = ((child, one) for child, one in self.children[kind.name] if one.children)
        return next((pair for pair in known if str(pair[1].children).lower() == wanted), None)

    def find(self, name: str) -> ObjectType | None:
        """This function will find an object by name, whatever its case."""
        return self.by_lower.get(name.lower())

    def __getitem__(self, name: str) -> ObjectType:
        return self.objects[name]
