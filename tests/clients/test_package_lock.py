"""What npm may install: exactly what is named, by content, from wherever the machine's npm is told to look."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
LOCK = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
ASKED = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]


def test_the_lock_names_no_address() -> None:
    assert "://" not in (FOLDER / "package-lock.json").read_text("utf-8")


def test_every_package_is_known_by_its_content() -> None:
    """What is bundled comes inside another package, whose content is known."""
    packages = {name: one for name, one in LOCK["packages"].items() if name}
    assert [
        n for n, one in packages.items() if not (one.get("inBundle") or one["integrity"][:7] == "sha512-")
    ] == []


def test_the_lock_is_that_of_the_packages_asked_for() -> None:
    """After a change of package.json: `make clients-lock`."""
    assert LOCK["packages"][""]["dependencies"] == ASKED
    assert {name: LOCK["packages"][f"node_modules/{name}"]["version"] for name in ASKED} == ASKED
