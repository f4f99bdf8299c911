"""New weights in the admin's own file: a small diff, and everything else as it was."""

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from csops_sync.config.reweighing import reweighed, weighs_unrated
from csops_sync.config.source import read
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.observing import UNOPENED, UNRATED, Cell
from csops_sync.domain.forecast.suggesting import rated_cell
from csops_sync.domain.forecast.term_state import RenewalType

UPSELL, FLAT, DOWNSELL = RenewalType.UPSELL, RenewalType.FLAT, RenewalType.DOWNSELL
FILE = """\
# 更新の規則
calendar: {timezone: Asia/Tokyo}
forecast:
  type_tolerance: 0.5 %   # so near is flat
  matrix:
    upsell:   {base: {A: 1, B: 0.9}, expansion: {A: 1, B: 0.5}}   # 増額
    flat:
      base:
        A: 1
        B: 0.98   # we trust them
    downsell: {base: 0.8}
    unopened: {base: 0.9}
# the end
"""
NOW = {
    rated_cell(kind, rank): Weights(Decimal(base), Decimal(expansion))
    for kind, rank, base, expansion in (
        (UPSELL, "A", "1", "1"),
        (UPSELL, "B", "0.9", "0.5"),
        (FLAT, "A", "1", "0"),
        (FLAT, "B", "0.98", "0"),
        (DOWNSELL, "A", "0.8", "0"),
        (DOWNSELL, "B", "0.8", "0"),
    )
} | {UNRATED: Weights(Decimal("0.9")), UNOPENED: Weights(Decimal("0.9"))}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def after(**changed: Weights) -> dict[Cell, Weights]:
    """The weights in force, with some cells changed: `flat_B`."""
    cells = {f"{cell.type}_{cell.rank}": cell for cell in NOW if cell.type is not None}
    named = {**cells, "unopened": UNOPENED, "unrated": UNRATED}
    return {**NOW, **{named[name]: weights for name, weights in changed.items()}}


def test_only_the_numbers_that_differ_change_and_comments_and_order_stay(rules: Path) -> None:
    wanted = after(
        flat_B=Weights(Decimal("0.91")),
        upsell_B=Weights(Decimal("0.90"), Decimal("0.40")),
        unopened=Weights(Decimal("0.85")),
    )

    found = reweighed(rules, before=NOW, after=wanted)

    changed = [line for line in found.diff.splitlines() if line[0] in "+-"]
    assert changed == [
        "--- a/rules.yaml",
        "+++ b/rules.yaml",
        "-    upsell:   {base: {A: 1, B: 0.9}, expansion: {A: 1, B: 0.5}}   # 増額",
        "+    upsell:   {base: {A: 1, B: 0.9}, expansion: {A: 1, B: 0.4}}   # 増額",
        "-        B: 0.98   # we trust them",
        "+        B: 0.91   # we trust them",
        "-    unopened: {base: 0.9}",
        "+    unopened: {base: 0.85}",
    ]
    assert found.unplaced == ()
    assert rules.read_text(encoding="utf-8") == FILE, "the file itself is left alone"


def test_the_diff_is_taken_by_patch_and_reads_as_the_suggestion(rules: Path) -> None:
    wanted = after(flat_A=Weights(Decimal("0.95")), downsell_B=Weights(Decimal("0.70")))
    found = reweighed(rules, before=NOW, after=wanted)

    if shutil.which("patch") is None:
        pytest.skip("this machine has no patch")
    done = subprocess.run(["patch", str(rules)], input=found.diff, text=True, check=True, capture_output=True)  # noqa: S603, S607 - the tool that admins use

    marks = read(rules).value
    assert isinstance(marks, dict)
    assert isinstance(marks["forecast"], dict)
    matrix = marks["forecast"]["matrix"]
    assert isinstance(matrix, dict)
    assert matrix["flat"] == {"base": {"A": 0.95, "B": 0.98}}
    assert "(" not in done.stdout, "no fuzz, no offset"
    assert matrix["downsell"] == {"base": {"A": 0.8, "B": 0.7}}, "one weight for all ranks became one each"


