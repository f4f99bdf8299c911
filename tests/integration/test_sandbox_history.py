"""The org with a past over the API: what the integration user reads, and the truth beside it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import Rest, error_of


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """An org of forty customers over eight quarters."""
    with SandboxProcess.start(org="history", contracts=40, history=8) as process:
        yield process


@pytest.fixture(scope="module")
def rest(sandbox: SandboxProcess) -> Rest:
    """The integration user."""
    return Rest(sandbox)


def test_the_truth_tells_of_every_contract_and_renewal_that_the_api_gives(
    sandbox: SandboxProcess, rest: Rest
) -> None:
    told = sandbox.truth()
    assert set(told) == {"model", "terms"}
    assert len(told["model"]["base"]) == 18
    contracts = {row["Name"] for row in rest.query("SELECT Name FROM Contract WHERE Name != null")["records"]}
    renewals = rest.query("SELECT Name FROM Opportunity WHERE RecordType.DeveloperName = 'Renewal'")
    assert contracts == {term["contract"] for term in told["terms"]}
    assert {row["Name"] for row in renewals["records"]} == {
        term["opportunity"] for term in told["terms"] if term["opportunity"]
    }


def test_an_org_without_a_past_says_so() -> None:
    with SandboxProcess.start(org="none") as plain:
        assert plain.truth() == {"model": None, "terms": []}


def test_lost_renewals_are_counted_by_reason(sandbox: SandboxProcess, rest: Rest) -> None:
    text = (
        "SELECT Loss_Reason__c reason, COUNT(Id) lost FROM Opportunity WHERE StageName = '失注' "
        "GROUP BY Loss_Reason__c"
    )
    found = {row["reason"]: row["lost"] for row in rest.query(text)["records"]}
    lost = [term["deal"]["reason"] for term in sandbox.truth()["terms"] if term["fate"] == "lost"]
    assert found == {reason: lost.count(reason) for reason in lost}
    assert found


def test_history_rows_of_the_past_are_found_by_their_days(rest: Rest) -> None:
    text = (
        "SELECT Field, NewValue, CreatedDate FROM OpportunityFieldHistory "
        "WHERE Field = 'Confidence__c' AND CreatedDate < 2025-04-01T00:00:00Z ORDER BY CreatedDate"
    )
    rows = rest.query(text)["records"]
    assert len(rows) > 5
    assert {row["NewValue"] for row in rows} <= {"A", "B", "C", "D", "E"}
    assert all("2024-0" <= row["CreatedDate"] < "2025-04-01" for row in rows)


def test_targets_are_read_and_written_over_the_api(rest: Rest) -> None:
    text = "SELECT Period_Start__c, Amount__c FROM Renewal_Target__c WHERE Team__c = null AND Currency__c = 'JPY'"
    before = rest.query(text)["records"]
    assert all(row["Amount__c"] > 0 for row in before)
    rest.create(
        "Renewal_Target__c",
        Name="FY2030",
        Period_Start__c="2030-04-01",
        Period_Months__c=12,
        Amount__c=1_000_000,
        Currency__c="JPY",
    )
    assert len(rest.query(text)["records"]) == len(before) + 1
    refused = rest.call("POST", "/sobjects/Renewal_Target__c", json={"Name": "no period"})
    assert error_of(refused) == (400, "REQUIRED_FIELD_MISSING")


def test_amounts_are_converted_by_the_rate_of_the_close_date(rest: Rest) -> None:
    text = (
        "SELECT Amount, convertCurrency(Amount) home FROM Opportunity WHERE CurrencyIsoCode = 'USD' LIMIT 5"
    )
    rows = rest.query(text)["records"]
    assert len(rows) == 5
    assert all(140 <= row["home"] / row["Amount"] <= 160 for row in rows)


def test_targets_are_there_without_a_past_where_the_option_is_given() -> None:
    with SandboxProcess.start(org="none", metadata=["targets"]) as plain:
        assert Rest(plain).query("SELECT Id FROM Renewal_Target__c")["records"] == []


@pytest.mark.parametrize("quarters", ["0", "81", "-1", "two"])
def test_a_past_of_no_quarters_is_refused(quarters: str) -> None:
    command = [sys.executable, "-m", "csops_sync.sandbox", "--org", "history", f"--history={quarters}"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603  # our own module
    assert answer.returncode == 2
    assert "is no number of quarters from 1 to 80" in answer.stderr
