"""Queries and their pages: the first ones together in a composite call, the next ones by `nextRecordsUrl`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from csops_sync.adapters.salesforce.answers import JsonObject, JsonValue, as_object, as_objects
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.composite import MOST_QUERIES, SubAnswer, Subrequest
from csops_sync.adapters.salesforce.soql import Select
from csops_sync.ports.errors import TransientError


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query of a pull. `key` tells its records from the others'; deleted records come too where asked."""

    key: str
    select: Select
    with_deleted: bool = True

    def url(self, root: str) -> str:
        """This function will give its address below the API's root."""
        return f"{root}/{'queryAll' if self.with_deleted else 'query'}?{self.select.query()}"


Sink = Callable[[str, Sequence[JsonObject]], None]  # takes the records of each page, by the query's key


def read_queries(
    client: Client, queries: Sequence[Query], sink: Sink, *, beside: Sequence[Subrequest] = ()
) -> Mapping[str, SubAnswer]:
    """This function will read all pages of all queries; the answers to `beside` (asked first) are given back.

    Five queries a call; what stands in `beside` shares the first. A lost cursor raises TransientError with
    the code INVALID_QUERY_LOCATOR: the caller starts again.
    """
    aside: dict[str, SubAnswer] = {}
    waiting: dict[str, str] = {}
    for start in range(0, len(queries), MOST_QUERIES):
        batch = queries[start : start + MOST_QUERIES]
        extra = beside if start == 0 else ()
        if not extra and len(batch) == 1:
            _take(batch[0].key, client.read(_single(batch[0])), sink, waiting)
            continue
        parts = [Subrequest(reference=query.key, url=query.url(client.root)) for query in batch]
        answers = client.read_together([*extra, *parts], optional=frozenset(part.reference for part in extra))
        aside.update({part.reference: answers[part.reference] for part in extra})
        for query in batch:
            _take(query.key, answers[query.key].body, sink, waiting)
    _read_on(client, waiting, sink)
    return aside


def _single(query: Query) -> Call:
    path = "queryAll" if query.with_deleted else "query"
    return Call(path=path, params={"q": query.select.text()})


def _read_on(client: Client, waiting: dict[str, str], sink: Sink) -> None:
    while waiting:
        batch = dict(list(waiting.items())[:MOST_QUERIES])
        waiting = {key: url for key, url in waiting.items() if key not in batch}
        if len(batch) == 1:
            ((key, url),) = batch.items()
            _take(key, client.read(Call(path=url)), sink, waiting)
            continue
        answers = client.read_together([Subrequest(reference=key, url=url) for key, url in batch.items()])
        for key in batch:
            _take(key, answers[key].body, sink, waiting)


def _take(key: str, body: JsonValue, sink: Sink, waiting: dict[str, str]) -> None:
    page = as_object(body)
    sink(key, as_objects(page.get("records")))
    if page.get("done") is True:
        return
    following = page.get("nextRecordsUrl")
    if not isinstance(following, str) or not following.startswith("/"):
        raise TransientError("Salesforce's page is not the last, but names no next one.")
    waiting[key] = following
