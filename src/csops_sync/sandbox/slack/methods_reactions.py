"""reactions.add, reactions.remove and reactions.get: emoji on messages."""

from csops_sync.sandbox.slack import reactions
from csops_sync.sandbox.slack.arguments import Arguments, Kind, required, text
from csops_sync.sandbox.slack.content import view
from csops_sync.sandbox.slack.desk import Answer, Desk, Method
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.events import reaction_changed
from csops_sync.sandbox.slack.model import BOT_USER_ID, Channel, Message
from csops_sync.sandbox.slack.stamps import micros_of

_ITEM = {"channel": Kind.TEXT, "timestamp": Kind.TEXT}


def add(desk: Desk, arguments: Arguments) -> Answer:
    """reactions.add: the bot's own emoji on a message of a channel that it is in."""
    channel, message = _item(desk, arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    name = reactions.canonical(required(arguments, "name"), desk.state.emoji)
    reactions.add(message, BOT_USER_ID, name)
    reaction_changed(
        desk.state, desk.sockets, channel, message, user=BOT_USER_ID, name=name, kind="reaction_added"
    )
    return {}


def remove(desk: Desk, arguments: Arguments) -> Answer:
    """reactions.remove: only what the bot itself gave."""
    channel, message = _item(desk, arguments)
    name = reactions.canonical(required(arguments, "name"), desk.state.emoji)
    reactions.remove(message, BOT_USER_ID, name)
    reaction_changed(
        desk.state, desk.sockets, channel, message, user=BOT_USER_ID, name=name, kind="reaction_removed"
    )
    return {}


def get(desk: Desk, arguments: Arguments) -> Answer:
    """reactions.get: a message with its reactions; here the list of users is always whole."""
    channel, message = _item(desk, arguments)
    shown = view(channel, message, with_metadata=False) | {"permalink": desk.permalink(channel, message)}
    return {"type": "message", "channel": channel.id, "message": shown}


def _item(desk: Desk, arguments: Arguments) -> tuple[Channel, Message]:
    channel_id, ts = text(arguments, "channel"), text(arguments, "timestamp")
    if channel_id is None or ts is None:
        raise SlackError("no_item_specified")
    if micros_of(ts) is None:
        raise SlackError("bad_timestamp")
    channel = desk.joined(channel_id)
    message = channel.messages.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    return channel, message


METHODS = {
    "reactions.add": Method(
        run=add, known={**_ITEM, "name": Kind.REQUIRED}, scope="reactions:write", tier=3, writes=True
    ),
    "reactions.remove": Method(
        run=remove, known={**_ITEM, "name": Kind.REQUIRED}, scope="reactions:write", tier=2, writes=True
    ),
    "reactions.get": Method(run=get, known={**_ITEM, "full": Kind.FLAG}, scope="reactions:read", tier=3),
}
