"""The dashboard over a filled store, on a port of its own: `python -m bench.page_server FILE` prints its address.

It is the daemon's own server and application; only Salesforce, Slack and the cycle are not there. It ends with its
standard input.
"""

import sys
from pathlib import Path
from time import monotonic, process_time

from starlette.types import ASGIApp
from tests.fakes.daemon import RecordingLog

from bench.terms_rules import NOW, ORG_ID, sample, with_rate
from bench.terms_store import opened
from csops_sync.app.health import Health
from csops_sync.app.office import Office
from csops_sync.bootstrap import collect_seldom
from csops_sync.interfaces.cli.dashboard_of import dashboard_of
from csops_sync.interfaces.web.live_data import Installed
from csops_sync.interfaces.web.server import WebServer, application

_SECONDS = 20.0


def served(file: Path) -> tuple[ASGIApp, Health]:
    """This function will put the dashboard together over a store, on the benchmark's day."""
    loaded, store = sample(), opened(file)
    health = Health(monotonic)
    office = Office(store=store, rules=with_rate(loaded.rules), now=NOW, by="bench")
    installed = Installed(office=office, org_id=ORG_ID, org_name="bench", mode="live")
    app = dashboard_of(loaded.settings, installed=lambda _by: installed, health=health.view)
    if app is None:
        raise RuntimeError("the sample configuration has switched the dashboard off")
    return app, health


def _cpu_seconds() -> bytes:
    """Give the CPU's seconds that this process has used, at `/metrics`."""
    return str(process_time()).encode()


def main() -> None:
    """This function will serve until standard input is closed."""
    collect_seldom()
    app, health = served(Path(sys.argv[1]))
    whole = application(view=health.view, scrape=_cpu_seconds, dashboard=app)
    server = WebServer(whole, listen=("127.0.0.1", 0), log=RecordingLog(), or_any=True)
    server.start()
    if not server.wait_until_listening(_SECONDS):
        raise RuntimeError("no port was free within 20 s")
    host, port = server.address
    print(f"{host}:{port}", flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
