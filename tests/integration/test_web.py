"""Health and metrics over real HTTP."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

import pytest
import requests
from tests.fakes.daemon import RecordingLog, Ticks

from csops_sync.app.failures import Failure, FailureKind
from csops_sync.app.health import Health, State
from csops_sync.interfaces.web.metrics import PrometheusMeter
from csops_sync.interfaces.web.server import WebServer, application
from csops_sync.ports.crm import ApiUsage
from csops_sync.ports.store import OutboxStatus

ENOUGH = 10.0


@dataclass
class Served:
    """A server on a free port with a health that the test tells things."""

    ticks: Ticks = field(default_factory=Ticks)
    log: RecordingLog = field(default_factory=RecordingLog)
    meter: PrometheusMeter = field(default_factory=PrometheusMeter)
    health: Health = field(init=False)
    server: WebServer = field(init=False)

    def __post_init__(self) -> None:
        self.health = Health(self.ticks)
        self.meter.watch(self.health.view)
        self.server = self.on_port(0)

    def on_port(self, port: int) -> WebServer:
        app = application(view=self.health.view, scrape=self.meter.scrape)
        return WebServer(app, listen=("127.0.0.1", port), log=self.log)

    def get(self, path: str) -> requests.Response:
        host, port = self.server.address
        return requests.get(f"http://{host}:{port}{path}", timeout=ENOUGH)

    def metric(self, name: str) -> float:
        lines = self.get("/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    made.server.start()
    assert made.server.wait_until_listening(ENOUGH)
    yield made
    made.server.stop()


def test_an_address_that_is_not_ours_is_said_as_that_and_not_as_a_port_that_is_taken() -> None:
    """Waiting would mend the one, and never the other."""
    log = RecordingLog()
    app = application(view=Health(Ticks()).view, scrape=bytes)
    server = WebServer(app, listen=("192.0.2.1", 8080), log=log)

    server.start()
    assert not server.wait_until_listening(0.5)
    server.stop()

    (said,) = log.named("web.cannot_listen")
    assert said["host"] == "192.0.2.1"
    assert log.named("web.port_taken") == []


def active(served: Served) -> None:
    served.health.became(State.ACTIVE)
    served.health.succeeded("cycle")


def test_a_process_that_starts_is_alive_and_not_ready(served: Served) -> None:
    assert served.get("/healthz").status_code == 200
    answer = served.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["starting"]


def test_a_process_that_works_is_ready(served: Served) -> None:
    active(served)

    answer = served.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["state"] == "active"
    assert answer.json()["ready"] is True


def test_salesforce_being_down_makes_it_unready_and_leaves_it_alive(served: Served) -> None:
    active(served)
    served.health.failed("cycle", Failure(kind=FailureKind.PASSING, text="Salesforce does not answer"))
    served.ticks.seconds += 3 * 60 + 1
    served.health.turned()

    assert served.get("/healthz").status_code == 200
    answer = served.get("/readyz")
    assert answer.status_code == 503
    assert "cycle: Salesforce does not answer" in answer.json()["problems"]


def test_a_heartbeat_that_stopped_is_no_life(served: Served) -> None:
    active(served)
    served.ticks.seconds += 121

    assert served.get("/healthz").status_code == 503


def test_metrics_count_what_happened_and_show_what_is(served: Served) -> None:
    active(served)
    served.meter.cycle(result="done", seconds=0.2, rows=3, intents={"creates": 2})
    served.meter.delivered(kind="create", result="sent")
    served.meter.configuration(accepted=False)
    served.health.note(
        usage=ApiUsage(used=10, allowed=1000, ours=4),
        outbox={OutboxStatus.HELD: 6},
        refused=("rules.yaml:1:1: no",),
        rules_hash="4f1c2e9",
    )
    served.ticks.seconds += 5

    text = served.get("/metrics").text

    assert served.metric("csops_sync_rows_changed_total") == 3
    assert served.metric('csops_sync_cycles_total{result="done"}') == 1
    assert served.metric('csops_sync_intents_decided_total{kind="creates"}') == 2
    assert served.metric('csops_sync_deliveries_total{kind="create",result="sent"}') == 1
    assert served.metric('csops_sync_outbox_rows{status="held"}') == 6
    assert served.metric("csops_sync_api_calls_allowed") == 1000
    assert served.metric("csops_sync_last_success_age_seconds") == 5
    assert served.metric("csops_sync_lease_held") == 1
    assert served.metric("csops_sync_config_last_reload_successful") == 0
    assert 'csops_sync_config_info{rules_hash="4f1c2e9"} 1.0' in text


def test_a_page_on_a_connection_that_is_kept_does_not_wait_for_a_late_word_of_the_reader(
    served: Served,
) -> None:
    """A body that follows its headers waits 40 ms where the server lets the network put small parts together."""
    seconds = []
    host, port = served.server.address
    with requests.Session() as reader:
        for _ in range(20):
            began = perf_counter()
            reader.get(f"http://{host}:{port}/healthz", timeout=ENOUGH)
            seconds.append(perf_counter() - began)

    assert min(seconds[1:]) < 0.03


def test_a_port_that_is_taken_is_said_once_and_taken_when_it_is_free(served: Served) -> None:
    second = served.on_port(served.server.address[1])
    second.start()
    assert not second.wait_until_listening(0.1)

    served.server.stop()

    assert second.wait_until_listening(ENOUGH)
    served.server = second
    assert served.get("/healthz").status_code == 200
    assert len(served.log.named("web.port_taken")) == 1


def test_a_port_that_is_taken_may_be_replaced_by_any_other(served: Served) -> None:
    app = application(view=served.health.view, scrape=served.meter.scrape)
    second = WebServer(app, listen=served.server.address, log=served.log, or_any=True)
    second.start()

    assert second.wait_until_listening(ENOUGH)
    assert second.address[1] != served.server.address[1]
    second.stop()


def test_a_server_that_never_got_its_port_still_ends() -> None:
    made = Served()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        waiting = made.on_port(taken.getsockname()[1])
        waiting.start()
        waiting.stop()

    assert not waiting.wait_until_listening(0.01)
