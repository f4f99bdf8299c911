"""`forecast` and `metrics` on the terminal, against sums worked by hand over the sandbox's own records."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import Record, SandboxProcess

FIRST, LAST = "2026-04-01", "2026-06-30"
FLAT_BASE = {"B": Decimal("0.98"), "C": Decimal("0.9"), None: Decimal("0.9")}
"""The shipped rules: what is rated B or C at the same amount; 0.9 for what nobody has rated or opened."""


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """After the first cycle, with all that it opened sent."""
    with SandboxProcess.start(org="small", today=date(2026, 4, 1)) as sandbox:
        cli = CommandLine(sandbox, tmp_path_factory.mktemp("forecast"))
        cli("sync")
        cli.approved()
        yield cli


class ByHand:
    """The quarter from April 2026, contract by contract, as a person with a spreadsheet would add it up."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        contracts = [one for one in sandbox.records("Contract") if one["Status"] == "Activated"]
        self._successors = {one["Renewed_From__c"]: one for one in contracts if one["Renewed_From__c"]}
        self._deals = [one for one in sandbox.records("Opportunity") if "更新" in str(one["Name"])]
        self.due = self.won = self.lost = self.open = Decimal(0)
        self.terms = 0
        for contract in contracts:
            if FIRST <= str(contract["EndDate"] or "") <= LAST:
                self._add(contract)

    def _add(self, contract: Record) -> None:
        prior = Decimal(str(contract["Annual_Amount__c"]))
        self.terms += 1
        self.due += prior
        deal = self._deal(contract)
        if contract["Id"] in self._successors:
            self.won += Decimal(str(self._successors[contract["Id"]]["Annual_Amount__c"]))
        elif contract["Terminated_On__c"] or (deal and deal["IsClosed"] and not deal["IsWon"]):
            self.lost += prior
        elif deal and deal["IsWon"]:
            self.won += Decimal(str(deal["Amount"]))
        else:
            self.open += prior * FLAT_BASE[deal["Confidence__c"] if deal else None]

    def _deal(self, contract: Record) -> Record | None:
        """The renewal that the contract is linked to, else the customer's only one."""
        linked = [one for one in self._deals if one["ContractId"] == contract["Id"]]
        of_customer = [
            one for one in self._deals if one["AccountId"] == contract["AccountId"] and not one["ContractId"]
        ]
        return next(iter(linked or of_customer), None)


def test_the_totals_of_a_forecast_equal_a_sum_over_the_orgs_contracts(terminal: CommandLine) -> None:
    by_hand = ByHand(terminal.sandbox)

    total = terminal("forecast", "--by", "month", "--period", "2026-Q1", "--json").json["total"]

    assert (total["terms"], total["unjudged"]) == (by_hand.terms, 0)
    told = {name: Decimal(total[name]["amount"]) for name in ("due", "won", "lost", "open", "landing")}
    assert told == {
        "due": by_hand.due,
        "won": by_hand.won,
        "lost": by_hand.lost,
        "open": by_hand.open,
        "landing": by_hand.won + by_hand.open,
    }
    assert by_hand.won > 0
    assert by_hand.lost > 0


@pytest.mark.parametrize(
    "by", ["month", "quarter", "year", "segment", "tier", "csm", "manager", "product", "type", "rank"]
)
def test_however_it_is_grouped_the_csv_adds_up_to_the_same(terminal: CommandLine, by: str) -> None:
    words = ("forecast", "--by", by, "--period", "FY2026")
    total = terminal(*words, "--json").json["total"]

    *lines, last = csv.DictReader(io.StringIO(terminal(*words, "--csv").out))

    assert last[by] == "total"
    for name in ("due", "landing", "won", "lost", "open"):
        assert sum(Decimal(line[name]) for line in lines) == Decimal(total[name]["amount"]), name


def test_metrics_tie_from_quarter_to_quarter_and_predict_four(terminal: CommandLine) -> None:
    [report] = terminal("metrics", "--past", "6", "--json").json["reports"]

    past = [one["movements"] for one in report["periods"] if not one["predicted"]]
    assert (len(past), len(report["periods"])) == (6, 6 + 1 + 4)
    for before, after in pairwise(past):
        assert before["end"] == after["start"]
    assert report["periods"][6]["start"] == past[-1]["end"]
    assert all(Decimal(one["grr"]["value"]) <= 1 for one in report["periods"] if one["grr"])


