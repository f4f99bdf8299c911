"""Where a refused field or object stands in the mapping file, so that a person finds it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import OrgMapping

_COLUMN: Final = re.compile(r"No such column '([^']+)' on (?:entity|sobject of type) '?(\w+)'?")
_RELATION: Final = re.compile(r"Didn't understand relationship '([^']+)'")
_OBJECT: Final = re.compile(r"sObject type '([^']+)' is not supported")


@contextmanager
def blamed_on(mapping: OrgMapping) -> Iterator[None]:
    """This function will add the YAML origin to a refusal of a mapped object or field."""
    try:
        yield
    except PermanentError as error:
        origin = origin_of(str(error), mapping)
        if origin is None:
            raise
        raise PermanentError(
            f"{origin}: {error} Grant access to it in the permission set, or correct the mapping.",
            code=error.code,
        ) from error


def origin_of(message: str, mapping: OrgMapping) -> str | None:
    """This function will find the mapped place that Salesforce's words are about; None where it is none of ours."""
    column, relation, table = _COLUMN.search(message), _RELATION.search(message), _OBJECT.search(message)
    for mapped in mapping.objects.values():
        if table and mapped.object == table[1]:
            return mapped.origin
        for field in mapped.fields.values():
            if column and mapped.object == column[2] and field.path == column[1]:
                return field.origin
            if column and "." in field.path and field.path.endswith("." + column[1]):
                return field.origin
            if relation and field.path.startswith(relation[1] + "."):
                return field.origin
    return None
