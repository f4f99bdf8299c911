"""Fixtures that all tests share: a real PostgreSQL, and a fresh database of either engine for one test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.postgres import TEMPLATE, PostgresServer, running_postgres

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import open_engine


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to CI what is marked as `thorough`: the same as another test, with more crossings or seeds."""
    if os.environ.get("CI"):
        return
    left = [one for one in items if one.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left)
    items[:] = [one for one in items if one not in left]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server of this test process, with a migrated template database; started for the first test that asks."""
    with running_postgres() as server:
        server.create(name=TEMPLATE)
        engine = open_engine(server.url(TEMPLATE))
        schema.upgrade(engine)
        engine.dispose()
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    name = postgres_server.create(template=TEMPLATE)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database without a schema."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'state.db'}"
