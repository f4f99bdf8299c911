"""Reading named records as they are right now: by id, by account, by renewal key."""

from collections.abc import Mapping, Sequence
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonObject
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.pages import Query, read_queries
from csops_sync.adapters.salesforce.records import Extractor, extractor, rows_of
from csops_sync.adapters.salesforce.soql import in_chunks
from csops_sync.adapters.salesforce.tables import RoleTable
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.errors import PermanentError

_OF_ACCOUNTS: Final = (Role.CONTRACT, Role.OPPORTUNITY)


class Fetcher:
    """Reads by lists, five queries of up to 200 values a call. Deleted records come too."""

    def __init__(self, client: Client, tables: Mapping[Role, RoleTable]) -> None:
        self._client = client
        self._tables = tables
        self._extractors: Mapping[Role, Extractor] = {
            role: extractor(table) for role, table in tables.items()
        }

    def by_id(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """This function will read these records; those that are gone for good or hidden are left out."""
        return self._read(self._queries(role, "Id", ids))

    def by_account(self, account_ids: Sequence[str]) -> Sequence[Row]:
        """This function will read all contracts and opportunities of these accounts, in one call for up to 400."""
        queries: list[Query] = []
        for role in _OF_ACCOUNTS:
            if role in self._tables:
                queries += self._queries(role, self._path(role, "account"), account_ids)
        return self._read(queries)

    def by_key(self, keys: Sequence[str]) -> Mapping[str, Row]:
        """This function will read the opportunities with these renewal keys; a living one goes before a deleted one."""
        path = self._path(Role.OPPORTUNITY, "renewal_key")
        found: dict[str, Row] = {}
        for row in self._read(self._queries(Role.OPPORTUNITY, path, keys)):
            key = row.values["renewal_key"]
            if isinstance(key, str) and (key not in found or found[key].deleted):
                found[key] = row
        return found

    def _path(self, role: Role, name: str) -> str:
        try:
            return self._tables[role].columns[name]
        except KeyError:
            raise PermanentError(
                f"The mapping gives {role.value} no field `{name}`: add it under {role.value}.fields.",
                code="MAPPING",
            ) from None

    def _queries(self, role: Role, path: str, values: Sequence[str]) -> list[Query]:
        table = self._tables[role]
        distinct = tuple(dict.fromkeys(values))
        return [
            Query(key=f"{role.value}_{number}", select=select, with_deleted=table.has_deletions)
            for number, select in enumerate(in_chunks(table.select(), path, distinct))
        ]

    def _read(self, queries: Sequence[Query]) -> Sequence[Row]:
        rows: list[Row] = []

        def keep(key: str, records: Sequence[JsonObject]) -> None:
            rows.extend(rows_of(self._extractors[Role(key.rpartition("_")[0])], records))

        if queries:
            read_queries(self._client, queries, keep)
        return rows
