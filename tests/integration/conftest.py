"""Fixtures of the integration tests."""

from tests.fakes.dashboard_browser import chromium, served

__all__ = ["chromium", "served"]
