"""Sign-in with OpenID Connect, through authlib: state, nonce and the signature of the token are its business."""

import warnings
from functools import cached_property
from importlib import import_module
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.access import WHO, NotAllowedError
from csops_sync.interfaces.web.forms import read_form
from csops_sync.interfaces.web.rendering import Desk, Page

CALLBACK = "/sign-in/callback"
_PROVIDER = "provider"
_DISCOVERY = "/.well-known/openid-configuration"
_SEE_OTHER = 303


class SignIn:
    """The routes by which people come and go. `Salesforce`, `Slack` and any other provider with discovery will do."""

    def __init__(self, settings: DashboardSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk

    def routes(self) -> list[Route]:
        """This function will give the routes."""
        return [
            Route("/sign-in", self._welcome, methods=["GET"]),
            Route("/sign-in/start", self._start, methods=["GET"]),
            Route(CALLBACK, self._back, methods=["GET"]),
            Route("/sign-out", self._leave, methods=["POST"]),
        ]

    async def _welcome(self, request: Request) -> Response:
        return Page(request=request, desk=self._desk).render("sign_in.html", {})

    async def _start(self, request: Request) -> Response:
        try:
            found: Response = await self._client.authorize_redirect(
                request, self._settings.public_url + CALLBACK
            )
        except self._failures as error:
            raise _unended(error) from error
        return found

    async def _back(self, request: Request) -> Response:
        email = await self._email(request)
        request.session.clear()  # a session that somebody else may know ends here
        request.session[WHO] = email
        return RedirectResponse("/", status_code=_SEE_OTHER)

    async def _leave(self, request: Request) -> Response:
        await read_form(request)
        request.session.clear()
        return RedirectResponse("/sign-in", status_code=_SEE_OTHER)

    async def _email(self, request: Request) -> str:
        """Give the verified e-mail address of who comes back from the provider."""
        try:
            token = await self._client.authorize_access_token(request)
        except self._failures as error:
            raise _unended(error) from error
        claims = token.get("userinfo") or {}
        email = claims.get("email")
        if not isinstance(email, str) or not email or claims.get("email_verified") is not True:
            raise NotAllowedError(
                Sentence(
                    "sign-in.no-email",
                    "the provider gave no verified e-mail address: allow the scope `email` there",
                )
            )
        return email

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - authlib gives its clients no type
        secret = self._settings.client_secret
        registry = _oauth()
        return registry.register(
            _PROVIDER,
            client_id=self._settings.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=self._settings.issuer + _DISCOVERY,
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )

    @cached_property
    def _failures(self) -> tuple[type[Exception], ...]:
        return _failures()


def _unended(error: Exception) -> NotAllowedError:
    return NotAllowedError(
        Sentence(
            "sign-in.unended",
            "the sign-in did not come to its end ({kind}): try again",
            kind=type(error).__name__,
        )
    )


def _oauth() -> Any:  # noqa: ANN401 - authlib carries no types
    """Give authlib's registry. It is loaded only where people sign in."""
    import_module("authlib.deprecate")  # which sets a filter of its own: it must stand before ours
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # authlib tells of the successor of httpx, which is no news for who signs in
        from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    return OAuth()


def _failures() -> tuple[type[Exception], ...]:
    from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]  # noqa: PLC0415 - only where people sign in
    from httpx import HTTPError  # noqa: PLC0415 - as above
    from joserfc.errors import JoseError  # noqa: PLC0415 - as above

    # authlib lets a discovery that is no JSON through as that, and one that names no address as RuntimeError
    return (AuthlibBaseError, JoseError, HTTPError, JSONDecodeError, RuntimeError)
