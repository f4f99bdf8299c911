"""`validate` tells what holds and is most likely not meant, and ends well all the same."""

import json
from pathlib import Path

import pytest
from tests.fakes.configuration import GOOD, with_sections

from csops_sync.interfaces.cli.main import main

_NONE = ("rated", "improved", "worsened", "lost", "won")


def validated(folder: Path, *options: str) -> int:
    """The exit code of `validate` on rules whose `unrated` weighs less than their `unopened`."""
    path = folder / "rules.yaml"
    rules = with_sections(
        GOOD / "small-rules.yaml",
        {
            "forecast": {"matrix": {"every_type": 0.9, "unopened": 0.9, "unrated": 0.8}},
            "confidence": {"field": "opportunity.stage", "ranks": ["A"], "none": [*_NONE]},
        },
    )
    path.write_text(rules, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "validate",
                "--rules",
                str(path),
                "--connections",
                str(GOOD / "small-connections.yaml"),
                *options,
            ]
        )
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_warning_has_its_place_and_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validated(tmp_path) == 0

    out = capsys.readouterr().out
    assert ": forecast.matrix.unrated: warning: opening a renewal that nobody has touched" in out
    assert out.endswith("No problems found.\n")


def test_machines_read_a_warning_as_a_fault_whose_message_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validated(tmp_path, "--json") == 0

    (found,) = json.loads(capsys.readouterr().out)
    assert found["path"] == "forecast.matrix.unrated"
    assert found["message"].startswith("warning: ")
