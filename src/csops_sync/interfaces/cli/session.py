"""What a command works with: the two files, the state they lead to, the org behind them, and the lease."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from threading import Event, Thread

from csops_sync.app.engine import Engine
from csops_sync.app.holding import Holding
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.bootstrap import (
    Asks,
    Assembly,
    ConfigPaths,
    assemble,
    checked,
    load_configuration,
    opened_state,
)
from csops_sync.ports.errors import OutsideError

RULES_FILE, CONNECTIONS_FILE = "rules.yaml", "csops-sync.yaml"
_SANDBOX_FILE = ("sandbox-rules.yaml", "sandbox.yaml")
_SANDBOX_FILES = {
    "ravenstack": ("ravenstack-rules.yaml", "ravenstack.yaml"),
    "history": ("history-rules.yaml", "history.yaml"),
}
_HERE = Path("config")
_BEAT_SECONDS = 3.0


def config_paths(rules: Path | None, connections: Path | None, *, sandbox: str | None = None) -> ConfigPaths:
    """This function will give the files to read: those that were named, else those here, else those that we ship.

    `sandbox` is the org that the sandbox is built from, None for a real one; an org of its own language has its own.
    """
    ours = _SANDBOX_FILES.get(sandbox, _SANDBOX_FILE) if sandbox else (RULES_FILE, CONNECTIONS_FILE)
    return ConfigPaths(rules=rules or _default(ours[0]), connections=connections or _default(ours[1]))


class HeldElsewhereError(RefusedError):
    """Another process, `owner`, holds the org and sends what is due."""

    def __init__(self, owner: str) -> None:
        super().__init__(
            f"{owner} holds this org and sends what is due by itself; stop it first, or look with `csops-sync status`"
        )
        self.owner = owner


@contextmanager
def connected(paths: ConfigPaths, *, binds: bool) -> Iterator[Assembly]:
    """This function will put everything together, with the start check done, and let go of it at the end.

    `binds` where the command may make an empty state this org's; what only looks leaves it as it is.
    """
    assembly = assemble(load_configuration(paths), binds=binds)
    try:
        yield checked(assembly)
    finally:
        assembly.database.dispose()


@contextmanager
def offline(paths: ConfigPaths, *, asks: Asks = Asks.TIME) -> Iterator[Office]:
    """This function will open state and rules without a login: for questions, and for a person's orders."""
    with opened_state(load_configuration(paths), by=operator_name(), asks=asks) as (office, _):
        yield office


def operator_name() -> str:
    """This function will name the person at the keyboard as the operating system does."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"


@contextmanager
def leased(assembly: Assembly) -> Iterator[Engine]:
    """This function will hold the org's lease while the block runs, and give the engine that may write.

    Raises HeldElsewhereError where another process has it.
    """
    holding = assembly.holding
    grant = holding.claim()
    if grant is None:
        holder = holding.holder()
        raise HeldElsewhereError(holder.owner if holder else "another process")
    over = Event()
    heart = Thread(target=_beat, args=(holding, over), name="csops-sync-lease", daemon=True)
    heart.start()
    try:
        yield assembly.engine(grant)
    finally:
        over.set()
        heart.join(_BEAT_SECONDS)
        holding.release()


def _beat(holding: Holding, over: Event) -> None:
    while not over.wait(_BEAT_SECONDS):
        try:
            holding.claim()
        except OutsideError:
            continue  # the hold runs out by itself then, which is asked for before each write and each commit


def _default(name: str) -> Path:
    here = _HERE / name
    if here.is_file():
        return here
    return Path(str(resources.files("csops_sync.default_config") / name))
