"""`python -m bench`: the table on stdout, progress on stderr."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.promises import promises
from bench.running import Run, run
from bench.table import table

ENGINES = ("sqlite", "postgresql")


def main(arguments: Sequence[str] | None = None) -> bool:
    """This function will run the benchmark that the command line (or `arguments`) asks for.

    It says whether every promise in seconds was kept.
    """
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--contracts", type=int, default=100_000, help="how large an org (default: 100,000)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one database only")
    parser.add_argument("--json", type=Path, help="write the measurements to this file, too")
    given = parser.parse_args(arguments)
    done = run(contracts=given.contracts, engines=given.engine or ENGINES, say=_say)
    print(table(done))
    judged = list(promises(done.results))
    print("\n".join(["", *(f"{'kept' if kept else 'BROKEN'}: {said}" for said, kept in judged)]))
    if given.json:
        given.json.write_text(_as_json(done, given.contracts), "utf-8")
    return all(kept for _, kept in judged)


def _as_json(done: Run, contracts: int) -> str:
    results = [
        {"subject": subject.name, "database": subject.engine, "step": step, **asdict(one)}
        for subject, steps in done.results.items()
        for step, one in steps.items()
    ]
    return json.dumps({"contracts": contracts, "loop_ms": done.loops, "results": results}, indent=2)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
