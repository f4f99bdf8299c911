"""chat.*: posting, changing, deleting, linking.

`client_msg_id` is taken and kept, and nothing is thrown away by it: Slack documents no such promise.
"""

from csops_sync.sandbox.slack.arguments import Arguments, Kind, flag, required, text
from csops_sync.sandbox.slack.content import blocks_of, metadata_of, text_of, view
from csops_sync.sandbox.slack.desk import Answer, Desk, Method
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import BOT_USER_ID, Channel, Message
from csops_sync.sandbox.slack.stamps import instant_of

UPDATE_LENGTH = 4_000
"""Characters of text that chat.update takes: a tenth of what chat.postMessage does (its own error list says so)."""

_CONTENT = {
    "text": Kind.TEXT,
    "blocks": Kind.DATA,
    "metadata": Kind.DATA,
    "link_names": Kind.FLAG,
    "parse": Kind.TEXT,
    "reply_broadcast": Kind.FLAG,
}


def post_message(desk: Desk, arguments: Arguments) -> Answer:
    """chat.postMessage: to a channel's id, or its name with #, in which the bot is."""
    channel = _destination(desk, required(arguments, "channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    content, blocks, metadata = text_of(arguments), blocks_of(arguments), metadata_of(arguments)
    if not content and not blocks:
        raise SlackError("no_text")
    thread_ts = text(arguments, "thread_ts")
    if thread_ts is not None:
        check_parent(channel, thread_ts)
    desk.limits.post(channel.id)
    message = Message(
        ts=desk.state.next_ts(channel),
        user=BOT_USER_ID,
        text=content or "",
        blocks=blocks or (),
        metadata=metadata,
        thread_ts=thread_ts,
        broadcast=flag(arguments, "reply_broadcast"),
        client_msg_id=text(arguments, "client_msg_id"),
    )
    channel.messages[message.ts] = message
    return {"channel": channel.id, "ts": message.ts, "message": view(channel, message, with_metadata=True)}


def update(desk: Desk, arguments: Arguments) -> Answer:
    """chat.update: blocks stay only where neither text nor blocks are given; metadata stays unless given."""
    channel = desk.channel(required(arguments, "channel"))
    message = _own(channel, required(arguments, "ts"), "cant_update_message")
    _check_changeable(desk, channel, message)
    content, blocks = text_of(arguments, most=UPDATE_LENGTH), blocks_of(arguments)
    metadata = metadata_of(arguments)
    if content is None and blocks is None and metadata is None:
        raise SlackError("no_text")
    if content is not None or blocks is not None:
        message.text = content if content is not None else message.text
        message.blocks = blocks or ()
        if not blocks:
            message.edited = desk.state.next_ts(channel)
    if metadata is not None:
        message.metadata = metadata
    shown = view(channel, message, with_metadata=False)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(desk: Desk, arguments: Arguments) -> Answer:
    """chat.delete: only the bot's own; replies under it stay."""
    channel = desk.channel(required(arguments, "channel"))
    message = _own(channel, required(arguments, "ts"), "cant_delete_message")
    del channel.messages[message.ts]
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(desk: Desk, arguments: Arguments) -> Answer:
    """chat.getPermalink: an address that the sandbox's own page answers."""
    channel = desk.channel(required(arguments, "channel"))
    message = channel.messages.get(required(arguments, "message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": desk.permalink(channel, message)}


def _destination(desk: Desk, named: str) -> Channel:
    by_name = desk.state.channel_named(named) if named.startswith("#") else None
    return desk.joined(by_name.id if by_name else named)


def check_parent(channel: Channel, thread_ts: str) -> None:
    """This function will make sure that a message can be replied to; SlackError where it is none, or a reply."""
    parent = channel.messages.get(thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")


def _check_changeable(desk: Desk, channel: Channel, message: Message) -> None:
    if channel.is_archived:
        raise SlackError("is_inactive")
    window, age = desk.state.edit_window, desk.state.clock.now() - instant_of(message.ts)
    if window is not None and age.total_seconds() > window:
        raise SlackError("edit_window_closed")


def _own(channel: Channel, ts: str, refusal: str) -> Message:
    message = channel.messages.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.user != BOT_USER_ID:
        raise SlackError(refusal)
    return message


METHODS = {
    "chat.postMessage": Method(
        run=post_message,
        known={
            "channel": Kind.REQUIRED,
            **_CONTENT,
            "thread_ts": Kind.TEXT,
            "mrkdwn": Kind.FLAG,
            "unfurl_links": Kind.FLAG,
            "unfurl_media": Kind.FLAG,
            "client_msg_id": Kind.TEXT,
        },
        scope="chat:write",
        tier=4,
        writes=True,
    ),
    "chat.update": Method(
        run=update,
        known={"channel": Kind.REQUIRED, "ts": Kind.REQUIRED, **_CONTENT},
        scope="chat:write",
        tier=3,
        writes=True,
    ),
    "chat.delete": Method(
        run=delete,
        known={"channel": Kind.REQUIRED, "ts": Kind.REQUIRED},
        scope="chat:write",
        tier=3,
        writes=True,
    ),
    "chat.getPermalink": Method(
        run=get_permalink,
        known={"channel": Kind.REQUIRED, "message_ts": Kind.REQUIRED},
        scope=None,
        tier=4,
    ),
}