@pytest.mark.parametrize(
    "file",
    [
        FILE.replace("\n", "\r\n"),
        FILE.replace("# the end\n", "").rstrip("\n"),
        FILE.replace("# the end\n", "").rstrip("\n").replace("\n", "\r\n"),
        FILE.replace("# the end\n", "# the end"),
        "\ufeff" + FILE.split("\n", 2)[2],
        FILE.replace("# we trust", "# we\u2028# trust"),
        FILE.replace("    flat:\n", "    flat:\r\n"),
    ],
    ids=["crlf", "open-end", "crlf-open-end", "open-comment", "byte-order-mark", "line-separator", "mixed"],
)
def test_patch_takes_the_diff_whatever_the_lines_end_with_and_leaves_all_else(
    tmp_path: Path, file: str
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_bytes(file.encode())
    found = reweighed(
        rules, before=NOW, after=after(flat_A=Weights(Decimal("0.95")), unopened=Weights(Decimal("0.85")))
    )

    if shutil.which("patch") is None:
        pytest.skip("this machine has no patch")
    done = subprocess.run(["patch", str(rules)], input=found.diff.encode(), check=True, capture_output=True)  # noqa: S603, S607 - the tool that admins use

    wanted = file.replace("A: 1\r\n", "A: 0.95\r\n").replace("A: 1\n", "A: 0.95\n")
    assert rules.read_bytes().decode() == wanted.replace("unopened: {base: 0.9}", "unopened: {base: 0.85}")
    assert b"(" not in done.stdout, "no fuzz, no offset"


@pytest.mark.parametrize(
    ("spaces", "kept"),
    [("      ", "    unopened: {base: 0.123}    # why"), (" ", "    unopened: {base: 0.123} # why")],
)
def test_a_comment_keeps_its_column_where_there_is_room(rules: Path, spaces: str, kept: str) -> None:
    rules.write_text(FILE.replace("{base: 0.9}\n", f"{{base: 0.9}}{spaces}# why\n"), encoding="utf-8")

    found = reweighed(rules, before=NOW, after=after(unopened=Weights(Decimal("0.123"))))

    assert f"+{kept}" in found.diff.splitlines()


def test_nothing_to_change_is_no_diff(rules: Path) -> None:
    assert reweighed(rules, before=NOW, after=NOW).diff == ""


def test_a_row_that_the_file_does_not_have_is_told_and_not_guessed(rules: Path) -> None:
    found = reweighed(rules, before=NOW, after=after(flat_A=Weights(Decimal(1), Decimal("0.2"))))

    assert found.diff == ""
    assert found.unplaced == ("forecast.matrix.flat.expansion is not in the file; add it: {A: 0.2, B: 0}",)


def test_one_row_for_every_type_is_told_how_to_write_rows(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("forecast: {matrix: {every_type: {A: 1, B: 0.5}, unopened: 0.9}}\n", encoding="utf-8")

    found = reweighed(path, before=NOW, after=after(flat_B=Weights(Decimal("0.4"))))

    assert found.diff == ""
    assert "a row for each of upsell, flat and downsell" in found.unplaced[0]


def test_weights_that_share_an_anchor_and_are_to_differ_are_left_to_the_admin(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    shared = FILE.replace("downsell: {base: 0.8}", "downsell: {base: *kept}").replace(
        "base:\n", "base: &kept\n", 1
    )
    path.write_text(shared, encoding="utf-8")
    before = {
        **NOW,
        rated_cell(DOWNSELL, "A"): Weights(Decimal(1)),
        rated_cell(DOWNSELL, "B"): NOW[rated_cell(FLAT, "B")],
    }
    wanted = {
        **before,
        rated_cell(FLAT, "B"): Weights(Decimal("0.9")),
        rated_cell(DOWNSELL, "B"): Weights(Decimal("0.7")),
    }

    found = reweighed(path, before=before, after=wanted)

    assert found.diff == ""
    assert len(found.unplaced) == 2
    assert all("anchor" in one for one in found.unplaced)


def test_whether_unrated_has_a_weight_of_its_own_is_read_from_the_file(rules: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(FILE.replace("    unopened:", "    unrated: 0.8\n    unopened:"), encoding="utf-8")

    assert not weighs_unrated(rules)
    assert weighs_unrated(other)


def test_a_floor_that_limits_what_is_suggested_is_told(rules: Path) -> None:
    text = FILE.replace("    unopened:", "    floor: {base: 0.3}\n    unopened:")
    rules.write_text(text, encoding="utf-8")

    found = reweighed(rules, before=NOW, after=after(flat_B=Weights(Decimal("0.2"))))

    assert "+        B: 0.2" in found.diff
    assert found.unplaced == (
        "the floor of the matrix stays, so a weight beyond it does not count; look at it, too",
    )


def test_a_number_that_carries_an_anchor_is_left_to_the_admin(rules: Path) -> None:
    text = FILE.replace("downsell: {base: 0.8}", "downsell: {base: &kept 0.8}")
    rules.write_text(text, encoding="utf-8")

    found = reweighed(rules, before=NOW, after=after(downsell_A=Weights(Decimal("0.9"))))

    assert found.diff == ""
    assert found.unplaced == (
        "forecast.matrix.downsell.base is tied to another weight by an anchor; write {A: 0.9, B: 0.8} by hand",
    )
