"""The Slack Web API under /api/ as a Starlette application."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from csops_sync.sandbox.fault_table import SLACK, Refusal
from csops_sync.sandbox.faults import Fault, Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.slack import (
    methods_apps,
    methods_chat,
    methods_conversations,
    methods_files,
    methods_people,
    methods_reactions,
    methods_views,
)
from csops_sync.sandbox.slack.acts import Acts
from csops_sync.sandbox.slack.arguments import Arguments, body_arguments, checked
from csops_sync.sandbox.slack.desk import Answer, Desk, Method, missing_scope, note, private_scope
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import BOT_USER_ID, Json
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.response_urls import response_url_route
from csops_sync.sandbox.slack.socket_mode import link_route
from csops_sync.sandbox.slack.sockets import Sockets
from csops_sync.sandbox.slack.state import SlackState
from csops_sync.sandbox.slack.uploads import upload_route

METHODS = {
    **methods_apps.METHODS,
    **methods_chat.METHODS,
    **methods_conversations.METHODS,
    **methods_files.METHODS,
    **methods_people.METHODS,
    **methods_reactions.METHODS,
    **methods_views.METHODS,
}
APP_SCOPE = "connections:write"
TOO_MANY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens that are accepted: the bot's (`xoxb-`) and the app-level one (`xapp-`)."""

    bot: str
    app: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApi:
    """Answers calls."""

    faults: Faults
    ledger: Ledger
    state: SlackState
    sockets: Sockets
    limits: Limits
    tokens: Tokens

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
        if token not in (self.tokens.bot, self.tokens.app):
            raise SlackError("invalid_auth")
        if token != (self.tokens.app if method.app_level else self.tokens.bot):
            raise SlackError("not_allowed_token_type")
        if method.app_level and request.method != "POST":
            raise SlackError("insecure_request")
        if method.scopes and not self.state.scopes.intersection(method.scopes):
            raise missing_scope(",".join(method.scopes), self.state.scopes)

    def _run(
        self, name: str, method: Method, given: dict[str, Json], request: Request, body: bytes
    ) -> Answer:
        query = unquote_plus(request.url.query)
        target = f"{request.url.path}?{query}" if query else request.url.path
        spared = getattr(request.state, "faulted", False)
        fault = self.faults.answer("slack", request.method, target, body, spared=spared)
        desk = Desk(state=self.state, sockets=self.sockets, limits=self.limits, home=str(request.base_url))
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
        arguments = checked(given, method.known)
        self._check_channel(method, arguments, desk)
        return method.run(desk, arguments)

    def _check_channel(self, method: Method, arguments: Arguments, desk: Desk) -> None:
        """Private channels have scopes of their own; one that the bot is not in stays hidden all the same."""
        private = private_scope(method.scope or "")
        channel = self.state.channels.get(str(arguments.get("channel")))
        if method.scope is None or private is None or channel is None:
            return
        if not channel.is_private:
            desk.need(method.scope)
        elif BOT_USER_ID in channel.members:
            desk.need(private)

    def _headers(self, name: str) -> dict[str, str]:
        method = METHODS[name]
        granted = (APP_SCOPE,) if method.app_level else tuple(sorted(self.state.scopes))
        headers = {"x-oauth-scopes": ",".join(granted)}
        accepted = (APP_SCOPE,) if method.app_level else method.scopes
        return headers | ({"x-accepted-oauth-scopes": ",".join(accepted)} if accepted else {})


def build_slack(
    *, faults: Faults, ledger: Ledger, acts: Acts, tokens: Tokens, pages: Sequence[BaseRoute] = ()
) -> Starlette:
    """This function will build the application: the Web API, Socket Mode, and `pages` beside them.

    `acts` holds the workspace and its sockets. `app.state.limits` holds the rate limits, to be switched. Faults that
    concern the connection itself (dropped, slow) are the HTTP server's to play.
    """
    state, sockets = acts.state, acts.sockets
    limits = Limits(clock=state.clock)
    api = SlackApi(faults=faults, ledger=ledger, state=state, sockets=sockets, limits=limits, tokens=tokens)
    app = Starlette(
        routes=[
            Route("/api/{method:str}", api.endpoint, methods=["GET", "POST"]),
            link_route(sockets),
            response_url_route(state, limits),
            upload_route(state),
            *pages,
        ]
    )
    app.state.limits = limits
    return app


def _asked_for(fault: Fault) -> SlackError:
    named = SLACK.get(fault.kind, Refusal(status=200, code=fault.text("code", "fatal_error")))
    wait = named.headers.get("Retry-After")
    return SlackError(
        str(named.code),
        extra=named.extra,
        retry_after=None if wait is None else int(fault.number("retry_after", int(wait))),
    )


def _refusal(error: SlackError) -> Response:
    if error.retry_after is None:
        return JSONResponse(error.payload())
    return JSONResponse(
        error.payload(), status_code=TOO_MANY, headers={"Retry-After": str(error.retry_after)}
    )
