"""One fault a file under tests/config/bad: its first line says where, and in which words, it must be reported."""

import re
from pathlib import Path

import pytest
from tests.fakes.configuration import BAD, GOOD, load_good

from csops_sync.config.loader import ConfigRefusedError

_EXPECTED = re.compile(r"# expect (\d+):(\d+) (.+)")
_CREDENTIAL = re.compile("hunter2|xoxb-1")
_FILES = sorted(BAD.glob("*.yaml"))


def test_there_is_a_file_for_every_kind_of_fault() -> None:
    """A moved folder must not pass as nothing to test."""
    assert len(_FILES) >= 80


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_a_fault_is_reported_once_at_its_place_and_in_words(path: Path) -> None:
    """One fault, one problem, no echo from another check, and no credential in its words."""
    expected = _EXPECTED.fullmatch(path.read_text("utf-8").splitlines()[0])
    assert expected is not None
    is_connections = path.name.startswith("connections-")
    rules, connections = (
        (GOOD / "small-rules.yaml", path) if is_connections else (path, GOOD / "small-connections.yaml")
    )

    with pytest.raises(ConfigRefusedError) as refused:
        load_good(rules, connections)

    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (int(expected[1]), int(expected[2]))
    assert problem.file == str(path)
    assert expected[3] in problem.headline
    assert not _CREDENTIAL.search(str(problem))
