"""The address under /upload/ to which a file's bytes are sent: once, raw, as many as announced, without a token."""

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from csops_sync.sandbox.slack.model import File
from csops_sync.sandbox.slack.state import SlackState

UPLOAD_PATH: Final = "/upload/v1"
_UNKNOWN, _WRONG, _MULTIPART = 404, 400, 415


def upload_url(state: SlackState, file: File, home: str) -> str:
    """This function will give the address for a file's bytes; `home` is where the caller reached the workspace."""
    return f"{(state.home or home).rstrip('/')}{UPLOAD_PATH}/{file.secret}"


def upload_route(state: SlackState) -> Route:
    """This function will give the route of all upload addresses."""

    async def take(request: Request) -> Response:
        body = await request.body()
        with state.lock:
            return _taken(state, request, body)

    return Route(f"{UPLOAD_PATH}/{{secret:str}}", take, methods=["POST"])


def _taken(state: SlackState, request: Request, body: bytes) -> Response:
    secret = request.path_params["secret"]
    file = next((one for one in state.files.values() if one.secret == secret), None)
    if file is None:
        return PlainTextResponse("unknown upload address; ask files.getUploadURLExternal for one", _UNKNOWN)
    if request.headers.get("content-type", "").startswith("multipart/"):
        return PlainTextResponse("the sandbox takes the bytes as they are, and no multipart form", _MULTIPART)
    if file.content is not None:
        return PlainTextResponse("these bytes came before; ask for another address", _WRONG)
    if len(body) != file.length:
        text = f"{len(body)} bytes came and {file.length} were announced; ask for another address"
        return PlainTextResponse(text, _WRONG)
    file.content = body
    return PlainTextResponse(f"OK - {len(body)}")
