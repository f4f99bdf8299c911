"""A message's content as it comes in (text, blocks, metadata), checked; and as it goes out."""

import json
from collections.abc import Mapping, Sequence

from csops_sync.sandbox.slack import files, reactions
from csops_sync.sandbox.slack.arguments import Arguments, text
from csops_sync.sandbox.slack.block_kit import WHOLE_LENGTH, problems_of, text_length
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.identifying import identified
from csops_sync.sandbox.slack.model import (
    APP_ID,
    BOT_ID,
    BOT_NAME,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Json,
    Message,
)

TEXT_LENGTH = 40_000
METADATA_LENGTH = 16_000  # Slack names the error (metadata_too_large) and no number


def text_of(arguments: Arguments, *, most: int = TEXT_LENGTH) -> str | None:
    """This function will give the text; SlackError `msg_too_long` beyond `most` characters."""
    given = text(arguments, "text")
    if given is not None and len(given) > most:
        raise SlackError("msg_too_long")
    return given


def blocks_of(arguments: Arguments) -> Sequence[Mapping[str, Json]] | None:
    """This function will give the blocks, None where none were given.

    SlackErrors: `invalid_blocks_format` (no list), `invalid_blocks` with what is wrong, `msg_blocks_too_long`.
    """
    if "blocks" not in arguments:
        return None
    blocks = _data(arguments["blocks"], "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if not blocks:
        return ()
    problems = problems_of(blocks)
    if problems:
        raise SlackError("invalid_blocks", messages=problems)
    if text_length(blocks) > WHOLE_LENGTH:
        raise SlackError("msg_blocks_too_long")
    return [block for block in blocks if isinstance(block, dict)]


def metadata_of(arguments: Arguments) -> Mapping[str, Json] | None:
    """This function will give the metadata: exactly `event_type` (text) and `event_payload` (object)."""
    if "metadata" not in arguments:
        return None
    given = _data(arguments["metadata"], "invalid_metadata_format")
    if not isinstance(given, dict) or set(given) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    kind, payload = given["event_type"], given["event_payload"]
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(payload, ensure_ascii=False)) > METADATA_LENGTH:
        raise SlackError("metadata_too_large")
    return given


def view(channel: Channel, message: Message, *, with_metadata: bool) -> dict[str, Json]:
    """This function will write a message as `conversations.history` does; metadata only where asked for."""
    shown: dict[str, Json] = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
    }
    if message.user == BOT_USER_ID:
        shown |= {"bot_id": BOT_ID, "app_id": APP_ID, "team": TEAM_ID, "bot_profile": bot_profile()}
    if message.blocks:
        shown["blocks"] = [*blocks_as_stored(message)]
    if message.client_msg_id:
        shown["client_msg_id"] = message.client_msg_id
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.edited}
    if message.files:
        shown |= {"files": [files.view(file) for file in message.files], "upload": False}
    if message.reactions:
        shown["reactions"] = reactions.shown(message)
    if with_metadata and message.metadata is not None:
        shown["metadata"] = dict(message.metadata)
    return shown | _thread(channel, message)


def blocks_as_stored(message: Message) -> list[dict[str, Json]]:
    """This function will give a message's blocks with the ids that Slack adds where the app gave none."""
    return identified(message.blocks, message.ts.replace(".", "")[-6:])


def bot_profile() -> dict[str, Json]:
    """This function will give the bot's profile as it goes with its messages."""
    return {"id": BOT_ID, "app_id": APP_ID, "name": BOT_NAME, "team_id": TEAM_ID, "deleted": False}


def _thread(channel: Channel, message: Message) -> dict[str, Json]:
    if message.is_reply:
        parent = channel.messages.get(str(message.thread_ts))
        shown: dict[str, Json] = {"thread_ts": message.thread_ts}
        if message.broadcast:
            shown["subtype"] = "thread_broadcast"
        return shown | ({"parent_user_id": parent.user} if parent else {})
    replies = channel.replies(message.ts)
    if not replies:
        return {}
    writers = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(writers),
        "reply_users": [*writers],
        "latest_reply": replies[-1].ts,
        "subscribed": False,
    }


def _data(given: Json, word: str) -> Json:
    if not isinstance(given, str):
        return given
    try:
        parsed: Json = json.loads(given)
    except ValueError:
        raise SlackError(word) from None
    return parsed
