"""Groups of companies on the terminal: each account a customer, and beside it each group, of the same revenue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import Record, SandboxProcess

CONFIG = Path(__file__).parents[2] / "config"
SHIPPED = {"RULES": "history-rules.yaml", "CONNECTIONS": "history.yaml"}
ABOUT_GROUPS = ("parent: ParentId", "groups: {customer: top_parent}")
Told = Mapping[str, Any]


@dataclass
class GroupsLine(CommandLine):
    """Commands with the files that are shipped for the org with a past, in which subsidiaries sign for themselves."""

    files: Path = CONFIG

    def environment(self) -> dict[str, str]:
        """The variables, with these files."""
        own = {f"CSOPS_SYNC_{name}": str(self.files / file) for name, file in SHIPPED.items()}
        return super().environment() | own

    def last_quarter(self) -> dict[str, Told]:
        """The last closed quarter by the name of the definition."""
        asked = ("metrics", "--past", "1", "--profile", "default", "--profile", "groups", "--json")
        reports = self(*asked).json["reports"]
        closed = (next(one for one in report["periods"] if one["movements"]) for report in reports)
        return dict(zip(("default", "groups"), closed, strict=True))

    def merge(self, loser: Record, *, into: Record) -> None:
        """Do to the rows what Salesforce does when it merges two accounts, and sync."""
        moved = [
            {"op": "update", "object": name, "id": one["Id"], "values": {"AccountId": into["Id"]}}
            for name in ("Contract", "Opportunity")
            for one in self.sandbox.records(name)
            if one["AccountId"] == loser["Id"]
        ]
        self.sandbox.edits([*moved, {"op": "delete", "object": "Account", "id": loser["Id"]}])
        self.sandbox.advance(seconds=60)
        self("sync")

    def belongs(self, account: Record, *, to: str | None) -> None:
        """Put an account below another one, as a person would, and sync."""
        self.sandbox.update("Account", account["Id"], {"ParentId": to})
        self.sandbox.advance(seconds=60)
        self("sync")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GroupsLine]:
    """After the first cycle."""
    with SandboxProcess.start(org="history", contracts=80) as sandbox:
        cli = GroupsLine(sandbox, tmp_path_factory.mktemp("groups"))
        cli("sync")
        yield cli


def customers(line: Told) -> int:
    """How many customers there were at the start of a period."""
    return int(line["logo_retention"]["denominator"])


def grr(line: Told) -> Fraction:
    return Fraction(line["grr"]["numerator"]) / Fraction(line["grr"]["denominator"])


def strangers(sandbox: SandboxProcess, line: Told) -> list[Record]:
    """Two accounts of no group, whose contracts ran on from before a quarter until after it."""
    accounts = sandbox.records("Account")
    parents = {one["ParentId"] for one in accounts}
    running = {
        one["AccountId"]
        for one in sandbox.records("Contract")
        if one["StartDate"] < line["window"]["first"][:4] + "-01-01" and one["Terminated_On__c"] is None
        if str(one["EndDate"]) > line["window"]["last"]
    }
    alone = [one for one in accounts if one["ParentId"] is None and one["Id"] not in parents]
    return [one for one in alone if one["Id"] in running][:2]


def test_a_group_is_one_customer_of_the_same_revenue_beside_its_accounts(terminal: GroupsLine) -> None:
    found = terminal.last_quarter()
    default, groups = found["default"], found["groups"]

    assert customers(groups) < customers(default)
    assert groups["movements"]["start"] == default["movements"]["start"]
    assert groups["movements"]["end"] == default["movements"]["end"]
    assert grr(groups) >= grr(default)


def test_groups_are_there_with_the_next_cycle_after_parents_were_mapped(
    terminal: GroupsLine, tmp_path: Path
) -> None:
    """Until then nothing is known of parents, and a profile that asks for them is refused."""
    for name in SHIPPED.values():
        lines = (CONFIG / name).read_text("utf-8").splitlines(keepends=True)
        kept = [one for one in lines if not any(word in one for word in ABOUT_GROUPS)]
        assert len(kept) == len(lines) - 1
        (tmp_path / name).write_text("".join(kept), "utf-8")
    earlier = GroupsLine(terminal.sandbox, tmp_path, files=tmp_path)
    earlier("sync")
    refused = earlier("metrics", "--profile", "groups", code=1).err
    assert "there is no profile 'groups'" in refused

    now = GroupsLine(terminal.sandbox, tmp_path)
    now("sync")

    assert now.last_quarter() == terminal.last_quarter()
    assert earlier("validate").code == 0
    (tmp_path / "history-rules.yaml").write_text((CONFIG / "history-rules.yaml").read_text("utf-8"), "utf-8")
    assert "`top_parent` needs the accounts' parents" in earlier("validate", code=1).out


def test_every_number_says_who_counts_as_a_customer(terminal: GroupsLine) -> None:
    text = terminal("metrics", "--profile", "default", "--profile", "groups").out
    plain = terminal("metrics", "--profile", "groups", "--json").json["reports"][0]

    assert "customer: account" in text
    assert "customer: top_parent" in text
    assert plain["basis"]["profile"].endswith("customer: top_parent")


def test_an_account_that_is_put_below_another_one_is_one_customer_with_it_from_the_next_cycle_on(
    terminal: GroupsLine,
) -> None:
    before = terminal.last_quarter()
    above, below = strangers(terminal.sandbox, before["groups"])

    terminal.belongs(below, to=above["Id"])
    together = terminal.last_quarter()
    terminal.belongs(below, to=None)

    assert customers(together["groups"]) == customers(before["groups"]) - 1
    assert together["groups"]["start"] == before["groups"]["start"]
    assert together["default"] == before["default"]
    assert terminal.last_quarter() == before


def test_accounts_that_are_merged_are_one_customer_whose_revenue_never_moved(terminal: GroupsLine) -> None:
    before = terminal.last_quarter()
    loser, winner = strangers(terminal.sandbox, before["default"])

    terminal.merge(loser, into=winner)

    for name, after in terminal.last_quarter().items():
        assert customers(after) == customers(before[name]) - 1
        assert after["movements"] == before[name]["movements"]
        assert (after["nrr"], after["grr"]) == (before[name]["nrr"], before[name]["grr"])
