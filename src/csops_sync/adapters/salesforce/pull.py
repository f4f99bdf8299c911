"""One pull: everything that changed since the watermarks, read to one horizon, for 1 or 2 API calls when nothing did.

`getUpdated` is asked for its `latestDateCovered` only: while a transaction is open in the org it stays
before that transaction's start, so a watermark held below it passes no row that is still to become visible
(REST API guide, "Get Updated").
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from csops_sync.adapters.salesforce.answers import as_object
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.composite import SubAnswer, Subrequest
from csops_sync.adapters.salesforce.harvest import AT_ONCE, Harvest
from csops_sync.adapters.salesforce.pages import Query, read_queries
from csops_sync.adapters.salesforce.records import extractor, stamp_ms
from csops_sync.adapters.salesforce.retry import LOST_CURSOR
from csops_sync.adapters.salesforce.soql import Select, at_or_after, instant
from csops_sync.adapters.salesforce.tables import HISTORIES, RoleTable
from csops_sync.ports.clock import Clock
from csops_sync.ports.crm import Pulled, Role
from csops_sync.ports.errors import TransientError

_MINUTE: Final = 60_000
_WINDOW: Final = 30 * 24 * 60 * _MINUTE - 60 * _MINUTE  # getUpdated goes back 30 days; an hour's margin


class Puller:
    """Reads changed rows.

    `overlap_ms` is how far the watermark stays behind Salesforce's clock at least; `at_once` how many rows stay in
    memory.
    """

    def __init__(
        self,
        client: Client,
        tables: Mapping[Role, RoleTable],
        clock: Clock,
        *,
        overlap_ms: int,
        at_once: int = AT_ONCE,
    ) -> None:
        self._client = client
        self._tables = tables
        self._clock = clock
        self._overlap = overlap_ms
        self._at_once = at_once
        self._extractors = {role: extractor(table) for role, table in tables.items()}

    def pull(self, watermarks: Mapping[Role, int]) -> Pulled:
        """This function will read the roles that have a watermark, whole or not at all."""
        try:
            return self._pull_once(watermarks)
        except TransientError as error:
            if error.code != LOST_CURSOR:
                raise
        return self._pull_once(watermarks)

    def _pull_once(self, watermarks: Mapping[Role, int]) -> Pulled:
        began_ms = _ms_of(self._clock)
        tables = {role: table for role, table in self._tables.items() if role in watermarks}
        harvest = Harvest(self._extractors, at_once=self._at_once)
        asides = read_queries(
            self._client,
            [_query(table, watermarks[role]) for role, table in tables.items()],
            harvest,
            beside=self._questions(tables, watermarks, began_ms),
        )
        latest = {table: _latest(answer) for table, answer in asides.items()}
        covered, degraded = self._covered(tables, latest, began_ms - self._overlap)
        return Pulled(
            rows=harvest.rows(),
            covered=covered,
            read_at=self._clock.now(),
            degraded=degraded,
        )

    def _questions(
        self, tables: Mapping[Role, RoleTable], watermarks: Mapping[Role, int], began_ms: int
    ) -> Sequence[Subrequest]:
        """One getUpdated per object, from its oldest watermark; none where that lies beyond the window."""
        since: dict[str, int] = {}
        for role in tables:
            table = self._covering(role)
            if table is not None:
                since[table.object] = min(watermarks[role], since.get(table.object, began_ms))
        return [
            Subrequest(reference=_reference(table), url=self._updated_url(table, start, began_ms))
            for table, start in since.items()
            if began_ms - start < _WINDOW
        ]

    def _updated_url(self, table: str, start_ms: int, end_ms: int) -> str:
        end = end_ms // _MINUTE * _MINUTE  # seconds are ignored
        start = min(start_ms // _MINUTE * _MINUTE, end - _MINUTE)
        window = urlencode({"start": instant(start), "end": instant(end)})
        return f"{self._client.root}/sobjects/{table}/updated?{window}"

    def _covering(self, role: Role) -> RoleTable | None:
        """Whose latestDateCovered holds for a role: its own, or for history rows the opportunity's."""
        return self._tables.get(Role.OPPORTUNITY) if role in HISTORIES else self._tables[role]

    def _covered(
        self, tables: Mapping[Role, RoleTable], latest: Mapping[str, int | None], by_overlap: int
    ) -> tuple[Mapping[Role, int], frozenset[Role]]:
        covered: dict[Role, int] = {}
        degraded: set[Role] = set()
        for role in tables:
            table = self._covering(role)
            bound = latest.get(_reference(table.object)) if table else None
            covered[role] = by_overlap if bound is None else min(bound, by_overlap)
            if bound is None:
                degraded.add(role)
        return covered, frozenset(degraded)


def _query(table: RoleTable, watermark: int) -> Query:
    select = table.select()
    return Query(
        key=table.role.value,
        select=Select(
            fields=select.fields,
            table=select.table,
            where=(at_or_after(table.stamp, watermark),),
            order_by=(table.stamp, "Id"),
        ),
        with_deleted=table.has_deletions,
    )


def _latest(answer: SubAnswer) -> int | None:
    """None where getUpdated was refused: not replicated, not permitted, too many ids, or an impossible window."""
    if answer.failure is not None:
        return None
    return stamp_ms(as_object(answer.body).get("latestDateCovered"))


def _reference(table: str) -> str:
    return "updated_" + table


def _ms_of(clock: Clock) -> int:
    return int(clock.now().timestamp() * 1000)
