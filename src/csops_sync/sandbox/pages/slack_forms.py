"""What a person does on the Slack page: every form is a POST that works without a script, and leads back to its page.

A click and a submission wait until the app has acknowledged them, three seconds at most, as Slack's own client does.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from csops_sync.sandbox.pages.crm_frame import way_back
from csops_sync.sandbox.pages.slack_modal import filled
from csops_sync.sandbox.slack.acts import Acts, Place
from csops_sync.sandbox.slack.envelopes import Delivery, Fate
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.interactions import WHOLE_VIEW

PREFIX = "/do/"
NOTE, NO_ANSWER = "note", "no_answer"
_LOOK_SECONDS = 0.02
_SEE_OTHER = 303

Pairs = list[tuple[str, str]]


class SlackForms:
    """Takes the forms. Each says in `as` who acts; the HTTP server has kept other sites' pages out."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    def routes(self) -> list[Route]:
        """This method will give the routes, all under `PREFIX`."""
        posts: dict[str, Callable[[Pairs], Awaitable[str]]] = {
            "react": self._react,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
        }
        routes = [
            Route(f"{PREFIX}{name}", self._form(work), methods=["POST"]) for name, work in posts.items()
        ]
        return [*routes, Route(f"{PREFIX}follow", self.follow, methods=["GET"])]

    async def follow(self, request: Request) -> Response:
        """Open a button's link: the app hears of the click as of any other.

        A GET, because a form must not lead to another site (the page's own policy). The address comes from the
        message, never from the request.
        """
        asked = dict(request.query_params)
        place = _place(asked)
        try:
            press = _pressed(asked)
            message = self._acts.message(asked.get("as", ""), place)
            url = str(self._acts.control(message, press[1], press[0]).element.get("url", ""))
            self._acts.click(asked.get("as", ""), place, press[1], block_id=press[0])
        except SlackError as error:
            return PlainTextResponse(f"{error.word}\n", 404)
        except ValueError as error:
            return PlainTextResponse(f"{error}\n", 400)
        return RedirectResponse(url, _SEE_OTHER) if url else PlainTextResponse("no link\n", 404)

    def _form(self, work: Callable[[Pairs], Awaitable[str]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
            try:
                note = await work(pairs)
            except (SlackError, ValueError) as error:
                note = error.word if isinstance(error, SlackError) else "invalid_form"
            return RedirectResponse(_noted(way_back(dict(pairs)), note), _SEE_OTHER)

        return endpoint

    async def _react(self, pairs: Pairs) -> str:
        form = dict(pairs)
        name = form.get("react") or form.get("other", "").strip()
        self._acts.toggle(form.get("as", ""), _place(form), name)
        return ""

    async def _click(self, pairs: Pairs) -> str:
        form = dict(pairs)
        block_id, action_id, *value = _pressed(form)
        delivery = self._acts.click(
            form.get("as", ""), _place(form), action_id, block_id=block_id, value=value[0] if value else None
        )
        return "" if await _answered(delivery) else NO_ANSWER

    async def _submit(self, pairs: Pairs) -> str:
        user = dict(pairs).get("as", "")
        delivery = self._acts.submit(user, filled(pairs))
        if delivery is not None and not await _answered(delivery):
            view = self._acts.state.surfaces.view_of(user)
            if view is not None:
                view.errors = {WHOLE_VIEW: NO_ANSWER}
        return ""

    async def _close(self, pairs: Pairs) -> str:
        self._acts.close(dict(pairs).get("as", ""))
        return ""


async def _answered(delivery: Delivery) -> bool:
    """Wait for the app; the sockets give up on it after three seconds."""
    while delivery.fate is Fate.PENDING:  # noqa: ASYNC110  # it is settled under a thread's lock, not by this loop
        await asyncio.sleep(_LOOK_SECONDS)
    return delivery.fate is Fate.ACKNOWLEDGED


def _place(form: dict[str, str]) -> Place:
    return Place(channel=form.get("channel", ""), ts=form.get("ts", ""))


def _pressed(form: dict[str, str]) -> list[str]:
    """The block, the action, and the chosen option's value where it is a menu."""
    given = json.loads(form.get("press", "[]"))
    if not isinstance(given, list) or len(given) not in (2, 3):
        raise ValueError("press holds a block id, an action id, and an option's value for a menu")
    return [str(one) for one in given]


def _noted(back: str, note: str) -> str:
    """The page to return to, with a note of what went wrong."""
    split = urlsplit(back)
    kept = [(name, value) for name, value in parse_qsl(split.query) if name != NOTE]
    query = urlencode([*kept, *([(NOTE, note)] if note else [])])
    return f"{split.path}?{query}" if query else split.path
