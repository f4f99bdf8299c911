"""The Slack page: channels at the left, messages as the viewer sees them, the viewer's modal before all."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from csops_sync.sandbox.pages.mrkdwn import PALETTE
from csops_sync.sandbox.pages.rendering import Locale, render, style_route
from csops_sync.sandbox.pages.slack_drawing import Drawing, anchor_of, names_for
from csops_sync.sandbox.pages.slack_forms import NO_ANSWER, NOTE, SlackForms
from csops_sync.sandbox.pages.slack_modal import modal_of
from csops_sync.sandbox.pages.words import words_for
from csops_sync.sandbox.slack.acts import Acts
from csops_sync.sandbox.slack.files import is_picture, media_type
from csops_sync.sandbox.slack.model import Channel
from csops_sync.sandbox.slack.state import SlackState

PAGE_SIZE = 50
_ASSETS = {"slack.css": "text/css", "slack.js": "text/javascript"}
_NOT_MODIFIED, _NOT_FOUND = 304, 404
_SCRIPTS = "; script-src 'self'; connect-src 'self'"


def slack_routes(acts: Acts) -> list[Route]:
    """This function will give the routes of the page: `/`, `/archives/...` as permalinks have it, and its forms."""
    forms = SlackForms(acts)
    page = _SlackPage(acts.state)
    return [
        Route("/", page.home, methods=["GET"]),
        Route("/archives/{channel:str}", page.channel, methods=["GET"]),
        Route("/archives/{channel:str}/{anchor:str}", page.channel, methods=["GET"]),
        Route("/files/{file:str}", page.file, methods=["GET"]),
        *(Route(f"/assets/{name}", _asset, methods=["GET"]) for name in _ASSETS),
        *forms.routes(),
        style_route(),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a request wants to see."""

    channel: Channel | None
    anchor: str
    page: int
    status: int = 200


class _SlackPage:
    def __init__(self, state: SlackState) -> None:
        self._state = state
        self._locale = Locale(language=state.language, timezone=state.timezone)
        self._words = words_for(state.language)

    async def home(self, request: Request) -> Response:
        """The channel in which something was said last, else the first."""
        with self._state.lock:
            drawing = self._drawing(request)
            channels = self._visible(drawing.viewer)
            newest = max(channels, key=lambda channel: max(channel.messages, default=""), default=None)
            return self._render(request, drawing, _Asked(channel=newest, anchor="", page=1))

    async def channel(self, request: Request) -> Response:
        """One channel; `anchor` marks a message of it, and finds the page that it is on."""
        anchor = str(request.path_params.get("anchor", ""))
        asked = request.query_params.get("page", "1")
        with self._state.lock:
            drawing = self._drawing(request)
            channel = self._state.channels.get(request.path_params["channel"])
            if channel is None or channel not in self._visible(drawing.viewer):
                return self._render(
                    request, drawing, _Asked(channel=None, anchor="", page=1, status=_NOT_FOUND)
                )
            page = _page_of(channel, anchor) if anchor else int(asked) if asked.isdecimal() else 1
            return self._render(request, drawing, _Asked(channel=channel, anchor=anchor, page=page))

    async def file(self, request: Request) -> Response:
        """A shared file: a picture as it is, anything else to be kept and not to be shown."""
        with self._state.lock:
            file = self._state.files.get(request.path_params["file"])
            if file is None or not file.complete:
                return Response("there is no such file\n", _NOT_FOUND, media_type="text/plain")
            headers = {"X-Content-Type-Options": "nosniff"}
            if not is_picture(file):
                headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
            return Response(file.content, headers=headers, media_type=media_type(file))

    def _drawing(self, request: Request) -> Drawing:
        wanted, people = request.query_params.get("as", ""), self._state.people()
        known = [user.id for user in people]
        viewer = wanted if wanted in known else next(iter(known), "")
        names = names_for(self._state, viewer)
        return Drawing(state=self._state, locale=self._locale, viewer=viewer, names=names)

    def _visible(self, viewer: str) -> list[Channel]:
        every = self._state.channels.values()
        return [channel for channel in every if not channel.is_private or viewer in channel.members]

    def _render(self, request: Request, drawing: Drawing, asked: _Asked) -> Response:
        timeline = drawing.timeline(asked.channel) if asked.channel else []
        pages = max(1, -(-len(timeline) // PAGE_SIZE))
        page = min(max(asked.page, 1), pages)
        until = len(timeline) - (page - 1) * PAGE_SIZE
        messages = timeline[max(0, until - PAGE_SIZE) : until]
        context: dict[str, object] = {
            "channels": self._visible(drawing.viewer),
            "here": asked.channel,
            "messages": [drawing.message(asked.channel, one) for one in messages] if asked.channel else [],
            "anchor": asked.anchor,
            "page": page,
            "pages": pages,
            "modal": modal_of(drawing, self._words),
            **self._frame(request, drawing),
        }
        return _unless_known(request, render("slack.html", self._locale, context, status=asked.status))

    def _frame(self, request: Request, drawing: Drawing) -> Mapping[str, object]:
        note = request.query_params.get(NOTE, "")
        page = request.query_params.get("page", "")
        query = f"&page={page}" if page.isdecimal() else ""
        refused = f"{self._words['slack_refused']}: {note}" if note else ""
        return {
            "people": self._state.people(),
            "me": drawing.viewer,
            "back": f"{request.url.path}?as={drawing.viewer}{query}",
            "palette": PALETTE,
            "note": self._words[note] if note == NO_ANSWER else refused,
            "now": self._locale.time(self._state.clock.now()),
        }


def _unless_known(request: Request, response: Response) -> Response:
    """Let the page's script ask again and again: what it has already, it is not sent again."""
    tag = f'"{sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] += _SCRIPTS
    if request.headers.get("if-none-match") != tag:
        return response
    return Response(status_code=_NOT_MODIFIED, headers={"ETag": tag})


def _page_of(channel: Channel, anchor: str) -> int:
    """The page, counted from the newest, on which a message or its thread's parent stands."""
    by_anchor = {anchor_of(message): message for message in channel.messages.values()}
    message = by_anchor.get(anchor)
    wanted = (message.thread_ts or message.ts) if message else ""
    for place, one in enumerate(reversed(channel.timeline())):
        if one.ts == wanted:
            return place // PAGE_SIZE + 1
    return 1


async def _asset(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    text = files("csops_sync.sandbox.pages.templates").joinpath(name).read_text(encoding="utf-8")
    return Response(text, media_type=_ASSETS[name])
