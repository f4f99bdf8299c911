"""CSV as an answer, gzipped for clients that accept it, from the bytes that are kept."""

from collections.abc import Mapping

from csops_sync.sandbox.salesforce.jobs.pages import Pages
from csops_sync.sandbox.salesforce.request import Answer, Call

_CSV = {"Content-Type": "text/csv; charset=UTF-8"}


def csv_answer(
    call: Call, pages: Pages, start: int, stop: int, headers: Mapping[str, str] | None = None
) -> Answer:
    """This function will answer the rows from `start` to before `stop`."""
    given = {**_CSV, **(headers or {})}
    if "gzip" in call.headers.get("accept-encoding", "").lower():
        return Answer(200, pages.gzipped(start, stop), {**given, "Content-Encoding": "gzip"})
    return Answer(200, pages.text(start, stop), given)


def csv_text(data: bytes) -> Answer:
    """This function will answer CSV that is not kept in pages."""
    return Answer(200, data, _CSV)
