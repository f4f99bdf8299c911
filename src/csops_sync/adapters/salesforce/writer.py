"""`CrmWriter` on Salesforce's REST API: inserts by collections and graphs, guarded updates by composite.

No write is repeated.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from csops_sync.adapters.salesforce.blame import blamed_on
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.collection import MOST_ROWS, Collection, fate_of, send_collection
from csops_sync.adapters.salesforce.composite import (
    MOST_SUBREQUESTS,
    SubAnswer,
    Subrequest,
    envelope,
    open_envelope,
)
from csops_sync.adapters.salesforce.describe import Describer
from csops_sync.adapters.salesforce.errors import DataRefusedError
from csops_sync.adapters.salesforce.fetch import Fetcher
from csops_sync.adapters.salesforce.graphs import GraphCall, Whole, send_graphs
from csops_sync.adapters.salesforce.outcome import of_error, of_failure
from csops_sync.adapters.salesforce.payload import Payloads
from csops_sync.adapters.salesforce.sold import SoldReader
from csops_sync.adapters.salesforce.tables import tables_of
from csops_sync.adapters.salesforce.tasks import TaskLog
from csops_sync.domain.copying import ContactRole, SoldLine
from csops_sync.ports.crm import Insert, Overwrite, Patch, Role, Row, WriteResult, WriteStatus
from csops_sync.ports.errors import PermanentError, TransientError, UnknownOutcomeError
from csops_sync.ports.mapping import OrgMapping

# allowSave: last year's renewal looks like this year's, and an alerting duplicate rule would keep it out.
# updateMru: an integration should not fill people's "recently viewed" (v60 and later).
_HEADERS: Final[Mapping[str, str]] = {
    "Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=false; runAsCurrentUser=true",
    "Sforce-Mru": "updateMru=false",
    "Sforce-Auto-Assign": "FALSE",
}
_NOT_IN_PARTS: Final = frozenset({"accept", "authorization", "content-type"})  # REST API guide, "Composite"


class SalesforceWriter:
    """Writes opportunities, and reads what that takes. Safe to be used from several threads.

    A call that is refused as a whole raises what `Client.write` raises; where one of its records may be why, all of
    them are to be sent again, in smaller calls, until the one is alone and rejected.
    """

    def __init__(self, *, client: Client, describer: Describer, mapping: OrgMapping) -> None:
        reading = client.around_writes()
        tables = tables_of(mapping)
        self._client = client
        self._mapping = mapping
        self._payloads = Payloads(mapping, describer.asking_by(reading))
        self._tasks = TaskLog(client, mapping.task)
        self._sold = SoldReader(reading, mapping.copied)
        self._fetcher = Fetcher(reading, tables)
        self._beginning = Fetcher(client.around_writes(begins=True), tables)

    def insert(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        """This function will insert at most 200 opportunities in one call, each on its own (ValueError above).

        Those with something copied into them go in another call, of at most 14, with 500 records in all.
        """
        _at_most(MOST_ROWS, records)
        bodies, refused = self._bodies(records)
        wholes = {
            one.key: Whole(body=bodies.pop(one.key), copied=one.copied)
            for one in records
            if one.copied and one.key in bodies
        }
        sent = {**self._send("POST", bodies), **self._send_whole(wholes)}
        return [refused.get(record.key) or sent[record.key] for record in records]

    def sold_lines(self, deal_ids: Sequence[str]) -> Sequence[SoldLine]:
        """This function will read the lines of these opportunities."""
        return self._sold.lines(deal_ids)

    def contact_roles(self, deal_ids: Sequence[str]) -> Mapping[str, Sequence[ContactRole]]:
        """This function will read the contact roles of these opportunities."""
        return self._sold.roles(deal_ids)

    def patch(self, patches: Sequence[Patch]) -> Sequence[WriteResult]:
        """This function will update at most 25 opportunities in one call, each under its guard (ValueError above)."""
        _at_most(MOST_SUBREQUESTS, patches)
        bodies, refused = self._bodies(patches)
        sent = self._patch([patch for patch in patches if patch.key in bodies], bodies) if bodies else {}
        return [refused.get(patch.key) or sent[patch.key] for patch in patches]

    def overwrite(self, records: Sequence[Overwrite]) -> Sequence[WriteResult]:
        """This function will write fields of at most 200 opportunities in one call, each on its own (ValueError above).

        Nothing guards them: it is for fields that are ours alone, which hold the same however often they are written.
        """
        _at_most(MOST_ROWS, records)
        bodies, refused = self._bodies(records)
        named = {one.key: {"id": one.id, **bodies[one.key]} for one in records if one.key in bodies}
        sent = self._send("PATCH", named)
        return [refused.get(record.key) or sent[record.key] for record in records]

    def log_tasks(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        """This function will log at most 200 completed Tasks in one call, each on its own (ValueError above)."""
        _at_most(MOST_ROWS, records)
        return self._tasks.add(records)

    def find_by_key(self, keys: Sequence[str]) -> Mapping[str, Row]:
        """This function will read the opportunities, deleted ones too, that carry these renewal keys."""
        with blamed_on(self._mapping):
            return self._fetcher.by_key(keys)

    def fetch(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """This function will read these records, deleted ones too."""
        with blamed_on(self._mapping):
            return self._fetcher.by_id(role, ids)

    def fetch_accounts(self, account_ids: Sequence[str]) -> Sequence[Row]:
        """This function will read all contracts and opportunities of these accounts as they are right now."""
        with blamed_on(self._mapping):
            return self._beginning.by_account(account_ids)

    def _bodies(
        self, records: Sequence[Insert] | Sequence[Patch] | Sequence[Overwrite]
    ) -> tuple[dict[str, Mapping[str, object]], dict[str, WriteResult]]:
        bodies: dict[str, Mapping[str, object]] = {}
        refused: dict[str, WriteResult] = {}
        record_types = self._payloads.record_types(record.values for record in records)
        for record in records:
            try:
                bodies[record.key] = self._payloads.body(record.values, record_types)
            except PermanentError as error:
                refused[record.key] = of_error(record.key, WriteStatus.REJECTED, error)
        return bodies, refused

    def _send(self, method: str, bodies: Mapping[str, Mapping[str, object]]) -> Mapping[str, WriteResult]:
        collection = Collection(
            method=method,
            table=self._payloads.table,
            bodies=bodies,
            headers=_HEADERS,
            key_column=self._payloads.key_column,
        )
        return send_collection(self._client, collection)

    def _send_whole(self, wholes: Mapping[str, Whole]) -> Mapping[str, WriteResult]:
        call = GraphCall(
            table=self._payloads.table,
            wholes=wholes,
            headers=_HEADERS,
            key_column=self._payloads.key_column,
        )
        return send_graphs(self._client, call)

    def _patch(
        self, patches: Sequence[Patch], bodies: Mapping[str, Mapping[str, object]]
    ) -> Mapping[str, WriteResult]:
        parts = [self._part(place, patch, bodies[patch.key]) for place, patch in enumerate(patches)]
        try:
            answers = self._patched(parts)
        except (UnknownOutcomeError, DataRefusedError) as error:
            fate = fate_of(error, len(patches))
            return {patch.key: of_error(patch.key, fate, error, record_id=patch.id) for patch in patches}
        return {
            patch.key: self._result(patch, answers[part.reference])
            for patch, part in zip(patches, parts, strict=True)
        }

    def _part(self, place: int, patch: Patch, body: Mapping[str, object]) -> Subrequest:
        own = {name: value for name, value in patch.headers.items() if name.lower() not in _NOT_IN_PARTS}
        guard = format_datetime(patch.unmodified_since.astimezone(UTC), usegmt=True)
        return Subrequest(
            reference=f"patch_{place}",
            method="PATCH",
            url=f"{self._client.root}/sobjects/{self._payloads.table}/{patch.id}",
            body=body,
            headers={**_HEADERS, **own, "If-Unmodified-Since": guard},
        )

    def _patched(self, parts: Sequence[Subrequest]) -> Mapping[str, SubAnswer]:
        answer = self._client.write(Call(path="composite", method="POST", body=envelope(parts)))
        try:
            return open_envelope(answer, parts)
        except TransientError as error:
            raise UnknownOutcomeError(f"Salesforce's answer to an update cannot be read: {error}") from error

    def _result(self, patch: Patch, answer: SubAnswer) -> WriteResult:
        if answer.failure is None:
            return WriteResult(key=patch.key, status=WriteStatus.DONE, id=patch.id)
        return of_failure(patch.key, answer.failure, key_column=self._payloads.key_column, record_id=patch.id)


def _at_most(limit: int, records: Sequence[object]) -> None:
    if len(records) > limit:
        raise ValueError(f"One call writes {limit} records, not {len(records)}: split them.")
