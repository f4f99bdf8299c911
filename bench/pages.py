"""How long the dashboard's pages take at a given number of renewals, with many readers at once.

The server is a process of its own. Each reader asks for page after page without a pause, on a connection that is kept.
Nobody reads like that: at the end each pauses for a second, as people do at the very least.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from itertools import cycle, islice
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Event
from time import perf_counter

from bench.terms_book import terms_of
from bench.terms_rules import NOW, TODAY
from bench.terms_store import fill, news, opened
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.loading import READ_UP_TO
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.ports.forecast_store import SnapshotKind, Taking

READERS = 20
ASKED = 20
"""So often each reader asks for one page."""
WITHIN_MS = 300.0
"""What is promised at the 95th percentile."""
NEWS = "after news"
NEWS_SECONDS = 60.0
"""So long all kinds of pages are read at the end, each reader one a second."""
_PAUSE_SECONDS = 1.0
_NEWS_CHANGED = 100
_WEEK_DAYS = 8
_ENOUGH = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """How long one page took all readers, in milliseconds; `first_ms` is the one that was asked before it was warm.

    `first_cpu_ms` is what that one cost the server's CPU, `cpu_ms` what each of the others did.
    """

    name: str
    asked: int
    first_ms: float
    first_cpu_ms: float
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    worst_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the pages show, and how much of it."""

    file: Path
    store: SqlStore
    states: Sequence[TermState]

    def some_open(self) -> str:
        """Give the key of a renewal that is open."""
        return next(one.key for one in self.states if one.standing in OPEN_STANDINGS)

    def have_news(self, number: int) -> None:
        """Store what a cycle with news does: other ranks of some renewals, and that more was read."""
        chosen = [one for one in self.states if one.opportunity_id and one.standing in OPEN_STANDINGS]
        changed = [replace(one, rank="AB"[number % 2]) for one in chosen[:_NEWS_CHANGED]]
        with self.store.transaction() as tx:
            tx.forecast.states.replace_of_accounts([], changed)
            tx.progress.set_setting(READ_UP_TO, NOW.replace(minute=number % 60).isoformat())
            news(tx)


def measure_pages(
    *, renewals: int, readers: int, say: Callable[[str], None], news_seconds: float = NEWS_SECONDS
) -> Sequence[Paged]:
    """This function will fill a store, serve it, and have every page read by all readers at once, kind by kind.

    At the end pages of all kinds are read for a while (`news_seconds`), one a second by each reader, and a cycle has
    news meanwhile.
    """
    with TemporaryDirectory(prefix="csops-sync-bench-") as folder:
        say(f"a store of {renewals:,} renewals is being filled")
        book = _book(Path(folder) / "pages.db", renewals)
        with _serving(book.file) as address:
            paths = _paths(book, renewals)
            found = []
            for name, path in paths.items():
                found.append(_one_page(address, name, path, readers))
                say(f"{name}: p95 {found[-1].p95_ms:.0f} ms")
            found.append(_with_news(book, address, list(paths.values()), readers, news_seconds))
            return found


def _one_page(address: str, name: str, path: str, readers: int) -> Paged:
    began = _server_cpu_ms(address)
    with closing(HTTPConnection(address, timeout=_ENOUGH)) as connection:
        first = (_timed(connection, path), _server_cpu_ms(address) - began)
    began = _server_cpu_ms(address)
    times = _read(address, path, readers=readers)
    return _paged(name, first, times, _server_cpu_ms(address) - began)


def _server_cpu_ms(address: str) -> float:
    with closing(HTTPConnection(address, timeout=_ENOUGH)) as connection:
        connection.request("GET", "/metrics")
        return float(connection.getresponse().read()) * 1000


def _with_news(book: Book, address: str, paths: Sequence[str], readers: int, seconds: float) -> Paged:
    ended = Event()

    def read(number: int) -> list[float]:
        with closing(HTTPConnection(address, timeout=_ENOUGH)) as connection:
            times = []
            for path in islice(cycle(paths), number, None):
                if ended.is_set():
                    break
                times.append(_timed(connection, path))
                ended.wait(_PAUSE_SECONDS)
            return times

    began = _server_cpu_ms(address)
    with ThreadPoolExecutor(readers) as threads:
        reading = [threads.submit(read, number) for number in range(readers)]
        ended.wait(seconds / 4)
        book.have_news(1)
        ended.wait(seconds * 3 / 4)
        ended.set()
        times = [one for each in reading for one in each.result()]
    return _paged(NEWS, (max(times), 0.0), times, _server_cpu_ms(address) - began)


def _book(file: Path, renewals: int) -> Book:
    store, states = opened(file), list(terms_of(renewals, today=TODAY))
    fill(store, states, named=True)
    book = Book(file=file, store=store, states=states)
    with store.transaction() as tx:
        day = TODAY.replace(day=TODAY.day - _WEEK_DAYS)
        tx.forecast.snapshots.take(Taking(kind=SnapshotKind.DAY, as_of=day, taken_at=NOW, rules_hash="bench"))
    book.have_news(0)
    return book


def _paths(book: Book, renewals: int) -> Mapping[str, str]:
    return {
        "overview": "/",
        "renewals": "/renewals",
        "renewals, filtered": "/renewals?rank=C&segment=SMB",
        "renewals, sorted": "/renewals?sort=landing&order=desc",
        "renewals, deep": f"/renewals?page={max(1, renewals // 60)}",
        "one renewal": f"/renewals/{book.some_open()}",
        "matrix": "/matrix",
        "bridge": "/bridge",
    }


def _read(address: str, path: str, *, readers: int) -> list[float]:
    """Let all readers begin at once and read on, and give how long each page took in milliseconds."""
    together = Barrier(readers)

    def read(_number: int) -> list[float]:
        with closing(HTTPConnection(address, timeout=_ENOUGH)) as connection:
            together.wait()
            return [_timed(connection, path) for _ in range(ASKED)]

    with ThreadPoolExecutor(readers) as threads:
        return [one for each in threads.map(read, range(readers)) for one in each]


def _timed(connection: HTTPConnection, path: str) -> float:
    began = perf_counter()
    connection.request("GET", path, headers={"Accept-Language": "en"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:  # noqa: PLR2004 - anything else is no page
        raise RuntimeError(f"{path} answered {answer.status}: nothing can be measured")
    return (perf_counter() - began) * 1000


def _paged(name: str, first: tuple[float, float], times: Sequence[float], cpu_ms: float) -> Paged:
    ordered = sorted(times)

    def share(part: float) -> float:
        return ordered[ceil(part * len(ordered)) - 1]

    return Paged(
        name=name,
        asked=len(ordered),
        first_ms=first[0],
        first_cpu_ms=first[1],
        cpu_ms=cpu_ms / len(ordered),
        p50_ms=share(0.5),
        p95_ms=share(0.95),
        worst_ms=ordered[-1],
    )


@contextmanager
def _serving(file: Path) -> Iterator[str]:
    """Serve until the block ends, and give the address."""
    command = [sys.executable, "-m", "bench.page_server", str(file)]
    with subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        address = server.stdout.readline().strip()
        if not address:
            raise RuntimeError("the server did not start; its error is above")
        yield address
        server.stdin.close()
        server.wait(_ENOUGH)
