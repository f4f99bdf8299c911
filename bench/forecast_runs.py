"""The forecast of a million terms and the dashboard's pages as tables, with what is promised of both."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.forecasting import COUNTED, PLAIN, PRODUCT, STEPS
from bench.measuring import Measured
from bench.pages import NEWS, NOT_JUDGED, PAUSED, WITHIN_MS, Paged
from bench.running import CHECKOUT
from bench.table import lines_of, ratio

FORECAST_WITHIN = 10.0
"""Seconds for classification, forecast and snapshot of a million terms."""
_PROMISED_TERMS = 1_000_000
Runs = Mapping[str, Mapping[str, Measured]]
_HEAD = ("step", "terms", "seconds", "CPU s", "peak MB", "plain s", "CPU s", "MB", "CPU ratio")
_PAGE_HEAD = ("page", "first ms", "its CPU ms", "asked", "CPU ms each", "p50 ms", "p95 ms", "worst ms")

_PEOPLE = {
    PAUSED: "pages of all kinds, a second's pause between them",
    NEWS: "pages of all kinds, a second's pause between them and a cycle with news among them",
}


def measure_terms(terms: int, say: Callable[[str], None]) -> Runs:
    """This function will take product and plain script through their steps, each in a process of its own."""
    found: dict[str, Mapping[str, Measured]] = {}
    for subject in (PRODUCT, PLAIN):
        say(f"{subject}: {terms:,} terms in memory")
        found[subject] = dict(_steps(subject, terms))
    return found


def _steps(subject: str, terms: int) -> Iterator[tuple[str, Measured]]:
    command = [sys.executable, "-m", "bench.forecasting", subject, str(terms)]
    done = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
    for line in done.stdout.splitlines():
        values: dict[str, Any] = json.loads(line)
        yield values.pop("step"), Measured(**values)


def terms_table(runs: Runs) -> str:
    """This function will write one line for each step; the ratio is the plain script's CPU by ours."""
    rows = []
    for step in STEPS:
        ours, plain = runs[PRODUCT][step], runs[PLAIN].get(step)
        theirs = ("-",) * 4
        if plain is not None:
            theirs = (*_figures(plain), ratio(plain.cpu_seconds, ours.cpu_seconds))
        rows.append((step, f"{ours.amount:,}", *_figures(ours), *theirs))
    return lines_of([_HEAD, *rows], left=1)


def pages_table(pages: Sequence[Paged]) -> str:
    """This function will write one line for each page, times in milliseconds."""
    rows = []
    for one in pages:
        first, times = (one.first_ms, one.first_cpu_ms), (one.cpu_ms, one.p50_ms, one.p95_ms, one.worst_ms)
        figures = [f"{ms:.0f}" for ms in (*first, *times)]
        rows.append((one.name, *figures[:2], str(one.asked), *figures[2:]))
    return lines_of([_PAGE_HEAD, *rows], left=1)


def term_promises(runs: Runs, terms: int) -> Iterator[tuple[str, bool]]:
    """This function will say what was promised of a million terms, and whether it was kept, by the CPU's seconds."""
    counted = [runs[PRODUCT][step] for step in COUNTED]
    cpu, wall = sum(one.cpu_seconds for one in counted), sum(one.seconds for one in counted)
    said = (
        f"{terms:,} terms classified, forecast and kept in {cpu:.1f} CPU s ({wall:.1f} s by the clock), promised are "
        f"{_PROMISED_TERMS:,} in under {FORECAST_WITHIN:.0f} s"
    )
    yield said, cpu < FORECAST_WITHIN


def page_promises(pages: Sequence[Paged]) -> Iterator[tuple[str, bool]]:
    """This function will say of each page whether it was within what is promised."""
    for one in (each for each in pages if each.name not in NOT_JUDGED):
        about = _PEOPLE.get(one.name, one.name)
        said = f"{about}: {one.p95_ms:.0f} ms at the 95th percentile, promised are under {WITHIN_MS:.0f} ms"
        yield said, one.p95_ms < WITHIN_MS


def term_records(runs: Runs) -> list[Mapping[str, object]]:
    """This function will give the measurements for JSON."""
    return [
        {"subject": subject, "step": step, **asdict(one)}
        for subject, steps in runs.items()
        for step, one in steps.items()
    ]


def _figures(one: Measured) -> tuple[str, str, str]:
    return f"{one.seconds:.2f}", f"{one.cpu_seconds:.2f}", f"{one.peak_mb:.0f}"
