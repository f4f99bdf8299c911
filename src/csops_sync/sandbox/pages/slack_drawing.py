"""Messages as the Slack page draws them: text as HTML, blocks, buttons, reactions, threads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from markupsafe import Markup

from csops_sync.sandbox.pages.mrkdwn import Names, mrkdwn
from csops_sync.sandbox.pages.rendering import Locale
from csops_sync.sandbox.slack import files
from csops_sync.sandbox.slack.content import blocks_as_stored
from csops_sync.sandbox.slack.model import Channel, File, Json, Message
from csops_sync.sandbox.slack.stamps import instant_of
from csops_sync.sandbox.slack.state import SlackState

COLOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A reaction under a message: how many gave it, who, and whether the viewer is one of them."""

    name: str
    count: int
    who: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file under a message: a picture is shown, anything else is a link. `alt` says what the picture shows."""

    path: str
    title: str
    alt: str
    is_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message as the template draws it. `anchor` is its place in addresses: `p1700000000123456`.

    A `whisper` is seen by the viewer alone, and cannot be reacted to.
    """

    anchor: str
    ts: str
    author: str
    initial: str
    colour: int
    is_bot: bool
    day: str
    time: str
    text: Markup
    blocks: Sequence[object]
    edited: bool
    is_broadcast: bool
    reactions: Sequence[Chip]
    files: Sequence[Attached] = ()
    replies: Sequence["Shown"] = ()
    whisper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How one viewer sees a workspace."""

    state: SlackState
    locale: Locale
    viewer: str
    names: Names

    def timeline(self, channel: Channel) -> list[Message]:
        """This method will give what the channel shows the viewer, oldest first."""
        own = [message for user, message in channel.whispers.values() if user == self.viewer]
        whispers = [message for message in own if not message.is_reply]
        return sorted([*channel.timeline(), *whispers], key=lambda message: message.ts)

    def message(self, channel: Channel, message: Message) -> Shown:
        """This method will draw a message with the thread under it."""
        drawn = self._one(message, whisper=message.ts in channel.whispers)
        if message.is_reply:
            return drawn
        own = [one for user, one in channel.whispers.values() if user == self.viewer]
        below = [*channel.replies(message.ts), *(one for one in own if one.thread_ts == message.ts)]
        replies = [
            self._one(reply, whisper=reply.ts in channel.whispers)
            for reply in sorted(below, key=lambda reply: reply.ts)
        ]
        return replace(drawn, replies=replies)

    def blocks(self, blocks: Sequence[Json]) -> list[object]:
        """This method will draw blocks: text objects become HTML (mrkdwn) or text (plain), the rest stays."""
        return [_drawn(block, self.names) for block in blocks]

    def _one(self, message: Message, *, whisper: bool) -> Shown:
        user = self.state.users.get(message.user)
        author = user.real_name if user else message.user
        local = instant_of(message.ts).astimezone(ZoneInfo(self.locale.timezone))
        return Shown(
            anchor=anchor_of(message),
            ts=message.ts,
            author=author,
            initial=author[:1].upper(),
            colour=sum(map(ord, message.user)) % COLOURS,
            is_bot=bool(user and user.is_bot),
            day=f"{local:%Y-%m-%d}",
            time=f"{local:%H:%M}",
            text=mrkdwn(message.text, self.names),
            blocks=self.blocks([*blocks_as_stored(message)]),
            edited=message.edited is not None,
            is_broadcast=message.is_reply,
            reactions=[self._chip(name, users) for name, users in message.reactions.items()],
            files=[_attached(file) for file in message.files],
            whisper=whisper,
        )

    def _chip(self, name: str, users: Sequence[str]) -> Chip:
        known = [self.state.users[user].real_name for user in users if user in self.state.users]
        return Chip(name=name, count=len(users), who=", ".join(known), mine=self.viewer in users)


def names_for(state: SlackState, viewer: str) -> Names:
    """This function will give what ids are called, and whose mentions are the viewer's own."""
    own = {group.id for group in state.groups.values() if viewer in group.users}
    return Names(
        users={user.id: user.real_name for user in state.users.values()},
        channels={channel.id: channel.name for channel in state.channels.values()},
        groups={group.id: group.handle for group in state.groups.values()},
        mine=frozenset({viewer, *own}),
    )


def anchor_of(message: Message) -> str:
    """This function will give a message's place in addresses."""
    return f"p{message.ts.replace('.', '')}"


def _attached(file: File) -> Attached:
    return Attached(
        path=files.path_of(file),
        title=file.title,
        alt=file.alt or file.title,
        is_picture=files.is_picture(file),
    )


def _drawn(block: Json, names: Names) -> object:
    if isinstance(block, list):
        return [_drawn(item, names) for item in block]
    if not isinstance(block, dict):
        return block
    text = block.get("text")
    if isinstance(text, str) and block.get("type") == "mrkdwn":
        return {"kind": "mrkdwn", "html": mrkdwn(text, names)}
    if isinstance(text, str) and block.get("type") == "plain_text":
        return {"kind": "plain", "plain": text}
    return {key: _drawn(value, names) for key, value in block.items()}
