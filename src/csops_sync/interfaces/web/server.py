"""Health, metrics and the dashboard over HTTP, on a thread of the daemon: `/healthz`, `/readyz`, `/metrics`, `/`."""

import errno
import socket
import threading
from collections.abc import Callable

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from csops_sync.app.health import HealthView
from csops_sync.ports.log import EventLog

_AGAIN_SECONDS = 2.0
_OK, _UNAVAILABLE = 200, 503
_NO_STORE = {"Cache-Control": "no-store"}


def application(
    *, view: Callable[[], HealthView], scrape: Callable[[], bytes], dashboard: ASGIApp | None = None
) -> Starlette:
    """This function will give the web application, with the dashboard on every other path where there is one.

    `/healthz` is about this process alone: an org or a database that is down must not restart a container.
    """

    async def healthz(_request: Request) -> Response:
        alive = view().alive
        text = "alive\n" if alive else "the heartbeat has stopped: restart this process\n"
        return PlainTextResponse(text, _OK if alive else _UNAVAILABLE, _NO_STORE)

    async def readyz(_request: Request) -> Response:
        now = view()
        body = {
            "ready": now.ready,
            "state": now.facts.state.value,
            "problems": list(now.problems),
            "warnings": list(now.warnings),
            "last_success_seconds_ago": None if now.success_age is None else round(now.success_age, 1),
            "rules_hash": now.facts.rules_hash,
            "uptime_seconds": round(now.uptime),
        }
        return JSONResponse(body, _OK if now.ready else _UNAVAILABLE, _NO_STORE)

    async def metrics(_request: Request) -> Response:
        return Response(scrape(), media_type=CONTENT_TYPE_LATEST)

    shown = [] if dashboard is None else [Mount("/", dashboard)]
    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *shown,
        ]
    )


class WebServer:
    """Serves an application until `stop`. A port that is taken is waited for: another process may be about to end.

    With `or_any` another free port is taken at once instead; `address` says which.
    """

    def __init__(
        self, app: Starlette, *, listen: tuple[str, int], log: EventLog, or_any: bool = False
    ) -> None:
        self._app = app
        self._listen = listen
        self._log = log
        self._or_any = or_any
        self._ended = threading.Event()
        self._listening = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, name="csops-sync-web", daemon=True)
        self.address = listen

    def start(self) -> None:
        """This function will begin to listen, on a thread of its own."""
        self._thread.start()

    def wait_until_listening(self, seconds: float) -> bool:
        """This function will say whether the port was bound within so many seconds; `address` then says which."""
        return self._listening.wait(seconds)

    def stop(self, *, within: float = 2.0) -> None:
        """This function will stop to listen, and wait no longer than asked for open requests."""
        self._ended.set()
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join(within)

    def _run(self) -> None:
        bound = self._bound()
        if bound is None:
            return
        with bound:
            self.address = bound.getsockname()[:2]
            self._log.info("web.listening", host=self.address[0], port=self.address[1])
            config = uvicorn.Config(
                self._app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=1,
            )
            self._server = uvicorn.Server(config)
            self._listening.set()
            if not self._ended.is_set():
                self._server.run(sockets=[bound])

    def _bound(self) -> socket.socket | None:
        """Bind the port, again and again where another process has it; it is said once."""
        told = False
        while not self._ended.is_set():
            try:
                return self._bind(self._listen[1])
            except OSError as error:
                if self._or_any:
                    return self._bind(0)
                if not told:
                    self._complain(error)
                    told = True
            self._ended.wait(_AGAIN_SECONDS)
        return None

    def _complain(self, error: OSError) -> None:
        host, port = self._listen
        if error.errno == errno.EADDRINUSE:
            advice = "health is served as soon as the port is free"
            self._log.warning("web.port_taken", host=host, port=port, next=advice)
            return
        advice = (
            "correct `listen` in csops-sync.yaml and restart: an address of this machine, a port from 1024 on"
        )
        self._log.error("web.cannot_listen", host=host, port=port, reason=error.strerror, next=advice)

    def _bind(self, port: int) -> socket.socket:
        host = self._listen[0]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host, port), family=family)
        # every connection inherits it: the end of a page would wait 40 ms for the reader's word about its beginning
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return bound
