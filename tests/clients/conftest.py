"""Fixtures of the tests with foreign clients: the npm packages, which CI must be able to install, and an org."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes import node_packages
from tests.fakes.sandbox import SandboxProcess

ORG = Path(__file__).parents[1] / "fakes" / "conformance_org.json"


@pytest.fixture(scope="session")
def packages() -> None:
    """The packages of package-lock.json; without a registry the tests say so and are skipped, but not in CI."""
    try:
        node_packages.install()
    except node_packages.NodeError as error:
        reason = f"the npm packages of tests/clients cannot be installed: {error}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """An empty org whose Account has an external id and a validation rule; time passes, as foreign clients wait."""
    with SandboxProcess.start(org="none", metadata=[str(ORG)], frozen=False) as process:
        yield process
