"""The Slack page: channels at the left, messages as a person would see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from csops_sync.sandbox.pages.mrkdwn import Names, mrkdwn
from csops_sync.sandbox.pages.rendering import Locale, render, style_route
from csops_sync.sandbox.slack.acts import Acts
from csops_sync.sandbox.slack.model import Channel, Json, Message
from csops_sync.sandbox.slack.stamps import instant_of
from csops_sync.sandbox.slack.state import SlackState

PAGE_SIZE = 50
COLOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message as the template draws it. `anchor` is its place in addresses: `p1700000000123456`."""

    anchor: str
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
    reactions: Sequence[tuple[str, int]]
    replies: Sequence["Shown"] = ()


def slack_routes(acts: Acts) -> list[Route]:
    """This function will give the routes of the page: `/`, and `/archives/...` as permalinks have it."""
    page = _SlackPage(acts.state)
    return [
        Route("/", page.home, methods=["GET"]),
        Route("/archives/{channel:str}", page.channel, methods=["GET"]),
        Route("/archives/{channel:str}/{anchor:str}", page.channel, methods=["GET"]),
        style_route(),
    ]


class _SlackPage:
    def __init__(self, state: SlackState) -> None:
        self._state = state
        self._locale = Locale(language=state.language, timezone=state.timezone)

    async def home(self, _request: Request) -> Response:
        """The channel in which something was said last, else the first."""
        with self._state.lock:
            channels = list(self._state.channels.values())
            newest = max(channels, key=lambda channel: max(channel.messages, default=""), default=None)
            return self._render(newest, anchor="", page=1)

    async def channel(self, request: Request) -> Response:
        """One channel; `anchor` marks a message of it, and finds the page that it is on."""
        anchor = str(request.path_params.get("anchor", ""))
        asked = request.query_params.get("page", "1")
        with self._state.lock:
            channel = self._state.channels.get(request.path_params["channel"])
            if channel is None:
                return self._render(None, anchor="", page=1, status=404)
            page = _page_of(channel, anchor) if anchor else int(asked) if asked.isdecimal() else 1
            return self._render(channel, anchor=anchor, page=page)

    def _render(self, channel: Channel | None, *, anchor: str, page: int, status: int = 200) -> Response:
        names = self._names()
        timeline = channel.timeline() if channel else []
        pages = max(1, -(-len(timeline) // PAGE_SIZE))
        page = min(max(page, 1), pages)
        until = len(timeline) - (page - 1) * PAGE_SIZE
        messages = timeline[max(0, until - PAGE_SIZE) : until]
        context: dict[str, object] = {
            "channels": list(self._state.channels.values()),
            "here": channel,
            "messages": [self._shown(channel, one, names, deep=True) for one in messages] if channel else [],
            "anchor": anchor,
            "page": page,
            "pages": pages,
            "now": self._locale.time(self._state.clock.now()),
        }
        return render("slack.html", self._locale, context, status=status)

    def _shown(self, channel: Channel, message: Message, names: Names, *, deep: bool) -> Shown:
        user = self._state.users.get(message.user)
        author = user.real_name if user else message.user
        local = instant_of(message.ts).astimezone(ZoneInfo(self._locale.timezone))
        replies = channel.replies(message.ts) if deep and not message.is_reply else []
        return Shown(
            anchor=_anchor(message),
            author=author,
            initial=author[:1].upper(),
            colour=sum(map(ord, message.user)) % COLOURS,
            is_bot=bool(user and user.is_bot),
            day=f"{local:%Y-%m-%d}",
            time=f"{local:%H:%M}",
            text=mrkdwn(message.text, names),
            blocks=[_drawn(dict(block), names) for block in message.blocks],
            edited=message.edited is not None,
            is_broadcast=message.is_reply,
            reactions=[(name, len(users)) for name, users in message.reactions.items()],
            replies=[self._shown(channel, reply, names, deep=False) for reply in replies],
        )

    def _names(self) -> Names:
        return Names(
            users={user.id: user.real_name for user in self._state.users.values()},
            channels={channel.id: channel.name for channel in self._state.channels.values()},
            groups={group.id: group.handle for group in self._state.groups.values()},
        )


def _drawn(block: Json, names: Names) -> object:
    """Text objects become HTML (mrkdwn) or text (plain); everything else stays as it was sent."""
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


def _anchor(message: Message) -> str:
    return f"p{message.ts.replace('.', '')}"


def _page_of(channel: Channel, anchor: str) -> int:
    """The page, counted from the newest, on which a message or its thread's parent stands."""
    by_anchor = {_anchor(message): message for message in channel.messages.values()}
    message = by_anchor.get(anchor)
    wanted = (message.thread_ts or message.ts) if message else ""
    for place, one in enumerate(reversed(channel.timeline())):
        if one.ts == wanted:
            return place // PAGE_SIZE + 1
    return 1
