"""Events as the Events API sends them (docs.slack.dev/reference/events), wrapped for Socket Mode.

The app is subscribed to `reaction_added` and `reaction_removed`, and hears of those in channels that its bot is in.
"""

import secrets

from csops_sync.sandbox.slack.envelopes import Delivery, Kind
from csops_sync.sandbox.slack.model import APP_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Message
from csops_sync.sandbox.slack.sockets import Sockets
from csops_sync.sandbox.slack.stamps import micros_at, ts_of
from csops_sync.sandbox.slack.state import SlackState

SCOPE = "reactions:read"


def reaction_changed(  # noqa: PLR0913  # who did what to which message, and whom to tell
    state: SlackState,
    sockets: Sockets,
    channel: Channel,
    message: Message,
    *,
    user: str,
    name: str,
    kind: str,
) -> Delivery | None:
    """This function will tell the app of a reaction; None where it may not hear of it.

    `kind` is `reaction_added` or `reaction_removed`. The bot's own reactions are told too, as Slack does.
    """
    if BOT_USER_ID not in channel.members or SCOPE not in state.scopes:
        return None
    event: dict[str, Json] = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": ts_of(micros_at(state.clock.now())),
    }
    return sockets.deliver(Delivery(kind=Kind.EVENT, payload=_wrapped(state, event)))


def _wrapped(state: SlackState, event: dict[str, Json]) -> dict[str, Json]:
    authorization: Json = {
        "enterprise_id": None,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "sandbox",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(state.clock.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_hex(12)}",
    }
