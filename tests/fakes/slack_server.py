"""A small Slack over HTTP whose answers a test scripts: errors, 429, answers lost before and after the work."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

Body = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Fault:
    """What the next call of `method` meets instead of its answer.

    `drop` is `before` or `after` the work; `body` None sends `text` as HTML.
    """

    method: str
    drop: str = ""
    status: int = 200
    body: Body | None = None
    text: str = "<html>unavailable</html>"
    headers: dict[str, str] = field(default_factory=dict)


def refusing(method: str, code: str, **extra: Any) -> Fault:  # noqa: ANN401  # JSON
    """Let the next call of a method be refused with Slack's error word."""
    return Fault(method=method, body={"ok": False, "error": code, **extra})


class SlackServer:
    """`with SlackServer() as slack:` serves `slack.url`; the attributes are its world, and may be changed any time.

    `allowed` says how many more calls of a method are answered before it asks to wait (429).
    """

    def __init__(self) -> None:
        self.channels: list[Body] = []
        self.users: list[Body] = []
        self.groups: list[Body] = []
        self.messages: list[Body] = []
        self.scopes = "chat:write,channels:read,channels:history,users:read,users:read.email"
        self.faults: list[Fault] = []
        self.calls: Counter[str] = Counter()
        self.arguments: list[tuple[str, Body]] = []
        self.page_size = 100
        self.allowed: dict[str, int] = {}
        self.now = 1_764_547_200.0  # 2025-12-01T00:00:00Z
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/api/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def add_channel(self, name: str, **changes: Any) -> None:  # noqa: ANN401  # JSON
        """Open a public channel that the app is a member of, unless `changes` say otherwise."""
        number = len(self.channels) + 1
        self.channels.append({"id": f"C{number:08d}", "name": name, "is_member": True, **changes})

    def take_fault(self, method: str) -> Fault | None:
        """Give the next fault of a method, once."""
        with self._lock:
            found = next((fault for fault in self.faults if fault.method == method), None)
            if found:
                self.faults.remove(found)
                return found
            left = self.allowed.get(method)
            if left is None:
                return None
            self.allowed[method] = max(0, left - 1)
            return None if left else Fault(method=method, status=429, headers={"Retry-After": "60"})

    def perform(self, method: str, arguments: Body) -> Body:
        """Do the work of a method."""
        with self._lock:
            return getattr(self, "_" + method.replace(".", "_"))(arguments)  # type: ignore[no-any-return]

    def _auth_test(self, _: Body) -> Body:
        return {"ok": True, "team": "Test", "user": "csops-sync", "bot_id": "B1"}

    def _conversations_list(self, arguments: Body) -> Body:
        shown = [one for one in self.channels if "private" in arguments["types"] or not one.get("is_private")]
        return self._page(shown, "channels", arguments)

    def _conversations_join(self, arguments: Body) -> Body:
        channel = next(one for one in self.channels if one["id"] == arguments["channel"])
        channel["is_member"] = True
        return {"ok": True, "channel": channel}

    def _conversations_history(self, arguments: Body) -> Body:
        oldest = float(arguments.get("oldest", 0))
        found = [
            one
            for one in reversed(self.messages)
            if one["channel"] == arguments["channel"] and float(one["ts"]) > oldest
        ]
        if arguments.get("include_all_metadata") != "1":
            found = [{key: one[key] for key in one if key != "metadata"} for one in found]
        return self._page(found, "messages", arguments)

    def _chat_postMessage(self, arguments: Body) -> Body:  # noqa: N802  # Slack's name
        self.now += 1
        message = {**arguments, "bot_id": "B1", "ts": f"{int(self.now)}.{len(self.messages):06d}"}
        self.messages.append(message)
        return {"ok": True, "channel": arguments["channel"], "ts": message["ts"]}

    def _chat_delete(self, arguments: Body) -> Body:
        kept = [one for one in self.messages if one["ts"] != arguments["ts"]]
        if len(kept) == len(self.messages):
            return {"ok": False, "error": "message_not_found"}
        self.messages = kept
        return {"ok": True}

    def _users_lookupByEmail(self, arguments: Body) -> Body:  # noqa: N802  # Slack's name
        for user in self.users:
            if user["profile"].get("email", "").lower() == arguments["email"].lower():
                return {"ok": True, "user": user}
        return {"ok": False, "error": "users_not_found"}

    def _users_list(self, arguments: Body) -> Body:
        return self._page(self.users, "members", arguments)

    def _usergroups_list(self, _: Body) -> Body:
        return {"ok": True, "usergroups": self.groups}

    def _page(self, found: list[Body], name: str, arguments: Body) -> Body:
        start = int(arguments.get("cursor") or 0)
        end = start + min(self.page_size, int(arguments.get("limit") or 100))
        cursor = str(end) if end < len(found) else ""
        return {"ok": True, name: found[start:end], "response_metadata": {"next_cursor": cursor}}


def _handler(slack: SlackServer) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server's name
            method = self.path.rsplit("/", 1)[-1]
            arguments = self._arguments()
            slack.calls[method] += 1
            slack.arguments.append((method, arguments))
            fault = slack.take_fault(method)
            if fault and fault.drop == "before":
                self.close_connection = True
                return
            if fault and not fault.drop:
                self._answer(fault.status, fault.body, fault.text, fault.headers)
                return
            body = slack.perform(method, arguments)
            if fault:
                self.close_connection = True
                return
            self._answer(200, body, "", {"x-oauth-scopes": slack.scopes})

        def _arguments(self) -> Body:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if raw.startswith("{"):
                return dict(json.loads(raw))
            return {name: values[0] for name, values in parse_qs(raw).items()}

        def _answer(self, status: int, body: Body | None, text: str, headers: dict[str, str]) -> None:
            payload = (json.dumps(body) if body is not None else text).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    return Handler
