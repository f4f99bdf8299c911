"""The dashboard of a running daemon, put together from its settings."""

from collections.abc import Callable
from importlib.metadata import version

from starlette.types import ASGIApp

from csops_sync.app.health import HealthView
from csops_sync.bootstrap import LateCharts, chart_script
from csops_sync.config.settings import Settings
from csops_sync.interfaces.web.chart_values import Drawings
from csops_sync.interfaces.web.dashboard import Dashboard, dashboard
from csops_sync.interfaces.web.live_data import Installed, LiveData
from csops_sync.interfaces.web.rendering import Desk
from csops_sync.interfaces.web.static_files import version_of

_DISTRIBUTION = "csops-sync"


def dashboard_of(
    settings: Settings, *, installed: Callable[[str], Installed], health: Callable[[], HealthView]
) -> ASGIApp | None:
    """This function will give the dashboard, None where it is switched off.

    Raises ValueError where it may not be served on the configured address: see `DashboardSettings.refusal`.
    """
    if not settings.dashboard.enabled:
        return None
    live = LiveData(installed=installed, health=health)
    desk = Desk(
        language=settings.locale,
        timezone=lambda: settings.schedule.timezone,
        drawings=Drawings(LateCharts()),
        version=version_of(version(_DISTRIBUTION)),
        record_url=settings.salesforce.url,
        sign_in=settings.dashboard.signs_in,
    )
    return dashboard(
        Dashboard(
            data=live,
            orders=live,
            settings=settings.dashboard,
            desk=desk,
            listen_host=settings.listen[0],
            chart_script=chart_script,
        )
    )
