"""How long the dashboard's pages take at a given number of renewals, with many readers at once.

The server is a process of its own. Each reader asks for page after page without a pause, on a connection that is kept,
and signed in; what they ask for differs from page to page (`page_kinds.py`). Nobody reads like that: at the end each
pauses for a second, as people do at the very least, without news and with.
"""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from math import ceil
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier, Event
from time import perf_counter, sleep

from itsdangerous import TimestampSigner

from bench.page_kinds import Asked, Kind, Readers
from bench.page_server import SESSION_SECRET
from bench.terms_book import terms_of
from bench.terms_rules import NOW, TODAY
from bench.terms_store import fill, have_outbox, news, opened
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.loading import READ_UP_TO
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.interfaces.web.access import WHO
from csops_sync.interfaces.web.dashboard import COOKIE
from csops_sync.ports.forecast_store import SnapshotKind, Taking

READERS = 20
ASKED = 20
"""So often each reader asks for one kind of page."""
WITHIN_MS = 300.0
"""What is promised at the 95th percentile."""
AHEAD, CSV, MIXED = "made ahead", "CSV of a CSM", "all kinds, mixed"
PAUSED, NEWS = "a second's pause", "after news"
NOT_JUDGED = frozenset({AHEAD, CSV})
"""What nobody waits for, and what is a file and no page."""
NEWS_SECONDS = 60.0
"""So long all kinds of pages are read at the end, each reader one a second."""
_PAUSE_SECONDS = 1.0
_LOOK_SECONDS = 0.1
_NEWS_CHANGED = 100
_WEEK_DAYS = 8
_ENOUGH = 600.0
_PARKED, _SENT = 150, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """How long one kind of page took all readers, in milliseconds; `first_ms` is the first that was asked for.

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
    """This function will fill a store, serve it, and have all readers ask at once, kind by kind, then of all kinds.

    At the end pages of all kinds are read for a while (`news_seconds`), one a second by each reader, and a cycle has
    news meanwhile.
    """
    with TemporaryDirectory(prefix="csops-sync-bench-") as folder:
        say(f"a store of {renewals:,} renewals is being filled")
        book = _book(Path(folder) / "pages.db", renewals)
        asking = Readers(book.states)
        kinds = asking.kinds()

        def any_kind(draw: Random) -> Asked:
            return draw.choice(list(kinds.values()))(draw)

        with _serving(book.file) as address:
            found = [_made_ahead(address)]
            for name, kind in {**kinds, CSV: asking.csv, MIXED: any_kind}.items():
                found.append(_one_kind(address, name, kind, readers))
                say(f"{name}: p95 {found[-1].p95_ms:.0f} ms")
            people = People(address, any_kind, readers)
            found.append(people.read(PAUSED, seconds=news_seconds / 2))
            found.append(people.read(NEWS, seconds=news_seconds, meanwhile=lambda: book.have_news(1)))
            say(f"the server's memory at its peak: {_server(address)[2]:.0f} MB")
            return found


def _made_ahead(address: str) -> Paged:
    """Wait until what readers would wait for is made, as it is long before the first of them comes."""
    began = perf_counter()
    while not _server(address)[1]:
        sleep(_LOOK_SECONDS)
    took, cpu_ms = (perf_counter() - began) * 1000, _server(address)[0]
    return _paged(AHEAD, (took, cpu_ms), [took], cpu_ms)


def _one_kind(address: str, name: str, kind: Kind, readers: int) -> Paged:
    """Let all readers begin at once and read on."""
    together = Barrier(readers)

    def read(number: int) -> list[float]:
        draw = _draw(name, number)
        with closing(HTTPConnection(address, timeout=_ENOUGH)) as connection:
            together.wait()
            return [_timed(connection, kind(draw)) for _ in range(ASKED)]

    began = _server(address)[0]
    with closing(HTTPConnection(address, timeout=_ENOUGH)) as connection:
        took = _timed(connection, kind(_draw(name, readers)))
    first = (took, _server(address)[0] - began)
    began = _server(address)[0]
    with ThreadPoolExecutor(readers) as threads:
        times = [one for each in threads.map(read, range(readers)) for one in each]
    return _paged(name, first, times, _server(address)[0] - began)


def _draw(name: str, number: int) -> Random:
    return Random(f"{name} {number}")  # noqa: S311 - a benchmark, no secret


def _server(address: str) -> tuple[float, bool, float]:
    """Ask the server for its CPU's milliseconds, whether pages were made ahead, and its memory's peak in MB."""
    with closing(HTTPConnection(address, timeout=_ENOUGH)) as connection:
        connection.request("GET", "/metrics")
        seconds, has_made, peak = connection.getresponse().read().split()
    return float(seconds) * 1000, has_made == b"1", float(peak)


@dataclass(frozen=True, slots=True)
class People:
    """Readers who look at each page for a second before they ask for the next."""

    address: str
    kind: Kind
    readers: int

    def read(self, name: str, *, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> Paged:
        """This function will have them read for so long; after a quarter of it something happens `meanwhile`."""
        ended = Event()
        began = _server(self.address)[0]
        with ThreadPoolExecutor(self.readers) as threads:
            reading = [
                threads.submit(self._read, _draw(name, number), ended, number / self.readers)
                for number in range(self.readers)
            ]
            ended.wait(seconds / 4)
            meanwhile()
            ended.wait(seconds * 3 / 4)
            ended.set()
            times = [one for each in reading for one in each.result()]
        return _paged(name, (times[0], 0.0), times, _server(self.address)[0] - began)

    def _read(self, draw: Random, ended: Event, begins: float) -> list[float]:
        """Read on until the end; people do not come all at once."""
        ended.wait(begins * _PAUSE_SECONDS)
        with closing(HTTPConnection(self.address, timeout=_ENOUGH)) as connection:
            times = [_timed(connection, self.kind(draw))]
            while not ended.wait(_PAUSE_SECONDS):
                times.append(_timed(connection, self.kind(draw)))
            return times


def _book(file: Path, renewals: int) -> Book:
    store, states = opened(file), list(terms_of(renewals, today=TODAY))
    fill(store, states, named=True)
    have_outbox(store, states, parked=_PARKED, sent=_SENT)
    book = Book(file=file, store=store, states=states)
    with store.transaction() as tx:
        day = TODAY.replace(day=TODAY.day - _WEEK_DAYS)
        tx.forecast.snapshots.take(Taking(kind=SnapshotKind.DAY, as_of=day, taken_at=NOW, rules_hash="bench"))
    book.have_news(0)
    return book


def _timed(connection: HTTPConnection, asked: Asked) -> float:
    headers = {"Cookie": f"{COOKIE}={_session(asked.email)}"}
    began = perf_counter()
    connection.request("GET", asked.path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:  # noqa: PLR2004 - anything else is no page
        raise RuntimeError(f"{asked} was answered {answer.status}: nothing can be measured")
    return (perf_counter() - began) * 1000


def _session(email: str) -> str:
    """Give the cookie of who has signed in."""
    return TimestampSigner(SESSION_SECRET).sign(b64encode(json.dumps({WHO: email}).encode())).decode()


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
