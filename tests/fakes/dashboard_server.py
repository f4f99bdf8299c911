"""The dashboard on a real port, over the hand-filled book."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from itsdangerous import TimestampSigner
from tests.fakes.daemon import RecordingLog, Ticks
from tests.fakes.dashboard_book import FakeBook

from csops_sync.adapters.charts.drawing import VegaCharts, page_script
from csops_sync.app.health import Health
from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.interfaces.web.chart_values import Drawings
from csops_sync.interfaces.web.dashboard import Dashboard, dashboard
from csops_sync.interfaces.web.rendering import Desk
from csops_sync.interfaces.web.server import WebServer, application

ENOUGH = 20.0


@dataclass
class ServedDashboard:
    """Where it is served, and the book behind it."""

    book: FakeBook
    server: WebServer
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        host, port = self.server.address
        return f"http://{host}:{port}"

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.session.get(
            self.url + path,
            headers={"Accept-Language": "en", **headers},
            timeout=ENOUGH,
            allow_redirects=False,
        )

    def post(self, path: str, fields: dict[str, str], **headers: str) -> requests.Response:
        return self.session.post(
            self.url + path, data=fields, headers=headers, timeout=ENOUGH, allow_redirects=False
        )


@contextmanager
def serving(
    book: FakeBook | None = None,
    *,
    settings: DashboardSettings | None = None,
    language: str = "ja",
    host: str = "127.0.0.1",
) -> Iterator[ServedDashboard]:
    """Serve until the block ends."""
    held, given = book or FakeBook(), settings or DashboardSettings()
    app = dashboard(
        Dashboard(
            data=held,
            orders=held,
            settings=given,
            desk=Desk(
                language=language,
                timezone=lambda: "Asia/Tokyo",
                drawings=Drawings(VegaCharts()),
                version="1",
                sign_in=given.signs_in,
            ),
            listen_host=host,
            chart_script=page_script,
        )
    )
    whole = application(view=Health(Ticks()).view, scrape=bytes, dashboard=app)
    server = WebServer(whole, listen=("127.0.0.1", 0), log=RecordingLog())
    server.start()
    assert server.wait_until_listening(ENOUGH)
    found = ServedDashboard(book=held, server=server)
    try:
        yield found
    finally:
        found.session.close()
        server.stop()


def session_cookie(secret: str, content: dict[str, str]) -> str:
    """Sign a session as the dashboard itself does; with another secret it is a forgery."""
    return TimestampSigner(secret).sign(b64encode(json.dumps(content).encode())).decode()
