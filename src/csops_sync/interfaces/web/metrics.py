"""Prometheus metrics: what happened, counted by the daemon, and what is, read from its health when scraped."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from csops_sync.app.health import Facts, HealthView, State
from csops_sync.ports.store import UNFINISHED

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)


class PrometheusMeter:
    """Implements `ports.meter.Meter` on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(Counter, registry=self.registry)
        self._cycles = counter("csops_sync_cycles", "Cycles by how they ended", ["result"])
        self._seconds = Histogram(
            "csops_sync_cycle_seconds", "Seconds of a cycle", buckets=_SECONDS, registry=self.registry
        )
        self._rows = counter("csops_sync_rows_changed", "Rows that differed from the mirror")
        self._intents = counter("csops_sync_intents_decided", "Intents decided, by kind", ["kind"])
        self._deliveries = counter(
            "csops_sync_deliveries", "Outbox rows by kind and new status", ["kind", "result"]
        )
        self._jobs = counter("csops_sync_job_runs", "Runs of jobs by outcome", ["job", "outcome"])
        self._reloads = counter(
            "csops_sync_configuration_changes", "Changed configurations, taken or refused", ["result"]
        )

    def cycle(self, *, result: str, seconds: float, rows: int, intents: Mapping[str, int]) -> None:
        """This function will count one cycle."""
        self._cycles.labels(result=result).inc()
        self._seconds.observe(seconds)
        self._rows.inc(rows)
        for kind, count in intents.items():
            self._intents.labels(kind=kind).inc(count)

    def delivered(self, *, kind: str, result: str) -> None:
        """This function will count one outbox row with its new status."""
        self._deliveries.labels(kind=kind, result=result).inc()

    def job(self, *, name: str, outcome: str) -> None:
        """This function will count one run of a job."""
        self._jobs.labels(job=name, outcome=outcome).inc()

    def configuration(self, *, accepted: bool) -> None:
        """This function will count one change of the configuration files."""
        self._reloads.labels(result="taken" if accepted else "refused").inc()

    def watch(self, view: Callable[[], HealthView]) -> None:
        """This function will add the gauges that are read from the daemon's health."""
        self.registry.register(_HealthCollector(view))

    def scrape(self) -> bytes:
        """This function will give everything in Prometheus's text format."""
        return generate_latest(self.registry)


class _HealthCollector(Collector):
    def __init__(self, view: Callable[[], HealthView]) -> None:
        self._view = view

    def collect(self) -> Iterator[Metric]:
        view = self._view()
        yield _gauge("ready", "1 where the process does its work or stands by to do it", view.ready)
        yield _gauge("lease_held", "1 where this process acts for the org", view.facts.state is State.ACTIVE)
        if view.success_age is not None:
            yield _gauge("last_success_age_seconds", "Seconds since a cycle succeeded", view.success_age)
        yield _gauge("pull_interval_seconds", "Seconds between cycles at present", view.facts.interval)
        yield from _configuration(view.facts)
        yield from _org(view.facts)
        yield _outbox(view.facts)


def _configuration(facts: Facts) -> Iterator[Metric]:
    yield _gauge(
        "config_last_reload_successful", "0 while a changed configuration is refused", not facts.refused
    )
    yield InfoMetricFamily(
        "csops_sync_config", "The rules in force", value={"rules_hash": facts.rules_hash or "none"}
    )
    yield _gauge("creation_blocked", "1 where nothing may be created", facts.creation_blocked is not None)
    yield _gauge("start_check_problems", "Problems that the start check found", len(facts.check))


def _org(facts: Facts) -> Iterator[Metric]:
    if facts.usage is not None:
        yield _gauge("api_calls_used", "Calls of the whole org in 24 hours", facts.usage.used)
        yield _gauge("api_calls_allowed", "The org's allowance in 24 hours", facts.usage.allowed)
        yield _gauge("api_calls_ours", "Calls of this process since its start", facts.usage.ours)
    if facts.skew is not None:
        yield _gauge("clock_skew_seconds", "Salesforce's time minus this machine's", facts.skew)
    yield _gauge("degraded_roles", "Objects without getUpdated", len(facts.degraded))


def _outbox(facts: Facts) -> Metric:
    family = GaugeMetricFamily(
        "csops_sync_outbox_rows", "Outbox rows that are not over, by status", labels=["status"]
    )
    for status in UNFINISHED:
        family.add_metric([status.value], facts.outbox.get(status, 0))
    return family


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"csops_sync_{name}", words, value=float(value))
