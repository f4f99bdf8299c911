"""Every query that the product sends is SOQL by two independent grammars, whatever the sandbox would let pass."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests.fakes import node_packages
from tests.fakes.command_line import CommandLine
from tests.fakes.contract_shapes import SHAPES, STANDARD, Shape
from tests.fakes.sandbox import SandboxProcess

TODAY = date(2026, 4, 1)
_OBJECT = re.compile(r"\bFROM (\w+)")
WRONG = (
    "SELECT Id FROM Account WHERE Id IN ()",
    "SELECT * FROM Account",
    "SELECT Id, FROM Account",
    "SELECT Id FROM Account WHERE Name = 'O'Neil'",
    "SELECT Id FROM Account WHERE Name == 'a'",
    'SELECT Id FROM Account WHERE Name = "a"',
    "SELECT Id FROM Account WHERE (Name = 'a'",
    "SELECT Id FROM Account WHERE Amount > 1e3",
    "SELECT Id FROM Account WHERE CreatedDate > 2026-01-01T00:00:00",
    "SELECT Id FROM Account OFFSET 2 LIMIT 5",
    "SELECT Id FROM Account LIMIT 1 please",
    "SELECT Id FROM Account;",
)
_MORE_THAN_A_PAGE = 2_100
_OBJECTS = {"Account", "Opportunity", "OpportunityFieldHistory", "OpportunityHistory", "Organization", "User"}
_EVERY_CONDITION = (" >= 2026-", " > '", " = '", " IN ('", " ORDER BY ", " LIMIT ")


@dataclass
class ShapedLine(CommandLine):
    """Commands with the mapping of one shape of contract."""

    shape: Shape = STANDARD

    def environment(self) -> dict[str, str]:
        """The same, but for the connections."""
        return {**super().environment(), "CSOPS_SYNC_CONNECTIONS": str(self.shape.connections)}


@pytest.mark.usefixtures("packages")
def test_every_query_that_the_product_sends_is_accepted_by_both_grammars(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Those of every command that asks, for each shape of contract, and those of a load of many pages."""
    asked = {shape.kind: _asked(shape, tmp_path_factory.mktemp(shape.kind)) for shape in SHAPES}
    large = _asked_of_a_large_org(tmp_path_factory.mktemp("large"))
    queries = [query for found in (*asked.values(), large) for query in found]

    _assert_all_ways_to_ask(asked, queries)
    complaints = _complaints(queries)
    assert [(query, said) for query, said in complaints.items() if any(said)] == []


@pytest.mark.usefixtures("packages")
def test_wrong_queries_are_refused_by_both_grammars() -> None:
    assert [query for query, said in _complaints(WRONG).items() if not all(said)] == []


def _assert_all_ways_to_ask(asked: Mapping[str, Sequence[str]], queries: Sequence[str]) -> None:
    """Else the proof would be one of little."""
    for kind, found in asked.items():
        objects = {name for query in found for name in _OBJECT.findall(query)}
        assert objects >= {*_OBJECTS, kind}
    assert [part for part in _EVERY_CONDITION if not any(part in query for query in queries)] == []


def _complaints(queries: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """What either grammar has against each query, all of them read by one process."""
    answers = node_packages.run("soql_grammars.mjs", order=list(queries))
    said = [(one["soql_parser"], one["apex_parser"]) for one in answers]
    return dict(zip(queries, said, strict=True))


def _asked(shape: Shape, folder: Path) -> list[str]:
    """Let every command that asks Salesforce run, on news of each kind."""
    with SandboxProcess.start(org="small", today=TODAY) as sandbox:
        cli = ShapedLine(sandbox, folder, shape)
        contract = shape.sign(sandbox, sandbox.create("Account", {"Name": "文法"}), date(2025, 6, 1), 12, {})
        cli("validate", "--org")
        cli("sync")
        cli.approved()
        sandbox.advance_business_days(1)
        _edit(sandbox, contract)
        cli("sync")
        sandbox.advance_business_days(1)
        cli("sync")
        cli("reconcile")
        return list(sandbox.ledger()["queries"])


def _asked_of_a_large_org(folder: Path) -> list[str]:
    """Let a first load go from page to page."""
    with SandboxProcess.start(org="generated", contracts=_MORE_THAN_A_PAGE, today=TODAY) as sandbox:
        ShapedLine(sandbox, folder)("sync")
        return list(sandbox.ledger()["queries"])


def _edit(sandbox: SandboxProcess, contract: str) -> None:
    """Let a person move the close date of the renewal, which is then read again with its history."""
    for one in sandbox.records("Opportunity"):
        if str(one["Renewal_Key__c"] or "").startswith(contract):
            sandbox.update("Opportunity", one["Id"], {"CloseDate": "2026-06-20"})
