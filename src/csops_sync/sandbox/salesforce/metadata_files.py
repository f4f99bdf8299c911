"""The metadata files: what is shipped, the options that an org takes, and an admin's own files, merged into one.

A file holds one object or a list of them. An object that is there already gains what the file says of it: a field of
a known name is changed key by key, rules and duplicate rules are added, anything else is replaced.
"""

import json
import string
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import TypeAlias

Raw: TypeAlias = dict[str, object]

OPTIONS = ("cpq", "multi_currency", "targets")
"""Shipped files that an org takes by name: the SBQQ managed package, several currencies, targets by period."""
_PACKAGE = "csops_sync.sandbox.salesforce.metadata"
_NAMED = frozenset({"fields"})
_LISTED = frozenset({"rules", "duplicate_rules"})
_NAME_FIELD: Raw = {"name": "Name", "label": "Name", "type": "string", "length": 80}
_OWNER: Raw = {
    "name": "OwnerId",
    "label": "Owner ID",
    "type": "reference",
    "to": ["User"],
    "relationship": "Owner",
    "default": "$user",
    "mandatory": True,
}


class MetadataError(ValueError):
    """A metadata file that cannot be used; the text says what to write."""


def raw_objects(extra: Iterable[Path] = ()) -> dict[str, Raw]:
    """This function will read the shipped objects, then each extra file or option; MetadataError."""
    raws: dict[str, Raw] = {}
    for raw in _shipped(""):
        raws[_name(raw)] = raw
    for path in extra:
        for raw in _shipped(path.name) if str(path) in OPTIONS else _read(path):
            _merge(raws, raw)
    return {name: _whole(raw, place) for place, (name, raw) in enumerate(raws.items())}


def named(raw: Raw, key: str) -> list[Raw]:
    """This function will give a list of objects under a key of a metadata object."""
    value = raw.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise MetadataError(f"{raw.get('name')}: {key} must be a list of objects")
    return value


def _shipped(option: str) -> Iterator[Raw]:
    """Give the objects that every org has, or those of an option (its file's name begins with `option-`)."""
    folder = resources.files(_PACKAGE)
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        wanted = f"option-{option}.json" == file.name if option else not file.name.startswith("option-")
        if wanted and file.name.endswith(".json"):
            yield from _objects(json.loads(file.read_text("utf-8")), file.name)


def _read(path: Path) -> Iterator[Raw]:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        options = ", ".join(OPTIONS)
        raise MetadataError(f"{path} cannot be read ({error.strerror}); the options are {options}") from None
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        raise MetadataError(f"{path}:{error.lineno}:{error.colno}: {error.msg}") from None
    return _objects(read, str(path))


def _objects(read: object, where: str) -> Iterator[Raw]:
    for raw in read if isinstance(read, list) else [read]:
        if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
            raise MetadataError(f"{where}: every object needs a name")
        yield raw


def _merge(raws: dict[str, Raw], raw: Raw) -> None:
    known = raws.setdefault(_name(raw), {})
    for key, value in raw.items():
        if key in _NAMED and key in known:
            known[key] = _merged(named(known, key), named(raw, key))
        elif key in _LISTED:
            known[key] = [*named(known, key), *named(raw, key)]
        else:
            known[key] = value


def _merged(known: list[Raw], given: list[Raw]) -> list[Raw]:
    fields = {_name(one): one for one in known}
    for one in given:
        fields[_name(one)] = {**fields.get(_name(one), {}), **one}
    return list(fields.values())


def _whole(raw: Raw, place: int) -> Raw:
    """Add what an admin's own object has without being told: label, plural, prefix, Name and Owner."""
    label = str(raw.get("label") or _name(raw).removesuffix("__c").replace("_", " "))
    whole: Raw = {"label": label, "plural": f"{label}s", "prefix": _prefix(place), **raw}
    if not _name(raw).endswith("__c"):
        return whole
    fields = named(raw, "fields")
    known = {_name(one) for one in fields}
    owned = [] if any(one.get("on_delete") == "cascade" for one in fields) else [_OWNER]
    added = [one for one in ({**_NAME_FIELD, "label": f"{label} Name"}, *owned) if one["name"] not in known]
    return {**whole, "fields": [*added, *fields]}


def _prefix(place: int) -> str:
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    return f"a{digits[place // len(digits)]}{digits[place % len(digits)]}"


def _name(raw: Raw) -> str:
    return str(raw.get("name"))
