"""Retention of an org with ramps, amendments and two currencies, read over the API, against what it was drawn from."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import SandboxProcess

TODAY = date(2026, 4, 10)
CONFIG = Path(__file__).parents[2] / "config"
DAY = timedelta(days=1)
Told = Mapping[str, Any]


class HistoryLine(CommandLine):
    """Commands with the files that are shipped for the org with a past."""

    def environment(self) -> dict[str, str]:
        """The variables, with these files."""
        files = {"RULES": "history-rules.yaml", "CONNECTIONS": "history.yaml"}
        return super().environment() | {
            f"CSOPS_SYNC_{name}": str(CONFIG / file) for name, file in files.items()
        }


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HistoryLine]:
    """After the first cycle."""
    with SandboxProcess.start(org="history", contracts=120, today=TODAY) as sandbox:
        cli = HistoryLine(sandbox, tmp_path_factory.mktemp("history"))
        cli("sync")
        yield cli


@dataclass(frozen=True)
class Truth:
    """What every customer paid a year on a day, in yen, as a person with the truth in hand would add it up."""

    terms: tuple[Told, ...]
    rates: tuple[tuple[str, Decimal], ...]
    without_a_past: tuple[tuple[str, int], ...]
    """When the yen contracts of customers without a past began, and what they earn; all of them run on."""

    @classmethod
    def of(cls, sandbox: SandboxProcess) -> "Truth":
        dated = [one for one in sandbox.records("DatedConversionRate") if one["IsoCode"] == "USD"]
        rates = sorted((str(one["StartDate"]), Decimal(repr(one["ConversionRate"]))) for one in dated)
        others = [one for one in sandbox.records("Contract") if not one["Name"]]
        running = tuple((str(one["StartDate"]), int(one["Annual_Amount__c"])) for one in others)
        return cls(tuple(sandbox.truth()["terms"]), tuple(rates), running)

    def revenue(self, day: date, *, at: date) -> int:
        """Sum what is in force on a day, at the rate of another; each term is rounded once, half up."""
        running = sum(amount for start, amount in self.without_a_past if start <= day.isoformat())
        return running + sum(self._yen(term, day, at) for term in self._in_force(day))

    def steps(self) -> int:
        """Count the terms that earned more than one amount."""
        return sum(len(term["steps"]) > 1 for term in self.terms)

    def _in_force(self, day: date) -> Iterator[Told]:
        before: dict[str, Told] = {}
        for term in self.terms:
            last = before.get(term["account"])
            if _begins(term, last) <= day <= date.fromisoformat(term["until"]):
                yield term
            before[term["account"]] = term

    def _yen(self, term: Told, day: date, at: date) -> int:
        amount = [one["amount"] for one in term["steps"] if one["on"] <= day.isoformat()][-1]
        if term["currency"] == "JPY":
            return int(amount)
        place = bisect_right([start for start, _ in self.rates], at.isoformat())
        return int(Fraction(amount) / Fraction(self.rates[place - 1][1]) + Fraction(1, 2))


def _begins(term: Told, before: Told | None) -> date:
    """A renewal that was signed after its own first day counts from its signature."""
    start = date.fromisoformat(term["start"])
    deal = before["deal"] if before is not None and before["fate"] == "won" and term["continues"] else None
    return max(start, date.fromisoformat(deal["closed_on"])) if deal else start


def periods(terminal: HistoryLine, rates: str) -> list[Told]:
    """The closed quarters by one policy."""
    told = terminal("metrics", "--past", "6", "--rates", rates, "--json").json
    return [one for one in told["reports"][0]["periods"] if one["movements"] is not None]


def moved(line: Told, name: str) -> int:
    return int(Decimal(line["movements"][name]["amount"]))


def test_each_quarter_is_worth_what_the_truth_says_at_the_rate_of_its_own_days(terminal: HistoryLine) -> None:
    truth = Truth.of(terminal.sandbox)
    found = periods(terminal, "reported")

    assert truth.steps() > 10
    assert len(found) == 6
    for line in found:
        opens = date.fromisoformat(line["window"]["first"]) - DAY
        closes = date.fromisoformat(line["window"]["last"])
        assert moved(line, "start") == truth.revenue(opens, at=opens)
        assert moved(line, "end") == truth.revenue(closes, at=closes)
    assert any(moved(line, "fx") for line in found)


def test_in_constant_currency_both_ends_are_at_the_rate_of_the_first_day(terminal: HistoryLine) -> None:
    truth = Truth.of(terminal.sandbox)

    for line in periods(terminal, "period_start"):
        first = date.fromisoformat(line["window"]["first"])
        closes = date.fromisoformat(line["window"]["last"])
        assert moved(line, "start") == truth.revenue(first - DAY, at=first)
        assert moved(line, "end") == truth.revenue(closes, at=first)
        assert moved(line, "fx") == 0


def test_growth_within_terms_is_expansion_of_the_quarter_of_its_step(terminal: HistoryLine) -> None:
    """A customer whose only news in a quarter is one step up moves by exactly that step."""
    truth = Truth.of(terminal.sandbox)
    expected: dict[str, int] = defaultdict(int)
    for term in truth.terms:
        for before, step in zip(term["steps"], term["steps"][1:], strict=False):
            if term["currency"] == "JPY" and step["amount"] > before["amount"]:
                expected[step["on"]] += step["amount"] - before["amount"]
    for line in periods(terminal, "period_start"):
        window = line["window"]
        rises = sum(added for on, added in expected.items() if window["first"] <= on <= window["last"])
        assert moved(line, "expansion") >= rises
    assert expected


def test_a_day_that_nobody_kept_and_a_day_that_is_none_are_refused(terminal: HistoryLine) -> None:
    """`sync` takes no snapshot; the daemon does, once a day."""
    assert (
        "no snapshot was taken by 2026-04-09T23:59:59"
        in terminal("metrics", "--known-at", "2026-04-09", code=1).err
    )
    assert (
        "`csops-sync run` takes one" in terminal("forecast", "--known-at", "2026-04-09T00:00:00Z", code=1).err
    )
    assert "--known-at" in terminal("forecast", "--known-at", "yesterday", code=2).err
    assert "--rates" in terminal("metrics", "--rates", "dated", code=2).err


def test_two_policies_are_printed_side_by_side(terminal: HistoryLine) -> None:
    text = terminal("metrics", "--rates", "reported", "--rates", "period_start").out

    assert "default at reported rates" in text
    assert "default at period_start rates" in text


@pytest.mark.parametrize("rates", ["reported", "period_start"])
def test_the_renewals_behind_a_forecast_add_up_to_it_at_the_rates_that_are_asked_for(
    terminal: HistoryLine, rates: str
) -> None:
    words = ("forecast", "--period", "FY2026", "--rates", rates, "--json")
    total, listed = terminal(*words).json["total"], terminal(*words, "--renewals").json["renewals"]

    for name in ("due", "landing"):
        amounts = [one[f"counted_{name}"] for one in listed if one[f"counted_{name}"] is not None]
        assert sum(Decimal(one["amount"]) for one in amounts) == Decimal(total[name]["amount"])
    assert len({one["rate"] for one in listed}) > 1
