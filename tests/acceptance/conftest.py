"""Fixtures of the acceptance tests."""

from tests.fakes.dashboard_browser import chromium

__all__ = ["chromium"]
