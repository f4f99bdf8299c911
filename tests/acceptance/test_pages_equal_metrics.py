"""Every page on a sandbox with a past, in a browser: nothing is wrong, and its numbers are those of the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.fakes.played import playing
from tests.fakes.seen_pages import SeenPages, look_at, number
from tests.fakes.shown_sandbox import Shown

TODAY = "2026-11-20"
YEAR = "FY2026"
TENTH = Decimal("0.1")
OVERVIEW, MATRIX, ACCURACY, OPERATIONS = "/?span=year", "/matrix", "/accuracy", "/operations"
BRIDGE = f"/bridge?since={TODAY}"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What the terminal says of the same state, as JSON."""

    year: Json
    """`forecast` of the fiscal year by quarter."""
    months: Json
    years: Json
    metrics: Sequence[Json]
    renewals: Sequence[Json]
    bridge: Json
    accuracy: Json

    @property
    def listed(self) -> str:
        """The list of the renewals that are due in the year."""
        window = self.year["window"]
        return f"/renewals?first={window['first']}&last={window['last']}"

    @property
    def opened(self) -> tuple[str, ...]:
        """Renewals to open: one that is won, one in another currency, and one that was rated anew."""
        (rank,) = (bar for bar in self.bridge["bars"] if bar["cause"] == "rank")
        won = next(one["key"] for one in self.renewals if one["standing"] == "won")
        abroad = next(one["key"] for one in self.renewals if one["rate"] not in (None, "1"))
        return tuple(f"/renewals/{key}" for key in (won, abroad, rank["movers"][0]["key"]))

    @property
    def pages(self) -> tuple[str, ...]:
        """Every page that the dashboard has."""
        bar = f"{BRIDGE}&cause=rank"
        return (OVERVIEW, self.listed, *self.opened, BRIDGE, bar, MATRIX, ACCURACY, OPERATIONS)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The org with a past; since its first snapshot somebody has rated three renewals down."""
    words = ("--org", "history", "--contracts", "60", "--today", TODAY)
    with playing(tmp_path_factory.mktemp("played"), *words) as play:
        found = Shown.of(play)
        found.snapshot_of(TODAY)
        found.rerate("E")
        found.moved(TODAY)
        yield found


@pytest.fixture(scope="module")
def told(shown: Shown) -> Told:
    """What the terminal says, two commands at a time."""
    asked = {
        "year": ("forecast", "--period", YEAR),
        "months": ("forecast", "--period", YEAR, "--by", "month"),
        "years": ("forecast", "--by", "year"),
        "metrics": ("metrics",),
        "renewals": ("forecast", "--period", YEAR, "--renewals"),
        "bridge": ("bridge", "--from", TODAY),
        "accuracy": ("accuracy",),
    }
    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(asked, pool.map(lambda words: shown.terminal(*words), asked.values()), strict=True))
    metrics, renewals = said.pop("metrics")["reports"][0]["periods"], said.pop("renewals")["renewals"]
    return Told(metrics=metrics, renewals=renewals, **said)


@pytest.fixture(scope="module", params=[(1280, "ja"), (1280, "en"), (390, "ja"), (390, "en")])
def seen(request: pytest.FixtureRequest, chromium: Browser, shown: Shown, told: Told) -> SeenPages:
    """All pages at one width in one language, each looked at once."""
    width, language = request.param
    return look_at(chromium, shown.url, told.pages, width=width, language=language)


def test_neither_the_console_nor_axe_has_anything_to_say_and_nothing_is_too_wide(seen: SeenPages) -> None:
    assert seen.wrong == []


def test_landing_and_base_of_each_quarter_are_those_of_forecast(seen: SeenPages, told: Told) -> None:
    rows = seen.table(OVERVIEW, "t-landing")
    lines = [*told.year["lines"], told.year["total"]]

    assert number(seen.figure(OVERVIEW, "figure-landing")) == amount(told.year["total"]["landing"])
    for row, line in zip(rows, lines, strict=True):
        planned = [amount(line["target"])] if len(row) > 5 else []
        landing, *beside, due, won, terms = map(number, row[1:])
        assert landing == amount(line["landing"])
        assert beside == planned
        assert (due, won, terms) == (amount(line["due"]), amount(line["won"]), line["terms"])


def test_retention_past_and_predicted_is_that_of_metrics(seen: SeenPages, told: Told) -> None:
    expected = [line for one in told.metrics for line in (one, one["restated"]) if line]
    closed = [one for one in told.metrics if not one["predicted"]][-1]

    for row, line in zip(seen.table(OVERVIEW, "t-retention"), expected, strict=True):
        assert row[0] == line["name"]
        assert list(map(number, row[2:])) == [percent(line["nrr"]), percent(line["grr"])]
    for ratio in ("nrr", "grr"):
        assert number(seen.figure(OVERVIEW, f"figure-{ratio}")) == percent(closed[ratio])


def test_what_is_due_by_month_is_what_forecast_says_by_month(seen: SeenPages, told: Told) -> None:
    rows = seen.table(OVERVIEW, "t-months")
    lines = [one for one in told.months["lines"] if one["terms"]]

    assert [total(row[1:]) for row in rows] == [amount(one["due"]) for one in lines]


def test_the_list_has_as_many_renewals_and_lands_where_they_sum_up_to(seen: SeenPages, told: Told) -> None:
    figures = seen.pages[told.listed].figures
    due, landing = (
        sum(amount(one[name]) or 0 for one in told.renewals) for name in ("counted_due", "counted_landing")
    )

    assert number(figures["sum-terms"]) == len(told.renewals)
    assert number(figures["sum-due"]) == due == amount(told.year["total"]["due"])
    assert number(figures["sum-landing"]) == landing == amount(told.year["total"]["landing"])
    listed = {one.removeprefix("/renewals/") for one in seen.pages[told.listed].links}
    assert len(listed) == min(50, len(told.renewals))
    assert listed <= {one["key"] for one in told.renewals}


def test_a_renewals_page_says_where_it_lands(seen: SeenPages, told: Told) -> None:
    by_key = {one["key"]: one for one in told.renewals}

    for path in told.opened:
        line = by_key[path.removeprefix("/renewals/")]
        assert number(seen.figure(path, "figure-landing")) == amount(line["landing"])


def test_the_matrix_lands_at_what_forecast_has_still_open(seen: SeenPages, told: Told) -> None:
    cells = seen.pages[MATRIX].cells

    assert total(landing for _, _, landing in cells) == sum(
        amount(one["open"]) or 0 for one in told.years["lines"]
    )


def test_the_bridge_leads_bar_by_bar_as_on_the_terminal(seen: SeenPages, told: Told) -> None:
    first, *rows, last = seen.table(BRIDGE, "t-bridge")
    bars = [one for one in told.bridge["bars"] if one["movers"]]

    assert number(first[-1]) == amount(told.bridge["before"]["landing"])
    assert [list(map(number, row[1:])) for row in rows] == [
        [len(one["movers"]), amount(one["amount"])] for one in bars
    ]
    assert number(last[-1]) == amount(told.bridge["after"]["landing"])
    (rank,) = (one for one in bars if one["cause"] == "rank")
    assert [number(row[-1]) for row in seen.table(f"{BRIDGE}&cause=rank", "t-movers")] == [
        amount(one["amount"]) for one in rank["movers"]
    ]


def test_accuracy_says_what_came_of_the_last_quarter(seen: SeenPages, told: Told) -> None:
    rows = {row[0]: row for row in seen.table(ACCURACY, "t-csm")}

    assert number(seen.figure(ACCURACY, "figure-result")) == amount(told.accuracy["total"]["result"])
    for line in told.accuracy["by_csm"]:
        assert list(map(number, rows[line["name"]][1:3])) == [line["terms"], amount(line["result"])]


def amount(money: Json | None) -> Decimal | None:
    return None if money is None else Decimal(money["amount"])


def total(texts: Iterator[str] | Sequence[str]) -> Decimal:
    return sum((number(one) or Decimal() for one in texts), Decimal())


def percent(ratio: Json | None) -> Decimal | None:
    """A ratio as a page rounds it, once, from what it was divided of."""
    if ratio is None:
        return None
    exact = Decimal(ratio["numerator"]) * 100 / Decimal(ratio["denominator"])
    return exact.quantize(TENTH, ROUND_HALF_UP)
