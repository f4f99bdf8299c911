"""The address under /actions/ that an interaction gives: a message only for that person, or another for the card.

Without a token. As docs.slack.dev/interactivity/handling-user-interaction has it: five uses within thirty minutes,
ephemeral unless `response_type` is `in_channel`; `replace_original` and `delete_original` touch the message that was
acted on.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from csops_sync.sandbox.slack.arguments import Arguments, Kind, body_arguments, checked, flag, text
from csops_sync.sandbox.slack.content import blocks_of, text_of
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import BOT_USER_ID, Message, ResponseUrl
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.state import SlackState
from csops_sync.sandbox.slack.triggers import URL_PATH, use_response_url

_KNOWN = {
    "text": Kind.TEXT,
    "blocks": Kind.DATA,
    "response_type": Kind.TEXT,
    "replace_original": Kind.FLAG,
    "delete_original": Kind.FLAG,
    "thread_ts": Kind.TEXT,
}
_KINDS = frozenset({"ephemeral", "in_channel"})
_REFUSED = 404


def response_url_route(state: SlackState, limits: Limits) -> Route:
    """This function will give the route of all response URLs."""

    async def answer(request: Request) -> Response:
        body, kind = await request.body(), request.headers.get("content-type", "")
        try:
            with state.lock:
                arguments = checked(body_arguments(body, kind, json_allowed=True), _KNOWN)
                url = use_response_url(state, request.path_params["secret"])
                _do(state, limits, url, arguments)
        except SlackError as error:
            return JSONResponse(error.payload(), status_code=_REFUSED)
        return PlainTextResponse("ok")

    return Route(f"{URL_PATH}/{{secret:str}}", answer, methods=["POST"])


def _do(state: SlackState, limits: Limits, url: ResponseUrl, arguments: Arguments) -> None:
    channel, original = state.channels[url.channel], state.channels[url.channel].messages.get(url.ts)
    if flag(arguments, "delete_original"):
        channel.messages.pop(url.ts, None)
        return
    content, blocks = text_of(arguments), blocks_of(arguments)
    if not content and not blocks:
        raise SlackError("no_text")
    if flag(arguments, "replace_original"):
        if original is None or original.user != BOT_USER_ID:
            raise SlackError("cant_update_message")
        original.text, original.blocks = content or "", blocks or ()
        return
    kind = text(arguments, "response_type") or "ephemeral"
    if kind not in _KINDS:
        raise SlackError("invalid_arguments", messages=[f"[ERROR] unknown response_type: {kind}"])
    message = Message(
        ts=state.next_ts(channel),
        user=BOT_USER_ID,
        text=content or "",
        blocks=blocks or (),
        thread_ts=text(arguments, "thread_ts"),
    )
    if kind == "in_channel":
        limits.post(channel.id)
        channel.messages[message.ts] = message
    else:
        channel.whispers[message.ts] = (url.user, message)
