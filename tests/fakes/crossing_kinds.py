"""What is on its way at a crossing: which rows a commit writes, what a request asks for. Told by the wire alone.

A crossing's kinds are its name with each of these: `before commit: outbox sending storm`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import requests

_WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
_KEY = re.compile(r'(?:^|")([a-z_]+)/')
_TASK = re.compile(r'(?:\[?")?\w{18}-[a-z]+-')
_LABELLED = {"confidence_change": 3, "card": 3, "inbox": 2}
"""Tables whose rows are told apart by one of their columns: a verdict, a card's state, what somebody did."""
_FATES = frozenset({"pending", "sending", "sent", "cancelled", "unknown", "parked"})


def written(statement: str, parameters: object) -> Iterator[str]:
    """This function will say what a statement writes: `card asking`, `outbox sent storm`; nothing where it reads."""
    found = _WRITE.match(statement)
    if found is None:
        return
    table, rows = found[1], _rows(parameters)
    if table == "outbox":
        is_insert = "INSERT" in statement[:20]
        yield from (f"outbox {word}" for row in rows for word in _told(row[1:2] if is_insert else row, row))
    elif table in _LABELLED and "INSERT" in statement[:20]:
        yield from (f"{table} {row[_LABELLED[table]]}" for row in rows)
    else:
        yield table


def asked_of_salesforce(request: requests.PreparedRequest) -> Sequence[str]:
    """This function will say what a composite request or a collection does to which objects; else nothing."""
    text = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
    body = json.loads(text) if text.startswith("{") else {}
    parts = [f"{one['method']} {_object(one['url'])}" for one in body.get("compositeRequest", ())]
    types = [str(one["attributes"]["type"]) for one in body.get("records", ())]
    return sorted({*parts, *types})


def asked_of_slack(options: Mapping[str, Any]) -> Sequence[str]:
    """This function will say of which kind the message is that a call posts, by its key; of any other call nothing."""
    metadata = (options.get("json") or {}).get("metadata")
    return [str(metadata["event_payload"]["key"]).partition("/")[0]] if metadata else []


def _told(keys: Sequence[object], row: Sequence[object]) -> Iterator[str]:
    fate = next((str(one) for one in row if isinstance(one, str) and one in _FATES), "")
    for kind in sorted({kind for one in keys for kind in _kinds(one)}):
        yield f"{fate} {kind}"


def _kinds(key: object) -> Iterable[str]:
    """Read the kind from a key, or from several in JSON or in a list: all begin with it, but those of Tasks."""
    text = key if isinstance(key, str) else json.dumps(key) if isinstance(key, list) else ""
    return _KEY.findall(text) or (["task"] if _TASK.match(text) else [])


def _rows(parameters: object) -> Sequence[Sequence[object]]:
    given: list[Any] = parameters if isinstance(parameters, list) else [parameters]
    return [tuple(one.values()) if isinstance(one, Mapping) else one for one in given]


def _object(url: str) -> str:
    """Name the object of `/services/data/v66.0/sobjects/Opportunity/006…`, or the query."""
    parts = url.partition("?")[0].split("/")
    return parts[5] if len(parts) > 5 and parts[4] == "sobjects" else parts[4] if len(parts) > 4 else url
