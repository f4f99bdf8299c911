"""The subrequests of a composite and of a graph: how they are read, run in order, and undone together.

Source: REST API guide, "Composite Subrequest". What cannot be read fails the whole request before anything is done.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from urllib.parse import parse_qsl

import orjson

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.references import REFERENCE_ID, References, failed
from csops_sync.sandbox.salesforce.request import Answer, Call, Context

METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")
_KEYS = frozenset({"method", "url", "referenceId", "body", "httpHeaders"})
_INHERITED = ("accept", "authorization", "content-type")
_URL = re.compile(r"/services/data/v(\d{1,2}\.0)(/[^?]*)(\?.*)?")
Check: TypeAlias = Callable[["Subrequest"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subrequest:
    """One part. `url` begins with `/services/data/vNN.0`, `resource` is its path behind that.

    Header names are in lower case.
    """

    reference: str
    method: str
    url: str
    version: str
    resource: str
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


def read(given: object, check: Check) -> list[Subrequest]:
    """This function will read a `compositeRequest`; ApiError 400, also from `check`, which sees each part."""
    if not isinstance(given, list) or not given or not all(isinstance(raw, dict) for raw in given):
        raise malformed("compositeRequest must be a list of subrequests")
    seen: set[str] = set()
    subs = [_read(raw, seen) for raw in given]
    for sub in subs:
        check(sub)
    return subs


def run(context: Context, call: Call, subs: Sequence[Subrequest], *, all_or_none: bool) -> list[Answer]:
    """This function will run the parts in order; with `all_or_none` the first that fails undoes them all."""
    mark = context.ledger.mark()
    with context.org.transaction() as transaction:
        answers = _run(context, call, subs, all_or_none=all_or_none)
        if all_or_none and any(_broken(answer) for answer in answers):
            transaction.undo()
            context.ledger.roll_back(mark)
            answers = [answer if _broken(answer) else _rolled_back() for answer in answers]
    return answers


def parts(subs: Sequence[Subrequest], answers: Sequence[Answer]) -> list[dict[str, object]]:
    """This function will give a `compositeResponse`."""
    return [
        {
            "body": answer.body,
            "httpHeaders": dict(answer.headers),
            "httpStatusCode": answer.status,
            "referenceId": sub.reference,
        }
        for sub, answer in zip(subs, answers, strict=True)
    ]


def only_keys(given: Mapping[str, object], *known: str) -> None:
    """This function will refuse a body with a key that it does not have; ApiError JSON_PARSER_ERROR."""
    for name in sorted(set(given) - set(known)):
        raise malformed(f'Unrecognized field "{name}"')


def flag(given: Mapping[str, object], name: str, *, default: bool = False) -> bool:
    """This function will read a key that is true or false; ApiError JSON_PARSER_ERROR for anything else."""
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise malformed(f"{name} must be true or false, not {value!r}")
    return value


def split_query(url: str) -> tuple[str, dict[str, str]]:
    """This function will part a url into its path and its parameters."""
    path, _, query = url.partition("?")
    return path, dict(parse_qsl(query, keep_blank_values=True))


def malformed(message: str) -> ApiError:
    """This function will say that a body cannot be read."""
    return ApiError(400, "JSON_PARSER_ERROR", message)


def halted(message: str) -> Answer:
    """This function will answer for a part that was not done because of another."""
    return Answer(400, [ApiError(400, "PROCESSING_HALTED", message).as_item()])


def _read(raw: Mapping[str, object], seen: set[str]) -> Subrequest:
    only_keys(raw, *_KEYS)
    for name in ("method", "url", "referenceId"):
        if not isinstance(raw.get(name), str):
            raise malformed(f"a subrequest needs {name}, a text")
    method, url, reference = str(raw["method"]), str(raw["url"]), str(raw["referenceId"])
    found = _URL.fullmatch(url)
    if method not in METHODS:
        raise malformed(f"method must be one of {', '.join(METHODS)}, in capitals, not {method!r}")
    if found is None:
        raise malformed(f"url must start with /services/data/vXX.X/, not {url!r}")
    if reference in seen or not REFERENCE_ID.fullmatch(reference):
        message = f"Duplicate or invalid reference ID '{reference}': letters, digits and _ only, each once"
        raise ApiError(400, "INVALID_INPUT", message)
    seen.add(reference)
    return Subrequest(
        reference=reference,
        method=method,
        url=url,
        version=found[1],
        resource=found[2].rstrip("/"),
        body=raw.get("body"),
        headers=_headers(raw.get("httpHeaders")),
    )


def _headers(given: object) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise malformed("httpHeaders must be an object of texts")
    headers = {str(name).lower(): str(value) for name, value in given.items()}
    for name in _INHERITED:
        if name in headers:
            message = f"a subrequest inherits the header {name.title()}; leave it out of httpHeaders"
            raise ApiError(400, "INVALID_HEADER", message)
    return headers


def _run(context: Context, call: Call, subs: Sequence[Subrequest], *, all_or_none: bool) -> list[Answer]:
    answers: list[Answer] = []
    references = References(float(call.version))
    for sub in subs:
        if all_or_none and answers and _broken(answers[-1]):
            break
        answers.append(_answer(context, call, sub, references))
        references.add(sub.reference, answers[-1])
    return [*answers, *(_rolled_back() for _ in subs[len(answers) :])]


def _answer(context: Context, call: Call, sub: Subrequest, references: References) -> Answer:
    try:
        path, query = split_query(references.in_url(sub.url))
        body = references.in_body(sub.body)
    except ApiError as error:
        return Answer(error.status, [error.as_item()])
    return context.dispatch(
        replace(
            call,
            method=sub.method,
            path=path,
            query=query,
            headers={**sub.headers, "content-type": "application/json"},
            body=b"" if body is None else orjson.dumps(body),
            fault=None,
        )
    )


def _broken(answer: Answer) -> bool:
    """Say whether all or none has to undo: refused as a whole, or a collection with a row that was refused."""
    rows = answer.body if isinstance(answer.body, list) else []
    return failed(answer) or any(isinstance(row, dict) and row.get("success") is False for row in rows)


def _rolled_back() -> Answer:
    return halted("The transaction was rolled back since another operation in the same transaction failed.")
