"""Slack behind the port `Listener`: answers come over Socket Mode, and go into the inbox before Slack hears of it."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from threading import Event, Lock, Thread
from time import monotonic

from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from csops_sync.adapters.slack.card_actions import note_window
from csops_sync.adapters.slack.card_texts import card_texts_for
from csops_sync.adapters.slack.connection import ClientFactory, SlackOptions, make_client, read
from csops_sync.adapters.slack.envelopes import NoteWish, read_envelope
from csops_sync.adapters.slack.socket_client import DaemonSocketClient
from csops_sync.ports.cards import Answer, Receive
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import AuthFailedError, OutsideError, TransientError
from csops_sync.ports.log import EventLog

STOP_WITHIN = 0.9
"""Seconds that `stop` waits for what is being handled; the rest ends by itself."""
CHECK_EVERY = 0.5
LASTING = 10.0
"""Seconds after which a connection that is lost is replaced at once."""
LONGEST_WAIT = 60.0
_MOST_DOUBLINGS = 10
PERSON_WAIT = 300.0
"""Seconds between two tries where a person must change something first."""
_CALL_SECONDS = 5
"""A click's trigger lives for three seconds, so a slower answer is of no use."""
_NO_TOKEN = (
    "Slack's answers are not heard: give csops-sync the app-level token (xapp-...) with connections:write"  # noqa: S105  # words
)
_NEW_TOKEN = (
    "give csops-sync a new app-level token (xapp-...) with connections:write, as Slack refuses this one"  # noqa: S105  # words
)
_SWITCHED_OFF = "Socket Mode is switched off for the Slack app: switch it on (app settings, Socket Mode)"


