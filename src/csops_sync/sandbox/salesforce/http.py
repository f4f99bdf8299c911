"""The Salesforce as a web application: `/services/…` to the API, OAuth and SOAP; limits and encodings of a request."""

import base64
import binascii
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from csops_sync.sandbox.salesforce import soap
from csops_sync.sandbox.salesforce.api import Api
from csops_sync.sandbox.salesforce.errors import ApiError, method_not_allowed
from csops_sync.sandbox.salesforce.identity import Identity
from csops_sync.sandbox.salesforce.oauth import OAuth
from csops_sync.sandbox.salesforce.request import Answer, Call

MAX_URI = 16_384
_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"]
_FORM = "application/x-www-form-urlencoded"
_OVERRIDE = "_HttpMethod"
"""A parameter by which a POST is another method, for clients that know no PATCH (REST API guide, "Update a Record")."""
_WINDOWS = {"identity": 0, "gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""What zlib is to expect under each Content-Encoding."""
_Endpoint = Callable[[Request], Awaitable[Response]]


class Web:
    """Turns HTTP requests into calls."""

    def __init__(self, api: Api, oauth: OAuth, identity: Identity) -> None:
        self._api = api
        self._oauth = oauth
        self._identity = identity

    def app(self, others: Sequence[BaseRoute]) -> Starlette:
        """This function will give the application, with other routes (pages, control) beside the API."""
        routes = [
            Route("/services/oauth2/token", _form_of(self._oauth.token, "POST"), methods=_METHODS),
            Route("/services/oauth2/introspect", _form_of(self._oauth.introspect, "POST"), methods=_METHODS),
            Route("/services/oauth2/revoke", _form_of(self._oauth.revoke, "GET", "POST"), methods=_METHODS),
            Route("/services/oauth2/userinfo", self._user_info, methods=_METHODS),
            Route("/services/Soap/{rest:path}", _soap, methods=["POST"]),
            Route("/services/{rest:path}", self._rest, methods=_METHODS),
            Route("/id/{organization}/{user}", self._who, methods=_METHODS),
        ]
        return Starlette(routes=[*routes, *others])

    async def _rest(self, request: Request) -> Response:
        uri = len(_raw_path(request)) + len(request.scope["query_string"]) + 1
        if uri > MAX_URI:
            return _response(_refused(414, "URI_TOO_LONG", f"The URI is longer than {MAX_URI} bytes"))
        head = uri + sum(len(name) + len(value) + 4 for name, value in request.headers.raw)
        if head > MAX_URI:
            text = f"URI and headers together are longer than {MAX_URI} bytes"
            return _response(_refused(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", text))
        try:
            body = _decoded(await request.body(), request.headers.get("content-encoding", "identity"))
        except ApiError as error:
            return _response(_as_answer(error))
        query = dict(parse_qsl(request.url.query, keep_blank_values=True))
        call = Call(
            method=query.pop(_OVERRIDE, request.method) if request.method == "POST" else request.method,
            path=_raw_path(request),
            query=query,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            spared=getattr(request.state, "faulted", False),
        )
        return _response(self._api.handle(call))

    async def _user_info(self, request: Request) -> Response:
        return _response(self._identity.user_info(request.headers.get("authorization")))

    async def _who(self, request: Request) -> Response:
        parts = request.path_params
        authorization = request.headers.get("authorization")
        return _response(self._identity.identity(authorization, parts["organization"], parts["user"]))


def _form_of(answer: Callable[[Mapping[str, str]], Answer], *methods: str) -> _Endpoint:
    """Give an endpoint that takes a form; a GET carries it in the query."""

    async def endpoint(request: Request) -> Response:
        if request.method not in methods:
            return _response(_as_answer(method_not_allowed(request.method, methods)))
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        text = (await request.body()).decode("utf-8", "replace") if kind == _FORM else ""
        form = dict(parse_qsl(request.url.query if request.method == "GET" else text))
        return _response(answer({**form, **_basic(request)}))

    return endpoint


async def _soap(request: Request) -> Response:
    fault = soap.fault(_raw_path(request), await request.body())
    return Response(fault, 500, media_type="text/xml;charset=UTF-8")


def _decoded(body: bytes, encoding: str) -> bytes:
    """Unpack a body; ApiError 400 where it is not what its header says, 415 for an encoding that is not supported."""
    bits = _WINDOWS.get(encoding.strip().lower())
    if bits is None:
        message = f"Content-Encoding {encoding!r} is not supported; send gzip, deflate or none"
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    if not bits:
        return body
    try:
        return zlib.decompress(body, bits)
    except zlib.error:
        message = f"The body is not {encoding}, as its Content-Encoding says"
        raise ApiError(400, "INVALID_INPUT", message) from None


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
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, headers)
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, headers, media_type="text/plain;charset=UTF-8")
    content = orjson.dumps(answer.body)
    return Response(content, answer.status, headers, media_type="application/json;charset=UTF-8")
