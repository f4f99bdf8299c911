"""A real browser for tests: chromium, headless. Where CI has none, that is a failure."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
DRAWN = (
    "document.querySelectorAll('.chart').length === document.querySelectorAll('.chart[data-drawn]').length"
)
"""Holds on a page of the dashboard once all of its charts are drawn."""


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the system's chromium; skips where the machine has none, and fails in CI."""
    if not CHROMIUM.exists():
        reason = "no chromium on this machine; install it to look at the pages"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def browser_window(*, width: int = 1200, height: int = 900) -> Iterator[BrowserContext]:
    """Open a window whose tabs are its pages."""
    with browser() as started:
        yield started.new_context(viewport={"width": width, "height": height})


def complaints(page: Page) -> list[str]:
    """What a page says on its console from now on, and what goes wrong in its scripts."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
