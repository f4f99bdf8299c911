"""Fixtures of the integration tests."""

from tests.fakes.dashboard_browser import chromium, served
from tests.fakes.small_org import process, sandbox

__all__ = ["chromium", "process", "sandbox", "served"]
