"""The Slack Web API under /api/ as a Starlette application."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.faults import Fault, Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.slack import methods_chat, methods_conversations, methods_people
from csops_sync.sandbox.slack.arguments import body_arguments, checked
from csops_sync.sandbox.slack.desk import Answer, Desk, Method, note
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.state import Json, SlackState

METHODS = {**methods_chat.METHODS, **methods_conversations.METHODS, **methods_people.METHODS}
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
RETRY_AFTER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApi:
    """Answers calls. `token` is the one bot token that is accepted."""

    faults: Faults
    ledger: Ledger
    state: SlackState
    limits: Limits
    token: str

    async def endpoint(self, request: Request) -> Response:
        """This method will answer one HTTP request, errors as Slack words them."""
        body = await request.body()
        name = request.path_params["method"]
        try:
            answer = self._answer(name, request, body)
        except SlackError as error:
            return _refusal(error)
        return JSONResponse({"ok": True, **answer}, headers=self._headers(name))

    def _answer(self, name: str, request: Request, body: bytes) -> Answer:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", extra={"req_method": name})
        given: dict[str, Json] = dict(request.query_params)
        content_type = request.headers.get("content-type", "")
        given |= body_arguments(body, content_type, json_allowed=method.writes)
        self._admit(request, given.pop("token", None), method)
        with self.state.lock:
            return self._run(name, method, given, request, body)

    def _admit(self, request: Request, form_token: Json, method: Method) -> None:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() == "bearer" else form_token
        if not token:
            raise SlackError("not_authed")
        if token != self.token:
            raise SlackError("invalid_auth")
        if method.scope is not None and method.scope not in self.state.scopes:
            granted = ",".join(sorted(self.state.scopes))
            raise SlackError("missing_scope", extra={"needed": method.scope, "provided": granted})

    def _run(
        self, name: str, method: Method, given: dict[str, Json], request: Request, body: bytes
    ) -> Answer:
        query = unquote_plus(request.url.query)
        target = f"{request.url.path}?{query}" if query else request.url.path
        fault = self.faults.answer("slack", request.method, target, body)
        desk = Desk(state=self.state, limits=self.limits, home=str(request.base_url))
        try:
            if fault is not None and not fault.arguments.get("after"):
                raise _asked_for(fault)
            answer = self._call(name, method, given, desk)
        except SlackError as error:
            if method.writes:
                note(self.ledger, name, given, answer=None, outcome=error.word)
            raise
        if method.writes:
            note(self.ledger, name, given, answer=answer, outcome="ok")
        if fault is not None:
            raise _asked_for(fault)
        return answer

    def _call(self, name: str, method: Method, given: dict[str, Json], desk: Desk) -> Answer:
        self.limits.call(name, method.tier)
        return method.run(desk, checked(given, method.known))

    def _headers(self, name: str) -> dict[str, str]:
        accepted = METHODS[name].scope
        headers = {"x-oauth-scopes": ",".join(sorted(self.state.scopes))}
        return headers | ({"x-accepted-oauth-scopes": accepted} if accepted else {})


def build_slack(
    *,
    clock: VirtualClock,
    faults: Faults,
    ledger: Ledger,
    state: SlackState,
    token: str,
    pages: Sequence[BaseRoute] = (),
) -> Starlette:
    """This function will build the application: the Web API under /api/, and `pages` beside it.

    `app.state.limits` holds the rate limits, to be switched. Faults that concern the connection itself (dropped,
    slow) are the HTTP server's to play.
    """
    limits = Limits(clock=clock)
    api = SlackApi(faults=faults, ledger=ledger, state=state, limits=limits, token=token)
    app = Starlette(routes=[Route("/api/{method:str}", api.endpoint, methods=["GET", "POST"]), *pages])
    app.state.limits = limits
    return app


def _asked_for(fault: Fault) -> SlackError:
    if fault.kind in RATE_LIMITED:
        return SlackError("ratelimited", retry_after=int(fault.number("retry_after", RETRY_AFTER)))
    return SlackError(fault.kind)


def _refusal(error: SlackError) -> Response:
    if error.retry_after is None:
        return JSONResponse(error.payload())
    return JSONResponse(error.payload(), status_code=429, headers={"Retry-After": str(error.retry_after)})
