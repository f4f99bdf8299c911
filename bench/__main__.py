"""`python -m bench`: the tables on stdout, progress on stderr."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.forecast_runs import (
    measure_terms,
    page_promises,
    pages_table,
    term_promises,
    term_records,
    terms_table,
)
from bench.pages import NEWS_SECONDS, READERS, measure_pages
from bench.promises import promises
from bench.running import Run, run
from bench.table import table

ENGINES = ("sqlite", "postgresql")
PARTS = ("cycle", "terms", "pages")
"""The cycle on a sandbox; a million terms in memory; the dashboard's pages."""
Judged = list[tuple[str, bool]]


def main(arguments: Sequence[str] | None = None) -> bool:
    """This function will run the benchmark that the command line (or `arguments`) asks for.

    It says whether every promise was kept.
    """
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="one part only (default: all)")
    parser.add_argument("--contracts", type=int, default=100_000, help="how large an org (default: 100,000)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one database only")
    parser.add_argument("--terms", type=int, default=1_000_000, help="terms to forecast (default: 1,000,000)")
    parser.add_argument("--renewals", type=int, default=100_000, help="renewals on pages (default: 100,000)")
    parser.add_argument("--readers", type=int, default=READERS, help=f"readers at once (default: {READERS})")
    parser.add_argument(
        "--news-seconds", type=float, default=NEWS_SECONDS, help="how long they read at the end"
    )
    parser.add_argument("--json", type=Path, help="write the measurements to this file, too")
    given = parser.parse_args(arguments)
    parts = given.part or PARTS
    judged: list[tuple[str, bool]] = []
    written: dict[str, object] = {}
    for part in PARTS:
        if part in parts:
            _MEASURES[part](given, judged, written)
    print("\n".join(["", *(f"{'kept' if kept else 'BROKEN'}: {said}" for said, kept in judged)]))
    if given.json:
        given.json.write_text(json.dumps(written, indent=2), "utf-8")
    return all(kept for _, kept in judged)


def _cycle(given: argparse.Namespace, judged: Judged, written: dict[str, object]) -> None:
    done = run(contracts=given.contracts, engines=given.engine or ENGINES, say=_say)
    print(table(done))
    judged.extend(promises(done.results))
    written.update(_as_json(done, given.contracts))


def _terms(given: argparse.Namespace, judged: Judged, written: dict[str, object]) -> None:
    runs = measure_terms(given.terms, _say)
    print(terms_table(runs))
    judged.extend(term_promises(runs, given.terms))
    written["terms"] = term_records(runs)


def _pages(given: argparse.Namespace, judged: Judged, written: dict[str, object]) -> None:
    pages = measure_pages(
        renewals=given.renewals, readers=given.readers, say=_say, news_seconds=given.news_seconds
    )
    print(pages_table(pages))
    judged.extend(page_promises(pages))
    written["pages"] = [asdict(one) for one in pages]


_MEASURES = {"cycle": _cycle, "terms": _terms, "pages": _pages}


def _as_json(done: Run, contracts: int) -> dict[str, object]:
    results = [
        {"subject": subject.name, "database": subject.engine, "step": step, **asdict(one)}
        for subject, steps in done.results.items()
        for step, one in steps.items()
    ]
    return {"contracts": contracts, "loop_ms": done.loops, "results": results}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
