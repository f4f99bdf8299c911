"""Where the daemon's installations come from: the two files and the environment, put together by `bootstrap`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from csops_sync.app.confidence.answering import inbox_item
from csops_sync.app.installation import ConfigurationRefusedError, Installation, Pulse
from csops_sync.app.office import office_of
from csops_sync.bootstrap import (
    Assembly,
    ConfigPaths,
    Stopper,
    Transports,
    assemble,
    checked,
    listener_of,
    load_configuration,
    reassemble,
    system_now,
)
from csops_sync.config.loader import ConfigRefusedError, Loaded, fingerprint
from csops_sync.config.settings import Schedule
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.dashboard_data import NotReadyError
from csops_sync.interfaces.web.live_data import Installed
from csops_sync.ports.cards import Listener
from csops_sync.ports.log import EventLog

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class FileConfigurationSource:
    """Implements `app.installation.ConfigurationSource`. Used by one thread at a time."""

    def __init__(
        self,
        paths: ConfigPaths,
        *,
        environment: Mapping[str, str],
        stopper: Stopper,
        log: EventLog,
        transports: Transports | None = None,
    ) -> None:
        self._paths = paths
        self._environment = environment
        self._stopper = stopper
        self._transports = transports or Transports()
        self._running: Assembly | None = None
        self._ear = Ear(self._transports, log)

    def fingerprint(self) -> str:
        """This function will digest both files, and the tables beside the rules, as they are now."""
        tables = sorted(self._paths.rules.parent.glob("*.csv"))
        return fingerprint((self._paths.rules, self._paths.connections, *tables))

    def take(self) -> Installation:
        """This function will load both files and put everything together; see `ConfigurationSource.take`."""
        loaded = self._load()
        running = self._running
        if running is None:
            fresh = assemble(loaded, transports=self._transports, stopper=self._stopper)
        else:
            fresh = reassemble(running, loaded, transports=self._transports)
        return self._checked(fresh)

    def recheck(self) -> Installation:
        """This function will repeat the start check of what was taken last."""
        if self._running is None:
            return self.take()
        return self._checked(self._running)

    def installed(self, by: str) -> Installed:
        """This function will give what the dashboard shows, for the person who asks; from any thread.

        Raises NotReadyError before the first start is through.
        """
        running = self._running
        if running is None:
            raise NotReadyError(
                Sentence("start.waits", "csops-sync is starting: /readyz says what it waits for")
            )
        settings = running.settings
        return Installed(
            office=office_of(running.engine(), by=by),
            org_id=running.identity.org_id,
            org_name=urlsplit(settings.salesforce.url).hostname or "",
            mode=settings.mode.value,
        )

    def _load(self) -> Loaded:
        try:
            return load_configuration(self._paths, self._environment)
        except ConfigRefusedError as refused:
            raise ConfigurationRefusedError(tuple(one.headline for one in refused.problems)) from refused

    def _checked(self, assembly: Assembly) -> Installation:
        if self._running is None:
            self._running = assembly  # kept though the check may fail: its database and lease are open
        self._running = checked(replace(assembly, creation_blocked=None, problems=()))
        self._ear.listen(self._running)
        return installation_of(self._running, self._ear)


class Ear:
    """Listens to answers in Slack as long as the rules ask for any, and anew where the workspace is another."""

    def __init__(self, transports: Transports, log: EventLog) -> None:
        self._transports = transports
        self._log = log
        self._listener: Listener | None = None
        self._of: object = None

    def listen(self, assembly: Assembly) -> None:
        """This function will start to listen for an assembly; each answer goes to its inbox."""
        wanted = assembly.slack.options if assembly.rules.confidence else None
        if wanted == self._of:
            return
        self.close()
        self._of = wanted
        if wanted is not None:
            store = assembly.store
            self._listener = listener_of(assembly.slack, assembly.salesforce, self._transports, log=self._log)
            self._listener.start(lambda answer: store.receive(inbox_item(answer)))

    def connected_since(self) -> datetime | None:
        """This function will say since when answers come in."""
        return self._listener.connected_since() if self._listener else None

    def problem(self) -> str | None:
        """This function will say why answers do not come in, None where they do or nobody asks for them."""
        return self._listener.problem() if self._listener else None

    def close(self) -> None:
        """This function will listen no more."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None


def installation_of(assembly: Assembly, ear: Ear) -> Installation:
    """This function will give the daemon's view of an assembly."""
    salesforce = assembly.salesforce
    is_virtual = urlsplit(assembly.settings.salesforce.url).hostname in _LOOPBACK
    return Installation(
        engine=assembly.engine,
        holding=assembly.holding,
        pulse=_pulse(assembly.settings.schedule),
        rules_hash=assembly.rules.hash,
        problems=assembly.problems,
        slow_down=lambda: salesforce.reader.slow_down,
        skew=lambda: None if is_virtual else salesforce.clock.skew(system_now()),
        close=lambda: _close(assembly, ear),
        listening=ear.connected_since,
        deaf=ear.problem,
    )


def _close(assembly: Assembly, ear: Ear) -> None:
    ear.close()
    assembly.database.dispose()


def _pulse(schedule: Schedule) -> Pulse:
    return Pulse(
        pull=schedule.pull.total_seconds(),
        delivery=schedule.delivery.total_seconds(),
        reconcile_at=schedule.reconcile_at,
        housekeeping_at=schedule.housekeeping_at,
        timezone=schedule.timezone,
    )