def test_looking_at_numbers_changes_nothing_anywhere(terminal: CommandLine) -> None:
    before = terminal.dump(), terminal.writes()

    for words in (("forecast",), ("metrics", "--by", "segment"), ("metrics", "--csv")):
        assert terminal(*words).out

    assert (terminal.dump(), terminal.writes()) == before


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("forecast", "--period", "2026-Q7"), 1, "2026-Q1"),
        (("forecast", "--profile", "board"), 1, "there is no profile 'board'"),
        (("forecast", "--by", "colour"), 2, "--by"),
        (("forecast", "--json", "--csv"), 2, "--csv"),
        (("metrics", "--period", "FY2026"), 2, "--past"),
        (("metrics", "--past", "-1"), 2, "--past"),
    ],
)
def test_a_wrong_question_is_refused_with_what_to_ask_instead(
    terminal: CommandLine, words: tuple[str, ...], code: int, complaint: str
) -> None:
    answer = terminal(*words, code=code)

    assert complaint in answer.err
    assert answer.out == ""


def test_a_bridge_before_any_snapshot_says_who_takes_them(terminal: CommandLine) -> None:
    answer = terminal("bridge", "--from", "2026-04-01", code=1)

    assert "csops-sync run" in answer.err


def test_two_definitions_stand_side_by_side_from_the_rules(terminal: CommandLine) -> None:
    """A contract that ends on the last day of March is there at its close, and has left by the next morning."""
    shipped = Path(terminal.environment()["CSOPS_SYNC_RULES"]).read_text(encoding="utf-8")
    profiles = "forecast:\n  profiles: {ours: {}, board: {nrr_boundary: next_open, late: grace 30 days}}\n"
    rules = terminal.folder / "two-definitions.yaml"
    rules.write_text(shipped.replace("forecast:\n", profiles, 1), encoding="utf-8")
    named = ("--rules", rules.name, "--profile", "ours", "--profile", "board")

    ours, board = terminal("metrics", *named, "--json").json["reports"]
    text = terminal("metrics", *named).out

    assert "nrr_boundary: close" in ours["basis"]["profile"]
    assert (
        "nrr_boundary: next_open, due_by: end_date, early: effective, late: grace 30 days"
        in (board["basis"]["profile"])
    )
    assert [one["nrr"] for one in ours["periods"]] != [one["nrr"] for one in board["periods"]]
    assert text.index("FY2026 Q1, ours") < text.index("FY2026 Q1, board") < text.index("FY2026 Q2, ours")
    assert "there is ours, board" in terminal("forecast", "--rules", rules.name, "--profile", "x", code=1).err


def test_the_renewals_behind_the_sums_add_up_to_them_by_their_own_weights(terminal: CommandLine) -> None:
    """Kept x base weight + added x expansion weight, line by line, as finance would check it."""
    words = ("forecast", "--period", "2026-Q1")
    total = terminal(*words, "--json").json["total"]

    rows = list(csv.DictReader(io.StringIO(terminal(*words, "--renewals", "--csv").out)))
    told = terminal(*words, "--renewals", "--json").json["renewals"]

    for row in rows:
        weighed = Decimal(row["kept"]) * Decimal(row["base_weight"])
        weighed += Decimal(row["added"]) * Decimal(row["expansion_weight"])
        assert weighed.quantize(Decimal(1), rounding=ROUND_HALF_UP) == Decimal(row["landing"]), row["key"]
    assert sum(Decimal(row["landing"]) for row in rows) == Decimal(total["landing"]["amount"])
    assert sum(Decimal(row["prior"]) for row in rows) == Decimal(total["due"]["amount"])
    assert [one["key"] for one in told] == [row["key"] for row in rows]
    assert told[0]["prior"] == {"amount": rows[0]["prior"], "currency": "JPY"}
    text = terminal(*words, "--renewals").out
    assert f"{len(rows)} renewals" in text
    assert all(row["account"] in text for row in rows)
    terminal(*words, "--renewals", "--scenario", "low", code=2)
