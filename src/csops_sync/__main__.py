"""The command `csops-sync`, and `python -m csops_sync`: hears signals from the first moment on, then begins.

The verbs' imports take a second or two, and a sandbox takes more to start. Whoever is told to end meanwhile must leave
as later on: without a traceback, without a child or a folder left behind.
"""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

_TERMINATED, _INTERRUPTED = 143, 130
_STAYING = frozenset({"run", "sandbox"})
_ONCE = "--once"


def main() -> None:
    """This function will run the command line; always ends in SystemExit."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _heard)
    from csops_sync.interfaces.cli.main import main as command  # noqa: PLC0415 - not before signals are heard

    command()


def exit_code(number: int, words: Sequence[str]) -> int:
    """This function will give the exit code: for what stays until it is told to end, being told so is no failure."""
    if number == signal.SIGINT:
        return _INTERRUPTED
    stays = not _STAYING.isdisjoint(words) and _ONCE not in words
    return 0 if stays else _TERMINATED


def _heard(number: int, _frame: FrameType | None) -> None:
    """End by the way out that everything cleans up on; the daemon has its own way once it works."""
    raise SystemExit(exit_code(number, sys.argv[1:]))


if __name__ == "__main__":
    main()
