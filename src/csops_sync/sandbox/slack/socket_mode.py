"""The WebSocket under /link/ that `apps.connections.open` names: one connection's life, from ticket to close."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from csops_sync.sandbox.slack.acknowledgements import SocketMisuse
from csops_sync.sandbox.slack.sockets import Socket, Sockets

LINK_PATH = "/link/"
_TICK_SECONDS = 0.05


def link_route(sockets: Sockets) -> WebSocketRoute:
    """This function will give the route of the connections."""

    async def link(websocket: WebSocket) -> None:
        await _serve(websocket, sockets)

    return WebSocketRoute(LINK_PATH, link)


async def _serve(websocket: WebSocket, sockets: Sockets) -> None:
    if not sockets.redeem(websocket.query_params.get("ticket", "")):
        await websocket.close()
        return
    await websocket.accept()
    hurried = websocket.query_params.get("debug_reconnects") == "true"
    seconds = sockets.debug_lifetime if hurried else sockets.lifetime
    socket = Socket(
        number=sockets.number(),
        outgoing=asyncio.Queue(),
        loop=asyncio.get_running_loop(),
        reset=websocket.scope["state"]["reset"],
    )
    sockets.connect(socket, seconds=seconds)
    try:
        await _until_one_ends(
            _listen(websocket, socket, sockets),
            _speak(websocket, socket),
            _tick(sockets),
            _age(socket, sockets, seconds),
        )
    finally:
        sockets.closed(socket)


async def _until_one_ends(*lives: Coroutine[None, None, None]) -> None:
    """Run all until one is done, and cancel the rest; what that one raised is raised."""
    tasks = [asyncio.ensure_future(life) for life in lives]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def _listen(websocket: WebSocket, socket: Socket, sockets: Sockets) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            text = await websocket.receive_text()
            with suppress(
                SocketMisuse
            ):  # Slack passes over it; `Sockets` has noted it for the control endpoint
                sockets.heard(socket, text)


async def _speak(websocket: WebSocket, socket: Socket) -> None:
    while (text := await socket.outgoing.get()) is not None:
        await websocket.send_text(text)
    await websocket.close()


async def _tick(sockets: Sockets) -> None:
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        sockets.tick()


async def _age(socket: Socket, sockets: Sockets, seconds: float) -> None:
    """Ask the app to move on before the connection's time is over; that time is real, as the connection is."""
    await asyncio.sleep(seconds - sockets.warning)
    sockets.warn(socket, "warning")
    await asyncio.sleep(sockets.warning)
    sockets.warn(socket, "refresh_requested")
    await asyncio.Event().wait()
