"""What the org says about its objects: the parts of describe() that we judge by.

describe() is per user: a field without field-level security is simply absent (REST API guide, "sObject Describe").
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from csops_sync.adapters.salesforce.answers import JsonObject, JsonValue, as_object, as_objects, text
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.composite import MOST_SUBREQUESTS, Subrequest


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShape:
    """One field as the integration user sees it. `choices` are a picklist's values, each with whether it is active."""

    name: str
    type: str
    createable: bool
    updateable: bool
    filterable: bool
    unique: bool
    external_id: bool
    calculated: bool
    relationship: str
    refers_to: tuple[str, ...]
    choices: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectShape:
    """One object. `record_types` are ids by developer name, those that the user may use."""

    name: str
    queryable: bool
    replicateable: bool
    createable: bool
    updateable: bool
    fields: Mapping[str, FieldShape]
    record_types: Mapping[str, str]

    def related(self, relationship: str) -> FieldShape | None:
        """This function will find the lookup field behind a relationship name."""
        return next((field for field in self.fields.values() if field.relationship == relationship), None)


class Describer:
    """Asks for describes, many in one call, and remembers record types and formulas."""

    def __init__(self, client: Client, known: dict[str, Mapping[str, str]] | None = None) -> None:
        """This function will build a describer; `known` are record types that others asked for, shared with them."""
        self._client = client
        self._record_types: dict[str, Mapping[str, str]] = {} if known is None else known
        self._formulas: dict[str, frozenset[str]] = {}

    def asking_by(self, client: Client) -> "Describer":
        """This function will give a describer that knows what this one knows and asks by another client."""
        return Describer(client, self._record_types)

    def describe(self, names: Sequence[str]) -> Mapping[str, ObjectShape | None]:
        """This function will describe objects by name; None where one is not there, or hidden."""
        shapes: dict[str, ObjectShape | None] = {}
        distinct = list(dict.fromkeys(names))
        for start in range(0, len(distinct), MOST_SUBREQUESTS):
            shapes.update(self._describe_some(distinct[start : start + MOST_SUBREQUESTS]))
        for shape in shapes.values():
            if shape is not None:
                self._record_types[shape.name] = shape.record_types
                self._formulas[shape.name] = frozenset(
                    one.name for one in shape.fields.values() if one.calculated
                )
        return shapes

    def record_types(self, name: str, wanted: Collection[str]) -> Mapping[str, str]:
        """This function will give an object's record type ids, asking once more where a wanted one is not known."""
        known = self._record_types.get(name, {})
        if not frozenset(wanted) <= known.keys():
            self.describe([name])
            known = self._record_types.get(name, {})
        return known

    def formulas(self, name: str) -> frozenset[str]:
        """This function will name an object's fields that Salesforce computes, asking where it never did."""
        if name not in self._formulas:
            self.describe([name])
        return self._formulas.get(name, frozenset())

    def _describe_some(self, names: Sequence[str]) -> Mapping[str, ObjectShape | None]:
        parts = {f"describe_{place}": name for place, name in enumerate(names)}
        answers = self._client.read_together(
            [
                Subrequest(reference=reference, url=f"{self._client.root}/sobjects/{name}/describe")
                for reference, name in parts.items()
            ],
            optional=frozenset(parts),
        )
        return {
            name: None if answers[reference].failure else _shape(as_object(answers[reference].body))
            for reference, name in parts.items()
        }


def _shape(described: JsonObject) -> ObjectShape:
    fields = [_field(field) for field in as_objects(described.get("fields"))]
    return ObjectShape(
        name=text(described.get("name")),
        queryable=described.get("queryable") is not False,
        replicateable=described.get("replicateable") is not False,
        createable=described.get("createable") is True,
        updateable=described.get("updateable") is True,
        fields={field.name: field for field in fields},
        record_types=_record_types(described.get("recordTypeInfos")),
    )


def _field(field: JsonObject) -> FieldShape:
    targets = field.get("referenceTo")
    return FieldShape(
        name=text(field.get("name")),
        type=text(field.get("type")),
        createable=field.get("createable") is True,
        updateable=field.get("updateable") is True,
        filterable=field.get("filterable") is True,
        unique=field.get("unique") is True,
        external_id=field.get("externalId") is True,
        calculated=field.get("calculated") is True,
        relationship=text(field.get("relationshipName")),
        refers_to=tuple(text(target) for target in targets) if isinstance(targets, list) else (),
        choices=_choices(field.get("picklistValues")),
    )


def _choices(values: JsonValue) -> Mapping[str, bool]:
    listed = as_objects(values) if isinstance(values, list) else ()
    return {text(value.get("value")): value.get("active") is not False for value in listed}


def _record_types(infos: JsonValue) -> Mapping[str, str]:
    if not isinstance(infos, list):
        return {}
    return {
        text(info.get("developerName")): text(info.get("recordTypeId"))
        for info in as_objects(infos)
        if info.get("active") is not False and info.get("available") is not False
    }
