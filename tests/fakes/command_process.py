"""Commands as real processes, forked from a parent that has the product's modules loaded: a start costs no imports.

`python -m csops_sync` itself is started by the tests of the daemon and of Ctrl-C.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from csops_sync.interfaces.cli.main import main

_PARENT = multiprocessing.get_context("forkserver")
_PARENT.set_forkserver_preload([__name__])


def run_command(
    words: tuple[str, ...], *, environment: Mapping[str, str], folder: Path, within: float
) -> tuple[int, str, str]:
    """Run `csops-sync WORDS` in a folder; gives its exit code and what it printed. Killed after `within` seconds."""
    out, err = folder / f".out-{os.getpid()}", folder / f".err-{os.getpid()}"
    process = _PARENT.Process(target=_as_command, args=(words, dict(environment), folder, out, err))
    process.start()
    process.join(within)
    if process.exitcode is None:
        process.kill()
        process.join()
    said = (out.read_text("utf-8"), err.read_text("utf-8"))
    out.unlink()
    err.unlink()
    assert process.exitcode is not None
    return process.exitcode, *said


def _as_command(
    words: tuple[str, ...], environment: dict[str, str], folder: Path, out: Path, err: Path
) -> None:
    for path, stream in ((out, 1), (err, 2)):
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(target, stream)
        os.close(target)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the process's own stream
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the process's own stream
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["csops-sync", *words]
    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
