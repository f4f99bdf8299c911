"""Hashes of what was decided by: stable over comments, layout and key order, different when anything that counts is."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path

from csops_sync.config.templates import CompiledTemplate
from csops_sync.ports.crm import Role
from csops_sync.ports.mapping import ObjectMapping

Canonical = str | int | bool | None | list["Canonical"] | dict[str, "Canonical"]

_LENGTH = 16
_NOT_CONTENT = frozenset({"hash", "origin", "called", "targets", "reads_targets"})


def content_hash(value: object) -> str:
    """This function will give 16 hexadecimal digits for a frozen value; places in files do not count.

    Nor do targets and what routes are called: nothing is decided by them.
    """
    content = json.dumps(canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:_LENGTH]


def canonical(value: object) -> Canonical:
    """This function will write a frozen value as plain JSON data; raises TypeError for what has no such form."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str | date | time | timedelta):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, CompiledTemplate):
        return value.source
    return _composite(value)


def _composite(value: object) -> Canonical:
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: canonical(each) for name, each in named if name not in _NOT_CONTENT}
    if isinstance(value, Mapping):
        return {str(key): canonical(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((canonical(each) for each in value), key=json.dumps)
    if isinstance(value, tuple | list):
        return [canonical(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def mapping_hashes(objects: Mapping[Role, ObjectMapping]) -> Mapping[Role, str]:
    """This function will give a hash per role of what its mirrored rows depend on: the object and its columns.

    Rows of field history call the opportunity's fields by our names, so they depend on its columns too. Accounts are
    found by their parent where that is mapped, so it counts for more than a column: those that were read before they
    could be found so are read again.
    """
    hashes = {role: content_hash(_columns(mapped)) for role, mapped in objects.items()}
    edits, edited = objects.get(Role.FIELD_HISTORY), objects.get(Role.OPPORTUNITY)
    if edits is not None and edited is not None:
        hashes[Role.FIELD_HISTORY] = content_hash((_columns(edits), _columns(edited)))
    accounts = objects.get(Role.ACCOUNT)
    if accounts is not None and "parent" in accounts.fields:
        hashes[Role.ACCOUNT] = content_hash((_columns(accounts), "below its parent"))
    return hashes


def _columns(mapped: ObjectMapping) -> tuple[str, Mapping[str, str]]:
    return mapped.object, {name: field.path for name, field in mapped.fields.items()}


def fingerprint(paths: Iterable[Path]) -> str:
    """This function will digest the bytes of these files, to see that one changed; a file that is gone counts too."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError:
            content = b"\0absent"
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()
