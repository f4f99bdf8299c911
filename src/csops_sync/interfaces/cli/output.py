"""Where words go: results to stdout, everything else to stderr, and a moving line while a person waits."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


def write(text: str) -> None:
    """This function will write a result; it ends in a newline already."""
    sys.stdout.write(text)
    sys.stdout.flush()


def say(line: str) -> None:
    """This function will write one line of a result."""
    write(f"{line}\n")


def complain(text: str) -> None:
    """This function will say on stderr what is wrong."""
    sys.stderr.write(f"csops-sync: {text}\n")
    sys.stderr.flush()


@contextmanager
def working(what: str) -> Iterator[None]:
    """This function will show on a terminal that something takes its time, and how much; nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(what, total=None)
        yield
