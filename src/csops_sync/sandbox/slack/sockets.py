"""The app's Socket Mode connections, and what is on its way to them.

Exactly one of the open connections gets each envelope. Nothing is kept for later but the documented retries of
events: what happens while no connection is open is tried again at once, after a minute, after five, and is gone.
"""

import asyncio
import json
import secrets
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from csops_sync.sandbox.slack.acknowledgements import SocketMisuse, read_acknowledgement
from csops_sync.sandbox.slack.elapsed import Moment, Stopwatch
from csops_sync.sandbox.slack.envelopes import ACK_SECONDS, NOT_CONNECTED, TIMED_OUT, Delivery, Fate
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import APP_ID, Json

MOST_CONNECTIONS = 10
HOST = "applink-sandbox"
REASONS = frozenset({"warning", "refresh_requested", "link_disabled", "too_many_websockets"})
KEPT = 5_000
"""Deliveries that are remembered for the control endpoint, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """One open connection: `outgoing` takes texts, None closes it after them. `reset` ends it without a word."""

    number: int
    outgoing: "asyncio.Queue[str | None]"
    loop: asyncio.AbstractEventLoop
    reset: object = None

    def put(self, text: str | None) -> None:
        """This method will send a text, or close, from whatever thread."""
        self.loop.call_soon_threadsafe(self.outgoing.put_nowait, text)


@dataclass(slots=True, kw_only=True)
class Sockets:
    """All connections of the app. Every method takes `lock`, which is the workspace's own.

    A connection lives for `lifetime` seconds, or for `debug_lifetime` where its address says `debug_reconnects=true`,
    and is warned `warning` seconds before; all of real time.
    """

    lock: threading.RLock
    watch: Stopwatch
    lifetime: float = 18_060
    debug_lifetime: float = 360
    warning: float = 10
    _tickets: set[str] = field(default_factory=set)
    _open: "deque[Socket]" = field(default_factory=deque)
    _made: int = 0
    _pending: list[Delivery] = field(default_factory=list)
    _seen: "deque[Delivery]" = field(default_factory=lambda: deque(maxlen=KEPT))
    _misuses: list[str] = field(default_factory=list)
    _lose: int = 0
    _twice: int = 0

    def ticket(self) -> str:
        """This method will give the right to open one connection, once."""
        with self.lock:
            made = secrets.token_urlsafe(18)
            self._tickets.add(made)
            return made

    def redeem(self, ticket: str) -> bool:
        """This method will use a ticket up; False where it is none, or was used."""
        with self.lock:
            known = ticket in self._tickets
            self._tickets.discard(ticket)
            return known

    def connect(self, socket: Socket, *, seconds: float) -> bool:
        """This method will greet a new connection; False where there are ten already: it is told so and closed."""
        with self.lock:
            self.tick()
            if len(self._open) >= MOST_CONNECTIONS:
                self._say_disconnect(socket, "too_many_websockets")
                return False
            self._open.append(socket)
            debug: dict[str, Json] = {
                "host": HOST,
                "build_number": 1,
                "approximate_connection_time": int(seconds),
            }
            hello: dict[str, Json] = {
                "type": "hello",
                "num_connections": len(self._open),
                "debug_info": debug,
                "connection_info": {"app_id": APP_ID},
            }
            socket.put(json.dumps(hello))
            return True

    def number(self) -> int:
        """This method will give the next connection's number, counted from 1."""
        with self.lock:
            self._made += 1
            return self._made

    def closed(self, socket: Socket) -> None:
        """This method will forget a connection; what it had not acknowledged has failed."""
        with self.lock:
            if socket not in self._open:
                return
            self._open.remove(socket)
            for delivery in list(self._pending):
                current = delivery.current
                if current is not None and current.connection == socket.number:
                    delivery.fail(NOT_CONNECTED, self.watch.now())
            self.tick()

    def deliver(self, delivery: Delivery) -> Delivery:
        """This method will send a payload to one of the connections."""
        with self.lock:
            self.tick()
            self._seen.append(delivery)
            if self._lose:
                self._lose -= 1
                delivery.fate = Fate.LOST
                return delivery
            delivery.again, self._twice = bool(self._twice), max(0, self._twice - 1)
            self._pending.append(delivery)
            self._try(delivery)
            self.tick()
            return delivery

    def heard(self, socket: Socket, text: str) -> None:
        """This method will take an acknowledgement; SocketMisuse for anything else, which is noted too."""
        with self.lock:
            self.tick()
            try:
                self._acknowledge(socket, text)
            except SocketMisuse as misuse:
                self._misuses.append(str(misuse))
                raise

    def tick(self) -> None:
        """This method will give up on what was not acknowledged in time, and try again what is due."""
        with self.lock:
            progress = bool(self._pending)
            while progress:
                moved = [self._step(delivery) for delivery in list(self._pending)]
                progress = any(moved)
                self._pending = [one for one in self._pending if one.fate is Fate.PENDING]

    def disconnect(self, reason: str) -> int:
        """This method will ask every connection to go, and close it unless that is a warning; gives how many."""
        with self.lock:
            for socket in self._open:
                self._say_disconnect(socket, reason)
            return len(self._open)

    def warn(self, socket: Socket, reason: str) -> None:
        """This method will ask one connection to go."""
        with self.lock:
            self._say_disconnect(socket, reason)

    def drop(self) -> int:
        """This method will end every connection at once, without a word; gives how many there were."""
        with self.lock:
            for socket in self._open:
                if callable(socket.reset):
                    socket.loop.call_soon_threadsafe(socket.reset)
            return len(self._open)

    def lose(self, count: int) -> None:
        """This method will have the next payloads never leave."""
        with self.lock:
            self._lose = count

    def twice(self, count: int) -> None:
        """This method will have each of the next payloads sent again after it was acknowledged."""
        with self.lock:
            self._twice = count

    def forget(self) -> None:
        """This method will drop what is on its way, because the workspace went back to a snapshot."""
        with self.lock:
            for delivery in self._pending:
                delivery.fate = Fate.LOST
            self._pending, self._lose, self._twice = [], 0, 0

    def as_json(self) -> dict[str, object]:
        """This method will give connections, deliveries (oldest first) and misuses, for the control endpoint."""
        with self.lock:
            self.tick()
            return {
                "connections": [socket.number for socket in self._open],
                "pending": len(self._pending),
                "deliveries": [delivery.as_json() for delivery in self._seen],
                "misuses": list(self._misuses),
            }

    def _step(self, delivery: Delivery) -> bool:
        """Move one delivery on; say whether anything happened."""
        current = delivery.current
        if current is not None:
            if self.watch.since(current.at) < ACK_SECONDS:
                return False
            delivery.fail(TIMED_OUT, _later(current.at, ACK_SECONDS))
            return True
        if delivery.failed_at is None or delivery.fate is not Fate.PENDING:
            return False
        if self.watch.since(delivery.failed_at) < delivery.wait():
            return False
        self._try(delivery)
        return True

    def _try(self, delivery: Delivery) -> None:
        """Send it to the connection whose turn it is, rather another than the one that failed."""
        at = self.watch.now() if delivery.failed_at is None else _later(delivery.failed_at, delivery.wait())
        failed = delivery.attempts[-1].connection if delivery.attempts else 0
        socket = self._next(unlike=failed)
        if socket is None:
            delivery.attempt(0, at)
            delivery.fail(NOT_CONNECTED, at)
            return
        attempt = delivery.attempt(socket.number, self.watch.now())
        socket.put(json.dumps(delivery.envelope(attempt), ensure_ascii=False))

    def _next(self, *, unlike: int) -> Socket | None:
        if not self._open:
            return None
        self._open.rotate(-1)
        if self._open[-1].number == unlike:
            self._open.rotate(-1)
        return self._open[-1]

    def _acknowledge(self, socket: Socket, text: str) -> None:
        given = read_acknowledgement(text)
        for delivery in self._pending:
            current = delivery.current
            if current is not None and current.envelope_id == given.envelope_id:
                break
        else:
            raise SocketMisuse(
                f"no acknowledgement of {given.envelope_id} is awaited: unknown, late, or a second one"
            )
        if current.connection != socket.number:
            raise SocketMisuse(f"{given.envelope_id} was sent over another connection")
        if given.payload and not delivery.accepts:
            raise SocketMisuse(f"{given.envelope_id} takes no payload with its acknowledgement")
        self._settle(delivery, given.payload)

    def _settle(self, delivery: Delivery, answer: Mapping[str, Json]) -> None:
        delivery.attempts[-1].acknowledged = True
        if delivery.again:
            delivery.again, delivery.reason = False, TIMED_OUT
            self._try(delivery)
            return
        delivery.fate = Fate.ACKNOWLEDGED
        self._pending.remove(delivery)
        if delivery.answered is not None:
            try:
                delivery.answered(answer)
            except SlackError as error:
                raise SocketMisuse(f"Slack cannot do what an acknowledgement asks: {error.word}") from error

    def _say_disconnect(self, socket: Socket, reason: str) -> None:
        message: dict[str, Json] = {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
        socket.put(json.dumps(message))
        if reason != "warning":
            socket.put(None)


def _later(moment: Moment, seconds: float) -> Moment:
    return Moment(moment.virtual + seconds, moment.real + seconds)
