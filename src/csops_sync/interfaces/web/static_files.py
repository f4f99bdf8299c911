"""The style sheet and the scripts, by name: nothing else can be asked for, so that no path leads out."""

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_PACKAGE = "csops_sync.interfaces.web.static"
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
_CSS, _SCRIPT = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
_NOT_FOUND = 404
_OWN = {"dashboard.css": _CSS, "dashboard.js": _SCRIPT}
_CHARTS = "charts.js"


class StaticFiles:
    """Serves our own files, and the script that draws charts (`chart_script` gives it, about 0.9 MB, once)."""

    def __init__(self, chart_script: Callable[[], str]) -> None:
        self._chart_script = cache(chart_script)
        self._packed = cache(lambda name: gzip.compress(self._content(name), mtime=0))

    def serve(self, request: Request) -> Response:
        """This function will serve a file of ours; 404 for any other name. The address holds the version."""
        name = request.path_params["name"]
        if name not in _OWN and name != _CHARTS:
            raise HTTPException(_NOT_FOUND)
        media_type = _OWN.get(name, _SCRIPT)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self._content(name), media_type=media_type, headers=_KEPT)
        headers = {**_KEPT, "Content-Encoding": "gzip"}
        return Response(self._packed(name), media_type=media_type, headers=headers)

    def _content(self, name: str) -> bytes:
        return _own(name) if name in _OWN else self._chart_script().encode()


def version_of(release: str) -> str:
    """This function will digest what is served and the release, so that a new version has a new address."""
    digest = hashlib.sha256(release.encode())
    for name in sorted(_OWN):
        digest.update(_own(name))
    return digest.hexdigest()[:12]


@cache
def _own(name: str) -> bytes:
    return files(_PACKAGE).joinpath(name).read_bytes()
