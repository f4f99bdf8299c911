"""`POST /composite`: up to 25 subrequests for one call's price, at most 5 of them queries or collections.

REST API guide, "Composite"; the answer's order is the request's, each with its own status.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonObject, JsonValue, as_object, as_objects, text
from csops_sync.adapters.salesforce.errors import Failure, judge
from csops_sync.ports.errors import TransientError

MOST_SUBREQUESTS: Final = 25
MOST_QUERIES: Final = 5
_FIRST_FAILURE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Subrequest:
    """One part. `url` begins with `/services/data/v66.0/`; `reference` is letters and digits."""

    reference: str
    url: str
    method: str = "GET"
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubAnswer:
    """The answer to one part; `failure` is None where it went well."""

    reference: str
    body: JsonValue
    failure: Failure | None


def envelope(subrequests: Sequence[Subrequest]) -> Mapping[str, object]:
    """This function will give the body of a composite call, each part independent of the others."""
    if len(subrequests) > MOST_SUBREQUESTS:
        raise ValueError(f"A composite call takes {MOST_SUBREQUESTS} subrequests, not {len(subrequests)}.")
    return {"allOrNone": False, "compositeRequest": [part_of(subrequest) for subrequest in subrequests]}


def open_envelope(answer: JsonValue, expected: Sequence[Subrequest]) -> Mapping[str, SubAnswer]:
    """This function will give the answers by reference; TransientError where one is missing."""
    answers = {part.reference: part for part in answers_of(as_object(answer))}
    missing = [subrequest.reference for subrequest in expected if subrequest.reference not in answers]
    if missing:
        raise TransientError(f"Salesforce's composite answer left out {', '.join(missing)}.")
    return answers


def answers_of(response: JsonObject) -> Sequence[SubAnswer]:
    """This function will read the answers of a composite, or of one graph, in order."""
    return [_sub_answer(part) for part in as_objects(response.get("compositeResponse"))]


def part_of(subrequest: Subrequest) -> Mapping[str, object]:
    """This function will write one subrequest as a composite or a graph holds it."""
    part: dict[str, object] = {
        "method": subrequest.method,
        "url": subrequest.url,
        "referenceId": subrequest.reference,
    }
    if subrequest.headers:
        part["httpHeaders"] = dict(subrequest.headers)
    if subrequest.body is not None:
        part["body"] = subrequest.body
    return part


def _sub_answer(part: JsonObject) -> SubAnswer:
    status = part.get("httpStatusCode")
    number = status if isinstance(status, int) else 500
    body = part.get("body")
    failure = judge(status=number, body=body) if number >= _FIRST_FAILURE else None
    return SubAnswer(reference=text(part.get("referenceId")), body=body, failure=failure)
