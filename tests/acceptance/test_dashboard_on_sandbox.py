"""The dashboard of a running daemon says what the terminal says, and its orders are carried out."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.fakes.played import PlayedSandbox, playing

ENGLISH = {"Accept-Language": "en"}


@dataclass
class Shown:
    """A sandbox, its dashboard, and a terminal beside them."""

    play: PlayedSandbox
    url: str

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, headers=ENGLISH, timeout=30)

    def terminal(self, *words: str) -> Any:  # noqa: ANN401 - JSON of many shapes
        variables = Path(self.play.heard(r"Other verbs \. (\S+)")).read_text("utf-8")
        pairs = (one.removeprefix("export ").split("=", 1) for one in variables.splitlines())
        given = {name: shlex.split(value)[0] for name, value in pairs}
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "csops_sync", *words, "--json"],
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """As `make run` starts it."""
    with playing(tmp_path_factory.mktemp("played"), "--today", "2026-11-22") as play:
        yield Shown(play, play.heard(r"Dashboard +(\S+?)/\n"))


def cells(page: str, table: str, first: str) -> list[str]:
    """The texts of a table's row that begins with a text."""
    body = re.search(rf'<table id="{table}".*?</table>', page, re.DOTALL)
    assert body is not None
    rows = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body[0].split("<tr>"))
    texts = ([re.sub(r"<small>.*|<[^>]+>", "", cell).strip() for cell in row] for row in rows)
    return next(row for row in texts if row and row[0] == first)


def yen(money: dict[str, str]) -> str:
    return f"¥{Decimal(money['amount']):,.0f}"


def test_the_overview_says_what_forecast_and_metrics_say(shown: Shown) -> None:
    page = shown.get("/?span=year").text
    year = shown.terminal("forecast", "--by", "year")["lines"][0]
    periods = shown.terminal("metrics")["reports"][0]["periods"]

    total = cells(page, "t-landing", "Total")
    assert total[1:] == [yen(year["landing"]), yen(year["due"]), yen(year["won"]), str(year["terms"])]
    for period in periods:
        row = cells(page, "t-retention", period["name"])
        assert row[-2:] == [percent(period["nrr"]), percent(period["grr"])]


def percent(ratio: Any) -> str:  # noqa: ANN401 - as the JSON writes it
    if ratio is None:
        return "–"
    exact = Decimal(ratio["numerator"]) * 100 / Decimal(ratio["denominator"])
    return f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def test_every_renewal_of_the_list_opens(shown: Shown) -> None:
    page = shown.get("/renewals").text
    links = re.findall(r'<th scope="row" class="lead-cell"><a href="([^"]+)"', page)

    assert len(links) > 20
    for link in links:
        answer = shown.get(link)
        assert answer.status_code == 200, link
        assert "How the landing is computed" in answer.text


def test_the_matrix_and_the_operations_page_are_served(shown: Shown) -> None:
    assert shown.get("/matrix").status_code == 200
    operations = shown.get("/operations").text

    assert "Approve and send" in operations
    assert "first cycle is not done" not in operations


def test_what_is_approved_on_the_page_is_sent(shown: Shown) -> None:
    with requests.Session() as tab:
        page = tab.get(f"{shown.url}/operations", headers=ENGLISH, timeout=30).text
        form = dict(re.findall(r'name="(csrf|hash)" value="([^"]+)"', page))

        answer = tab.post(f"{shown.url}/operations/approve", data=form, headers=ENGLISH, timeout=30)

    assert "rows approved." in answer.text
    assert "Approve and send" not in answer.text
    shown.play.heard(r"(created )")


def test_on_an_open_address_without_sign_in_it_does_not_start(tmp_path: Path) -> None:
    connections = tmp_path / "sandbox.yaml"
    shipped = (Path(__file__).parents[2] / "config" / "sandbox.yaml").read_text("utf-8")
    kept = "\n".join(line for line in shipped.splitlines() if not line.startswith("listen:"))
    connections.write_text(f'{kept}\nlisten: "192.0.2.1:8080"\n', "utf-8")

    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "csops_sync", "run", "--sandbox", "--connections", str(connections)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "the dashboard is not served on 192.0.2.1 without sign-in" in done.stderr
    assert "docs/dashboard.md" in done.stderr
