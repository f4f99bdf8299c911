"""`POST /composite/graph`: opportunities with their lines and contact roles, each with all that is its own or not made.

REST API guide, "Composite Graph" and "Composite Graph Limits": 75 graphs and 500 nodes a call, each graph all or
nothing, and no more graphs once 14 have failed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonValue, as_object, as_objects, text
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.collection import fate_of
from csops_sync.adapters.salesforce.composite import SubAnswer, Subrequest, answers_of, part_of
from csops_sync.adapters.salesforce.errors import DataRefusedError
from csops_sync.adapters.salesforce.outcome import of_error, of_failure
from csops_sync.adapters.salesforce.records import long_id
from csops_sync.adapters.salesforce.sold import LINE, ROLE
from csops_sync.domain.copying import ContactRole, Copied, NewLine
from csops_sync.ports.crm import WriteResult, WriteStatus
from csops_sync.ports.errors import TransientError, UnknownOutcomeError

MOST_GRAPHS: Final = 14
MOST_NODES: Final = 500
_HALTED: Final = "PROCESSING_HALTED"
_DEAL: Final = "deal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One opportunity's columns and what is made together with it."""

    body: Mapping[str, object]
    copied: Copied


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCall:
    """Opportunities by our key. `key_column` is the unique field in which that key stands."""

    table: str
    wholes: Mapping[str, Whole]
    headers: Mapping[str, str]
    key_column: str


def send_graphs(client: Client, call: GraphCall) -> Mapping[str, WriteResult]:
    """This function will send the graphs in one call and give each opportunity's outcome; none are no call.

    A call that is refused as a whole raises what `Client.write` raises. ValueError where it is too large.
    """
    wholes = call.wholes
    if not wholes:
        return {}
    if len(wholes) > MOST_GRAPHS or sum(1 + len(one.copied) for one in wholes.values()) > MOST_NODES:
        raise ValueError(
            f"One call makes {MOST_GRAPHS} opportunities, {MOST_NODES} records in all: split them."
        )
    graphs = [_graph(client.root, call, place, one) for place, one in enumerate(wholes.values())]
    try:
        answer = client.write(Call(path="composite/graph", method="POST", body={"graphs": graphs}))
        return _results(call, answer)
    except (UnknownOutcomeError, DataRefusedError) as error:
        fate = fate_of(error, len(wholes))
        return {key: of_error(key, fate, error) for key in wholes}


def _graph(root: str, call: GraphCall, place: int, whole: Whole) -> Mapping[str, object]:
    deal = f"{_DEAL}_{place}"
    book = whole.copied.price_book_id
    body = {**whole.body, "Pricebook2Id": book} if book is not None else whole.body
    nodes = [(deal, call.table, body), *_nodes(whole.copied, deal, place)]
    requests = [
        Subrequest(
            reference=reference,
            method="POST",
            url=f"{root}/sobjects/{table}",
            body=columns,
            headers=call.headers,
        )
        for reference, table, columns in nodes
    ]
    return {"graphId": f"graph_{place}", "compositeRequest": [part_of(one) for one in requests]}


def _nodes(copied: Copied, deal: str, place: int) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    parent = {"OpportunityId": f"@{{{deal}.id}}"}
    for number, line in enumerate(copied.lines):
        yield f"line_{place}_{number}", LINE, {**parent, **_line(line)}
    for number, role in enumerate(copied.roles):
        yield f"role_{place}_{number}", ROLE, {**parent, **_role(role)}


def _line(line: NewLine) -> Mapping[str, object]:
    columns: dict[str, object] = {
        "PricebookEntryId": line.entry_id,
        "Quantity": line.quantity,
        "UnitPrice": line.unit_price,
        "Discount": line.discount,
        "Description": line.description,
        "ServiceDate": line.service_date.isoformat() if line.service_date else None,
    }
    return {name: value for name, value in columns.items() if value is not None}


def _role(role: ContactRole) -> Mapping[str, object]:
    columns: dict[str, object] = {
        "ContactId": role.contact_id,
        "Role": role.role,
        "IsPrimary": role.is_primary,
    }
    return {name: value for name, value in columns.items() if value is not None}


def _results(call: GraphCall, answer: JsonValue) -> Mapping[str, WriteResult]:
    try:
        graphs = {text(one.get("graphId")): one for one in as_objects(as_object(answer).get("graphs"))}
        return {
            key: _result(call, key, answers_of(as_object(graphs[f"graph_{place}"].get("graphResponse"))))
            for place, key in enumerate(call.wholes)
        }
    except (TransientError, KeyError) as error:
        raise UnknownOutcomeError(f"Salesforce's answer to a graph cannot be read: {error}") from error


def _result(call: GraphCall, key: str, answers: Sequence[SubAnswer]) -> WriteResult:
    """Give the outcome of a graph: made as a whole, or what the record said that kept it from being made."""
    failed = [one for one in answers if one.failure is not None]
    if answers and not failed:
        deal = next((one for one in answers if one.reference.startswith(f"{_DEAL}_")), None)
        made = as_object(deal.body if deal else None).get("id")  # whatever the order of the answers
        return WriteResult(key=key, status=WriteStatus.DONE, id=long_id(text(made)))
    blamed = next((one for one in failed if one.failure and one.failure.code != _HALTED), None)
    if blamed is None or blamed.failure is None:
        return WriteResult(key=key, status=WriteStatus.RETRY, code=_HALTED, message="another graph failed")
    result = of_failure(key, blamed.failure, key_column=call.key_column)
    if blamed.reference.startswith(f"{_DEAL}_") and result.status is not WriteStatus.UNKNOWN:
        return result
    status = _OF_ANOTHER.get(result.status, result.status)
    return WriteResult(
        key=key, status=status, code=result.code, message=result.message, retry_after=result.retry_after
    )


# A graph that failed was rolled back; and what is there already is no opportunity of ours where a line says so.
_OF_ANOTHER: Final = {
    WriteStatus.UNKNOWN: WriteStatus.RETRY,
    WriteStatus.EXISTS: WriteStatus.REJECTED,
    WriteStatus.CONFLICT: WriteStatus.REJECTED,
}
