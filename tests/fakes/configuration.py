"""Configuration files for tests: small ones that hold, with a block or two put in their place."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from csops_sync.config.loader import ConfigRefusedError, Loaded, load
from csops_sync.config.problems import Problem
from csops_sync.config.source import Plain, read

CHECKOUT = Path(__file__).parents[2]
GOOD = CHECKOUT / "tests" / "config" / "good"
BAD = CHECKOUT / "tests" / "config" / "bad"
SHIPPED = CHECKOUT / "config"
TODAY = date(2026, 3, 31)


def load_good(
    rules: Path = GOOD / "small-rules.yaml",
    connections: Path = GOOD / "small-connections.yaml",
    *,
    environment: Mapping[str, str] | None = None,
    today: date = TODAY,
) -> Loaded:
    """This function will load two files, the small ones unless others are given."""
    return load(rules, connections, environment=environment or {}, today=today)


def load_text(folder: Path, *, rules: str | None = None, connections: str | None = None) -> Loaded:
    """This function will load YAML text in place of the small files."""
    given = {"rules.yaml": rules, "csops-sync.yaml": connections}
    paths = [folder / name for name in given]
    for path, small in zip(paths, ("small-rules.yaml", "small-connections.yaml"), strict=True):
        text = given[path.name]
        path.write_text((GOOD / small).read_text("utf-8") if text is None else text, encoding="utf-8")
    return load_good(*paths)


def problems_of(folder: Path, *, rules: str | None = None, connections: str | None = None) -> list[Problem]:
    """This function will give the problems of YAML text; none where it loads."""
    try:
        load_text(folder, rules=rules, connections=connections)
    except ConfigRefusedError as error:
        return list(error.problems)
    return []


def small_rules(old: str = "", new: str = "") -> str:
    """This function will give the text of the small rules, with one piece replaced."""
    return _replaced(GOOD / "small-rules.yaml", old, new)


def small_connections(old: str = "", new: str = "") -> str:
    """This function will give the text of the small connections, with one piece replaced."""
    return _replaced(GOOD / "small-connections.yaml", old, new)


def with_sections(path: Path, sections: Mapping[str, Plain]) -> str:
    """This function will give a file as YAML with some of its top-level sections put in or replaced."""
    value = read(path).value
    assert isinstance(value, dict)
    return json.dumps({**value, **sections}, ensure_ascii=False)


def _replaced(path: Path, old: str, new: str) -> str:
    text = path.read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)
