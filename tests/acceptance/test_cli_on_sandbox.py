"""The command line as a person uses it: real processes, a real sandbox, and the sandbox's own ledger as the judge."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import Record, SandboxProcess

TODAY = date(2026, 4, 1)
_FIELDS = {
    "close_date": "CloseDate",
    "amount": "Amount",
    "name": "Name",
    "stage": "StageName",
    "owner": "OwnerId",
    "contract": "ContractId",
    "renewal_key": "Renewal_Key__c",
    "renewal_date": "Renewal_Date__c",
}


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[CommandLine]:
    """A terminal in an empty folder beside a fresh small org."""
    with SandboxProcess.start(org="small", today=TODAY) as sandbox:
        yield CommandLine(sandbox, tmp_path)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """The same, after the baseline was approved and a business day has passed; tests keep to customers of their own."""
    with SandboxProcess.start(org="small", today=TODAY) as sandbox:
        made = CommandLine(sandbox, tmp_path_factory.mktemp("settled"))
        made("sync")
        made.approved()
        sandbox.advance_business_days(1)
        made("sync")
        yield made


def test_plan_writes_nothing_sync_sends_exactly_the_plan_and_then_there_is_none(cli: CommandLine) -> None:
    first = cli.plan()
    assert cli.writes() == []
    assert {one["key"] for one in first["messages"] if not one["held"]} == _keys(cli("sync", "--json").json)

    before, held = cli.dump(), cli.plan()
    assert cli.dump() == before
    cli("sync", "--approve", "0000000000", code=1)
    assert [one for one in cli.writes() if one["service"] == "salesforce"] == []
    _assert_sent(cli, held, cli("sync", "--approve", held["held_hash"], "--json").json)
    assert _to_send(cli.plan()) == set()

    cli.sandbox.advance_business_days(1)
    before, plan = cli.dump(), cli.plan()
    assert cli.dump() == before
    assert (len(plan["creates"]) >= 3, len(plan["adoptions"]), plan["held_hash"]) == (True, 2, None)
    _assert_sent(cli, plan, cli("sync", "--json").json)
    assert _to_send(cli.plan()) == set()


def test_the_mapping_is_checked_against_the_org(cli: CommandLine) -> None:
    assert cli("validate", "--org").out == "No problems found.\n"
    cli.sandbox.toggles(fls_hidden={"Contract": ["Notice_Days__c"]})
    said = cli("validate", "--org", code=1).out
    assert re.search(r"/sandbox\.yaml:\d+:\d+: .*Notice_Days__c", said), said


def test_the_stages_and_record_types_of_the_rules_are_checked_against_the_org(
    cli: CommandLine, tmp_path: Path
) -> None:
    """What creates would be refused for, one by one, is said beforehand and at its line."""
    rules = tmp_path / "rules.yaml"
    shipped = Path(cli.environment()["CSOPS_SYNC_RULES"]).read_text("utf-8")
    rules.write_text(
        shipped.replace("record_type: Renewal", "record_type: Renewel").replace("更新準備", "更新準備中"),
        "utf-8",
    )
    said = cli("validate", "--org", "--rules", str(rules), code=1).out
    assert re.search(r"/rules\.yaml:\d+:\d+: .*Renewel .*did you mean Renewal\?", said), said
    assert re.search(r"/rules\.yaml:\d+:\d+: .*no stage 更新準備中", said), said


def test_a_rehearsal_that_opens_nothing_says_what_was_refused(cli: CommandLine, tmp_path: Path) -> None:
    """`Not as it must be` alone helps nobody."""
    rules = tmp_path / "rules.yaml"
    shipped = Path(cli.environment()["CSOPS_SYNC_RULES"]).read_text("utf-8")
    rules.write_text(shipped.replace("record_type: Renewal", "record_type: Renewel"), "utf-8")
    said = cli("run", "--sandbox", "--once", "--rules", str(rules), code=1).out
    assert re.search(r"^! .*/rules\.yaml:\d+:\d+: .*did you mean Renewal\?", said, flags=re.MULTILINE), said
    assert re.search(r"! could not be sent: .*record type Renewel", said), said


def test_what_only_looks_leaves_an_empty_state_without_an_org(cli: CommandLine) -> None:
    """A look with the wrong credentials must not tie a database to the wrong org."""
    cli("plan")
    cli("validate", "--org")
    assert not [line for line in cli.dump() if line.startswith('INSERT INTO "binding"')]
    assert "nothing has been read yet" in cli("status", code=1).err


def test_another_process_that_holds_the_org_is_named(cli: CommandLine) -> None:
    cli("sync")
    cli.hold_lease("somebody-else")
    assert "somebody-else holds this org" in cli("sync", code=1).err
    assert "somebody-else" in cli("status", code=1).out
    plan, writes = cli.plan(), cli.writes()
    assert cli("sync", "--approve", "0000000000", code=1).out == ""
    assert "approved; somebody-else sends" in cli("sync", "--approve", plan["held_hash"]).out
    assert cli("status", "--json", code=0).json["outbox"]["pending"] == len(plan["creates"])
    assert cli.writes() == writes


@pytest.mark.parametrize(
    ("customer", "words"),
    [
        ("ふたば文具", "was lost"),
        ("こだま電設", "was won"),
        ("まほろば工務店", "the contract is terminated"),
        ("たたら鋳造", "it is replaced early by contract"),
        ("いしずえ不動産", "passed more than 90 days ago"),
        ("せせらぎ化学", "the customer has announced to cancel"),
        ("そよかぜ保育", "the contract is not active"),
    ],
)
def test_what_is_not_opened_is_explained(settled: CommandLine, customer: str, words: str) -> None:
    said = settled("explain", settled.contract(customer)["ContractNumber"]).out
    (line,) = [one for one in said.splitlines() if "not opened: " in one]
    assert words in line


def test_what_was_opened_is_explained_with_its_bounds_and_its_history(settled: CommandLine) -> None:
    contract = settled.contract("あおば製作所")
    said = settled("explain", str(contract["Id"])[:15]).out
    assert "opens 2026-03-02 (Mon)     rule everyone-else, rules.yaml:" in said
    assert "deadline 2026-04-01 (2026-05-31 less 60 days), less 30 days     <- earliest" in said
    assert re.findall(r"^  2026-04-01 09:00  (\w+)", said, flags=re.MULTILINE) == [
        "dated",
        "approve",
        "created",
        "figures",
        "told",
    ]


def test_a_persons_edit_stays_until_the_field_is_handed_back(settled: CommandLine) -> None:
    contract = settled.contract("北野システム")
    deal = _renewal(settled, contract)
    settled.sandbox.advance(seconds=60)
    settled.sandbox.update("Opportunity", deal["Id"], {"CloseDate": "2026-06-20"})
    settled("sync")
    assert _renewal(settled, contract)["CloseDate"] == "2026-06-20"
    assert "close_date is 2026-06-20" in settled("explain", contract["ContractNumber"]).out

    assert "never changes stage" in settled("release", deal["Id"], "stage", code=1).err
    settled("release", deal["Id"], "close_date")
    settled("sync")
    assert _renewal(settled, contract)["CloseDate"] == deal["CloseDate"]


def test_an_adoption_is_undone_and_done_again(settled: CommandLine) -> None:
    contract = settled.contract("すずらん学園")
    number, person = contract["ContractNumber"], _renewal(settled, contract)
    settled("unadopt", number)
    assert "no adopted opportunity" in settled("unadopt", number, code=1).err
    (create,) = settled.plan()["creates"]
    assert create["key"] == f"{contract['Id']}-1r2"

    settled("adopt", number, person["Id"])
    assert _to_send(settled.plan()) == set()
    assert "a person made it, and it was adopted" in settled("explain", create["key"]).out


def test_a_lost_renewal_comes_back_when_it_is_reopened(settled: CommandLine) -> None:
    contract = settled.contract("ふたば文具")
    settled("reopen", contract["ContractNumber"])
    settled("sync")
    assert _renewal(settled, contract)["Renewal_Key__c"] == f"{contract['Id']}-1r2"
    assert "nothing to reopen" in settled("reopen", contract["ContractNumber"], code=1).err


def test_a_paused_hand_writes_nothing_and_goes_on_when_it_is_resumed(cli: CommandLine) -> None:
    cli("sync")
    cli("pause")
    writes = cli.writes()
    assert "Paused (all)" in cli.approved().out
    assert cli.writes() == writes
    assert "paused: all" in cli("status", code=1).out
    cli("resume")
    cli("sync")
    assert len(cli.writes()) > len(writes)


def test_a_row_that_salesforce_refused_is_retried_or_dropped_by_a_person(cli: CommandLine) -> None:
    cli("sync")
    refusal = {"fault": "row_error", "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "no", "times": 2}
    cli.sandbox.faults({"service": "salesforce", "method": "POST", "path": "composite/sobjects", **refusal})
    cli("sync", "--approve", cli.plan()["held_hash"], code=1)
    (parked,) = cli("outbox", "list", "--json", "--status", "parked").json["items"]
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in parked["error"]
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in cli("explain", parked["key"]).out

    cli("outbox", "retry", parked["key"])
    cli("sync", code=1)
    cli("outbox", "drop", parked["key"])
    assert "given up already" in cli("outbox", "drop", parked["key"], code=1).err
    cli("sync")
    cli("outbox", "retry", parked["key"])
    cli("sync")
    assert parked["key"] in {one["Renewal_Key__c"] for one in cli.sandbox.records("Opportunity")}


def test_the_sandbox_prints_where_it_listens_and_ends_when_it_is_told_to(cli: CommandLine) -> None:
    line, code = cli.first_line_then_interrupt("sandbox", "--today", "2026-04-01", "--frozen")
    assert '"salesforce": "http://127.0.0.1:' in line
    assert code == 130


def _assert_sent(cli: CommandLine, plan: Record, done: Record) -> None:
    """Compare a plan with what was settled, with the opportunities' values, and with the messages' keys."""
    assert _to_send(plan) == _keys(done)
    by_key = {str(one["Renewal_Key__c"]): one for one in cli.sandbox.records("Opportunity")}
    for row in plan["creates"]:
        made = by_key[row["key"]]
        wanted = {name: value for name, value in row["values"].items() if name in _FIELDS}
        assert {name: made[_FIELDS[name]] for name in wanted} == wanted
    told = {str(one["metadata"]["event_payload"]["key"]) for one in cli.sandbox.messages()}
    assert {one["key"] for one in plan["messages"]} <= told


def _to_send(plan: Record) -> set[str]:
    kinds = ("creates", "updates", "adoptions", "messages", "figures")
    return {str(one["key"]) for kind in kinds for one in plan[kind]}


def _keys(done: Record) -> set[str]:
    return {str(one["key"]) for one in done["settled"] if one["status"] == "sent"}


def _renewal(cli: CommandLine, contract: Record) -> Record:
    found = cli.renewal(contract)
    assert found is not None
    return found
