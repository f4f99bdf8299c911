"""How to reach one Salesforce org: what the operator configured, as one frozen value."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Secret(Protocol):
    """A value that is never printed, such as pydantic's SecretStr."""

    def get_secret_value(self) -> str:
        """This function will reveal the secret to the one place that sends it."""
        ...


class Flow(StrEnum):
    """The OAuth flows that need no person (Salesforce Help: "JWT Bearer", "Client Credentials")."""

    JWT_BEARER = "jwt_bearer"
    CLIENT_CREDENTIALS = "client_credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceConnection:
    """One org and how politely to use it. Times are seconds.

    `url` is the login address: `https://login.salesforce.com`, `https://test.salesforce.com` or the My
    Domain (client credentials need the My Domain). `token_age`: the shortest session timeout that an org
    can set is 15 minutes, so a token is replaced just before. `overlap_seconds`: how far back every pull
    reads again, for rows that become visible late. `budget_share`: share of the org's daily calls that is
    ours; `write_reserve`: part of that share that reads leave to writes; `org_ceiling`: share of the
    allowance, used by anybody, at which our reads stop.
    """

    url: str
    flow: Flow
    client_id: str
    username: str = ""
    private_key: Secret | None = field(default=None, repr=False)
    client_secret: Secret | None = field(default=None, repr=False)
    audience: str = ""
    api_version: str = "66.0"
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    token_age: float = 14 * 60
    overlap_seconds: int = 600
    budget_share: float = 0.25
    write_reserve: float = 0.2
    org_ceiling: float = 0.9
    max_answer_bytes: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        """This function will refuse, by ValueError, what cannot work or would send a secret in the clear."""
        require_safe(self.url)
        if self.flow is Flow.JWT_BEARER and not (self.private_key and self.username):
            raise ValueError(
                "The JWT bearer flow needs a username and a private key: set both, or change the flow."
            )
        if self.flow is Flow.CLIENT_CREDENTIALS and not self.client_secret:
            raise ValueError("The client credentials flow needs a client secret: set it, or change the flow.")


def is_loopback(url: str) -> bool:
    """This function will say whether an address never leaves this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def require_safe(url: str) -> str:
    """This function will give back an https address (http on loopback only), or raise ValueError."""
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise ValueError(f"{url!r} is no web address: write https://your-domain.my.salesforce.com.")
    if parts.scheme == "http" and not is_loopback(url):
        raise ValueError(f"{url!r} would send the token in the clear: write https:// instead.")
    return url.rstrip("/")
