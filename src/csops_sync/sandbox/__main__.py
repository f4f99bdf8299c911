"""`python -m csops_sync.sandbox`: a Salesforce and a Slack on loopback, in one process that ends with its parent."""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import secrets
import signal
import socket
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from csops_sync.sandbox.compose import Sandbox, compose, opened_org
from csops_sync.sandbox.orgs import catalogue
from csops_sync.sandbox.orgs.file_reading import OrgFileError
from csops_sync.sandbox.salesforce.loader import SeedError
from csops_sync.sandbox.salesforce.metadata_files import OPTIONS, MetadataError
from csops_sync.sandbox.salesforce.oauth import App
from csops_sync.sandbox.server import server

CLIENT_ID = "3MVG9csopssync.sandbox.external.client.app"
_FIRST_DAY, _LAST_DAY = date(1970, 1, 2), date(2999, 6, 1)
_KEY_BITS = 2048
_USAGE = 2
MOST_QUARTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line."""

    org: str
    contracts: int
    seed: int
    today: date
    history: int | None
    frozen: bool
    port: int
    slack_port: int
    metadata: Sequence[Path]


def main(arguments: Sequence[str] | None = None) -> None:
    """This function will run a sandbox until its standard input closes or it is told to stop.

    `arguments` are those of the command line by default; SystemExit 2 where one of them is wrong.
    """
    options = _options(arguments)
    key_file = _private_key_file()
    try:
        asyncio.run(_serve(options, key_file))
    except (OrgFileError, SeedError, MetadataError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_USAGE)
    finally:
        key_file.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _KeyFile:
    path: Path
    public: rsa.RSAPublicKey


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="csops_sync.sandbox", description=__doc__)
    parser.add_argument(
        "--org", type=_org, default="small", help=f"{', '.join(catalogue.NAMES)}, or a YAML file"
    )
    parser.add_argument("--contracts", type=int, default=50, help="contracts of the generated org")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated org")
    parser.add_argument("--today", type=_first_day, help="the org's first day (default: today)")
    parser.add_argument("--history", type=_quarters, help="quarters of a past, of generated and history")
    parser.add_argument("--frozen", action="store_true", help="time stands still between advances")
    parser.add_argument("--port", type=int, default=0, help="Salesforce's port (default: any)")
    parser.add_argument("--slack-port", type=int, default=0, help="Slack's port (default: any)")
    parser.add_argument(
        "--metadata",
        type=Path,
        action="append",
        default=[],
        help=f"a file of more objects, {', '.join(OPTIONS[:-1])} or {OPTIONS[-1]}",
    )
    given = parser.parse_args(arguments)
    return Options(**{**vars(given), "today": given.today or _system_now().date()})


def _org(name: str) -> str:
    if not catalogue.is_known(name):
        names = ", ".join(catalogue.NAMES)
        raise argparse.ArgumentTypeError(f"{name!r} is none of {names}, and no .yaml or .yml file")
    return name


def _first_day(text: str) -> date:
    """Read a day on which the org's clock can start, with years to go back and ahead."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write one as 2026-04-01") from None
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise argparse.ArgumentTypeError(f"{text!r} lies beyond {_FIRST_DAY} to {_LAST_DAY}")
    return day


def _quarters(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_QUARTERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of quarters from 1 to {MOST_QUARTERS}")
    return int(text)


def _system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # tokens live by the system's clock; the sandbox is its own program


def _private_key_file() -> _KeyFile:
    """Make the External Client App's key; mkstemp keeps the file from everybody else (0600)."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=_KEY_BITS)
    handle, name = tempfile.mkstemp(prefix="csops-sync-sandbox-", suffix=".pem")
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return _KeyFile(Path(name), key.public_key())


async def _serve(options: Options, key: _KeyFile) -> None:
    gc.disable()  # millions of values that all stay: looking through them again and again would triple the start
    seed = catalogue.build(
        options.org,
        seed=options.seed,
        contracts=options.contracts,
        today=options.today,
        history=options.history,
    )
    sockets = _listening(options.port), _listening(options.slack_port)
    urls = [f"http://127.0.0.1:{sock.getsockname()[1]}" for sock in sockets]
    app = App(
        client_id=CLIENT_ID, client_secret=secrets.token_urlsafe(24), public_key=key.public, url=urls[0]
    )
    org = opened_org(seed, today=options.today, frozen=options.frozen, metadata=options.metadata)
    sandbox = compose(org=org, seed=seed, app=app, slack_url=urls[1], system_now=_system_now)
    gc.freeze()
    gc.enable()
    servers = server(sandbox.salesforce), server(sandbox.slack)
    serving = [
        asyncio.create_task(one.serve(sockets=[sock])) for one, sock in zip(servers, sockets, strict=True)
    ]

    def stop() -> None:
        for one in servers:
            one.should_exit = True

    _stop_with_parent(stop)
    await asyncio.gather(*(one.ready.wait() for one in servers))
    if not _told(_ready(options, sandbox, urls, key.path)):
        stop()
    await asyncio.gather(*serving)


def _told(ready: dict[str, str]) -> bool:
    """Write the one line that the sandbox is started for; say whether anybody is still there to read it.

    Past the buffer of `sys.stdout`: what stays in it after a broken pipe is tried, and fails, once more at exit.
    """
    try:
        os.write(sys.stdout.fileno(), f"{json.dumps(ready)}\n".encode())
    except BrokenPipeError:
        return False
    return True


def _ready(options: Options, sandbox: Sandbox, urls: Sequence[str], key: Path) -> dict[str, str]:
    return {
        "salesforce": urls[0],
        "slack": urls[1],
        "slack_api": f"{urls[1]}/api/",
        "control": f"{urls[0]}/sandbox",
        "client_id": sandbox.app.client_id,
        "client_secret": sandbox.app.client_secret,
        "username": sandbox.username,
        "private_key_file": str(key),
        "slack_token": sandbox.tokens.bot,
        "slack_app_token": sandbox.tokens.app,
        "today": options.today.isoformat(),
    }


def _listening(port: int) -> socket.socket:
    # Only a socket that is TCP by name gets TCP_NODELAY from asyncio; without it every answer waits for an ACK.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    sock.set_inheritable(False)
    return sock


def _stop_with_parent(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    if not _ends_with_input():
        return

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):
            continue
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended by itself
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _ends_with_input() -> bool:
    """Say whether standard input tells of a parent: a pipe, a socket or a terminal; /dev/null does not."""
    if sys.stdin is None or sys.stdin.closed:
        return False
    mode = os.fstat(sys.stdin.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or sys.stdin.isatty()


if __name__ == "__main__":
    main()
