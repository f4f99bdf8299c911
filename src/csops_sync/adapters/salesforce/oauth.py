"""Logging in: JWT bearer or client credentials, one at a time, and never in a loop.

A token answer has no `expires_in`: a token is replaced by age, and once on 401. `instance_url` may change
with every login.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import jwt
import requests

from csops_sync.adapters.salesforce.answers import JsonObject, as_object, parse, text
from csops_sync.adapters.salesforce.connection import Flow, SalesforceConnection, require_safe
from csops_sync.ports.errors import AuthFailedError, TransientError

_TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105 (a path)
_JWT_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_JWT_SECONDS: Final = 180  # Salesforce takes up to 5 minutes; 3 leave room for skewed clocks
_BACK_OFF: Final = (300.0, 900.0, 3600.0)
_PASSING: Final = frozenset({"server_error", "temporarily_unavailable", "unknown_error"})
_SERVER_FAULT: Final = 500
_TOO_MANY: Final = 429

_HINTS: Final = {
    "invalid_client_id": "check the consumer key of the External Client App",
    "invalid_client": "check the consumer key and the client secret of the External Client App",
    "invalid_app_access": "allow the integration user to use the External Client App (permission set)",
    "inactive_user": "activate the integration user",
    "inactive_org": "the org is locked or expired",
    "unauthorized_client": "enable this OAuth flow in the External Client App",
    "unsupported_grant_type": "enable this OAuth flow in the External Client App, and use the My Domain",
    "invalid_grant": (
        "approve the External Client App for the integration user, and check username, certificate, audience "
        "(login or test.salesforce.com) and IP restrictions"
    ),
}


_NOT_A_LOGIN = frozenset({301, 302, 307, 308, 401, 403, 404, 405, 410})
_WRONG_PLACE = " To do, if it goes on: salesforce.url must be the org's My Domain (https://your-domain.my.salesforce.com)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One session. `issued` is on the monotonic clock, in seconds."""

    value: str = field(repr=False)
    instance_url: str
    issued: float


class OAuth:
    """Gives the token to any thread; the first that finds it stale logs in, the others wait for it."""

    def __init__(
        self,
        connection: SalesforceConnection,
        session: requests.Session,
        *,
        system_clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._session = session
        self._system_clock = system_clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refusal: AuthFailedError | None = None
        self._refusals = 0
        self._ask_again = 0.0

    def token(self) -> Token:
        """This function will give a token young enough to use.

        Raises AuthFailedError where the credentials are refused (asked again only after minutes, or after
        `reset`), TransientError where nobody answered and there is no older token to go on with.
        """
        with self._lock:
            current = self._token
            if current and self._monotonic() - current.issued < self._connection.token_age:
                return current
            try:
                return self._log_in()
            except TransientError:
                if current is None:
                    raise
                return current  # it may still be good; a 401 will tell

    def renew(self, stale: Token) -> Token:
        """This function will replace a token that met a 401, unless another thread has done so."""
        with self._lock:
            if self._token is not None and self._token is not stale:
                return self._token
            self._token = None
            return self._log_in()

    def refuse(self, message: str) -> AuthFailedError:
        """This function will note that a fresh token was refused too, so that it is not tried in a loop."""
        with self._lock:
            self._token = None
            return self._remember(AuthFailedError(message, code="INVALID_SESSION_ID"))

    def reset(self) -> None:
        """This function will forget the token and an earlier refusal: a person has mended something."""
        with self._lock:
            self._token = self._refusal = None
            self._refusals = 0

    def _log_in(self) -> Token:
        if self._refusal is not None and self._monotonic() < self._ask_again:
            raise AuthFailedError(str(self._refusal), code=self._refusal.code)
        answer = self._ask()
        instance_url = text(answer.get("instance_url"))
        value = text(answer.get("access_token"))
        if not value:
            raise TransientError("Salesforce's login answered without a token.")
        try:
            require_safe(instance_url)
        except ValueError as error:
            raise self._remember(
                AuthFailedError(f"Salesforce's login named an unsafe instance: {error}")
            ) from error
        self._token = Token(value=value, instance_url=instance_url.rstrip("/"), issued=self._monotonic())
        self._refusal, self._refusals = None, 0
        return self._token

    def _ask(self) -> JsonObject:
        form, auth = self._form()
        try:
            response = self._session.post(
                self._connection.url.rstrip("/") + _TOKEN_PATH, data=form, auth=auth
            )
        except requests.RequestException as error:
            raise TransientError(
                f"Salesforce's login at {self._connection.url} did not answer ({type(error).__name__}).",
                code="LOGIN",
            ) from error
        return self._judged(response)

    def _form(self) -> tuple[dict[str, str], tuple[str, str] | None]:
        connection = self._connection
        if connection.flow is Flow.JWT_BEARER:
            return {"grant_type": _JWT_GRANT, "assertion": self._assertion()}, None
        secret = connection.client_secret.get_secret_value() if connection.client_secret else ""
        return {"grant_type": "client_credentials"}, (connection.client_id, secret)

    def _assertion(self) -> str:
        connection = self._connection
        key = connection.private_key.get_secret_value() if connection.private_key else ""
        claims = {
            "iss": connection.client_id,
            "sub": connection.username,
            "aud": connection.audience or connection.url.rstrip("/"),
            "exp": int(self._system_clock().timestamp()) + _JWT_SECONDS,
        }
        try:
            return jwt.encode(claims, key, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            refusal = AuthFailedError(
                "The private key for Salesforce cannot be read: give an RSA key in PEM form.",
                code="private_key",
            )
        raise self._remember(refusal)  # outside of `except`: the chained error could quote the key

    def _judged(self, response: requests.Response) -> JsonObject:
        body = _json_or_none(response)
        if response.ok and body is not None:
            return body
        code = text((body or {}).get("error"))
        if (
            not code
            or code in _PASSING
            or response.status_code >= _SERVER_FAULT
            or response.status_code == _TOO_MANY
        ):
            raise TransientError(
                f"Salesforce's login answered HTTP {response.status_code} {code}".rstrip()
                + "; it is tried again."
                + (_WRONG_PLACE if response.status_code in _NOT_A_LOGIN else ""),
                code=code or "LOGIN",
            )
        description = text((body or {}).get("error_description"))
        hint = _HINTS.get(code, "check the External Client App")
        raise self._remember(
            AuthFailedError(
                f"Salesforce refuses the login: {code} ({description}). To do: {hint}.", code=code
            )
        )

    def _remember(self, refusal: AuthFailedError) -> AuthFailedError:
        pause = _BACK_OFF[min(self._refusals, len(_BACK_OFF) - 1)]
        self._refusal = refusal
        self._refusals += 1
        self._ask_again = self._monotonic() + pause
        return refusal


def _json_or_none(response: requests.Response) -> JsonObject | None:
    try:
        return as_object(parse(response.content))
    except (ValueError, TransientError):
        return None
