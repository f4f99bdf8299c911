"""The composite resource: up to 25 subrequests in one call, which may refer to one another's answers."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

import orjson

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.request import Answer, Call, Context

MAX_REQUESTS, MAX_HEAVY = 25, 5
_HEAVY = re.compile(r"/services/data/v[\d.]+/(query|queryAll|composite/sobjects)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])+)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_KEYS = frozenset({"method", "url", "referenceId", "body", "httpHeaders"})
_OWN_HEADERS = frozenset({"accept", "authorization", "content-type"})
_Sub = dict[str, object]


def composite(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite`."""
    call.parameters()
    body = call.json()
    unknown = set(body) - {"allOrNone", "compositeRequest", "collateSubrequests"}
    if unknown:
        raise ApiError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"')
    subs, all_or_none = _subrequests(body), body.get("allOrNone") is True
    mark = context.ledger.mark()
    with context.org.transaction() as transaction:
        answers = _run(context, call, subs, all_or_none=all_or_none)
        if all_or_none and any(_failed(answer) for answer in answers):
            transaction.undo()
            context.ledger.roll_back(mark)
            answers = [answer if _failed(answer) else _halted() for answer in answers]
    parts = [_part(sub, answer) for sub, answer in zip(subs, answers, strict=True)]
    return Answer(200, {"compositeResponse": parts})


def _run(context: Context, call: Call, subs: list[_Sub], *, all_or_none: bool) -> list[Answer]:
    answers: list[Answer] = []
    by_reference: dict[str, Answer] = {}
    for sub in subs:
        if all_or_none and any(_failed(answer) for answer in answers):
            answers.append(_halted())
            continue
        answer = _answer(context, call, sub, by_reference)
        answers.append(answer)
        by_reference[str(sub["referenceId"])] = answer
    return answers


def _answer(context: Context, call: Call, sub: _Sub, known: Mapping[str, Answer]) -> Answer:
    try:
        url = _filled(str(sub["url"]), known)
        body = _filled_body(sub.get("body"), known)
        headers = _headers(sub)
    except ApiError as error:
        return Answer(error.status, [error.as_item()])
    path, _, query = url.partition("?")
    return context.dispatch(
        replace(
            call,
            method=str(sub["method"]).upper(),
            path=path,
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers=headers,
            body=b"" if body is None else orjson.dumps(body),
            fault=None,
        )
    )


def _subrequests(body: Mapping[str, object]) -> list[_Sub]:
    given = body.get("compositeRequest")
    if not isinstance(given, list) or not given or not all(isinstance(sub, dict) for sub in given):
        raise ApiError(400, "JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
    if len(given) > MAX_REQUESTS:
        raise _too_many(f"Composite requests take up to {MAX_REQUESTS} subrequests, not {len(given)}")
    if sum(1 for sub in given if _HEAVY.match(str(sub.get("url")))) > MAX_HEAVY:
        raise _too_many(f"No more than {MAX_HEAVY} subrequests may be queries or collections")
    seen: set[str] = set()
    for sub in given:
        _check(sub, seen)
    return given


def _check(sub: _Sub, seen: set[str]) -> None:
    missing = {"method", "url", "referenceId"} - set(sub)
    if missing or set(sub) - _KEYS:
        wrong = f"lacks {min(missing)}" if missing else f"has the unknown key {min(set(sub) - _KEYS)}"
        raise ApiError(400, "JSON_PARSER_ERROR", f"a subrequest {wrong}")
    reference = str(sub["referenceId"])
    if reference in seen or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", reference):
        message = f"Duplicate or invalid reference ID '{reference}': letters, digits and _ only, each once"
        raise ApiError(400, "INVALID_INPUT", message)
    seen.add(reference)


def _headers(sub: _Sub) -> dict[str, str]:
    given = sub.get("httpHeaders") or {}
    if not isinstance(given, dict):
        raise ApiError(400, "JSON_PARSER_ERROR", "httpHeaders must be an object")
    headers = {str(name).lower(): str(value) for name, value in given.items()}
    for name in _OWN_HEADERS & set(headers):
        raise ApiError(400, "INVALID_HEADER", f"a subrequest cannot set the header {name}")
    return {**headers, "content-type": "application/json"}


def _filled_body(value: object, known: Mapping[str, Answer]) -> object:
    match value:
        case str():
            return _filled(value, known)
        case list():
            return [_filled_body(item, known) for item in value]
        case dict():
            return {key: _filled_body(item, known) for key, item in value.items()}
        case _:
            return value


def _filled(text: str, known: Mapping[str, Answer]) -> str:
    return _REFERENCE.sub(lambda found: _referred(found, known), text)


def _referred(found: re.Match[str], known: Mapping[str, Answer]) -> str:
    answer = known.get(found[1])
    value: object = None if answer is None or _failed(answer) else answer.body
    for name, place in _STEP.findall(found[2]):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and place and int(place) < len(value):
            value = value[int(place)]
        else:
            value = None
    if value is None:
        message = f"Invalid reference specified. No value for {found[0][2:-1]} found in {found[1]}."
        raise ApiError(400, "PROCESSING_HALTED", message)
    return str(value)


def _failed(answer: Answer) -> bool:
    return answer.status >= 400  # noqa: PLR2004  # HTTP's own line between done and refused


def _halted() -> Answer:
    message = "The transaction was rolled back since another operation in the same transaction failed."
    return Answer(400, [ApiError(400, "PROCESSING_HALTED", message).as_item()])


def _part(sub: _Sub, answer: Answer) -> dict[str, object]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": sub["referenceId"],
    }


def _too_many(message: str) -> ApiError:
    return ApiError(400, "LIMIT_EXCEEDED", message)
