"""Every query that the product sends is SOQL by two independent grammars, whatever the sandbox would let pass."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests.fakes import node_packages
from tests.fakes.answered_renewal import queries_of_an_answer
from tests.fakes.command_line import CommandLine
from tests.fakes.contract_shapes import SHAPES, STANDARD, Shape
from tests.fakes.copied_renewal import queries_of_copies
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.soql_call_sites import call_sites

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
_OBJECTS = {
    "Account",
    "FieldDefinition",
    "ObjectPermissions",
    "Opportunity",
    "OpportunityFieldHistory",
    "OpportunityHistory",
    "OpportunityStage",
    "Organization",
    "PermissionSetAssignment",
    "User",
}
_EVERY_CONDITION = (" >= 2026-", " > '", " = '", " IN ('", " ORDER BY ", " LIMIT ")
_ALL_COLUMNS = r"SELECT Id, SystemModstamp, .+ FROM "
_SENT_BY: Mapping[str, tuple[str, ...]] = {
    "fetch.Fetcher._queries": (
        _ALL_COLUMNS + r"Opportunity WHERE Id IN \('006\w{15}'.*\)",
        _ALL_COLUMNS + r"Contract WHERE AccountId IN \('001\w{15}'.*\)",
        _ALL_COLUMNS + r"Opportunity WHERE Renewal_Key__c IN \('800\w{15}-1'.*\)",
    ),
    "identity._query": (r"SELECT Id, Name, .+ FROM Organization LIMIT 1",),
    "identity.read_identity": (r"SELECT ApiName, .+ FROM OpportunityStage",),
    "identity.read_user_ids": (
        r"SELECT Id, Username FROM User WHERE .+",
        r"SELECT Id, Username FROM User WHERE Username IN \('flow@csops\.example'\)",
    ),
    "load.Loader._page": (
        r"SELECT Id, SystemModstamp FROM Contract ORDER BY Id LIMIT 2000",
        _ALL_COLUMNS + r"Contract ORDER BY Id LIMIT 2000",
    ),
    "load.Loader.load": (_ALL_COLUMNS + r"Contract WHERE Id > '800\w{15}' ORDER BY Id LIMIT 2000",),
    "pull._query": (
        _ALL_COLUMNS + r"Contract WHERE SystemModstamp >= \S+Z ORDER BY SystemModstamp, Id",
        r"SELECT Id, CreatedDate, .+ FROM OpportunityHistory WHERE CreatedDate >= \S+Z ORDER BY CreatedDate, Id",
    ),
    "sight.Sight._seen": (
        r"SELECT .+ FROM PermissionSetAssignment WHERE AssigneeId = '005\w{15}'",
        r"SELECT .+ FROM ObjectPermissions WHERE SobjectType IN \(.+\) AND ParentId IN \(.+\)",
    ),
    "sold.SoldReader._records": (
        r"SELECT Id, .+ FROM OpportunityLineItem WHERE OpportunityId IN \('006\w{15}'.*\) .+",
        r"SELECT Id, .+ FROM OpportunityContactRole WHERE OpportunityId IN \('006\w{15}'.*\) .+",
    ),
    "soql.Select.text": (r"SELECT .+ FROM .+",),
    "soql._narrowed": (r"SELECT .+ WHERE \w+ IN \(.+\)",),
    "tables.RoleTable.select": (_ALL_COLUMNS + r"Account .+",),
    "tracking_check.TrackingCheck._definitions": (
        r"SELECT .+ FROM FieldDefinition WHERE EntityDefinitionId = 'Opportunity' AND QualifiedApiName IN \(.+\)",
    ),
}
"""For every place that builds SOQL, what it has to have sent: one pattern for each of its calls, or more."""


@dataclass
class ShapedLine(CommandLine):
    """Commands with the mapping of one shape of contract."""

    shape: Shape = STANDARD

    def environment(self) -> dict[str, str]:
        """The same, but for the connections."""
        return {**super().environment(), "CSOPS_SYNC_CONNECTIONS": str(self.shape.connections)}


@dataclass(frozen=True)
class Sent:
    """What the product asked of the sandbox: by every command for each shape of contract, and in all."""

    by_commands: Mapping[str, Sequence[str]]
    queries: Sequence[str]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """The queries of every command that asks, of a load of many pages, of an answer from Slack, and of copied lines."""
    asked = {shape.kind: _asked(shape, tmp_path_factory.mktemp(shape.kind)) for shape in SHAPES}
    large = _asked_of_a_large_org(tmp_path_factory.mktemp("large"))
    answered = queries_of_an_answer(tmp_path_factory.mktemp("answered"))
    everything = [
        query for found in (*asked.values(), large, answered, queries_of_copies()) for query in found
    ]
    return Sent(by_commands=asked, queries=list(dict.fromkeys(everything)))


@pytest.mark.usefixtures("packages")
def test_every_query_that_the_product_sends_is_accepted_by_both_grammars(sent: Sent) -> None:
    complaints = _complaints(sent.queries)
    assert [(query, said) for query, said in complaints.items() if any(said)] == []


@pytest.mark.usefixtures("packages")
def test_wrong_queries_are_refused_by_both_grammars() -> None:
    assert [query for query, said in _complaints(WRONG).items() if not all(said)] == []


def test_all_ways_to_ask_are_among_the_queries(sent: Sent) -> None:
    """Else the proof would be one of little."""
    for kind, found in sent.by_commands.items():
        objects = {name for query in found for name in _OBJECT.findall(query)}
        assert objects >= {*_OBJECTS, kind}
    assert [part for part in _EVERY_CONDITION if not any(part in query for query in sent.queries)] == []


def test_every_place_that_builds_soql_has_sent_what_it_builds(sent: Sent) -> None:
    """A new call has no pattern yet; a pattern whose call no story above reaches matches nothing."""
    sites = call_sites()
    assert set(sites) == set(_SENT_BY)
    assert [site for site, count in sites.items() if len(set(_SENT_BY[site])) < count] == []
    patterns = [pattern for found in _SENT_BY.values() for pattern in found]
    unseen = [one for one in patterns if not any(re.fullmatch(one, query) for query in sent.queries)]
    assert unseen == []


def test_a_new_place_that_builds_soql_is_found(tmp_path: Path) -> None:
    code = """
class Reader:
    def read(self, table):
        first = Select(fields=("Id",), table="Lead")
        return first, [one for one in soql.in_chunks(table.select(), "Id", ["a"])]

def written(table):
    return f"SELECT Id FROM {table}"
"""
    (tmp_path / "leads.py").write_text(code, "utf-8")
    assert call_sites(tmp_path) == {"leads.Reader.read": 3, "leads.written": 1}


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
