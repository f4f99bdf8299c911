"""From our names and values to the body of a write."""

from collections.abc import Iterable, Mapping
from typing import Final

from csops_sync.adapters.salesforce.describe import Describer
from csops_sync.ports.crm import Json, Role
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import ObjectMapping, OrgMapping

_RECORD_TYPE_PATH: Final = "RecordType.DeveloperName"
_RECORD_TYPE_COLUMN: Final = "RecordTypeId"


def written_column(path: str) -> str | None:
    """This function will give the column that a mapped path is written to; None where it cannot be."""
    if path == _RECORD_TYPE_PATH:
        return _RECORD_TYPE_COLUMN
    return None if "." in path else path


class Payloads:
    """Writes an opportunity's values as Salesforce's columns. Values are JSON scalars; Decimals stay exact."""

    def __init__(self, mapping: OrgMapping, describer: Describer) -> None:
        self._opportunity: ObjectMapping = mapping.objects[Role.OPPORTUNITY]
        self._describer = describer

    @property
    def table(self) -> str:
        """The API name of the opportunity object."""
        return self._opportunity.object

    @property
    def key_column(self) -> str:
        """The column with the unique renewal key."""
        return self._opportunity.fields["renewal_key"].path

    def record_types(self, records: Iterable[Mapping[str, Json]]) -> Mapping[str, str]:
        """This function will give the ids of usable record types by name, for one call of at most one describe."""
        names = [name for name, field in self._opportunity.fields.items() if field.path == _RECORD_TYPE_PATH]
        wanted = {value for values in records for name in names if isinstance(value := values.get(name), str)}
        return self._describer.record_types(self.table, wanted) if wanted else {}

    def body(self, values: Mapping[str, Json], record_types: Mapping[str, str]) -> Mapping[str, object]:
        """This function will give the columns; PermanentError where a name or a record type is not known."""
        return dict(self._column(name, value, record_types) for name, value in values.items())

    def _column(self, name: str, value: Json, record_types: Mapping[str, str]) -> tuple[str, Json]:
        field = self._opportunity.fields.get(name)
        column = written_column(field.path) if field else None
        if field is None or column is None:
            raise PermanentError(
                f"`{name}` cannot be written: map it to a field of {self.table} itself under opportunity.fields.",
                code="MAPPING",
            )
        if field.path == _RECORD_TYPE_PATH and isinstance(value, str):
            return column, self._record_type(value, field.origin, record_types)
        return column, value

    def _record_type(self, developer_name: str, origin: str, known: Mapping[str, str]) -> str:
        if developer_name not in known:
            raise PermanentError(
                f"{origin}: the integration user may not use a record type {developer_name} of {self.table} (usable: "
                f"{', '.join(sorted(known)) or 'none'}): assign it in the permission set, or correct the rules.",
                code="RECORD_TYPE",
            )
        return known[developer_name]