class SlackListener:
    """Listens on threads of its own, until it is stopped. Safe beside other replicas: each event goes to one of them.

    `clock` is business time. `counts` tell what came: `received`, `known` (again), `notes`, `ignored`, `failed`,
    `unacknowledged`. Raises ValueError for a token or an address that cannot be used.
    """

    def __init__(
        self,
        options: SlackOptions,
        *,
        clock: Clock,
        log: EventLog,
        client_factory: ClientFactory = make_client,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._app_token = options.app_token
        self._clock = clock
        self._log = log
        self._monotonic = monotonic
        self._texts = card_texts_for(options.locale, zone=options.timezone)
        timeout = min(options.timeout_seconds, _CALL_SECONDS)
        self._web = client_factory(replace(options, timeout_seconds=timeout))
        self._stop = Event()
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._client: DaemonSocketClient | None = None
        self._greeted: tuple[str | None, datetime] | None = None
        self._problem: str | None = None if self._app_token else _NO_TOKEN

    def start(self, receive: Receive) -> None:
        """This function will begin to connect and come back at once; without an app token it does nothing.

        `receive` is called on several threads at a time. Where it raises, Slack is not told that the answer came, and
        sends it again.
        """
        if not self._app_token or self._client is not None:
            return
        client = DaemonSocketClient(
            self._web, app_token=self._app_token, monotonic=self._monotonic, on_text=self._heard
        )
        client.socket_mode_request_listeners.append(
            lambda sender, request: self._handle(sender, request, receive)
        )
        self._client = client
        self._note_problem("connecting to Slack")
        Thread(target=self._keep_connected, args=(client,), name="slack-listener", daemon=True).start()

    def connected_since(self) -> datetime | None:
        """This function will say since when (business time, UTC) it is connected, None while it is not.

        A connection that took the place of another counts from its own beginning.
        """
        client = self._client
        with self._lock:
            greeted = self._greeted
        if client is None or greeted is None or not client.is_connected():
            return None
        return greeted[1] if greeted[0] == client.session_id() else None

    def problem(self) -> str | None:
        """This function will say in words why it is not connected, None while it is."""
        connected = self.connected_since() is not None
        with self._lock:
            return (
                None if connected else self._problem or "the connection to Slack was lost; connecting again"
            )

    def counts(self) -> Mapping[str, int]:
        """This function will say how often what came, since the start."""
        with self._lock:
            return dict(self._counts)

    def stop(self) -> None:
        """This function will close the connection within a second; what is being handled may take a little longer."""
        self._stop.set()
        client, self._client = self._client, None
        if client is None:
            return
        ending = Thread(target=client.end, name="slack-listener-end", daemon=True)
        ending.start()
        ending.join(STOP_WITHIN)

    def _keep_connected(self, client: DaemonSocketClient) -> None:
        """Connect whenever there is no connection, ever more slowly while none of them lasts."""
        in_vain = 0
        while not self._stop.is_set():
            refusal = self._connect(client)
            began = self._monotonic()
            while client.is_connected() and not self._stop.wait(CHECK_EVERY):
                pass
            has_lasted = refusal is None and self._monotonic() - began >= LASTING
            in_vain = 0 if has_lasted else in_vain + 1
            self._stop.wait(self._pause(refusal, in_vain))

    def _pause(self, refusal: OutsideError | None, in_vain: int) -> float:
        """Say how many seconds to wait: as Slack asks, long where a person must act, none after a good while."""
        if isinstance(refusal, TransientError) and refusal.retry_after is not None:
            return refusal.retry_after
        with self._lock:
            needs_person = self._problem == _SWITCHED_OFF
        if needs_person or not isinstance(refusal, TransientError | None):
            return PERSON_WAIT
        return min(LONGEST_WAIT, CHECK_EVERY * 2 ** min(in_vain, _MOST_DOUBLINGS)) if in_vain else 0.0

    def _connect(self, client: DaemonSocketClient) -> OutsideError | None:
        """Try once; a connection that Slack does not take is as good as an answer that did not arrive."""
        refusal: OutsideError | None = None
        try:
            client.connect_to_new_endpoint()
        except OutsideError as error:
            refusal = error
        except Exception as error:  # noqa: BLE001  # whatever it is, the thread must live to try again
            self._log.bug("slack.listener_failed", error)
            refusal = TransientError("something failed that nobody foresaw, see the log", code="unforeseen")
        if refusal is None and not client.is_connected():
            refusal = TransientError("the connection that Slack named could not be opened", code="no_socket")
        if refusal is not None and not self._stop.is_set():
            words = _NEW_TOKEN if isinstance(refusal, AuthFailedError) else str(refusal)
            self._note_problem(f"Slack's answers are not heard ({refusal.code}): {words}")
            self._log.warning("slack.listener_refused", code=refusal.code, problem=words)
        return refusal

    def _heard(self, session_id: str | None, text: str) -> None:
        """See when Slack greets us, and why it sends us away."""
        message = json.loads(text) if text.startswith("{") else {}
        if message.get("type") == "hello":
            with self._lock:
                self._greeted, self._problem = (session_id, self._clock.now()), None
            self._log.info("slack.listener_connected", connections=message.get("num_connections"))
        elif message.get("type") == "disconnect":
            reason = str(message.get("reason"))
            self._note_problem(_SWITCHED_OFF if reason == "link_disabled" else None)
            self._log.info("slack.listener_moves", reason=reason)

    def _handle(self, client: BaseSocketModeClient, request: SocketModeRequest, receive: Receive) -> None:
        read = read_envelope(request.type, request.payload, now=self._clock.now())
        if isinstance(read, Answer) and not self._received(read, receive):
            return
        self._acknowledge(client, request)
        if isinstance(read, NoteWish):
            self._open_window(read)
        elif read is None:
            self._count("ignored")

    def _received(self, answer: Answer, receive: Receive) -> bool:
        try:
            is_new = receive(answer)
        except OutsideError as error:
            self._count("failed")
            self._log.warning("slack.answer_not_kept", key=answer.key, problem=str(error))
            return False
        except Exception as error:  # noqa: BLE001  # whatever it is, Slack must not hear that the answer was kept
            self._count("failed")
            self._log.bug("slack.answer_not_kept", error, key=answer.key)
            return False
        self._count("received" if is_new else "known")
        return True

    def _acknowledge(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            client.send_socket_mode_response({"envelope_id": request.envelope_id})
        except SlackClientNotConnectedError:
            self._count("unacknowledged")  # Slack sends it again, and it is known then

    def _open_window(self, wish: NoteWish) -> None:
        view = note_window(self._texts, card_id=wish.card_id, place=wish.place)
        try:
            read(self._web.views_open, trigger_id=wish.trigger_id, view=view)
        except OutsideError as error:
            self._count("failed")
            self._log.warning("slack.note_window_refused", code=error.code, problem=str(error))
            return
        self._count("notes")

    def _note_problem(self, problem: str | None) -> None:
        with self._lock:
            self._problem = problem

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1
