"""The `dashboard:` block of csops-sync.yaml: where people open it, how they sign in, and who they are. No secrets."""

import re
from typing import Annotated

from pydantic import AfterValidator

from csops_sync.config.addresses import WebUrl
from csops_sync.config.section import Section, Text

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _email(value: str) -> str:
    if _EMAIL.fullmatch(value) is None:
        raise ValueError(f"{value!r} is no e-mail address; write it as the sign-in gives it, ops@example.com")
    return value


Email = Annotated[Text, AfterValidator(_email)]


class SignInSection(Section):
    """OpenID Connect with Salesforce, Slack, or any provider with discovery; credentials come from the environment."""

    issuer: WebUrl
    """The provider's address, `https://example.my.salesforce.com` or `https://slack.com`."""


class DashboardSection(Section):
    """The dashboard."""

    enabled: bool = True
    """Whether it is served, beside health and metrics."""
    public_url: WebUrl | None = None
    """The address that people open; needed for sign-in, and for any other host name than this machine's."""
    sign_in: SignInSection | None = None
    """How people sign in. Without it the dashboard is served on this machine only, and open there."""
    admins: tuple[Email, ...] = ()
    """Who sees everything, and may approve, retry and drop."""
    heads: tuple[Email, ...] = ()
    """Who sees everything. Everybody else sees what they and their reports look after in Salesforce."""
