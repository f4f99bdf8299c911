"""The sandbox in a thread of the test's own process: the same two services, there in a tenth of the time."""

import asyncio
import socket
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Self

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.fakes.sandbox import SandboxControl, SandboxUrls

from csops_sync.sandbox.compose import Sandbox, compose, opened_org
from csops_sync.sandbox.orgs import catalogue
from csops_sync.sandbox.salesforce.oauth import App
from csops_sync.sandbox.server import server


class SandboxHere(SandboxControl):
    """`with SandboxHere.start(org="small") as sandbox: ...`, for tests that ask for nothing of a process."""

    def __init__(self, urls: SandboxUrls, sandbox: Sandbox, sockets: Sequence[socket.socket]) -> None:
        super().__init__(urls)
        self._servers = [server(sandbox.salesforce), server(sandbox.slack)]
        self._thread = Thread(target=asyncio.run, args=[self._serve(sockets)])
        self._thread.start()

    @classmethod
    def start(
        cls,
        *,
        org: str = "none",
        contracts: int = 50,
        today: date = date(2026, 4, 1),
        metadata: Sequence[str] = (),
    ) -> Self:
        """Start a sandbox on free ports; its clock stands still."""
        seed = catalogue.build(org, seed=1, contracts=contracts, today=today, history=None)
        opened = opened_org(seed, today=today, frozen=True, metadata=[Path(path) for path in metadata])
        sockets = [listening_socket() for _ in range(2)]
        bases = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in sockets]
        app = App(
            client_id="app-here",
            client_secret="worth nothing",  # noqa: S106  # of a sandbox
            public_key=_key().public_key(),
            url=bases[0],
        )
        sandbox = compose(org=opened, seed=seed, app=app, slack_url=bases[1], system_now=_system_now)
        return cls(_urls(sandbox, bases, today), sandbox, sockets)

    def stop(self) -> None:
        """End the sandbox."""
        self._http.close()
        for one in self._servers:
            one.should_exit = True
        self._thread.join(timeout=10)

    async def _serve(self, sockets: Sequence[socket.socket]) -> None:
        pairs = zip(self._servers, sockets, strict=True)
        await asyncio.gather(*(one.serve(sockets=[listening]) for one, listening in pairs))


def listening_socket() -> socket.socket:
    """Listen on a free port of loopback.

    Only a socket that is TCP by name gets TCP_NODELAY from asyncio; without it every answer waits for an ACK.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening


def _urls(sandbox: Sandbox, bases: Sequence[str], today: date) -> SandboxUrls:
    return SandboxUrls(
        salesforce=bases[0],
        slack=bases[1],
        slack_api=f"{bases[1]}/api/",
        control=f"{bases[0]}/sandbox",
        client_id=sandbox.app.client_id,
        client_secret=sandbox.app.client_secret,
        username=sandbox.username,
        private_key_file=str(_key_file()),
        slack_token=sandbox.tokens.bot,
        slack_app_token=sandbox.tokens.app,
        today=today.isoformat(),
    )


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@cache
def _folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="csops-sync-here-", ignore_cleanup_errors=True)


@cache
def _key_file() -> Path:
    path = Path(_folder().name) / "key.pem"
    path.write_bytes(_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def _system_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251  # tokens go by the system's clock
