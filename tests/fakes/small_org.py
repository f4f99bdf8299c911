"""A small org on the sandbox, one process a module: each test gets it as it was at the start."""

from collections.abc import Iterator
from datetime import date

import pytest
from tests.fakes.sandbox import SandboxProcess


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """One sandbox for the module; each test gets it as it was at the start."""
    with SandboxProcess.start(org="small", today=date(2026, 4, 1)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(process: SandboxProcess) -> Iterator[SandboxProcess]:
    """The sandbox, and back to its start afterwards."""
    start = process.snapshot()
    yield process
    process.clear_faults()
    process.restore(start)
