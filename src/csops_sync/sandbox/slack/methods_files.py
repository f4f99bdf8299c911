"""files.*: the three steps of an upload (an address, the bytes, sharing), and what became of a file.

Where docs.slack.dev names an error it is the one used; which one Slack gives to a file that was never uploaded, or is
shared a second time, is not documented: here it is `file_not_found`.
"""

import json
import re
import secrets
from collections.abc import Mapping, Sequence

from csops_sync.sandbox.slack import files
from csops_sync.sandbox.slack.arguments import Arguments, Kind, number, required, text
from csops_sync.sandbox.slack.content import blocks_of
from csops_sync.sandbox.slack.desk import Answer, Desk, Method
from csops_sync.sandbox.slack.errors import SlackError, bad_argument
from csops_sync.sandbox.slack.methods_chat import check_parent
from csops_sync.sandbox.slack.model import BOT_USER_ID, Channel, File, Json, Message
from csops_sync.sandbox.slack.uploads import upload_url

MOST_BYTES = 1 << 30
MOST_CHANNELS, ALT_LENGTH = 100, 1_000
_CHANNEL = re.compile(r"[CGDZ][A-Z0-9]{8,}")
_FILE_KEYS = frozenset({"id", "title", "highlight_type"})


def get_upload_url(desk: Desk, arguments: Arguments) -> Answer:
    """files.getUploadURLExternal: an address for so many bytes; none at all is a missing argument."""
    length, alt = number(arguments, "length", 0), text(arguments, "alt_txt")
    if not length:
        raise SlackError("missing_argument", messages=["[ERROR] missing required field: length"])
    if length > MOST_BYTES:
        raise SlackError("file_upload_size_restricted")
    if alt is not None and len(alt) > ALT_LENGTH:
        raise SlackError("alt_txt_too_large")
    file = File(
        id=f"F{len(desk.state.files) + 1:010d}",
        secret=secrets.token_urlsafe(24),
        name=required(arguments, "filename"),
        title=required(arguments, "filename"),
        length=length,
        created=int(desk.state.clock.now().timestamp()),
        alt=alt,
    )
    desk.state.files[file.id] = file
    return {"upload_url": upload_url(desk.state, file, desk.home), "file_id": file.id}


def complete_upload(desk: Desk, arguments: Arguments) -> Answer:
    """files.completeUploadExternal: each file once; one message in each channel, private without any channel.

    As with the real Slack the answer does not tell the message's ts: the channel's history does.
    """
    named = _files(desk, arguments["files"])
    channels = [desk.joined(one) for one in _channel_ids(arguments)]
    thread_ts = text(arguments, "thread_ts")
    _check_places(channels, thread_ts)
    comment = text(arguments, "initial_comment")
    blocks = None if comment else blocks_of(arguments)
    for file, title in named:
        file.title, file.complete = title or file.name, True
    shared = tuple(file for file, _ in named)
    for channel in channels:
        message = Message(
            ts=desk.state.next_ts(channel),
            user=BOT_USER_ID,
            text=comment or "",
            blocks=blocks or (),
            thread_ts=thread_ts,
            files=shared,
        )
        channel.messages[message.ts] = message
        for file in shared:
            file.shares.append((channel.id, message.ts))
    return {"files": [{"id": file.id, "title": file.title} for file in shared]}


def info(desk: Desk, arguments: Arguments) -> Answer:
    """files.info: the file, and where it is shared."""
    file = desk.state.files.get(required(arguments, "file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    places: dict[str, dict[str, list[Json]]] = {}
    for channel, ts in file.shares:
        kind = "private" if desk.state.channels[channel].is_private else "public"
        places.setdefault(kind, {}).setdefault(channel, []).append({"ts": ts})
    return {"file": {**files.view(file), "shares": places}, "comments": []}


def _files(desk: Desk, given: Json) -> Sequence[tuple[File, str | None]]:
    """The files that are to be shared, each with its title; SlackError for the first one that cannot be."""
    items = _listed(given)
    named = [(_waiting(desk, item), item.get("title")) for item in items]
    if len({file.id for file, _ in named}) < len(named):
        raise bad_argument("a file is named twice [json-pointer:/files]")
    return [(file, title if isinstance(title, str) else None) for file, title in named]


def _listed(given: Json) -> Sequence[Mapping[str, Json]]:
    try:
        listed: Json = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise bad_argument("must be an array [json-pointer:/files]") from None
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    if not isinstance(listed, list) or not items or len(items) < len(listed):
        raise bad_argument("must be an array of files, each with an id [json-pointer:/files]")
    for item in items:
        if "id" not in item or not set(item) <= _FILE_KEYS:
            raise bad_argument(f"a file has the keys {', '.join(sorted(_FILE_KEYS))} [json-pointer:/files]")
    return items


def _waiting(desk: Desk, item: Mapping[str, Json]) -> File:
    file = desk.state.files.get(str(item["id"]))
    if file is None or file.content is None or file.complete:
        raise SlackError("file_not_found")
    return file


def _channel_ids(arguments: Arguments) -> Sequence[str]:
    several = [one.strip() for one in (text(arguments, "channels") or "").split(",") if one.strip()]
    one = text(arguments, "channel_id")
    named = list(dict.fromkeys([*([one] if one else []), *several]))
    if len(named) > MOST_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    for name in named:
        if not _CHANNEL.fullmatch(name):
            raise bad_argument(
                "input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$ [json-pointer:/channel_id]"
            )
    return named


def _check_places(channels: Sequence[Channel], thread_ts: str | None) -> None:
    if any(channel.is_archived for channel in channels):
        raise SlackError("is_archived")
    if thread_ts is None:
        return
    if len(channels) != 1:
        raise bad_argument("thread_ts goes with exactly one channel [json-pointer:/thread_ts]")
    check_parent(channels[0], thread_ts)


METHODS = {
    "files.getUploadURLExternal": Method(
        run=get_upload_url,
        known={
            "filename": Kind.REQUIRED,
            "length": Kind.NUMBER,
            "alt_txt": Kind.TEXT,
            "snippet_type": Kind.TEXT,
        },
        scope="files:write",
        tier=4,
        writes=True,
    ),
    "files.completeUploadExternal": Method(
        run=complete_upload,
        known={
            "files": Kind.REQUIRED_DATA,
            "channel_id": Kind.TEXT,
            "channels": Kind.TEXT,
            "thread_ts": Kind.TEXT,
            "initial_comment": Kind.TEXT,
            "blocks": Kind.DATA,
        },
        scope="files:write",
        tier=4,
        writes=True,
    ),
    "files.info": Method(
        run=info,
        known={"file": Kind.REQUIRED},
        scope="files:read",
        tier=4,
    ),
}
