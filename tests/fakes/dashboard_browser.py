"""Fixtures for tests of the pages, which the `conftest.py` of a tier takes over: a browser, and the open dashboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.fakes.browser import browser
from tests.fakes.dashboard_server import ServedDashboard, serving


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a file."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def served() -> Iterator[ServedDashboard]:
    """The open dashboard over the hand-filled book; no test changes it."""
    with serving() as found:
        yield found
