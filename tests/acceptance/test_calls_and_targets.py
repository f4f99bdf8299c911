"""Targets of the org, of the rules and of a table, and calls, on the sandbox: from the command line to the numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import SandboxProcess

CONFIG = Path(__file__).parents[2] / "config"
TARGET = """mapping:
  target:
    object: Renewal_Target__c
    fields:
      {start: Period_Start__c, months: Period_Months__c, amount: Amount__c, currency: Currency__c, manager: Team__c}
"""
QUARTER = "2026-04-01"


@dataclass
class Planned(CommandLine):
    """A command line whose connections read the org's targets, and whose rules can be edited."""

    def environment(self) -> dict[str, str]:
        """The variables, with files in the folder."""
        files = {"RULES": "rules.yaml", "CONNECTIONS": "csops-sync.yaml"}
        own = {f"CSOPS_SYNC_{name}": str(self.folder / file) for name, file in files.items()}
        return {**super().environment(), **own}

    def line(self, *, key: str = "2026-Q1", by: str = "quarter") -> dict[str, object]:
        """A line of the forecast; `total` too."""
        report = self("forecast", "--by", by, "--json").json
        return next(one for one in (*report["lines"], report["total"]) if one["key"] == key)

    def plan(self, text: str, *, table: str = "") -> None:  # type: ignore[override]  # targets, not what is to be sent
        """Write targets into the rules."""
        rules = (CONFIG / "rules.yaml").read_text("utf-8").rstrip("\n")
        (self.folder / "rules.yaml").write_text(f"{rules}\n{text}", encoding="utf-8")
        (self.folder / "targets.csv").write_text(table, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    """An org of forty contracts with a past, after its first cycle."""
    folder = tmp_path_factory.mktemp("planned")
    with SandboxProcess.start(org="history", contracts=40, today=date(2026, 4, 1)) as sandbox:
        cli = Planned(sandbox, folder)
        text = (CONFIG / "sandbox.yaml").read_text("utf-8")
        head, _, tail = text.partition("\nmapping:")
        (folder / "csops-sync.yaml").write_text(
            f"{head}\n{TARGET}{tail.partition(chr(10))[2]}", encoding="utf-8"
        )
        cli.plan('  rates: {USD: "150"}\n')
        cli("sync")
        yield cli


def test_the_orgs_own_targets_are_read_and_converted_at_the_rate_of_the_report(terminal: Planned) -> None:
    records = [
        one for one in terminal.sandbox.records("Renewal_Target__c") if one["Period_Start__c"] == QUARTER
    ]
    whole = {str(one["Currency__c"]): Decimal(str(one["Amount__c"])) for one in records if not one["Team__c"]}
    expected = sum(amount * {"JPY": 1, "USD": 150}[currency] for currency, amount in whole.items())

    assert terminal.line()["target"] == {"amount": f"{expected:.0f}", "currency": "JPY"}
    teams = {str(one["Team__c"]) for one in records if one["Team__c"]}
    lines = terminal("forecast", "--by", "manager", "--json").json["lines"]
    assert {one["name"] for one in lines if one["target"]} == teams & {one["name"] for one in lines}


def test_a_target_that_is_edited_in_salesforce_is_another_one_after_the_next_cycle(terminal: Planned) -> None:
    (record,) = [
        one
        for one in terminal.sandbox.records("Renewal_Target__c")
        if (one["Period_Start__c"], one["Currency__c"], one["Team__c"]) == (QUARTER, "JPY", None)
    ]
    before = terminal.line()["target"]

    terminal.sandbox.update(
        "Renewal_Target__c", str(record["Id"]), {"Amount__c": float(record["Amount__c"]) + 1000}
    )
    terminal.sandbox.advance(seconds=60)
    terminal("sync")

    assert isinstance(before, dict)
    assert terminal.line()["target"] == {**before, "amount": f"{Decimal(before['amount']) + 1000:f}"}


def test_what_the_rules_plan_too_clashes_and_both_are_told(terminal: Planned) -> None:
    terminal.plan(
        '  rates: {USD: "150"}\n  targets_file: targets.csv\n',
        table='period,landing\nFY2026 Q1,"5,000,000"\n',
    )

    found = terminal("forecast").out

    assert terminal.line()["target"] is None
    assert "targets.csv:2 and" in found or "and targets.csv:2" in found
    terminal.plan('  rates: {USD: "150"}\n')


def test_a_table_that_is_wrong_is_refused_with_its_place(terminal: Planned) -> None:
    terminal.plan("  targets_file: targets.csv\n", table="period,landing\nFY2026 Q1,much\n")

    assert "targets.csv:2:11: landing: 'much' is not an amount" in terminal("validate", code=1).out
    terminal.plan('  rates: {USD: "150"}\n')


def test_a_call_stands_beside_the_landing_until_it_is_withdrawn(terminal: Planned) -> None:
    rows = terminal("forecast", "--renewals", "--period", "2026-Q1", "--json").json["renewals"]
    mine = next(
        one for one in rows if one["standing"] in ("open", "unopened") and one["csm"] and one["prior"]
    )
    landing = Decimal(str(terminal.line()["landing"]["amount"]))  # type: ignore[index]  # JSON
    own = Decimal(mine["landing"]["amount"])
    rate = 150 if mine["landing"]["currency"] == "USD" else 1

    made = terminal(
        "call", mine["key"], "--amount", "1000", "--by", mine["csm"], "--note", "合意済", "--json"
    ).json

    assert (made["by"], made["note"], made["counts"]) == (mine["csm"], "合意済", True)
    line = terminal.line()
    assert line["called"] == 1
    assert line["call"] == {"amount": f"{landing - own * rate + 1000 * rate:f}", "currency": "JPY"}
    terminal("call", mine["key"], "--withdraw", "--by", mine["csm"])
    assert terminal.line()["call"] is None
    assert [one["counts"] for one in terminal("calls", "--all", "--json").json["calls"]] == [False, False]


def test_a_team_is_called_for_its_period_and_by_nobody_else(terminal: Planned) -> None:
    boss = next(
        one for one in terminal("forecast", "--by", "manager", "--json").json["lines"] if one["key"] != "-"
    )

    terminal("call", "--team", boss["name"], "--period", "FY2026 Q1", "--amount", "7,000,000")

    assert terminal.line(key=boss["key"], by="manager")["call"] == {"amount": "7000000", "currency": "JPY"}
    csm = next(
        one for one in terminal("forecast", "--by", "csm", "--json").json["lines"] if one["key"] != "-"
    )
    answer = terminal(
        "call", "--team", boss["name"], "--period", "2026-Q1", "--amount", "1", "--by", csm["name"], code=1
    )
    assert "neither leads this team" in answer.err
