"""The batch: up to 25 requests that do not know one another, in order, each committed by itself, each counted.

Source: REST API guide, "Composite Batch". The call itself counts once, and every subrequest once more.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from csops_sync.sandbox.salesforce import subrequests
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.references import failed
from csops_sync.sandbox.salesforce.request import Answer, Call, Context

MAX_REQUESTS, FIRST_VERSION = 25, 34
_URL = re.compile(r"(?:/?services/data)?/?v(\d{1,2}\.0)(/[^?]*)(\?.*)?")
_OFFERED = re.compile(
    r"/(limits|sobjects|query|queryAll|search|connect|chatter|actions)(/.*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sub:
    method: str
    url: str
    body: object


def batch(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite/batch`."""
    call.parameters()
    body = call.json()
    subrequests.only_keys(body, "batchRequests", "haltOnError")
    halt = subrequests.flag(body, "haltOnError")
    answers: list[Answer] = []
    for sub in _subs(body.get("batchRequests"), call):
        halted = halt and bool(answers) and failed(answers[-1])
        answers.append(_halted() if halted else _answer(context, call, sub))
    results = [{"statusCode": answer.status, "result": answer.body} for answer in answers]
    return Answer(200, {"hasErrors": any(failed(answer) for answer in answers), "results": results})


def _answer(context: Context, call: Call, sub: _Sub) -> Answer:
    context.org.count_call()
    if context.org.calls > context.org.toggles.api_allowance:
        error = ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        return Answer(error.status, [error.as_item()])
    path, query = subrequests.split_query(sub.url)
    return context.dispatch(
        replace(
            call,
            method=sub.method,
            path=path,
            query=query,
            headers={"content-type": "application/json"},
            body=b"" if sub.body is None else orjson.dumps(sub.body),
            fault=None,
        )
    )


def _subs(given: object, call: Call) -> list[_Sub]:
    if not isinstance(given, list) or not given or not all(isinstance(raw, dict) for raw in given):
        raise subrequests.malformed("batchRequests must be a list of subrequests")
    if len(given) > MAX_REQUESTS:
        message = f"Batch requests take up to {MAX_REQUESTS} subrequests, not {len(given)}"
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    return [_sub(raw, float(call.version)) for raw in given]


def _sub(raw: Mapping[str, object], newest: float) -> _Sub:
    subrequests.only_keys(raw, "method", "url", "richInput")
    method, url = raw.get("method"), raw.get("url")
    if method not in subrequests.METHODS:
        raise subrequests.malformed(f"method must be one of {', '.join(subrequests.METHODS)}, not {method!r}")
    found = _URL.fullmatch(url) if isinstance(url, str) else None
    if found is None or not _OFFERED.fullmatch(found[2].rstrip("/")):
        raise subrequests.malformed(
            f"url must be like vXX.X/sobjects/Account, a resource of a batch, not {url!r}"
        )
    if not FIRST_VERSION <= float(found[1]) <= newest:
        message = f"the version in {url} must be {FIRST_VERSION}.0 to the batch's own {newest}"
        raise subrequests.malformed(message)
    path = f"/services/data/v{found[1]}{found[2]}{found[3] or ''}"
    return _Sub(method=str(method), url=path, body=raw.get("richInput"))


def _halted() -> Answer:
    message = "The batch was halted since a request before this one failed and haltOnError is true."
    return Answer(412, [ApiError(412, "BATCH_PROCESSING_HALTED", message).as_item()])
