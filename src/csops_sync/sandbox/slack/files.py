"""Files as the Web API shows them, and what kind of file some bytes are.

Fields of docs.slack.dev/reference/objects/file-object, those that an app needs to find its own file again.
"""

from csops_sync.sandbox.slack.model import BOT_USER_ID, File, Json

PLAIN = "application/octet-stream"
_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF8", "image/gif", "gif"),
)
"""How pictures begin, their media type and what Slack calls them."""


def media_type(file: File) -> str:
    """This function will give a picture's media type by its first bytes; `application/octet-stream` for the rest."""
    return _kind(file)[0]


def is_picture(file: File) -> bool:
    """This function will say whether a file is shown in the message, and not only linked."""
    return media_type(file) != PLAIN


def path_of(file: File) -> str:
    """This function will give where the sandbox's page serves a file."""
    return f"/files/{file.id}"


def view(file: File) -> dict[str, Json]:
    """This function will write a file as `files.info` and messages do; addresses are paths of the sandbox's page."""
    kind, short = _kind(file)
    shown: dict[str, Json] = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": kind,
        "filetype": short,
        "user": BOT_USER_ID,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.shares),
        "url_private": path_of(file),
        "permalink": path_of(file),
    }
    return shown | ({"alt_txt": file.alt} if file.alt else {})


def _kind(file: File) -> tuple[str, str]:
    begins = (file.content or b"")[:8]
    found = ((kind, short) for mark, kind, short in _MARKS if begins.startswith(mark))
    return next(found, (PLAIN, "binary"))
