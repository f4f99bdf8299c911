"""One call of the collections resource: up to 200 records, each on its own, each with an outcome of its own.

Source: REST API guide, "sObject Collections": `POST` inserts and `PATCH` updates; `allOrNone` false; the answer has one
row a record, in their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonValue, as_objects
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.errors import DataRefusedError
from csops_sync.adapters.salesforce.outcome import of_error, of_row
from csops_sync.ports.crm import WriteResult, WriteStatus
from csops_sync.ports.errors import TransientError, UnknownOutcomeError

MOST_ROWS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Records of one object by our key. `key_column` is the unique field in which that key stands."""

    method: str
    table: str
    bodies: Mapping[str, Mapping[str, object]]
    headers: Mapping[str, str]
    key_column: str


def send_collection(client: Client, collection: Collection) -> Mapping[str, WriteResult]:
    """This function will send a collection in one call and give each record's outcome; no records are no call.

    A call that is refused as a whole raises what `Client.write` raises; where one of its records may be why, all of
    them are to be sent again, in smaller calls, until the one is alone and rejected.
    """
    bodies = collection.bodies
    if not bodies:
        return {}
    attributes = {"attributes": {"type": collection.table}}
    call = Call(
        path="composite/sobjects",
        method=collection.method,
        body={"allOrNone": False, "records": [{**attributes, **body} for body in bodies.values()]},
        headers=collection.headers,
    )
    try:
        return _results(collection, client.write(call))
    except (UnknownOutcomeError, DataRefusedError) as error:
        fate = fate_of(error, len(bodies))
        return {key: of_error(key, fate, error) for key in bodies}


def fate_of(error: UnknownOutcomeError | DataRefusedError, records: int) -> WriteStatus:
    """This function will give the fate that the records of one call share.

    Of several, nobody knows yet which one was refused.
    """
    if isinstance(error, UnknownOutcomeError):
        return WriteStatus.UNKNOWN
    return WriteStatus.REJECTED if records == 1 else WriteStatus.RETRY


def _results(collection: Collection, answer: JsonValue) -> Mapping[str, WriteResult]:
    try:
        rows = zip(collection.bodies, as_objects(answer), strict=True)
        results = [of_row(key, row, key_column=collection.key_column) for key, row in rows]
    except (TransientError, ValueError) as error:
        raise UnknownOutcomeError(f"Salesforce's answer to a collection cannot be read: {error}") from error
    return {result.key: result for result in results}
