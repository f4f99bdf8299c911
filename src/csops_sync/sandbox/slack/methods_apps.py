"""apps.connections.open: a WebSocket address for Socket Mode, for the app-level token alone."""

from csops_sync.sandbox.slack.arguments import Arguments
from csops_sync.sandbox.slack.desk import Answer, Desk, Method
from csops_sync.sandbox.slack.model import APP_ID
from csops_sync.sandbox.slack.socket_mode import LINK_PATH


def open_connection(desk: Desk, _arguments: Arguments) -> Answer:
    """apps.connections.open: an address that can be used once."""
    host = desk.home.partition("://")[2].rstrip("/")
    return {"url": f"ws://{host}{LINK_PATH}?ticket={desk.sockets.ticket()}&app_id={APP_ID}"}


METHODS = {
    "apps.connections.open": Method(run=open_connection, known={}, scope=None, tier=3, app_level=True),
}
