"""What goes wrong between a client and a service: connections that end, stall, drip, or ask the same thing twice.

Every wait is real time, and bounded; a client's own timeout usually ends it earlier.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from starlette.types import Message, Receive, Send

from csops_sync.sandbox.fault_table import Refusal, from_outside
from csops_sync.sandbox.faults import Fault

SLOW_SECONDS, DRIP_SECONDS, HANG_SECONDS = 1.0, 0.2, 30.0
DRIPS = 20
_FLUSH_SECONDS = 0.05

Work: TypeAlias = Callable[[], Awaitable[Sequence[Message]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One request's connection. `reset` ends it at once, `close` after what was sent has gone out."""

    service: str
    send: Send
    receive: Receive
    reset: Callable[[], None]
    close: Callable[[], None]

    async def gone(self) -> None:
        """This function will wait until the client has left, or the connection has been ended."""
        while (await self.receive())["type"] != "http.disconnect":
            continue


async def play(fault: Fault | None, work: Work, wire: Wire) -> None:
    """This function will answer a request by `work`, as the fault has it; None answers plainly."""
    toxic = None if fault is None else _TOXICS.get(fault.kind)
    if fault is None:
        await _send(wire, await work())
    elif toxic is not None:
        await toxic(fault, work, wire)
    else:
        await _refuse(fault, work, wire)


async def _slow(fault: Fault, work: Work, wire: Wire) -> None:
    await asyncio.sleep(fault.number("seconds", SLOW_SECONDS))
    await _send(wire, await work())


async def _drop_before(_fault: Fault, _work: Work, wire: Wire) -> None:
    wire.reset()
    await wire.gone()


async def _drop_after(fault: Fault, work: Work, wire: Wire) -> None:
    await work()
    await _drop_before(fault, work, wire)


async def _drip(fault: Fault, work: Work, wire: Wire) -> None:
    """Send the body in twenty pieces, spread over the seconds."""
    start, body = _whole(await work())
    pause = fault.number("seconds", DRIP_SECONDS) / DRIPS
    step = max(1, -(-len(body) // DRIPS))
    await wire.send(start)
    for at in range(0, len(body), step):
        await wire.send({"type": "http.response.body", "body": body[at : at + step], "more_body": True})
        await asyncio.sleep(pause)
    await wire.send({"type": "http.response.body", "body": b""})


async def _hang(fault: Fault, work: Work, wire: Wire) -> None:
    """Never answer: hold the connection until the client leaves or the seconds are over."""
    if fault.arguments.get("after"):
        await work()
    try:
        await asyncio.wait_for(wire.gone(), fault.number("seconds", HANG_SECONDS))
    except TimeoutError:
        await _drop_before(fault, work, wire)


async def _truncated(_fault: Fault, work: Work, wire: Wire) -> None:
    """Send half the body under the whole one's Content-Length, and close."""
    await _send_half(wire, await work())
    wire.close()
    await wire.gone()


async def _reset_in_body(_fault: Fault, work: Work, wire: Wire) -> None:
    await _send_half(wire, await work())
    await asyncio.sleep(_FLUSH_SECONDS)
    wire.reset()
    await wire.gone()


async def _duplicate(_fault: Fault, work: Work, wire: Wire) -> None:
    """Deliver the request twice, as a proxy does that lost the first answer: the client sees the second."""
    await work()
    await _send(wire, await work())


async def _status(fault: Fault, work: Work, wire: Wire) -> None:
    text = fault.text("answer", "")
    kind = fault.text("content_type", "application/json" if text[:1] in {"[", "{"} else "text/html")
    status = int(fault.number("status", 500))
    await _answer(Refusal(status=status, content_type=kind, text=text), fault, work, wire)


async def _refuse(fault: Fault, work: Work, wire: Wire) -> None:
    refusal = from_outside(wire.service, fault.kind)
    if refusal is None:
        raise ValueError(f"{fault.kind} is not played on the wire")
    await _answer(refusal, fault, work, wire)


async def _answer(refusal: Refusal, fault: Fault, work: Work, wire: Wire) -> None:
    if fault.arguments.get("after"):
        await work()
    body = refusal.text.encode()
    headers = {"content-type": refusal.content_type, "content-length": str(len(body)), **refusal.headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await wire.send({"type": "http.response.start", "status": refusal.status, "headers": raw})
    await wire.send({"type": "http.response.body", "body": body})


async def _send(wire: Wire, messages: Sequence[Message]) -> None:
    for message in messages:
        await wire.send(message)


async def _send_half(wire: Wire, messages: Sequence[Message]) -> None:
    start, body = _whole(messages)
    await wire.send(start)
    await wire.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


def _whole(messages: Sequence[Message]) -> tuple[Message, bytes]:
    start = next(message for message in messages if message["type"] == "http.response.start")
    return start, b"".join(message.get("body", b"") for message in messages if message is not start)


_TOXICS: Mapping[str, Callable[[Fault, Work, Wire], Awaitable[None]]] = {
    "slow": _slow,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "drip": _drip,
    "hang": _hang,
    "truncated": _truncated,
    "reset_in_body": _reset_in_body,
    "duplicate": _duplicate,
    "status": _status,
}
