"""The measurements as a table for people."""

from collections.abc import Iterator, Sequence

from bench.measuring import Measured
from bench.running import PLAIN, PRODUCT, STEPS, Run, Subject

_HEAD = ("step", "database", "amount", "seconds", "CPU s", "peak MB", "API calls")
_PLAIN_HEAD = ("plain s", "CPU s", "MB", "calls", "seconds ratio", "CPU ratio", "calls ratio")


def table(run: Run) -> str:
    """This function will write one line for each step and database, ours first and then the plain script's.

    A ratio is theirs by ours: above 1 ours is faster, or needs fewer calls.
    """
    rows = [(*_HEAD, *_PLAIN_HEAD), *_rows(run)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    speed = (
        f"1,000,000 additions in a Python loop took {min(run.loops):.1f} to {max(run.loops):.1f} ms meanwhile"
    )
    return "\n".join([*(_line(row, widths) for row in rows), "", speed])


def _rows(run: Run) -> Iterator[tuple[str, ...]]:
    engines = dict.fromkeys(subject.engine for subject in run.results)
    for step in STEPS:
        for engine in engines:
            ours = run.results[Subject(name=PRODUCT, engine=engine)][step]
            plain = run.results[Subject(name=PLAIN, engine=engine)].get(step)
            yield (
                step,
                engine,
                f"{ours.amount:,}",
                f"{ours.seconds:.2f}",
                f"{ours.cpu_seconds:.2f}",
                f"{ours.peak_mb:.0f}",
                str(ours.calls),
                *_plain_cells(ours, plain),
            )


def _plain_cells(ours: Measured, plain: Measured | None) -> tuple[str, ...]:
    if plain is None:
        return ("-",) * len(_PLAIN_HEAD)
    return (
        f"{plain.seconds:.2f}",
        f"{plain.cpu_seconds:.2f}",
        f"{plain.peak_mb:.0f}",
        str(plain.calls),
        _ratio(plain.seconds, ours.seconds),
        _ratio(plain.cpu_seconds, ours.cpu_seconds),
        _ratio(plain.calls, ours.calls),
    )


def _ratio(theirs: float, ours: float) -> str:
    return f"{theirs / ours:.2f}" if ours and theirs else "-"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    left = [text.ljust(width) for text, width in zip(row[:2], widths[:2], strict=True)]
    right = [text.rjust(width) for text, width in zip(row[2:], widths[2:], strict=True)]
    return "  ".join([*left, *right]).rstrip()
