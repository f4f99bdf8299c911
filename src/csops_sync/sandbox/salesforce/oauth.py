"""The OAuth endpoints: tokens by JWT bearer (RS256, verified) or client credentials; what a token is; its end.

As an External Client App of a new org answers: username and password are refused (blocked since Summer '23), there is
no browser flow and therefore no code, and neither flow gives a refresh token. Source: Salesforce Help, "OAuth
Authorization Flows"; Mobile SDK guide, "Revoking OAuth Tokens"; the `invalid_client` answer was observed on real orgs.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.request import Answer
from csops_sync.sandbox.salesforce.sessions import Sessions

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_ASSERTION = 305
LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")
SCOPES = "api id"
_UNUSED = {
    "password": "authentication failure",
    "refresh_token": "expired access/refresh token",
    "authorization_code": "invalid authorization code",
}
"""Grants that a real org knows, and what it says where they lead nowhere, as here they always do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The External Client App: its keys, its certificate, and the address under which the org answers."""

    client_id: str
    client_secret: str
    public_key: RSAPublicKey
    url: str


class OAuthError(Exception):
    """A refusal of an OAuth endpoint: 400 with `error` and `error_description`."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description

    def answer(self) -> Answer:
        """This function will give the refusal as the endpoint sends it."""
        return Answer(400, {"error": self.error, "error_description": self.description})


class OAuth:
    """Answers the endpoints under `/services/oauth2` that take forms."""

    def __init__(self, org: Org, app: App, sessions: Sessions) -> None:
        self._org = org
        self._app = app
        self._sessions = sessions

    def token(self, form: Mapping[str, str]) -> Answer:
        """This function will answer `POST /services/oauth2/token`."""
        try:
            user = self._granted(form)
        except OAuthError as error:
            return error.answer()
        body = {
            "access_token": self._sessions.open(self._organization(), user),
            "instance_url": self._app.url,
            "id": self._identity(user),
            "token_type": "Bearer",
            "issued_at": str(int(self._sessions.now().timestamp() * 1000)),
            "scope": SCOPES,
            "signature": secrets.token_urlsafe(32),
        }
        return Answer(200, body)

    def introspect(self, form: Mapping[str, str]) -> Answer:
        """This function will answer `POST /services/oauth2/introspect`: what a token is, for its own app."""
        try:
            self._check_secret(form)
        except OAuthError as error:
            return error.answer()
        session = self._sessions.of_token(form.get("token", ""))
        if session is None:
            return Answer(200, {"active": False})
        opened = int(session.opened.timestamp())
        body = {
            "active": True,
            "scope": SCOPES,
            "client_id": self._app.client_id,
            "username": (self._org.record("User", session.user) or {})["Username"],
            "sub": self._identity(session.user),
            "token_type": "access_token",
            "exp": int(session.ends.timestamp()),
            "iat": opened,
            "nbf": opened,
        }
        return Answer(200, body)

    def revoke(self, form: Mapping[str, str]) -> Answer:
        """This function will answer `/services/oauth2/revoke`: the token's session ends."""
        if self._sessions.revoke(form.get("token", "")):
            return Answer(200)
        return OAuthError("invalid_token", "Token was invalid").answer()

    def _granted(self, form: Mapping[str, str]) -> str:
        kind = form.get("grant_type", "")
        if kind == JWT_BEARER:
            return self._by_assertion(form.get("assertion", ""))
        if kind == "client_credentials":
            self._check_secret(form)
            return self._admitted(self._org.people.integration)
        if kind in _UNUSED:
            self._check_id(form)
            raise OAuthError("invalid_grant", _UNUSED[kind])
        raise OAuthError("unsupported_grant_type", "grant type not supported")

    def _check_secret(self, form: Mapping[str, str]) -> None:
        self._check_id(form)
        if not _same(form.get("client_secret", ""), self._app.client_secret):
            raise OAuthError("invalid_client", "invalid client credentials")

    def _check_id(self, form: Mapping[str, str]) -> None:
        if not _same(form.get("client_id", ""), self._app.client_id):
            raise OAuthError("invalid_client_id", "client identifier invalid")

    def _by_assertion(self, assertion: str) -> str:
        try:
            claims = jwt.decode(
                assertion,
                self._app.public_key,
                algorithms=["RS256"],
                audience=[*LOGIN_HOSTS, self._app.url],
                options={"require": ["iss", "sub", "aud", "exp"]},
            )
        except jwt.PyJWTError as error:
            raise _unusable(error) from None
        if claims["iss"] != self._app.client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if float(claims["exp"]) > self._sessions.now().timestamp() + LONGEST_ASSERTION:
            raise OAuthError("invalid_grant", "assertion lives longer than 5 minutes")
        return self._approved(str(claims["sub"]))

    def _approved(self, username: str) -> str:
        found = next(iter(self._org.tables["User"].find("Username", username)), None)
        if found is None:
            raise _unapproved()
        return self._admitted(str(found[0]))

    def _admitted(self, user: str) -> str:
        """Give a user whom the app may act as, of either flow; OAuthError for one who is deactivated or not let in."""
        if not self._org.is_active(user):
            raise OAuthError("invalid_grant", "inactive user")
        if not self._org.logs_in(user):
            raise _unapproved()
        return user

    def _identity(self, user: str) -> str:
        return f"{self._app.url}/id/{self._organization()}/{user}"

    def _organization(self) -> str:
        return str(next(iter(self._org.tables["Organization"]))[0])


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _unapproved() -> OAuthError:
    return OAuthError("invalid_grant", "user hasn't approved this consumer")


def _unusable(error: jwt.PyJWTError) -> OAuthError:
    match error:
        case jwt.InvalidAudienceError():
            return OAuthError("invalid_grant", "audience is invalid")
        case jwt.ExpiredSignatureError():
            return OAuthError("invalid_grant", "assertion is expired")
        case _:
            return OAuthError("invalid_grant", "invalid assertion")
