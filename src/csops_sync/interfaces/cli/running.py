"""`csops-sync run`: the daemon with its health and metrics, on a real org or on the embedded sandbox."""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from csops_sync.app.daemon import Daemon
from csops_sync.app.foretelling import NextOpening
from csops_sync.app.health import Health
from csops_sync.app.installation import ConfigurationRefusedError
from csops_sync.app.instruments import Instruments
from csops_sync.bootstrap import (
    ConfigPaths,
    Stopper,
    Transports,
    assemble,
    checked,
    collect_seldom,
    environment,
    load_configuration,
    system_now,
    system_today,
    take_short_turns,
)
from csops_sync.config.loader import ConfigRefusedError
from csops_sync.config.settings import DATABASE_URL, Settings
from csops_sync.interfaces.cli.configuration_source import FileConfigurationSource
from csops_sync.interfaces.cli.dashboard_of import dashboard_of
from csops_sync.interfaces.cli.rehearsal import rehearse
from csops_sync.interfaces.cli.sandbox_child import SandboxChild, SandboxOptions
from csops_sync.interfaces.cli.signals import Signals
from csops_sync.interfaces.logs import configure, secrets_of
from csops_sync.interfaces.web.ahead import Ahead
from csops_sync.interfaces.web.live_data import Installed
from csops_sync.interfaces.web.metrics import PrometheusMeter
from csops_sync.interfaces.web.server import WebServer, application
from csops_sync.ports.errors import OutsideError
from csops_sync.ports.log import EventLog

PROBLEMS, USAGE, UNEXPECTED = 1, 2, 3
_ENDS_WITHIN = 6.0
_WEB_ENDS_WITHIN = 0.5


def run(
    paths: ConfigPaths,
    *,
    sandbox: bool = False,
    once: bool = False,
    options: SandboxOptions | None = None,
    transports: Transports | None = None,
) -> int:
    """This function will run the daemon until a signal ends it, and give the exit code.

    With `sandbox` it brings the sandbox (built by `options`) and a state of its own; with `once` too, it rehearses
    three cycles and ends. 0 after SIGTERM, 130 after Ctrl-C, 1 where the configuration or the schema does not hold.
    """
    if not sandbox:
        if once:
            return _complain(
                "--once rehearses on the sandbox: add --sandbox, or use `csops-sync sync`", USAGE
            )
        return _serve(paths, environment(), transports=transports)
    wanted = options or SandboxOptions(today=system_today(), frozen=once)
    with TemporaryDirectory(prefix="csops-sync-sandbox-") as folder, SandboxChild.start(wanted) as child:
        own_state = {DATABASE_URL: f"sqlite:///{Path(folder) / 'state.db'}"}
        surroundings = {**child.environment(), **own_state}  # nothing of a real org's may reach the sandbox
        if once:
            return _rehearse(paths, surroundings, child, transports)
        return _serve(
            paths,
            surroundings,
            welcome=_welcome(child, Path(folder), {**_files(paths), **own_state}),
            transports=transports,
            foretell=child.tell_opening,
        )


def _rehearse(
    paths: ConfigPaths, surroundings: Mapping[str, str], child: SandboxChild, transports: Transports | None
) -> int:
    configure(level=logging.WARNING)
    return rehearse(
        checked(assemble(load_configuration(paths, surroundings), transports=transports)), child, _say
    )


def _serve(
    paths: ConfigPaths,
    surroundings: Mapping[str, str],
    *,
    welcome: str | None = None,
    transports: Transports | None = None,
    foretell: Callable[[NextOpening | None], None] | None = None,
) -> int:
    try:
        settings = load_configuration(paths, surroundings).settings
    except ConfigRefusedError as refused:
        return _complain(str(refused), PROBLEMS)
    if missing := settings.missing():
        return _complain(f"not set: {', '.join(missing)}; docs/rules.md says where each comes from", PROBLEMS)
    if refusal := settings.dashboard.refusal(settings.listen):
        return _complain(refusal, PROBLEMS)
    watched = welcome is not None or sys.stdout.isatty()
    log = configure(secrets=secrets_of(settings), level=logging.WARNING if watched else logging.INFO)
    stopper = Stopper()
    signals = Signals(stopper)
    signals.install()
    collect_seldom()
    take_short_turns()
    service = _Service(
        log=log,
        stopper=stopper,
        tell=_say if watched else _silent,
        wires=transports or Transports(),
        foretell=foretell,
    )
    source = FileConfigurationSource(
        paths, environment=surroundings, stopper=stopper, log=log, transports=service.wires
    )
    web, ahead = service.web(settings, installed=source.installed, or_any=welcome is not None)
    web.start()
    if ahead is not None:
        ahead.start()
    if welcome is not None:
        _say(welcome + _where(web, settings))
    outcome = service.work(Daemon(source, service.instruments))
    if ahead is not None:
        ahead.stop(within=_WEB_ENDS_WITHIN)
    web.stop(within=_WEB_ENDS_WITHIN)
    return _leave(outcome, signals.exit_code)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """`ended` False: something still waits for an answer, and is left as `sending` to the next start."""

    ended: bool
    failure: str | None = None
    code: int = 0


