"""Where the daemon's installations come from: the two files and the environment, put together by `bootstrap`."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from csops_sync.app.installation import ConfigurationRefusedError, Installation, Pulse
from csops_sync.bootstrap import (
    Assembly,
    ConfigPaths,
    Stopper,
    Transports,
    assemble,
    checked,
    load_configuration,
    reassemble,
    system_now,
)
from csops_sync.config.loader import ConfigRefusedError, Loaded, fingerprint
from csops_sync.config.settings import Schedule

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class FileConfigurationSource:
    """Implements `app.installation.ConfigurationSource`. Used by one thread at a time."""

    def __init__(
        self,
        paths: ConfigPaths,
        *,
        environment: Mapping[str, str],
        stopper: Stopper,
        transports: Transports | None = None,
    ) -> None:
        self._paths = paths
        self._environment = environment
        self._stopper = stopper
        self._transports = transports or Transports()
        self._running: Assembly | None = None

    def fingerprint(self) -> str:
        """This function will digest both files as they are now."""
        return fingerprint((self._paths.rules, self._paths.connections))

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

    def _load(self) -> Loaded:
        try:
            return load_configuration(self._paths, self._environment)
        except ConfigRefusedError as refused:
            raise ConfigurationRefusedError(tuple(one.headline for one in refused.problems)) from refused

    def _checked(self, assembly: Assembly) -> Installation:
        if self._running is None:
            self._running = assembly  # kept though the check may fail: its database and lease are open
        self._running = checked(replace(assembly, creation_blocked=None, problems=()))
        return installation_of(self._running)


def installation_of(assembly: Assembly) -> Installation:
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
        close=assembly.database.dispose,
    )


def _pulse(schedule: Schedule) -> Pulse:
    return Pulse(
        pull=schedule.pull.total_seconds(),
        delivery=schedule.delivery.total_seconds(),
        reconcile_at=schedule.reconcile_at,
        housekeeping_at=schedule.housekeeping_at,
        timezone=schedule.timezone,
    )
