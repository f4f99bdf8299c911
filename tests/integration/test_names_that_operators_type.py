"""What stands in the image, the compose file and the operator's page exists: variables, metrics, commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.fakes.daemon import Ticks
from typer import main as typer_main

from csops_sync.app.health import Health
from csops_sync.config import settings
from csops_sync.interfaces.cli.main import app
from csops_sync.interfaces.web.metrics import PrometheusMeter
from csops_sync.ports.crm import ApiUsage

ROOT = Path(__file__).parents[2]
OPERATING = ROOT / "docs" / "operating.md"
PAGES = (ROOT / "Dockerfile", ROOT / "deploy" / "compose.yaml", OPERATING)


def known_variables() -> set[str]:
    ours = [value for value in vars(settings).values() if str(value).startswith("CSOPS_SYNC_")]
    return {*ours, *(f"{name}_FILE" for name in ours), *_of_options()}


def _of_options() -> Iterator[str]:
    commands = [typer_main.get_command(app)]
    while commands:
        command = commands.pop()
        commands.extend(getattr(command, "commands", {}).values())
        yield from (str(option.envvar) for option in command.params if option.envvar)


def verbs() -> set[str]:
    return set(getattr(typer_main.get_command(app), "commands", {}))


def metrics() -> str:
    health, meter = Health(Ticks()), PrometheusMeter()
    meter.watch(health.view)
    health.succeeded("cycle")
    health.note(usage=ApiUsage(used=1, allowed=2, ours=1), skew=0.0)
    meter.cycle(result="done", seconds=1, rows=1, intents={})
    return meter.scrape().decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_is_one_that_the_program_reads(page: Path) -> None:
    named = set(re.findall(r"CSOPS_SYNC_[A-Z_]+", page.read_text("utf-8")))

    assert named <= known_variables()


def test_every_metric_of_the_operators_page_is_served() -> None:
    served = metrics()
    named = set(re.findall(r"\bcsops_sync_[a-z_]+", OPERATING.read_text("utf-8")))

    assert len(named) > 15
    assert {name for name in named if name not in served} == set()


def test_every_command_of_the_operators_page_exists() -> None:
    text = OPERATING.read_text("utf-8")
    named = set(re.findall(r"csops-sync ([a-z]+)\b(?=[^:]*?`|[^`\n]*#)", text))

    assert {"validate", "run", "db", "outbox"} <= named
    assert named <= verbs()


def test_the_compose_file_runs_two_replicas_after_the_upgrade_with_nothing_writable() -> None:
    services = YAML(typ="safe").load(PAGES[1].read_text("utf-8"))["services"]
    ours = services["csops-sync"]

    assert ours["deploy"]["replicas"] == 2
    assert ours["read_only"] is True
    assert services["upgrade"]["command"] == ["db", "upgrade"]
    assert ours["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"


def test_the_image_runs_as_nobody_in_particular_and_checks_its_health() -> None:
    final = PAGES[0].read_text("utf-8").rpartition("\nFROM ")[2]

    assert "USER 10001:10001" in final
    assert "HEALTHCHECK" in final
    assert 'CMD ["csops-sync", "health"]' in final


def test_what_the_image_is_built_from_is_let_through() -> None:
    let_through = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    first = PAGES[0].read_text("utf-8").split("\nFROM ")[1]
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", first, re.MULTILINE)
        for name in line.split()
    }

    assert copied
    assert copied == {one.removesuffix("/**") for one in let_through}


def test_cleaning_a_checkout_never_removes_the_state() -> None:
    """`var` holds the default database: what is ours among the fields, and what people decided."""
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nclean:")[2]

    assert "rm -rf" in recipe
    assert "var" not in recipe.partition("rm -rf")[2].split()
