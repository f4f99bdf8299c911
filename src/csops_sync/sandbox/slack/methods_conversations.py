"""conversations.*: channels, who is in them, their history, and threads."""

from collections.abc import Sequence

from csops_sync.sandbox.slack.arguments import Arguments, Kind, flag, required, text
from csops_sync.sandbox.slack.content import view
from csops_sync.sandbox.slack.desk import Answer, Desk, Method
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import BOT_USER_ID, Channel, Message
from csops_sync.sandbox.slack.paging import earlier, page, window

MOST_MESSAGES = 999
MOST_CHANNELS = 1_000
KINDS = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "mpim": "mpim:read",
    "im": "im:read",
}
"""Kinds of conversations, with the scope that listing each needs."""
_PAGE = {"cursor": Kind.TEXT, "limit": Kind.NUMBER}
_WINDOW = {
    **_PAGE,
    "oldest": Kind.TEXT,
    "latest": Kind.TEXT,
    "inclusive": Kind.FLAG,
    "include_all_metadata": Kind.FLAG,
}


def list_channels(desk: Desk, arguments: Arguments) -> Answer:
    """conversations.list: public ones unless `types` says more; private ones only with the bot in them."""
    kinds = set((text(arguments, "types") or "public_channel").replace(" ", "").split(","))
    if not kinds <= KINDS.keys():
        raise SlackError("invalid_types")
    for kind in sorted(kinds):
        desk.need(KINDS[kind])
    shown = [
        channel
        for channel in desk.state.channels.values()
        if ("private_channel" if channel.is_private else "public_channel") in kinds
        and (not channel.is_private or BOT_USER_ID in channel.members)
        and not (channel.is_archived and flag(arguments, "exclude_archived"))
    ]
    channels, cursor = page(shown, arguments, default=100, most=MOST_CHANNELS)
    return {
        "channels": [_channel(channel, counted=True) for channel in channels],
        "response_metadata": {"next_cursor": cursor},
    }


def info(desk: Desk, arguments: Arguments) -> Answer:
    """conversations.info of one channel by id."""
    channel = desk.channel(required(arguments, "channel"))
    return {"channel": _channel(channel, counted=flag(arguments, "include_num_members"))}


def join(desk: Desk, arguments: Arguments) -> Answer:
    """conversations.join: public channels that are not archived; a second time is fine."""
    channel = desk.channel(required(arguments, "channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    already = BOT_USER_ID in channel.members
    channel.members.add(BOT_USER_ID)
    warning: Answer = {
        "warning": "already_in_channel",
        "response_metadata": {"warnings": ["already_in_channel"]},
    }
    return {"channel": _channel(channel, counted=False)} | (warning if already else {})


def history(desk: Desk, arguments: Arguments) -> Answer:
    """conversations.history: newest first, replies left out unless broadcast."""
    channel = desk.joined(required(arguments, "channel"))
    newest_first = window(channel.timeline()[::-1], arguments)
    return _messages(channel, *earlier(newest_first, arguments, most=MOST_MESSAGES), arguments)


def replies(desk: Desk, arguments: Arguments) -> Answer:
    """conversations.replies: the parent, then its replies, oldest first."""
    channel = desk.joined(required(arguments, "channel"))
    parent = channel.messages.get(required(arguments, "ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        return _messages(channel, [parent], "", arguments)
    thread = [parent, *window(channel.replies(parent.ts), arguments)]
    return _messages(channel, *page(thread, arguments, default=100, most=MOST_MESSAGES), arguments)


def members(desk: Desk, arguments: Arguments) -> Answer:
    """conversations.members: ids, page by page."""
    channel = desk.channel(required(arguments, "channel"))
    shown, cursor = page(sorted(channel.members), arguments, default=100, most=MOST_CHANNELS)
    return {"members": list(shown), "response_metadata": {"next_cursor": cursor}}


def _messages(channel: Channel, shown: Sequence[Message], cursor: str, arguments: Arguments) -> Answer:
    with_metadata = flag(arguments, "include_all_metadata")
    answer: Answer = {
        "messages": [view(channel, message, with_metadata=with_metadata) for message in shown],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _channel(channel: Channel, *, counted: bool) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_member": BOT_USER_ID in channel.members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    return shown | ({"num_members": len(channel.members)} if counted else {})


METHODS = {
    "conversations.list": Method(
        run=list_channels,
        known={**_PAGE, "types": Kind.TEXT, "exclude_archived": Kind.FLAG, "team_id": Kind.TEXT},
        scope="channels:read",
        tier=2,
    ),
    "conversations.info": Method(
        run=info,
        known={"channel": Kind.REQUIRED, "include_num_members": Kind.FLAG, "include_locale": Kind.FLAG},
        scope="channels:read",
        tier=3,
    ),
    "conversations.join": Method(
        run=join, known={"channel": Kind.REQUIRED}, scope="channels:join", tier=3, writes=True
    ),
    "conversations.history": Method(
        run=history, known={"channel": Kind.REQUIRED, **_WINDOW}, scope="channels:history", tier=3
    ),
    "conversations.replies": Method(
        run=replies,
        known={"channel": Kind.REQUIRED, "ts": Kind.REQUIRED, **_WINDOW},
        scope="channels:history",
        tier=3,
    ),
    "conversations.members": Method(
        run=members, known={"channel": Kind.REQUIRED, **_PAGE}, scope="channels:read", tier=4
    ),
}
