"""Reading whole objects: a first load by pages of Id, and the sweep of ids and stamps for reconciliation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonObject, text
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.pages import Query, read_queries
from csops_sync.adapters.salesforce.records import Extractor, extractor, long_id, rows_of, stamp_ms
from csops_sync.adapters.salesforce.soql import Select, above
from csops_sync.adapters.salesforce.tables import RoleTable
from csops_sync.ports.crm import LoadPage, Role

PAGE: Final = 2000


class Loader:
    """Pages by `Id > last ORDER BY Id`: any page can be asked for again, there is no cursor to lose."""

    def __init__(self, client: Client, tables: Mapping[Role, RoleTable]) -> None:
        self._client = client
        self._tables = tables
        self._extractors: Mapping[Role, Extractor] = {
            role: extractor(table) for role, table in tables.items()
        }

    def load(self, role: Role, *, after_id: str) -> LoadPage:
        """This function will read the next 2,000 rows, soft-deleted ones too: they settle terms."""
        table = self._tables[role]
        records = self._page(table, table.select().fields, after_id, with_deleted=table.has_deletions)
        rows = rows_of(self._extractors[role], records)
        return LoadPage(rows=rows, last_id=rows[-1].id if rows else after_id, done=len(rows) < PAGE)

    def sweep(self, role: Role) -> Iterator[Sequence[tuple[str, int]]]:
        """This function will yield pages of (Id, stamp) of what the user can see."""
        table = self._tables[role]
        after_id = ""
        while True:
            records = self._page(table, ("Id", table.stamp), after_id, with_deleted=False)
            if records:
                yield [(long_id(text(record["Id"])), stamp_ms(record[table.stamp])) for record in records]
                after_id = text(records[-1]["Id"])
            if len(records) < PAGE:
                return

    def _page(
        self, table: RoleTable, fields: Sequence[str], after_id: str, *, with_deleted: bool
    ) -> Sequence[JsonObject]:
        records: list[JsonObject] = []

        def keep(_key: str, page: Sequence[JsonObject]) -> None:
            records.extend(page)

        select = Select(
            fields=fields,
            table=table.object,
            where=(above("Id", after_id),) if after_id else (),
            order_by=("Id",),
            limit=PAGE,
        )
        read_queries(self._client, [Query(key="page", select=select, with_deleted=with_deleted)], keep)
        return records
