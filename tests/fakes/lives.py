"""One life of the product after another on the same state: an end in the middle, and what a next process finds."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.fakes.crossings import Crossings, Watch
from tests.fakes.persevering import persevere
from tests.fakes.rig import Rig

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import open_engine
from csops_sync.adapters.store.tables import LEASE


class Killed(BaseException):
    """The process ends here: no code of the product catches this."""


def killed_at(name: str, *, time: int = 1) -> Watch:
    """This function will give a watch that ends the process at the `time`-th crossing of that name."""

    def die() -> None:
        raise Killed

    return once_at(name, die, time=time)


def once_at(name: str, work: Callable[[], object], *, time: int = 1) -> Watch:
    """This function will give a watch that does something in the world at the `time`-th crossing of that name."""

    def watch(crossings: Crossings, crossed: str) -> None:
        if crossed == name and crossings.names.count(name) == time:
            work()

    return watch


def live_and_die(rig: Rig, crossings: Crossings, watch: Watch) -> None:
    """This function will let the product work until the watch kills it, and fail where it does not."""
    crossings.begin(watch)
    try:
        persevere(rig)
    except Killed:
        crossings.begin()
        rig.die()
        return
    raise AssertionError("it came to its end unharmed")


def let_lease_run_out(rig: Rig) -> None:
    """This function will end whatever lease there is: its 10 seconds are the database's, not the sandbox's.

    The process before may have died before there was a table.
    """
    engine = open_engine(rig.database)
    schema.prepare(engine)
    with engine.begin() as connection:
        connection.execute(LEASE.update().values(expires_at=0))
    engine.dispose()


def usurp(rig: Rig) -> None:
    """This function will let another process own the org for a moment and give it back: the epoch has moved on."""
    engine = open_engine(rig.database)
    with engine.begin() as connection:
        connection.execute(LEASE.update().values(expires_at=0, owner="another", epoch=LEASE.c.epoch + 1))
    engine.dispose()


def state_file(rig: Rig) -> Path:
    """This function will give the file of an SQLite rig."""
    return Path(rig.database.removeprefix("sqlite:///"))


def back_up(rig: Rig, copy: Path) -> None:
    """This function will end the process in good order and copy its state."""
    rig.restart()
    shutil.copyfile(state_file(rig), copy)


def put_back(rig: Rig, copy: Path | None) -> None:
    """This function will end the process and put an older state in the place of the present one; None: no state."""
    rig.restart()
    for part in ("", "-wal", "-shm"):
        Path(f"{state_file(rig)}{part}").unlink(missing_ok=True)
    if copy is not None:
        shutil.copyfile(copy, state_file(rig))
