"""Answers that a browser keeps as a file."""

from starlette.responses import Response


def csv_file(name: str, text: str) -> Response:
    """This function will give a table for a spreadsheet."""
    return Response(text, media_type="text/csv; charset=utf-8", headers=_kept_as(name))


def picture_file(name: str, content: bytes) -> Response:
    """This function will give a picture in PNG."""
    return Response(content, media_type="image/png", headers=_kept_as(name))


def _kept_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
