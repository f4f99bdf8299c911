"""The Salesforce CLI, which nobody here wrote, drives the sandbox as an admin would: commands, files, exit codes."""

import csv
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.fakes import node_packages
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import ask_token

PEOPLE = 2_100
_ORG = ("-o", "stub", "--json")
_QUERY = "SELECT Id, Name, Owner.Name, AnnualRevenue FROM Account WHERE ExternalId__c = 'one'"
_TREE = {
    "records": [
        {
            "attributes": {"type": "Account", "referenceId": "a"},
            "Name": "tree",
            "Contacts": {
                "records": [{"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "leaf"}]
            },
        }
    ]
}
_QUIET = ("SF_DISABLE_TELEMETRY", "SF_AUTOUPDATE_DISABLE", "SF_SKIP_NEW_VERSION_CHECK")


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    text: str
    code: int

    @property
    def result(self) -> Any:  # noqa: ANN401  # JSON
        """The result of a command that was asked for JSON and succeeded."""
        assert self.code == 0, self.text
        return json.loads(self.text)["result"]

    @property
    def error(self) -> str:
        """The name of the error of a command that was asked for JSON and failed."""
        assert self.code != 0, self.text
        return str(json.loads(self.text)["name"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of the CLI, with the files that commands read and write."""
    made = tmp_path_factory.mktemp("cli")
    (made / "tree.json").write_text(json.dumps(_TREE), "utf-8")
    (made / "upsert.csv").write_text("Name,ExternalId__c\nb1,b1\n1,one\n,b3\n", "utf-8")
    (made / "unknown.csv").write_text("Name,Nope\nb,b\n", "utf-8")
    (made / "people.csv").write_text("LastName\n" + "".join(f"p{n}\n" for n in range(PEOPLE)), "utf-8")
    records = [{"attributes": {"type": "Account"}, **row} for row in ({"Name": "x"}, {"Phone": "1"})]
    (made / "collection.json").write_text(json.dumps({"allOrNone": False, "records": records}), "utf-8")
    return made


@pytest.fixture(scope="module")
def environment(sandbox: SandboxProcess, folder: Path) -> Mapping[str, str]:
    """The CLI's own home and a session of the org, nothing of the machine's."""
    urls = sandbox.urls
    token = ask_token(
        urls, grant_type="client_credentials", client_id=urls.client_id, client_secret=urls.client_secret
    ).json()["access_token"]
    quiet = dict.fromkeys((*_QUIET, "SF_USE_GENERIC_UNIX_KEYCHAIN"), "true")
    return {**quiet, "HOME": str(folder), "SF_ACCESS_TOKEN": token}


@pytest.fixture(scope="module")
def said(
    packages: None, sandbox: SandboxProcess, environment: Mapping[str, str], folder: Path
) -> dict[str, Said]:
    """Every command by its name, all of them run by one process in this order."""
    del packages
    sandbox.toggles(bulk={"polls": 1})  # the CLI looks at a job every 5 seconds, and at once to begin with
    commands = [
        {"name": name, "id": command, "words": words}
        for name, (command, *words) in _commands(sandbox.urls.salesforce, folder).items()
    ]
    answers = node_packages.run("salesforce_cli.mjs", order={"commands": commands}, environment=environment)
    return {name: Said(text=one["text"], code=one["code"]) for name, one in answers.items()}


def test_it_logs_in_and_knows_the_org(said: dict[str, Said], sandbox: SandboxProcess) -> None:
    assert said["login"].result["username"] == sandbox.urls.username
    assert said["display"].result["connectedStatus"] == "Connected"
    limits = {one["name"]: one["max"] for one in said["limits"].result}
    assert limits["DailyApiRequests"] == 100_000


def test_it_describes(said: dict[str, Said]) -> None:
    assert "ExternalId__c" in {field["name"] for field in said["describe"].result["fields"]}
    assert said["custom objects"].result == ["Invoice__c"]


def test_it_creates_reads_updates_and_deletes_a_record(said: dict[str, Said]) -> None:
    assert said["create"].result["success"]
    assert said["get"].result["Phone"] == "1"
    assert said["delete"].result["success"]
    assert said["get again"].error == "DataRecordGetNoRecord"
    assert said["create without a name"].error == "REQUIRED_FIELD_MISSING"


def test_it_queries_as_json_and_as_csv(said: dict[str, Said]) -> None:
    (row,) = said["query"].result["records"]
    assert (row["Name"], row["Owner"]["Name"].strip() != "") == ("one", True)
    (line,) = csv.DictReader(said["query as csv"].text.splitlines())
    assert set(line) == {"Id", "Name", "Owner.Name", "AnnualRevenue"}
    assert line["Owner.Name"] == row["Owner"]["Name"]


def test_it_names_the_columns_of_groups(said: dict[str, Said]) -> None:
    """By `columns=true`, which the CLI asks for beside the rows."""
    (line,) = csv.DictReader(said["groups as csv"].text.splitlines())
    assert [name.lower() for name in line] == ["name", "count(id)"]
    assert list(line.values()) == ["one", "1"]


def test_a_wrong_query_is_refused_with_salesforces_code(said: dict[str, Said]) -> None:
    assert said["wrong query"].error == "INVALID_FIELD"


def test_it_imports_a_tree(said: dict[str, Said], sandbox: SandboxProcess) -> None:
    assert [one["type"] for one in said["tree"].result] == ["Account", "Contact"]
    (leaf,) = [one for one in sandbox.records("Contact") if one["LastName"] == "leaf"]
    assert leaf["AccountId"] == said["tree"].result[0]["id"]


def test_a_collection_fails_row_by_row(said: dict[str, Said]) -> None:
    done, refused = json.loads(said["collection"].text)
    assert (done["success"], refused["success"]) == (True, False)
    assert refused["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"


def test_it_imports_a_file_and_follows_the_pages_of_a_query(said: dict[str, Said]) -> None:
    """2,100 rows come in two pages."""
    counted = said["import"].result
    assert (counted["processedRecords"], counted["failedRecords"]) == (PEOPLE, 0)
    found = said["all pages"].result
    assert (found["totalSize"], len({row["Id"] for row in found["records"]})) == (PEOPLE, PEOPLE)


def test_a_bulk_upsert_of_a_file_counts_what_failed(said: dict[str, Said], sandbox: SandboxProcess) -> None:
    told = json.loads(said["upsert of a file"].text)
    assert said["upsert of a file"].code != 0
    assert (told["data"]["state"], told["name"]) == ("JobComplete", "FailedRecordDetailsError")
    names = {one["ExternalId__c"]: one["Name"] for one in sandbox.records("Account")}
    assert (names["b1"], "b3" in names) == ("b1", False)


def test_a_bulk_import_of_an_unknown_field_fails(said: dict[str, Said]) -> None:
    assert said["import of an unknown field"].code != 0
    assert "InvalidBatch" in said["import of an unknown field"].text


def test_a_bulk_export_writes_every_row(said: dict[str, Said], folder: Path) -> None:
    assert said["export"].code == 0, said["export"].text
    with (folder / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["Name"] for row in rows} == {"1", "tree", "b1", "x"}


def test_the_program_itself_queries_and_ends_with_an_exit_code(
    said: dict[str, Said], environment: Mapping[str, str]
) -> None:
    """Not its commands one by one, but `sf` as it stands on an admin's machine."""
    assert said["login"].code == 0
    program = str(node_packages.module("@salesforce/cli") / "bin" / "run.js")
    for query, code in (("SELECT COUNT() FROM Account", 0), ("SELECT Nope FROM Account", 1)):
        ended = _ended([program, "data", "query", "-q", query, *_ORG], environment)
        assert ended == code


def _ended(words: list[str], environment: Mapping[str, str]) -> int:
    process = node_packages.started(*words, environment=environment)
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode


def _commands(url: str, folder: Path) -> dict[str, list[str]]:
    """Each command with its words; later ones build upon those before."""
    one = ["-s", "Account", "-w", "ExternalId__c=one", *_ORG]
    bulk = ["-s", "Account", "-w", "1", *_ORG]
    groups = "SELECT Name, COUNT(Id) FROM Account GROUP BY Name"
    return {
        "login": ["org:login:access-token", "--instance-url", url, "--alias", "stub", "--no-prompt", "--json"],
        "display": ["org:display", *_ORG],
        "limits": ["org:list:limits", *_ORG],
        "describe": ["sobject:describe", "-s", "Account", *_ORG],
        "custom objects": ["sobject:list", "-s", "custom", *_ORG],
        "create": ["data:create:record", "-s", "Account", "-v", "Name=one ExternalId__c=one", *_ORG],
        "create without a name": ["data:create:record", "-s", "Account", "-v", "Phone=1", *_ORG],
        "update": ["data:update:record", "-v", "Phone=1", *one],
        "get": ["data:get:record", *one],
        "query": ["data:query", "-q", _QUERY, *_ORG],
        "query as csv": ["data:query", "-q", _QUERY, "-o", "stub", "-r", "csv"],
        "groups as csv": ["data:query", "-q", groups, "-o", "stub", "-r", "csv"],
        "wrong query": ["data:query", "-q", "SELECT Nope FROM Account", *_ORG],
        "delete": ["data:delete:record", *one],
        "get again": ["data:get:record", *one],
        "tree": ["data:import:tree", "-f", str(folder / "tree.json"), *_ORG],
        "collection": [
            "api:request:rest", "/services/data/v62.0/composite/sobjects", "-X", "POST",
            "-b", f"@{folder / 'collection.json'}", "-o", "stub",
        ],
        "import": [
            "data:import:bulk", "-s", "Contact", "-f", str(folder / "people.csv"), "-w", "1", *_ORG,
        ],
        "all pages": ["data:query", "-q", "SELECT Id, LastName FROM Contact WHERE LastName LIKE 'p%'", *_ORG],
        "upsert of a file": [
            "data:upsert:bulk", "-f", str(folder / "upsert.csv"), "-i", "ExternalId__c", *bulk
        ],
        "import of an unknown field": ["data:import:bulk", "-f", str(folder / "unknown.csv"), *bulk],
        "export": [
            "data:export:bulk", "-q", "SELECT Id, Name FROM Account",
            "--output-file", str(folder / "out.csv"), "-w", "1", *_ORG,
        ],
    }  # fmt: skip
