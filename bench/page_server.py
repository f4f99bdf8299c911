"""The dashboard over a filled store, on a port of its own: `python -m bench.page_server FILE` prints its address.

It is the daemon's own server and application; only Salesforce, Slack and the cycle are not there. It ends with its
standard input.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import monotonic, process_time

from pydantic import SecretStr
from tests.fakes.daemon import RecordingLog

from bench.page_kinds import HEAD
from bench.terms_rules import NOW, ORG_ID, sample, with_rate
from bench.terms_store import opened
from csops_sync.app.health import Health
from csops_sync.app.office import Office
from csops_sync.bootstrap import collect_seldom, take_short_turns
from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.interfaces.cli.dashboard_of import Shown, dashboard_of
from csops_sync.interfaces.web.ahead import Ahead
from csops_sync.interfaces.web.live_data import Installed
from csops_sync.interfaces.web.server import WebServer, application

SESSION_SECRET = "the secret that signs the sessions of a benchmark"  # noqa: S105 - it opens nothing
_SECONDS = 20.0
_SIGNED_IN = DashboardSettings(
    public_url="http://127.0.0.1",
    issuer="https://id.bench.example",
    client_id="bench",
    client_secret=SecretStr("bench"),
    session_secret=SecretStr(SESSION_SECRET),
    heads=frozenset({HEAD}),
)


def served(file: Path) -> tuple[Shown, Health]:
    """This function will put the dashboard together over a store, on the benchmark's day."""
    loaded, store = sample(), opened(file)
    health = Health(monotonic)
    office = Office(store=store, rules=with_rate(loaded.rules), now=NOW, by="bench")
    installed = Installed(office=office, org_id=ORG_ID, org_name="bench", mode="live")
    settings = replace(loaded.settings, dashboard=_SIGNED_IN)
    shown = dashboard_of(
        settings,
        installed=lambda _by: installed,
        health=health.view,
        log=RecordingLog(),
        monotonic=monotonic,
    )
    if shown is None:
        raise RuntimeError("the sample configuration has switched the dashboard off")
    return shown, health


def _measured(ahead: Ahead) -> bytes:
    """Give, at `/metrics`, the CPU's seconds that this process has used, whether pages were made ahead, its peak MB."""
    peak = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    return f"{process_time()} {ahead.has_made:d} {peak}".encode()


def main() -> None:
    """This function will serve until standard input is closed."""
    collect_seldom()
    take_short_turns()
    shown, health = served(Path(sys.argv[1]))
    whole = application(view=health.view, scrape=partial(_measured, shown.ahead), dashboard=shown.app)
    server = WebServer(whole, listen=("127.0.0.1", 0), log=RecordingLog(), or_any=True)
    server.start()
    if not server.wait_until_listening(_SECONDS):
        raise RuntimeError("no port was free within 20 s")
    host, port = server.address
    print(f"{host}:{port}", flush=True)
    shown.ahead.start()
    sys.stdin.read()
    shown.ahead.stop()
    server.stop()


if __name__ == "__main__":
    main()
