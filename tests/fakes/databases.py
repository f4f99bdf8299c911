"""A database that can be put back to how it was kept, on either engine: many runs from one beginning."""

import os
import shutil
from pathlib import Path
from typing import Protocol

from tests.fakes.postgres import TEMPLATE, PostgresServer

_SQLITE_PARTS = ("", "-wal", "-shm")


class Resettable(Protocol):
    """One database at one URL. Nobody may be connected while it is kept or reset."""

    @property
    def url(self) -> str:
        """The URL that never changes."""
        ...

    def keep(self) -> None:
        """This function will take what is there now as what every reset goes back to."""
        ...

    def reset(self) -> None:
        """This function will go back to what was kept, whatever a killed process left."""
        ...


class SqliteFile:
    """A file in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "state.db"
        self._kept = folder / "kept.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file}"

    def keep(self) -> None:
        if Path(f"{self._file}-wal").exists():
            raise RuntimeError("somebody is still connected: the last one to leave empties the log")
        if self._file.exists():
            shutil.copyfile(self._file, self._kept)

    def reset(self) -> None:
        for part in _SQLITE_PARTS:
            Path(f"{self._file}{part}").unlink(missing_ok=True)
        if self._kept.exists():
            shutil.copyfile(self._kept, self._file)


class PostgresDatabase:
    """A database of a server that runs; its names are this process's own."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._name = f"run_{os.getpid()}"
        self._kept = f"kept_{os.getpid()}"
        server.create(template=TEMPLATE, name=self._name)

    @property
    def url(self) -> str:
        return self._server.url(self._name)

    def keep(self) -> None:
        self._server.drop(self._kept)
        self._server.create(template=self._name, name=self._kept)

    def reset(self) -> None:
        self._server.drop(self._name)
        self._server.create(template=self._kept, name=self._name)
