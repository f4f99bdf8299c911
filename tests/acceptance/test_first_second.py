"""Signals before anything works: whoever changes their mind at once leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
@pytest.mark.parametrize("module", ["typer", "csops_sync.interfaces.cli.running"])
def test_a_signal_in_the_first_second_leaves_no_trace_no_child_and_no_folder(
    tmp_path: Path, module: str, number: int, code: int
) -> None:
    """While it still imports, and while it waits for its sandbox."""
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "csops_sync", "run", "--sandbox", "--once"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if line.rstrip().endswith(f" {module}"))
        process.send_signal(number)
        rest = process.stderr.read()

    assert (process.returncode, "Traceback" in rest, "BrokenPipe" in rest) == (code, False, False), rest
    assert list(tmp_path.iterdir()) == []
