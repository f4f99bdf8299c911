"""The Salesforce as a web application: `/services/…` to the API and the token endpoint, limits of the request line."""

import base64
import binascii
import gzip
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from csops_sync.sandbox.salesforce.api import Api
from csops_sync.sandbox.salesforce.errors import ApiError, method_not_allowed
from csops_sync.sandbox.salesforce.request import Answer, Call
from csops_sync.sandbox.salesforce.sessions import Sessions

MAX_URI = 16_384
_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"]
_FORM = "application/x-www-form-urlencoded"


class Web:
    """Turns HTTP requests into calls. `system_now` stamps tokens, which live by the system's clock."""

    def __init__(self, api: Api, sessions: Sessions, system_now: Callable[[], datetime]) -> None:
        self._api = api
        self._sessions = sessions
        self._system_now = system_now

    def app(self, others: Sequence[BaseRoute]) -> Starlette:
        """This function will give the application, with other routes (pages, control) beside the API."""
        token = Route("/services/oauth2/token", self._token, methods=_METHODS)
        user_info = Route("/services/oauth2/userinfo", self._user_info, methods=_METHODS)
        rest = Route("/services/{rest:path}", self._rest, methods=_METHODS)
        return Starlette(routes=[token, user_info, rest, *others])

    async def _rest(self, request: Request) -> Response:
        uri = len(_raw_path(request)) + len(request.scope["query_string"]) + 1
        if uri > MAX_URI:
            return _response(_refused(414, "URI_TOO_LONG", f"The URI is longer than {MAX_URI} bytes"))
        head = uri + sum(len(name) + len(value) + 4 for name, value in request.headers.raw)
        if head > MAX_URI:
            text = f"URI and headers together are longer than {MAX_URI} bytes"
            return _response(_refused(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", text))
        body = await request.body()
        if request.headers.get("content-encoding", "").lower() == "gzip":
            body = gzip.decompress(body)
        call = Call(
            method=request.method,
            path=_raw_path(request),
            query=dict(parse_qsl(request.url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
        )
        return _response(self._api.handle(call))

    async def _token(self, request: Request) -> Response:
        if request.method != "POST":
            return _response(_as_answer(method_not_allowed(request.method, ["POST"])))
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"))) if kind == _FORM else {}
        answer = self._sessions.token({**form, **_basic(request)}, self._system_now())
        return _response(answer)

    async def _user_info(self, request: Request) -> Response:
        return _response(self._sessions.user_info(request.headers.get("authorization")))


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.decode("ascii", "replace")


def _basic(request: Request) -> Mapping[str, str]:
    """Read client id and secret from HTTP Basic, as simple-salesforce sends them."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client, _, secret = base64.b64decode(encoded).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {"client_id": "", "client_secret": ""}
    return {"client_id": client, "client_secret": secret}


def _refused(status: int, code: str, message: str) -> Answer:
    return _as_answer(ApiError(status, code, message))


def _as_answer(error: ApiError) -> Answer:
    return Answer(error.status, [error.as_item()])


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    content = orjson.dumps(answer.body)
    return Response(content, answer.status, headers, media_type="application/json;charset=UTF-8")
