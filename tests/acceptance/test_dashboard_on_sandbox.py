"""The dashboard of a running daemon says what the terminal says, and its orders are carried out."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.fakes.played import playing
from tests.fakes.shown_sandbox import Shown

ENGLISH = {"Accept-Language": "en"}
NAMES = {
    "contract": "Contract changed",
    "term moved": "Term moved",
    "opened": "Opened",
    "amount": "Amount",
    "type": "Type",
    "rank": "Rank",
    "settled": "Won or lost",
    "weights": "Weights",
    "fx": "Exchange rates",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """As `make run` starts it."""
    with playing(tmp_path_factory.mktemp("played"), "--today", "2026-11-22") as play:
        yield Shown.of(play)


def cells(page: str, table: str, first: str) -> list[str]:
    """The texts of a table's row that begins with a text."""
    body = re.search(rf'<table id="{table}".*?</table>', page, re.DOTALL)
    assert body is not None
    rows = (
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in re.split(r"<tr[^>]*>", body[0])
    )
    texts = ([re.sub(r"<small>.*|<[^>]+>", "", cell).strip() for cell in row] for row in rows)
    return next(row for row in texts if row and row[0] == first)


def yen(money: dict[str, str]) -> str:
    return f"¥{Decimal(money['amount']):,.0f}"


def signed(money: dict[str, str]) -> str:
    value = Decimal(money["amount"])
    return f"-¥{-value:,.0f}" if value < 0 else f"¥{value:,.0f}"


def amount(money: dict[str, str] | None) -> str:
    return "" if money is None else money["amount"]


def total(amounts: Iterable[dict[str, str] | None]) -> dict[str, str]:
    return {"amount": str(sum(Decimal(one["amount"]) for one in amounts if one is not None))}


def figure(page: str, name: str) -> str:
    found = re.search(rf'id="{name}">([^<]*)<', page)
    assert found is not None, f"no {name} on the page"
    return found[1]


def test_the_overview_says_what_forecast_and_metrics_say(shown: Shown) -> None:
    page = shown.get("/?span=year").text
    year = shown.terminal("forecast", "--by", "year")["lines"][0]
    periods = shown.terminal("metrics")["reports"][0]["periods"]

    total = cells(page, "t-landing", "Total")
    assert total[1:] == [yen(year["landing"]), yen(year["due"]), yen(year["won"]), str(year["terms"])]
    for period in periods:
        row = cells(page, "t-retention", period["name"])
        assert row[-2:] == [percent(period["nrr"]), percent(period["grr"])]


def test_the_overview_gives_what_is_predicted_the_bands_of_metrics(shown: Shown) -> None:
    page = shown.get("/?span=year").text
    predicted = [one for one in shown.terminal("metrics")["reports"][0]["periods"] if one["predicted"]]

    found = re.search(r'<table id="t-retention".*?</table>', page, re.DOTALL)
    assert found is not None
    bands = re.findall(r"<small>([^<]*%) – ([^<]*%)</small>", found[0])
    told = [
        tuple(tenths(Decimal(one[f"{ratio}_{end}"]) * 100) for end in ("low", "high"))
        for one in predicted
        for ratio in ("nrr", "grr")
    ]
    assert bands == told
    assert len(told) == 2 * (1 + 4)


def percent(ratio: Any) -> str:  # noqa: ANN401 - as the JSON writes it
    if ratio is None:
        return "–"
    return tenths(Decimal(ratio["numerator"]) * 100 / Decimal(ratio["denominator"]))


def tenths(exact: Decimal) -> str:
    return f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def test_every_renewal_of_the_list_opens(shown: Shown) -> None:
    page = shown.get("/renewals").text
    links = re.findall(r'<th scope="row" class="lead-cell"><a href="([^"]+)"', page)

    assert len(links) > 20
    for link in links:
        answer = shown.get(link)
        assert answer.status_code == 200, link
        assert "How the landing is computed" in answer.text