@dataclass(slots=True, kw_only=True)
class _Service:
    """The daemon's surroundings in this process."""

    log: EventLog
    stopper: Stopper
    tell: Callable[[str], None]
    wires: Transports
    foretell: Callable[[NextOpening | None], None] | None = None
    meter: PrometheusMeter = field(default_factory=PrometheusMeter)
    instruments: Instruments = field(init=False)
    outcome: _Outcome = field(init=False, default=_Outcome(ended=False))

    def __post_init__(self) -> None:
        health = Health(self.wires.monotonic)
        self.meter.watch(health.view)
        self.instruments = Instruments(
            log=self.log,
            meter=self.meter,
            health=health,
            stop=self.stopper,
            monotonic=self.wires.monotonic,
            system_now=system_now,
            tell=self.tell,
            foretell=self.foretell,
        )

    def web(
        self, settings: Settings, *, installed: Callable[[str], Installed], or_any: bool
    ) -> tuple[WebServer, Ahead | None]:
        view = self.instruments.health.view
        shown = dashboard_of(
            settings, installed=installed, health=view, log=self.log, monotonic=self.wires.monotonic
        )
        app = application(view=view, scrape=self.meter.scrape, dashboard=None if shown is None else shown.app)
        server = WebServer(app, listen=settings.listen, log=self.log, or_any=or_any)
        return server, None if shown is None else shown.ahead

    def work(self, daemon: Daemon) -> _Outcome:
        """Run the daemon beside the main thread, which must stay free to hear signals during a slow answer."""
        thread = Thread(target=self._run, args=(daemon,), name="csops-sync-daemon", daemon=True)
        thread.start()
        while thread.is_alive() and not self.stopper.wait(0.2):
            pass
        thread.join(_ENDS_WITHIN)
        return self.outcome

    def _run(self, daemon: Daemon) -> None:
        try:
            self.outcome = _Outcome(ended=daemon.run())
        except (ConfigurationRefusedError, OutsideError) as error:
            self.outcome = _Outcome(ended=True, failure=str(error), code=PROBLEMS)
        except Exception as error:  # noqa: BLE001 - the last stop of a bug: it is logged, and the process ends
            self.log.bug("daemon.failed", error)
            self.outcome = _Outcome(ended=False, failure=f"unexpected: {error}", code=UNEXPECTED)


def _leave(outcome: _Outcome, code: int) -> int:
    """Give the exit code; where a thread still waits for an answer, end the process without waiting for it."""
    if outcome.failure is not None:
        code = _complain(outcome.failure, outcome.code)
    if not outcome.ended:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _files(paths: ConfigPaths) -> Mapping[str, str]:
    """Give the variables that make other commands read the same files."""
    return {
        "CSOPS_SYNC_RULES": str(paths.rules.resolve()),
        "CSOPS_SYNC_CONNECTIONS": str(paths.connections.resolve()),
    }


def _welcome(child: SandboxChild, folder: Path, ours: Mapping[str, str]) -> str:
    """Say where to look, and how other commands reach the same sandbox."""
    variables = folder / "env"
    shared = {**child.environment(), **ours}
    variables.write_text("".join(f"export {name}='{value}'\n" for name, value in shared.items()), "utf-8")
    return (
        f"CRM page    {child.crm_page}\n"
        f"Slack page  {child.slack_page}\n"
        f"Next day    {child.next_day_command}\n"
        f"Other verbs . {variables}   (in another terminal; then `csops-sync status`, `plan`, `explain`, ...)\n"
    )


def _where(web: WebServer, settings: Settings) -> str:
    if not web.wait_until_listening(1.0):
        return "Health      (not served yet; the log says why)\n"
    host, port = web.address
    shown = f"Dashboard   http://{host}:{port}/\n" if settings.dashboard.enabled else ""
    return f"{shown}Health      http://{host}:{port}/readyz  and /metrics\nCtrl-C ends it.\n"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _silent(_line: str) -> None:
    """Say nothing: the log tells it."""


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"csops-sync: {text}\n")
    return code
