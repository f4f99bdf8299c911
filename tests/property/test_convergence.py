"""Whatever goes wrong, and whenever, the same is left in the end as if nothing had: by the sandbox's ledgers."""

from collections.abc import Iterator, Sequence

import pytest
from tests.fakes.interleaving import Interleavings, Lived
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.world import TODAY

CHUNK = 25
SEEDS = 200
SOAK_SEEDS = 2000


@pytest.fixture(scope="module")
def interleavings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interleavings]:
    with SandboxProcess.start(org="none", today=TODAY) as sandbox:
        yield Interleavings(sandbox, tmp_path_factory.mktemp("interleavings"))


def check(seeds: Sequence[int], lived: Sequence[Lived]) -> None:
    """Every run was worth its name, and ended as the run without trouble did."""
    lines = [
        f"seed {seed}: {line}"
        for seed, one in zip(seeds, lived, strict=True)
        for line in (*one.doubled, *one.differences)
    ]
    assert lines == []
    assert all(one.opened >= 5 for one in lived)
    assert all(one.fired >= 1 for one in lived)
    assert all(one.restarts >= 1 for one in lived)


@pytest.mark.parametrize(
    "first", [0, *(pytest.param(one, marks=pytest.mark.thorough) for one in range(CHUNK, SEEDS, CHUNK))]
)
def test_edits_faults_and_restarts_in_any_order_leave_the_same(
    interleavings: Interleavings, first: int
) -> None:
    seeds = range(first, first + CHUNK)

    check(seeds, [interleavings.live(seed) for seed in seeds])


@pytest.mark.soak
@pytest.mark.parametrize("first", range(SEEDS, SOAK_SEEDS, CHUNK))
def test_longer_stories_with_more_seeds_leave_the_same(interleavings: Interleavings, first: int) -> None:
    seeds = range(first, first + CHUNK)

    check(seeds, [interleavings.live(seed, days=6) for seed in seeds])
