"""How the dashboard is served, and who may see it. Credentials never print."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from csops_sync.config.addresses import is_loopback

DASHBOARD_CLIENT_ID = "CSOPS_SYNC_DASHBOARD_CLIENT_ID"
DASHBOARD_CLIENT_SECRET = "CSOPS_SYNC_DASHBOARD_CLIENT_SECRET"  # noqa: S105 - the name of a variable, not its value
DASHBOARD_TOKEN = "CSOPS_SYNC_DASHBOARD_TOKEN"  # noqa: S105 - as above
DASHBOARD_SESSION_SECRET = "CSOPS_SYNC_DASHBOARD_SESSION_SECRET"  # noqa: S105 - as above
SHORTEST_SECRET = 32
"""Characters that a token, and the secret that signs sessions, have at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardSettings:
    """The dashboard; what is empty was not given.

    `public_url` is the address that people open, `issuer` the OpenID Connect provider's. `admins` and `heads` are
    e-mail addresses in lower case: admins see everything and may act, heads see everything. Everybody else who signs
    in sees what the manager hierarchy in Salesforce gives them. `token` is for machines: it sees everything.
    """

    enabled: bool = True
    public_url: str = ""
    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = None
    token: SecretStr | None = None
    session_secret: SecretStr | None = None
    admins: frozenset[str] = field(default_factory=frozenset)
    heads: frozenset[str] = field(default_factory=frozenset)

    @property
    def signs_in(self) -> bool:
        """Whether people sign in."""
        return bool(self.issuer)

    @property
    def is_closed(self) -> bool:
        """Whether nothing is shown to who does not say who they are."""
        return self.signs_in or self.token is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must never be printed."""
        held = (self.client_secret, self.token, self.session_secret)
        return tuple(one.get_secret_value() for one in held if one is not None)

    def refusal(self, listen: tuple[str, int]) -> str | None:
        """This function will say why the dashboard must not be served on an address, and what to do; None: it may."""
        if not self.enabled:
            return None
        if not self.is_closed and not is_loopback(listen[0]):
            return (
                f"the dashboard is not served on {listen[0]} without sign-in: give `dashboard.sign_in` in "
                f"csops-sync.yaml (or {DASHBOARD_TOKEN} for machines), listen on 127.0.0.1, or write "
                "`dashboard: {enabled: false}`; docs/dashboard.md shows each"
            )
        return self._sign_in_refusal()

    def _sign_in_refusal(self) -> str | None:
        if not self.signs_in:
            return None
        if not self.public_url:
            return "dashboard.sign_in needs dashboard.public_url: the address that people open, https://..."
        if not self.client_id or self.client_secret is None:
            missing = DASHBOARD_CLIENT_SECRET if self.client_id else DASHBOARD_CLIENT_ID
            return f"dashboard.sign_in needs {missing} in the environment (or {missing}_FILE)"
        return None

    @property
    def public_host(self) -> str:
        """The host name of the public address, or nothing."""
        return (urlsplit(self.public_url).hostname or "").lower()
