"""Completed Tasks by collections: inserted with a unique external id, so that a repeat makes no second one.

Subject holds 255 characters, Description 32,000 (Object Reference, "Task"); what is longer is cut, for a Task that is
refused tells nobody anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.collection import Collection, send_collection
from csops_sync.adapters.salesforce.outcome import of_error
from csops_sync.ports.crm import Insert, Json, WriteResult, WriteStatus
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import TaskMapping

TASK: Final = "Task"
_COLUMNS: Final[Mapping[str, str]] = {
    "subject": "Subject",
    "description": "Description",
    "what": "WhatId",
    "owner": "OwnerId",
    "date": "ActivityDate",
}
_LONGEST: Final[Mapping[str, int]] = {"subject": 255, "description": 32_000}
_HEADERS: Final[Mapping[str, str]] = {"Sforce-Mru": "updateMru=false"}


class TaskLog:
    """Logs Tasks. Safe to be used from several threads; a call is sent once and never repeated."""

    def __init__(self, client: Client, mapping: TaskMapping) -> None:
        self._client = client
        self._mapping = mapping

    def add(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        """This function will insert Tasks in one call, each on its own; one whose key is there already is DONE.

        A call that is refused as a whole raises what `Client.write` raises; where one of its records may be why, all
        of them are to be sent again, in smaller calls, until the one is alone and rejected.
        """
        bodies, refused = self._bodies(records)
        sent = self._send(bodies)
        return [refused.get(record.key) or sent[record.key] for record in records]

    def _bodies(
        self, records: Sequence[Insert]
    ) -> tuple[dict[str, Mapping[str, object]], dict[str, WriteResult]]:
        bodies: dict[str, Mapping[str, object]] = {}
        refused: dict[str, WriteResult] = {}
        for record in records:
            try:
                bodies[record.key] = self._body(record)
            except PermanentError as error:
                refused[record.key] = of_error(record.key, WriteStatus.REJECTED, error)
        return bodies, refused

    def _body(self, record: Insert) -> Mapping[str, object]:
        mapping = self._mapping
        fixed: dict[str, object] = {"Status": mapping.completed}
        if mapping.priority is not None:
            fixed["Priority"] = mapping.priority
        own = dict(_column(name, value) for name, value in record.values.items())
        return {**fixed, **own, mapping.key: record.key}

    def _send(self, bodies: Mapping[str, Mapping[str, object]]) -> Mapping[str, WriteResult]:
        collection = Collection(
            method="POST", table=TASK, bodies=bodies, headers=_HEADERS, key_column=self._mapping.key
        )
        results = send_collection(self._client, collection)
        return {key: _there(result) for key, result in results.items()}


def _column(name: str, value: Json) -> tuple[str, Json]:
    if name not in _COLUMNS:
        raise PermanentError(f"A Task is logged without `{name}`: it has no such field here.", code="MAPPING")
    longest = _LONGEST.get(name)
    return _COLUMNS[name], value[:longest] if longest and isinstance(value, str) else value


def _there(result: WriteResult) -> WriteResult:
    """A Task under our key was logged by an earlier attempt, whose answer was lost."""
    return replace(result, status=WriteStatus.DONE) if result.status is WriteStatus.EXISTS else result
