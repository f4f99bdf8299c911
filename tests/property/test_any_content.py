"""Whatever stands in the files, loading them gives a configuration or problems with a place, never another error."""

import json
import random
from pathlib import Path

import pytest
from tests.fakes.configuration import GOOD, load_good

from csops_sync.config.loader import ConfigRefusedError
from csops_sync.config.problems import Problem, YamlPath
from csops_sync.config.source import Plain, read
from csops_sync.domain.rules import RuleSet

_STRANGE: tuple[Plain, ...] = (
    None, 0, -1, 3.5, True, "", "x", "#", "{{", "180 days", "account.tier", "segment", "[key]", [], [[]], {},
    {"a": 1}, ["x", None], {"at_least": "1"}, {"present": 1}, "\0", 10**30, "999999999 years", "http://[", "²月",
    "term.start + 200 years", "2026-13-01", "../..", "https://a:b@c",
)  # fmt: skip


def _mutated(value: Plain, choose: random.Random) -> Plain:
    path = choose.choice([path for path in _paths(value) if path])
    return _with(value, path, None if choose.random() < 0.3 else (choose.choice(_STRANGE),))


def _with(value: Plain, path: YamlPath, put: tuple[Plain] | None) -> Plain:
    """The value with what stands at `path` replaced, or left out where there is nothing to put."""
    first, rest = path[0], path[1:]
    if isinstance(value, dict):
        pairs = [(key, below if key != first else _below(below, rest, put)) for key, below in value.items()]
        return {key: below for key, below in pairs if put or rest or key != first}
    assert isinstance(value, list)
    items = [below if index != first else _below(below, rest, put) for index, below in enumerate(value)]
    return [below for index, below in enumerate(items) if put or rest or index != first]


def _below(value: Plain, path: YamlPath, put: tuple[Plain] | None) -> Plain:
    return _with(value, path, put) if path else (put or (None,))[0]


def _paths(value: Plain, path: YamlPath = ()) -> list[YamlPath]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(deeper for key, below in children for deeper in _paths(below, (*path, key)))]


@pytest.mark.parametrize("seed", range(60))
def test_mutated_files_load_or_are_refused_with_places(seed: int, tmp_path: Path) -> None:
    """One to three values of the shared example are taken away or replaced by strange ones."""
    choose = random.Random(seed)  # noqa: S311 - a seed that can be repeated
    values = [read(GOOD / name).value for name in ("example-rules.yaml", "example-connections.yaml")]
    for _ in range(choose.randint(1, 3)):
        at = choose.randrange(2)
        values[at] = _mutated(values[at], choose)
    paths = [tmp_path / "rules.yaml", tmp_path / "csops-sync.yaml"]
    for path, value in zip(paths, values, strict=True):
        path.write_text(json.dumps(value, indent=1), encoding="utf-8")

    problems, rules = _outcome(*paths)

    assert bool(problems) != bool(rules)
    assert all(each.line >= 1 and each.column >= 1 and each.message for each in problems)


def _outcome(rules: Path, connections: Path) -> tuple[tuple[Problem, ...], RuleSet | None]:
    try:
        return (), load_good(rules, connections).rules
    except ConfigRefusedError as refused:
        return refused.problems, None
