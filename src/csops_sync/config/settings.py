"""How this installation runs: addresses, credentials, schedule. Frozen; credentials never print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import SecretStr

from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.domain.dates import Duration

SALESFORCE_URL = "CSOPS_SYNC_SALESFORCE_URL"
CLIENT_ID = "CSOPS_SYNC_SALESFORCE_CLIENT_ID"
USERNAME = "CSOPS_SYNC_SALESFORCE_USERNAME"
PRIVATE_KEY = "CSOPS_SYNC_SALESFORCE_PRIVATE_KEY"
CLIENT_SECRET = "CSOPS_SYNC_SALESFORCE_CLIENT_SECRET"  # noqa: S105 - the name of a variable, not its value
SLACK_TOKEN = "CSOPS_SYNC_SLACK_TOKEN"  # noqa: S105 - as above
SLACK_APP_TOKEN = "CSOPS_SYNC_SLACK_APP_TOKEN"  # noqa: S105 - as above
SLACK_API_URL = "CSOPS_SYNC_SLACK_API_URL"
DATABASE_URL = "CSOPS_SYNC_DATABASE_URL"
DEFAULT_DATABASE = "sqlite:///var/csops-sync.db"
DEFAULT_SLACK_API = "https://slack.com/api/"


class Mode(StrEnum):
    """`shadow` decides and records, and sends nothing."""

    LIVE = "live"
    SHADOW = "shadow"


class AuthFlow(StrEnum):
    """How the External Client App signs in to Salesforce."""

    JWT_BEARER = "jwt_bearer"
    CLIENT_CREDENTIALS = "client_credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceSettings:
    """The org and how to sign in; what is empty was not given. Shares are of 1.

    `api_share` is the part of the org's daily calls that is ours, `write_reserve` the part of that share that reading
    leaves to writing, `org_ceiling` the part of the allowance, used by anybody, at which our reads stop.
    """

    url: str
    auth: AuthFlow
    audience: str
    client_id: str
    username: str
    private_key: SecretStr | None
    client_secret: SecretStr | None
    api_version: str
    api_share: Decimal
    write_reserve: Decimal
    org_ceiling: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """The workspace. `api_url` ends with a slash. Without `app_token` (`xapp-...`) answers are only read now and then.

    `users` says who somebody is in Slack, by Salesforce user id, e-mail or handle. `channels` are ids by name; the
    rules' channels have been replaced by them already.
    """

    token: SecretStr | None
    app_token: SecretStr | None
    api_url: str
    operator_channel: str
    fallback: str | None
    channels: Mapping[str, str]
    users: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often things are done; the times of day are in `timezone`."""

    pull: timedelta
    delivery: timedelta
    reconcile_at: time
    housekeeping_at: time
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything about an installation that is no business rule.

    `automation_usernames` are listed automation users that are given by user name: their ids, once known, belong to
    the rules' `ownership`. `listen` is host and port of health, metrics and dashboard.
    """

    mode: Mode
    locale: str
    salesforce: SalesforceSettings
    slack: SlackSettings
    store_url: SecretStr
    listen: tuple[str, int]
    schedule: Schedule
    keep_outbox: Duration
    keep_journal: Duration
    automation_usernames: frozenset[str] = field(default_factory=frozenset)
    dashboard: DashboardSettings = field(default_factory=DashboardSettings)

    def missing(self) -> tuple[str, ...]:
        """This function will name the environment variables without which nothing can be reached."""
        org = self.salesforce
        jwt = org.auth is AuthFlow.JWT_BEARER
        needed = (
            (SALESFORCE_URL, org.url),
            (CLIENT_ID, org.client_id),
            (USERNAME, org.username if jwt else "not needed"),
            (PRIVATE_KEY, org.private_key if jwt else "not needed"),
            (CLIENT_SECRET, "not needed" if jwt else org.client_secret),
            (SLACK_TOKEN, self.slack.token),
        )
        return tuple(name for name, value in needed if not value)
