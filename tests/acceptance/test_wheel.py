"""The wheel carries everything: installed into an empty environment elsewhere, it runs the rehearsal."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
_SOURCES = ("src", "config", "migrations", "pyproject.toml", "README.md")


@pytest.mark.timeout(300)
def test_the_wheel_runs_in_an_empty_environment_outside_the_checkout(tmp_path: Path) -> None:
    wheel = _build(tmp_path)
    assert "csops_sync/default_config/sandbox-org.yaml" in ZipFile(wheel).namelist()
    python = _empty_environment(tmp_path / "venv")
    _run(
        [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            str(ROOT / "requirements" / "run.lock"),
        ],
        cwd=tmp_path,
    )
    _run([python, "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)], cwd=tmp_path)

    command = str(Path(python).with_name("csops-sync"))
    shown = _run([command, "run", "--sandbox", "--once"], cwd=tmp_path)
    checked = _run([command, "validate"], cwd=tmp_path)

    assert "the next cycle had nothing to do" in shown
    assert "fault" not in checked.lower() or "no fault" in checked.lower()


def test_every_package_of_the_tree_is_named_in_the_wheels_list() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        named = set(tomllib.load(file)["tool"]["setuptools"]["packages"])
    found = {
        ".".join(("csops_sync", *path.parent.relative_to(ROOT / "src" / "csops_sync").parts))
        for path in (ROOT / "src" / "csops_sync").rglob("__init__.py")
    }

    assert found <= named


def _build(folder: Path) -> Path:
    """Build from a copy, so that nothing of an earlier build in the checkout can slip in."""
    copy = folder / "source"
    copy.mkdir()
    for name in _SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(source, copy / name)
    _run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(folder),
            str(copy),
        ],
        cwd=folder,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def _empty_environment(folder: Path) -> str:
    _run([sys.executable, "-m", "venv", str(folder)], cwd=folder.parent)
    return str(folder / "bin" / "python")


def _run(command: list[str], *, cwd: Path) -> str:
    """Run a command away from the checkout and without the product's variables; fail with what it said."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("CSOPS_SYNC_", "PYTHON"))
    }
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout
