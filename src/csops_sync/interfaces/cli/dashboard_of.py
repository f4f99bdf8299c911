"""The dashboard of a running daemon, put together from its settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from starlette.types import ASGIApp

from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.overview_values import Overview
from csops_sync.app.health import HealthView
from csops_sync.bootstrap import LateCharts, chart_script
from csops_sync.config.settings import Settings
from csops_sync.interfaces.web.ahead import Ahead
from csops_sync.interfaces.web.chart_values import Drawings, overview_charts
from csops_sync.interfaces.web.dashboard import Dashboard, dashboard
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.lately import Lately
from csops_sync.interfaces.web.live_data import Installed, LiveData
from csops_sync.interfaces.web.rendering import Desk, prepare_templates
from csops_sync.interfaces.web.static_files import version_of
from csops_sync.interfaces.web.words import Words
from csops_sync.ports.log import EventLog

_DISTRIBUTION = "csops-sync"


@dataclass(frozen=True, slots=True)
class Shown:
    """The dashboard, and what makes its pages ahead once it is started."""

    app: ASGIApp
    ahead: Ahead


def dashboard_of(
    settings: Settings,
    *,
    installed: Callable[[str], Installed],
    health: Callable[[], HealthView],
    log: EventLog,
    monotonic: Callable[[], float],
) -> Shown | None:
    """This function will give the dashboard, None where it is switched off.

    Raises ValueError where it may not be served on the configured address: see `DashboardSettings.refusal`.
    """
    if not settings.dashboard.enabled:
        return None
    live = LiveData(
        installed=installed, health=health, kept=KeptReports(renewed_by=monotonic), lately=Lately(monotonic)
    )
    desk = Desk(
        language=settings.locale,
        timezone=lambda: settings.schedule.timezone,
        drawings=Drawings(LateCharts()),
        version=version_of(version(_DISTRIBUTION)),
        record_url=settings.salesforce.url,
        sign_in=settings.dashboard.signs_in,
    )
    app = dashboard(
        Dashboard(
            data=live,
            orders=live,
            settings=settings.dashboard,
            desk=desk,
            listen_host=settings.listen[0],
            chart_script=chart_script,
        )
    )
    return Shown(app, Ahead(live, draw=partial(_draw, desk), log=log))


def _draw(desk: Desk, shown: Sequence[Overview]) -> None:
    """Draw what first pages show, in the org's language, and have ready what all pages are written with."""
    prepare_templates()
    formats = Formats(language=desk.language, timezone=desk.timezone())
    for one in shown:
        overview_charts(one, desk.drawings, Words(desk.language), formats)
