"""Completed Tasks by collections: inserted with a unique external id, so that a repeat makes no second one.

Subject holds 255 characters, Description 32,000 (Object Reference, "Task"); what is longer is cut, for a Task that is
refused tells nobody anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonValue, as_objects
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.errors import DataRefusedError
from csops_sync.adapters.salesforce.outcome import of_error, of_row
from csops_sync.ports.crm import Insert, Json, WriteResult, WriteStatus
from csops_sync.ports.errors import PermanentError, TransientError, UnknownOutcomeError
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
        sent = self._send(bodies) if bodies else {}
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
        fixed: dict[str, object] = {"attributes": {"type": TASK}, "Status": mapping.completed}
        if mapping.priority is not None:
            fixed["Priority"] = mapping.priority
        own = dict(_column(name, value) for name, value in record.values.items())
        return {**fixed, **own, mapping.key: record.key}

    def _send(self, bodies: Mapping[str, Mapping[str, object]]) -> Mapping[str, WriteResult]:
        call = Call(
            path="composite/sobjects",
            method="POST",
            body={"allOrNone": False, "records": list(bodies.values())},
            headers=_HEADERS,
        )
        try:
            return self._results(list(bodies), self._client.write(call))
        except UnknownOutcomeError as error:
            return {key: of_error(key, WriteStatus.UNKNOWN, error) for key in bodies}
        except DataRefusedError as error:
            fate = WriteStatus.REJECTED if len(bodies) == 1 else WriteStatus.RETRY
            return {key: of_error(key, fate, error) for key in bodies}

    def _results(self, keys: Sequence[str], answer: JsonValue) -> Mapping[str, WriteResult]:
        try:
            rows = zip(keys, as_objects(answer), strict=True)
            results = [of_row(key, row, key_column=self._mapping.key) for key, row in rows]
        except (TransientError, ValueError) as error:
            raise UnknownOutcomeError(f"Salesforce's answer to Tasks cannot be read: {error}") from error
        return {result.key: _there(result) for result in results}


def _column(name: str, value: Json) -> tuple[str, Json]:
    if name not in _COLUMNS:
        raise PermanentError(f"A Task is logged without `{name}`: it has no such field here.", code="MAPPING")
    longest = _LONGEST.get(name)
    return _COLUMNS[name], value[:longest] if longest and isinstance(value, str) else value


def _there(result: WriteResult) -> WriteResult:
    """A Task under our key was logged by an earlier attempt, whose answer was lost."""
    return replace(result, status=WriteStatus.DONE) if result.status is WriteStatus.EXISTS else result