def test_the_list_and_each_renewal_say_what_forecast_says_renewal_by_renewal(shown: Shown) -> None:
    window = shown.terminal("forecast")["window"]
    told = {one["key"]: one for one in shown.terminal("forecast", "--renewals")["renewals"]}
    within = f"first={window['first']}&last={window['last']}"
    text = shown.get(f"/renewals.csv?{within}").content.decode("utf-8-sig")
    listed = {one["key"]: one for one in csv.DictReader(io.StringIO(text))}

    assert listed.keys() == told.keys()
    for key, one in told.items():
        assert listed[key]["landing"] == amount(one["landing"])
        assert listed[key]["prior"] == amount(one["prior"])
        assert listed[key]["bookings"] == amount(one["bookings"])
    assert any(one["bookings"] for one in told.values())
    page = shown.get(f"/renewals?{within}").text
    assert figure(page, "sum-landing") == yen(total(one["landing"] for one in told.values()))
    for key in list(told)[:10]:
        page = shown.get(f"/renewals/{key}").text
        assert figure(page, "figure-landing") == yen(told[key]["landing"])
        booked = told[key]["bookings"]
        assert (f"{yen(booked)} over the whole term" in page) if booked else ("figure-bookings" not in page)


def test_the_matrix_adds_up_to_what_is_open_in_forecast(shown: Shown) -> None:
    page = shown.get("/matrix").text
    terms = [int(one.replace(",", "")) for one in re.findall(r">([\d,]+) renewals?</a>", page)]
    landing = [Decimal(one.replace(",", "")) for one in re.findall(r"<b>¥([\d,]+)</b>", page)]
    text = shown.get("/renewals.csv").content.decode("utf-8-sig")
    waiting = [
        one
        for one in csv.DictReader(io.StringIO(text))
        if one["standing"] in ("open", "unopened") and one["landing"]
    ]

    assert sum(terms) == len(waiting)
    assert sum(landing) == sum(Decimal(one["landing"]) for one in waiting)


def test_accuracy_says_what_the_terminal_says_of_each_closed_quarter(shown: Shown) -> None:
    offered = re.findall(r'href="/accuracy\?period=([^"]+)"', shown.get("/accuracy").text)

    assert len(offered) == 4
    for period in offered:
        told = shown.terminal("accuracy", "--period", period)
        page = shown.get(f"/accuracy?period={period}").text
        assert figure(page, "figure-result") == yen(told["total"]["result"])
        for line in told["by_csm"]:
            assert cells(page, "t-csm", line["name"])[1:3] == [f"{line['terms']:,}", yen(line["result"])]
        assert page.count("No snapshot so old yet.") == 3


def test_the_bridge_says_what_the_terminal_says_bar_by_bar(shown: Shown) -> None:
    shown.snapshot_of("2026-11-22")
    shown.rerate("E")
    told = shown.moved("2026-11-22")
    page = shown.get("/bridge?since=2026-11-22").text

    bars = [bar for bar in told["bars"] if bar["movers"]]
    assert {bar["cause"] for bar in bars} >= {"rank"}
    for bar in bars:
        cause, terms, effect = cells(page, "t-bridge", NAMES[bar["cause"]])
        assert (cause, terms) == (NAMES[bar["cause"]], str(len(bar["movers"])))
        assert effect.replace("\N{MINUS SIGN}", "-").lstrip("+") == signed(bar["amount"])
        opened = shown.get(f"/bridge?since=2026-11-22&cause={bar['cause'].replace(' ', '+')}").text
        assert opened.count('class="lead-cell"') == min(50, len(bar["movers"]))
    assert yen(told["before"]["landing"]) in page
    assert yen(told["after"]["landing"]) in page


def test_the_matrix_and_the_operations_page_are_served(shown: Shown) -> None:
    assert shown.get("/matrix").status_code == 200
    operations = shown.get("/operations").text

    assert "Approve and send" in operations
    assert "first cycle is not done" not in operations
    (held, *_) = re.findall(
        r'class="lead-cell"><a href="(/renewals/[^"]+)">[^<]+</a><small>[^<]*¥[^<]+', operations
    )
    assert shown.get(held).status_code == 200


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
