"""From the `dashboard:` block and the environment to the settings."""

from csops_sync.config.environment import Surroundings
from csops_sync.config.models_dashboard import DashboardSection
from csops_sync.config.settings_dashboard import DashboardSettings


def dashboard_settings(section: DashboardSection, surroundings: Surroundings) -> DashboardSettings:
    """This function will bring file and environment together; the environment wins."""
    sign_in = section.sign_in
    return DashboardSettings(
        enabled=section.enabled,
        public_url=section.public_url or "",
        issuer=sign_in.issuer if sign_in else "",
        client_id=surroundings.dashboard_client_id,
        client_secret=surroundings.dashboard_client_secret,
        token=surroundings.dashboard_token,
        session_secret=surroundings.dashboard_session_secret,
        admins=frozenset(one.casefold() for one in section.admins),
        heads=frozenset(one.casefold() for one in section.heads),
    )
