"""Who may call: OAuth tokens by JWT bearer (RS256, verified) or client credentials, and the sessions they open.

Sessions and assertions live by the system's clock, as tokens do; business time has no part in them.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.request import Answer

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_ASSERTION = 305
LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The External Client App: its keys, its certificate, and the address under which the org answers."""

    client_id: str
    client_secret: str
    public_key: RSAPublicKey
    url: str


class OAuthError(Exception):
    """A refusal of the token endpoint: 400 with `error` and `error_description`."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


class Sessions:
    """Open sessions by access token."""

    def __init__(self, org: Org, app: App) -> None:
        self._org = org
        self._app = app
        self._open: dict[str, str] = {}

    def token(self, form: Mapping[str, str], now: datetime) -> Answer:
        """This function will answer `POST /services/oauth2/token`."""
        try:
            user = self._granted(form, now)
        except OAuthError as error:
            return Answer(400, {"error": error.error, "error_description": error.description})
        organization = self._organization()
        token = f"{organization[:15]}!{secrets.token_urlsafe(60)}"
        self._open[token] = user
        body = {
            "access_token": token,
            "instance_url": self._app.url,
            "id": f"{self._app.url}/id/{organization}/{user}",
            "token_type": "Bearer",
            "issued_at": str(int(now.timestamp() * 1000)),
            "scope": "api",
            "signature": secrets.token_urlsafe(32),
        }
        return Answer(200, body)

    def user_of(self, authorization: str | None) -> str:
        """This function will give the user of a session; ApiError INVALID_SESSION_ID where there is none."""
        scheme, _, token = (authorization or "").partition(" ")
        user = self._open.get(token.strip()) if scheme.lower() in {"bearer", "oauth"} else None
        if user is None:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return user

    def user_info(self, authorization: str | None) -> Answer:
        """This function will answer `GET /services/oauth2/userinfo`."""
        try:
            user = self.user_of(authorization)
        except ApiError:
            return Answer(403, "Bad_OAuth_Token")
        record = self._org.record("User", user) or {}
        organization = self._organization()
        body = {
            "sub": f"{self._app.url}/id/{organization}/{user}",
            "user_id": user,
            "organization_id": organization,
            "preferred_username": record["Username"],
            "name": record["Name"],
            "email": record["Email"],
            "active": record["IsActive"],
        }
        return Answer(200, body)

    def expire(self) -> int:
        """This function will close every session and say how many there were."""
        count, self._open = len(self._open), {}
        return count

    def _granted(self, form: Mapping[str, str], now: datetime) -> str:
        match form.get("grant_type"):
            case "client_credentials":
                return self._by_secret(form)
            case str() as kind if kind == JWT_BEARER:
                return self._by_assertion(form.get("assertion", ""), now)
            case _:
                raise OAuthError("unsupported_grant_type", "grant type not supported")

    def _by_secret(self, form: Mapping[str, str]) -> str:
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        wanted = (self._app.client_id, self._app.client_secret)
        if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(given, wanted, strict=True)):
            raise OAuthError("invalid_client", "invalid client credentials")
        return self._org.people.integration

    def _by_assertion(self, assertion: str, now: datetime) -> str:
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
        if float(claims["exp"]) > now.timestamp() + LONGEST_ASSERTION:
            raise OAuthError("invalid_grant", "assertion lives longer than 5 minutes")
        return self._approved(str(claims["sub"]))

    def _approved(self, username: str) -> str:
        for row in self._org.tables["User"].find("Username", username):
            user = self._org.schema["User"].record(row)
            if not user["IsActive"]:
                raise OAuthError("invalid_grant", "inactive user")
            if user["Id"] == self._org.people.integration:
                return str(user["Id"])
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")

    def _organization(self) -> str:
        return self._org.tables["Organization"].ids[0]


def _unusable(error: jwt.PyJWTError) -> OAuthError:
    match error:
        case jwt.InvalidAudienceError():
            return OAuthError("invalid_grant", "audience is invalid")
        case jwt.ExpiredSignatureError():
            return OAuthError("invalid_grant", "assertion is expired")
        case _:
            return OAuthError("invalid_grant", "invalid assertion")
