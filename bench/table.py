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
    speed = (
        f"1,000,000 additions in a Python loop took {min(run.loops):.1f} to {max(run.loops):.1f} ms meanwhile"
    )
    return "\n".join([lines_of(rows, left=2), "", speed])


def lines_of(rows: Sequence[Sequence[str]], *, left: int) -> str:
    """This function will set rows in columns, the first `left` of them at their left."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(_line(row, widths, left) for row in rows)


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
        ratio(plain.seconds, ours.seconds),
        ratio(plain.cpu_seconds, ours.cpu_seconds),
        ratio(plain.calls, ours.calls),
    )


def ratio(theirs: float, ours: float) -> str:
    """This function will give theirs by ours, a dash where one of them is nothing."""
    return f"{theirs / ours:.2f}" if ours and theirs else "-"


def _line(row: Sequence[str], widths: Sequence[int], left: int) -> str:
    names = [text.ljust(width) for text, width in zip(row[:left], widths[:left], strict=True)]
    figures = [text.rjust(width) for text, width in zip(row[left:], widths[left:], strict=True)]
    return "  ".join([*names, *figures]).rstrip()
