"""`CrmReader` on Salesforce's REST API."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from csops_sync.adapters.salesforce.blame import blamed_on
from csops_sync.adapters.salesforce.budget import ApiBudget
from csops_sync.adapters.salesforce.check import MappingCheck
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.describe import Describer
from csops_sync.adapters.salesforce.fetch import Fetcher
from csops_sync.adapters.salesforce.identity import read_identity, read_user_id, read_user_ids
from csops_sync.adapters.salesforce.load import Loader
from csops_sync.adapters.salesforce.pull import Puller
from csops_sync.adapters.salesforce.tables import tables_of
from csops_sync.ports.clock import Clock
from csops_sync.ports.crm import ApiUsage, LoadPage, MappingProblem, OrgIdentity, Pulled, Role, Row
from csops_sync.ports.mapping import OrgMapping


class SalesforceReader:
    """Reads one org, by one mapping. Safe to be used from several threads."""

    def __init__(
        self,
        *,
        client: Client,
        budget: ApiBudget,
        describer: Describer,
        mapping: OrgMapping,
        clock: Clock,
        overlap: int,
    ) -> None:
        self._client = client
        self._describer = describer
        self._budget = budget
        self._mapping = mapping
        self._tables = tables_of(mapping)
        self._check = MappingCheck(client, describer, mapping, self._tables, lambda: read_user_id(client))
        self._puller = Puller(client, self._tables, clock, overlap_ms=overlap * 1000)
        self._loader = Loader(client, self._tables)
        self._fetcher = Fetcher(client, self._tables)

    @property
    def slow_down(self) -> bool:
        """True near the share of the API allowance: poll more rarely, and say so."""
        return self._budget.slow_down

    def identity(self) -> OrgIdentity:
        """This function will say which org this is."""
        return read_identity(self._client)

    def user_ids(self, usernames: Sequence[str]) -> Mapping[str, str]:
        """This function will give user ids by username; those that Salesforce does not know are left out."""
        return read_user_ids(self._client, usernames)

    def check(self) -> Sequence[MappingProblem]:
        """This function will compare the mapping with describe(), and the user's sight with what is needed."""
        return self._check.problems()

    def record_types(self, wanted: Collection[str]) -> frozenset[str]:
        """This function will name the record types of opportunities that the user may use, asking only if need be."""
        table = self._tables[Role.OPPORTUNITY].object
        return frozenset(self._describer.record_types(table, wanted) if wanted else ())

    def roles(self) -> Sequence[Role]:
        """This function will list the roles that the mapping reads, histories last."""
        return tuple(self._tables)

    def computed(self, role: Role) -> frozenset[str]:
        """This function will name a role's fields that are formulas or stand on other records, asking only once."""
        table = self._tables[role]
        formulas = self._describer.formulas(table.object)
        return frozenset(ours for ours, path in table.columns.items() if "." in path or path in formulas)

    def pull(self, watermarks: Mapping[Role, int]) -> Pulled:
        """This function will read every given role's rows from its watermark (epoch ms, inclusive) to now."""
        with blamed_on(self._mapping):
            return self._puller.pull(watermarks)

    def load(self, role: Role, *, after_id: str) -> LoadPage:
        """This function will read the next 2,000 rows of a first load."""
        with blamed_on(self._mapping):
            return self._loader.load(role, after_id=after_id)

    def sweep(self, role: Role) -> Iterator[Sequence[tuple[str, int]]]:
        """This function will page through every visible (Id, stamp) of a role."""
        with blamed_on(self._mapping):
            yield from self._loader.sweep(role)

    def fetch(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """This function will read these records, deleted ones too."""
        with blamed_on(self._mapping):
            return self._fetcher.by_id(role, ids)

    def usage(self) -> ApiUsage:
        """This function will say how much of the API allowance is gone."""
        return self._budget.usage()
