"""Salesforce's answers at the HTTP level, for `responses`: what the adapter asks, and what it is told."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

import responses
from requests import PreparedRequest

HOST: Final = "https://acme.my.salesforce.com"
ROOT: Final = "/services/data/v66.0"
DATE: Final = "Wed, 01 Apr 2026 00:00:00 GMT"
COVERED: Final = "2026-03-31T23:59:00.000+0000"
Reply = tuple[int, dict[str, str], str]
Json = object
Answer = Callable[[PreparedRequest], Reply]


def reply(body: Json, *, status: int = 200, usage: str = "100/100000") -> Reply:
    """Write one JSON answer with the headers that Salesforce sends."""
    headers = {"Date": DATE, "Content-Type": "application/json", "Sforce-Limit-Info": f"api-usage={usage}"}
    return (status, headers, json.dumps(body))


def html(status: int) -> Reply:
    """Write the page that Salesforce's edge shows when it is ill."""
    return (status, {"Date": DATE, "Content-Type": "text/html"}, "<html><h1>Service Unavailable</h1></html>")


def refusal(status: int, code: str, message: str = "said so") -> Reply:
    """Write a REST error."""
    return reply([{"errorCode": code, "message": message}], status=status)


@dataclass(slots=True)
class Stage:
    """A Salesforce on which nothing has happened, until a test scripts an answer for the next call.

    `scripted` answers are used up in order, before the default ones; they may be an exception, which is a broken line.
    `part` answers a composite's subrequests by their reference; where it gives None, the default one.
    `after_composite` are like `scripted`, for the calls that are no composite.
    """

    mock: responses.RequestsMock
    scripted: list[Reply | Exception] = field(default_factory=list)
    calls: list[PreparedRequest] = field(default_factory=list)
    logins: list[PreparedRequest] = field(default_factory=list)
    login_replies: list[Reply | Exception] = field(default_factory=list)
    instance: str = HOST
    part: Callable[[str], Reply | None] | None = None
    after_composite: list[Reply | Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take every address of the host."""
        for host in (HOST, "https://login.salesforce.com", "https://moved.my.salesforce.com"):
            self.mock.add_callback(
                responses.POST, f"{host}/services/oauth2/token", callback=self._login, content_type=None
            )
            for method in (responses.GET, responses.POST):
                for path in _PATHS:
                    self.mock.add_callback(method, f"{host}{path}", callback=self._answer, content_type=None)

    @property
    def api_calls(self) -> list[PreparedRequest]:
        """The calls that Salesforce would count."""
        return [call for call in self.calls if urlsplit(str(call.url)).path.startswith(ROOT)]

    def _login(self, request: PreparedRequest) -> Reply:
        self.logins.append(request)
        if self.login_replies:
            return _played(self.login_replies.pop(0))
        token = f"00D!token-{len(self.logins)}"
        return reply({"access_token": token, "instance_url": self.instance, "token_type": "Bearer"})

    def _answer(self, request: PreparedRequest) -> Reply:
        self.calls.append(request)
        path = urlsplit(str(request.url)).path
        if self.scripted and path not in _FREE:
            return _played(self.scripted.pop(0))
        if self.part is not None and path.endswith("/composite"):
            return composite_reply(request, self.part)
        if self.after_composite and path not in _FREE:
            return _played(self.after_composite.pop(0))
        return _default(path, request)


_FREE: Final = ("/services/data", "/services/oauth2/userinfo")
_PATHS: Final = (
    *_FREE,
    f"{ROOT}/composite",
    f"{ROOT}/composite/sobjects",
    f"{ROOT}/query",
    f"{ROOT}/queryAll",
    f"{ROOT}/query/0r8000000000001AAA-2000",
)


def composite_parts(request: PreparedRequest) -> Sequence[dict[str, object]]:
    """Read the subrequests of a composite call."""
    return list(json.loads(request.body or "{}")["compositeRequest"])


def soql_of(request: PreparedRequest) -> str:
    """Read the query of a GET."""
    return parse_qs(urlsplit(str(request.url)).query)["q"][0]


def composite_reply(request: PreparedRequest, part: Callable[[str], Reply | None]) -> Reply:
    """Answer a composite call; `part` gives a subrequest's answer by its reference, None for the default."""
    answers = []
    for asked in composite_parts(request):
        reference = str(asked["referenceId"])
        status, _, body = part(reference) or _default(urlsplit(str(asked["url"])).path, request)
        answers.append({"referenceId": reference, "httpStatusCode": status, "body": _body(body)})
    return reply({"compositeResponse": answers})


def _body(text: str) -> Json:
    return text if text.startswith("<") else json.loads(text or "null")


def page(records: Sequence[dict[str, object]], following: str | None = None) -> Reply:
    """Write one page of a query."""
    body: dict[str, object] = {"totalSize": len(records), "done": following is None, "records": list(records)}
    return reply(body if following is None else {**body, "nextRecordsUrl": following})


def _played(scripted: Reply | Exception) -> Reply:
    if isinstance(scripted, Exception):
        raise scripted
    return scripted


def _default(path: str, request: PreparedRequest) -> Reply:
    tail = path.rstrip("/").rpartition("/")[2]
    if tail in _DEFAULTS:
        return _DEFAULTS[tail](path, request)
    return reply(None, status=204) if "/sobjects/" in path else page([])


def _inserted(_path: str, request: PreparedRequest) -> Reply:
    rows = json.loads(request.body or "{}")["records"]
    return reply([{"id": f"006{n:012d}AAA", "success": True, "errors": []} for n in range(len(rows))])


def _described(path: str, _request: PreparedRequest) -> Reply:
    return reply({"name": path.rstrip("/").split("/")[-2], "fields": [], "recordTypeInfos": []})


_DEFAULTS: Final[Mapping[str, Callable[[str, PreparedRequest], Reply]]] = {
    "data": lambda _path, _request: reply([{"version": "65.0"}, {"version": "66.0"}]),
    "userinfo": lambda _path, _request: reply({"user_id": "005000000000001AAA"}),
    "composite": lambda _path, request: composite_reply(request, lambda _: None),
    "updated": lambda _path, _request: reply({"ids": [], "latestDateCovered": COVERED}),
    "describe": _described,
    "sobjects": _inserted,
}
