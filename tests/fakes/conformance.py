"""Runs one conformance case: its requests against a Salesforce, and what differs from what the case expects.

An expected object asks for its keys only, an expected array for an answer to each of its elements, an expected empty
array for an empty one; `{{match:…}}` asks for a kind of value.
"""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from tests.fakes.sandbox import SandboxUrls

CASES = Path(__file__).parents[1] / "conformance" / "cases.json"
Case = Mapping[str, Any]
_SALESFORCE_ID = re.compile(r"[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?")


def cases() -> list[Case]:
    """Give all cases, in their order."""
    return list(json.loads(CASES.read_text("utf-8")))


def differences(expected: object, given: object, path: str = "$") -> list[str]:
    """Say where an answer differs from what was expected; nothing where it does not."""
    match expected:
        case str() if expected.startswith("{{match:"):
            return _unlike(expected.removeprefix("{{match:").removesuffix("}}"), given, path)
        case dict():
            return _of_object(expected, given, path)
        case list():
            return _of_array(expected, given, path)
        case _:
            same = expected == given and isinstance(expected, bool) == isinstance(given, bool)
            return [] if same else [f"{path}: {given!r} instead of {expected!r}"]


def _unlike(kind: str, given: object, path: str) -> list[str]:
    if kind == "any":
        return []
    fits = isinstance(given, str) and _is(kind, given)
    return [] if fits else [f"{path}: {given!r} is no {kind}"]


def _is(kind: str, text: str) -> bool:
    match kind:
        case "string":
            return True
        case "sfid":
            return _SALESFORCE_ID.fullmatch(text) is not None
        case "iso8601":
            return _is_instant(text)
        case _:
            return re.search(kind.removeprefix("regex:"), text) is not None


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _of_object(expected: Mapping[str, object], given: object, path: str) -> list[str]:
    if not isinstance(given, dict):
        return [f"{path}: {given!r} instead of an object"]
    missing = [name for name, value in expected.items() if name not in given and value != "{{match:any}}"]
    found = [f"{path}.{name}: missing" for name in missing]
    for name in expected.keys() & given.keys():
        found += differences(expected[name], given[name], f"{path}.{name}")
    return found


def _of_array(expected: Sequence[object], given: object, path: str) -> list[str]:
    if not isinstance(given, list):
        return [f"{path}: {given!r} instead of an array"]
    if not expected:
        return [f"{path}: {given!r} instead of nothing"] if given else []
    return [
        f"{path}[{place}]: nothing in {given!r} is like {wanted!r}"
        for place, wanted in enumerate(expected)
        if all(differences(wanted, one) for one in given)
    ]


@dataclass(slots=True, kw_only=True)
class Runner:
    """Plays cases against one org, as the user of the client credentials."""

    urls: SandboxUrls
    version: str = "62.0"
    token: str
    _http: requests.Session = field(default_factory=requests.Session)

    def play(self, case: Case) -> list[str]:
        """Do a case's set-up and its request, and say what differs from what it expects."""
        scene = _Scene(urls=self.urls)
        for step in case["setup"]:
            answer = self._send(scene, step)
            answer.raise_for_status()
            scene.keep(step.get("save", {}), answer)
        return self._judged(scene, case["expect"], self._send(scene, case["request"]))

    def _judged(self, scene: "_Scene", expected: Case, answer: requests.Response) -> list[str]:
        found = []
        if answer.status_code != expected["status"]:
            found = [f"status {answer.status_code} instead of {expected['status']}: {answer.text}"]
        if "body" in expected:
            found += differences(scene.filled(expected["body"]), answer.json() if answer.content else None)
        return found

    def _send(self, scene: "_Scene", step: Case) -> requests.Response:
        path = scene.filled(step["path"]).replace("/v62.0/", f"/v{self.version}/")
        headers = dict(scene.filled(step.get("headers", {})))
        if "/oauth2/token" not in path:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        body = scene.filled(step.get("body"))
        is_form = "urlencoded" in headers.get("Content-Type", "")
        return self._http.request(
            step["method"],
            self.urls.salesforce + path,
            headers=headers,
            params=scene.filled(step.get("query")),
            data=body if is_form or body is None else json.dumps(body),
            timeout=30,
        )


@dataclass(slots=True, kw_only=True)
class _Scene:
    """What stands for the placeholders of one case."""

    urls: SandboxUrls
    rand: str = field(default_factory=lambda: secrets.token_hex(6))
    saved: dict[str, str] = field(default_factory=dict)

    def keep(self, wanted: Mapping[str, str], answer: requests.Response) -> None:
        """Keep values of an answer, each named by a path of one step: `$.id`."""
        for name, path in wanted.items():
            self.saved[name] = str(answer.json()[path.removeprefix("$.")])

    def filled(self, value: Any) -> Any:  # noqa: ANN401  # JSON
        """Put values for the placeholders, through the whole of a JSON value."""
        match value:
            case str():
                return re.sub(r"\{\{(rand|saved|target)(?::(\w+))?\}\}", self._value, value)
            case dict():
                return {name: self.filled(one) for name, one in value.items()}
            case list():
                return [self.filled(one) for one in value]
            case _:
                return value

    def _value(self, placeholder: re.Match[str]) -> str:
        match placeholder[1]:
            case "rand":
                return self.rand
            case "saved":
                return self.saved[placeholder[2]]
            case _:
                return str(getattr(self.urls, placeholder[2]))
