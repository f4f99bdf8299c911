"""What axe-core (a locked npm package) finds wrong with a page in the browser, for people who cannot see or point."""

import os
from functools import cache

import pytest
from playwright.sync_api import Page
from tests.fakes import node_packages

_WEIGHTY = ["serious", "critical"]
_FOUND = """async (weighty) => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((one) => weighty.includes(one.impact))
  .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target} - ${node.failureSummary}`))"""


def barriers(page: Page) -> list[str]:
    """What is serious or critical, one line a place. The engine is evaluated, not loaded: the page's policy stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_engine())
    found: list[str] = page.evaluate(_FOUND, _WEIGHTY)
    return found


@cache
def _engine() -> str:
    try:
        node_packages.install()
    except node_packages.NodeError as error:
        reason = f"axe-core cannot be installed: {error}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return (node_packages.module("axe-core") / "axe.min.js").read_text("utf-8")
