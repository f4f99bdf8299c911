"""Orgs described in YAML: what is left out is filled in, and every fault is told with its line and column."""

import json
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from textwrap import dedent

import pytest

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.orgs import file_book, file_people, org_file
from csops_sync.sandbox.orgs.catalogue import build
from csops_sync.sandbox.orgs.file_reading import OrgFileError
from csops_sync.sandbox.salesforce.loader import SeedError, load_org
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Json
from csops_sync.sandbox.salesforce.schema_loading import load

CONFIG = Path(__file__).parents[2] / "config"
EXAMPLE = CONFIG / "sandbox-org.yaml"
TODAY = date(2026, 4, 1)


def org_of(path: Path, *, today: date = TODAY) -> Org:
    """The org that a file describes."""
    seed = build(str(path), seed=1, contracts=0, today=today)
    return load_org(load(), VirtualClock(datetime(2026, 4, 1, tzinfo=UTC), frozen=True), seed)


def written(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "org.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def rows(org: Org, name: str) -> list[dict[str, Json]]:
    """Every row of an object."""
    return list(org.records(name))


def named(org: Org, name: str, value: str, field: str = "Name") -> dict[str, Json]:
    """The one row with this name."""
    return next(row for row in rows(org, name) if row[field] == value)


def faults_of(folder: Path, text: str) -> list[str]:
    """What is wrong with a file, its path cut off."""
    path = written(folder, text)
    with pytest.raises(OrgFileError) as refused:
        org_of(path)
    return [fault.removeprefix(f"{path}:") for fault in refused.value.faults]


def test_the_shipped_example_is_an_org_whatever_the_day() -> None:
    for today in (TODAY, date(2027, 1, 31), date(2028, 2, 29)):
        org = org_of(EXAMPLE, today=today)
        assert len(rows(org, "Account")) == 4
        assert len(rows(org, "Contract")) == 8


def test_the_example_comes_with_the_package() -> None:
    shipped = resources.files("csops_sync.default_config") / "sandbox-org.yaml"
    assert shipped.read_text("utf-8") == EXAMPLE.read_text("utf-8")


def test_the_example_says_who_works_for_whom_and_what_replaces_what() -> None:
    org = org_of(EXAMPLE)
    sato, suzuki = named(org, "User", "佐藤 美咲"), named(org, "User", "鈴木 健")
    assert (sato["ManagerId"], sato["LastName"], sato["FirstName"]) == (suzuki["Id"], "佐藤", "美咲")
    assert sato["UserRoleId"] == named(org, "UserRole", "CSM")["Id"]
    assert named(org, "UserRole", "CSM")["ParentRoleId"] == named(org, "UserRole", "CSマネージャー")["Id"]
    assert named(org, "User", "伊藤 葵")["IsActive"] is False
    assert named(org, "Account", "株式会社みなと商事")["CSM__c"] == sato["Id"]
    new, old = named(org, "Contract", "あおば 新契約"), named(org, "Contract", "あおば 旧契約")
    assert new["Renewed_From__c"] == old["Id"]


def test_the_example_gives_dates_amounts_and_a_linked_renewal() -> None:
    org = org_of(EXAMPLE)
    contract = named(org, "Contract", "みなと商事 基本契約")
    assert (contract["StartDate"], contract["EndDate"]) == ("2023-09-01", "2026-08-31")
    assert (contract["Annual_Amount__c"], contract["Notice_Days__c"]) == (24_000_000.0, 90.0)
    renewal = next(row for row in rows(org, "Opportunity") if row["ContractId"] == contract["Id"])
    assert (renewal["StageName"], renewal["Confidence__c"], renewal["Amount"]) == ("提案", "B", 26_400_000.0)
    assert (renewal["CloseDate"], renewal["NextStep"]) == ("2026-08-31", "見積を送付")
    assert renewal["Name"] == "株式会社みなと商事 2026-09 更新"
    unlinked = named(org, "Opportunity", "東都物流 更新のご相談")
    assert (unlinked["ContractId"], unlinked["StageName"]) == (None, "更新準備")


def test_a_file_of_three_lines_is_enough(tmp_path: Path) -> None:
    org = org_of(
        written(
            tmp_path,
            """\
            accounts:
              - name: 丸十青果株式会社
                contracts: [{end: 2026-09-30, amount: 1500000}]
            """,
        )
    )
    (contract,) = rows(org, "Contract")
    assert (contract["StartDate"], contract["ContractTerm"], contract["Status"]) == (
        "2025-10-01",
        12,
        "Activated",
    )
    assert (contract["Auto_Renews__c"], contract["Notice_Days__c"]) == (True, 60.0)
    (sale,) = rows(org, "Opportunity")
    assert (sale["IsWon"], sale["Amount"], sale["Contract_End__c"]) == (True, 1_500_000.0, "2026-09-30")
    assert org.organization["DefaultCurrencyIsoCode"] == "JPY"


def test_an_english_org_has_english_stages_names_and_money(tmp_path: Path) -> None:
    org = org_of(
        written(
            tmp_path,
            """\
            organization: {name: Acme, language: en}
            users: [{name: Grace Kim}, {name: Ben Carter, manager: Grace Kim}]
            accounts:
              - name: Harbor Build Inc.
                contracts:
                  - {start: 2025-07-01, end: 2026-06-30, amount: 12000, opportunities: [{}]}
            """,
        )
    )
    ben = named(org, "User", "Ben Carter")
    assert (ben["FirstName"], ben["LastName"]) == ("Ben", "Carter")
    account = named(org, "Account", "Harbor Build Inc.")
    assert (account["CSM__c"], account["Fiscal_Year_Starts__c"]) == (ben["Id"], None)
    renewal = next(row for row in rows(org, "Opportunity") if row["ContractId"])
    assert (renewal["StageName"], renewal["Amount"]) == ("Renewal Prep", 12_000.0)
    assert renewal["Name"] == "Harbor Build Inc. renewal 2026-07"


def test_fields_of_ones_own_come_by_their_api_names(tmp_path: Path) -> None:
    org = org_of(
        written(
            tmp_path,
            """\
            accounts:
              - name: a
                fields: {Site: 本社, NumberOfEmployees: 12, Website: null}
            """,
        )
    )
    account = named(org, "Account", "a")
    assert (account["Site"], account["NumberOfEmployees"], account["Website"]) == ("本社", 12, None)


def test_all_faults_are_told_at_once_where_they_stand(tmp_path: Path) -> None:
    assert faults_of(
        tmp_path,
        """\
        organization: {language: fr, time_zone: Asia/Tokio}
        users:
          - {name: A, manger: B}
          - {name: B, manager: C}
        accounts:
          - name: one
            csm: a
            contracts:
              - {end: tomorrow, amount: 1}
              - {amount: many}
              - {start: 2026-01-01, end: 2026-06-29, amount: 1}
              - {end: 2026-06-30, amount: 1, replaces: gone, opportunities: [{stage: 提按, type: upsell}]}
          - tier: Enterprise
        """,
    ) == [
        "1:26: organization.language: there is no 'fr' (choose one of ja, en)",
        "1:41: organization.time_zone: there is no time zone 'Asia/Tokio'; write one as Asia/Tokyo",
        "3:15: users[0].manger: there is no such key (did you mean 'manager'?)",
        "4:24: users[1].manager: there is no user 'C' (there are A, B, user-1@csops.example, user-2@csops.example)",
        "7:10: accounts[0].csm: there is no user 'a' (there are A, B, user-1@csops.example, user-2@csops.example)",
        (
            "9:15: accounts[0].contracts[0].end: write a date as 2027-03-31, today, today + 3 months, month start or"
            " month end + 1 year"
        ),
        "10:9: accounts[0].contracts[1]: a contract needs a start or an end",
        '10:18: accounts[0].contracts[1].amount: write an amount, such as 1200000 or "1,200,000"',
        (
            "11:34: accounts[0].contracts[2].end: from 2026-01-01 to 2026-06-29 are no whole months; a term ends a day"
            " before a month's day"
        ),
        "12:48: accounts[0].contracts[3].replaces: there is no 'gone' (choose one of none)",
        (
            "12:88: accounts[0].contracts[3].opportunities[0].type: there is no 'upsell' (choose one of renewal,"
            " new_business)"
        ),
        (
            "12:78: accounts[0].contracts[3].opportunities[0].stage: there is no '提按' (choose one of"
            " 更新準備, 提案, 交渉, 受注, 失注)"
        ),
        "13:5: accounts[1]: an account needs a name",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\na: 2\n", '2:1: found duplicate key "a" with value "2" (original value: "1")'),
        ("accounts: [\n", "2:1: "),
        ("- 1\n", "1:1: write keys and values here"),
        ("accounts: 5\n", "1:11: accounts: write a list here"),
        (
            "stages: [{name: a}]\n",
            "1:9: stages: there must be a stage with `result: won`, and one with `result: lost`",
        ),
        (
            "users: [{name: a, manager: b}, {name: b, manager: a}]\n",
            "1:8: users: these users manage one another in a circle: a, b",
        ),
        ("users: [{name: '@admin'}]\n", "1:16: users[0].name: text cannot begin with @ here"),
        ("roles: [{name: a}]\n", "1:8: roles: roles need users to have them"),
        ("organization: {name: a\x00b}\n", "1:1: unacceptable character"),
        ("stages: [{probability: 5}]\n", "1:10: stages[0]: a stage needs a name"),
        (
            "stages: [{name: a, probability: 101}]\n",
            "1:33: stages[0].probability: write per cent, 0 to 100",
        ),
        ("users: [{role: a}]\n", "1:9: users[0]: a user needs a name"),
        ("users: [{name: a}]\nroles: [{reports_to: a}]\n", "2:9: roles[0]: a role needs a name"),
        ("accounts: [{name: a, fields: 5}]\n", "1:30: accounts[0].fields: write field names and values here"),
        (
            "accounts: [{name: a, fields: {Site: [1]}}]\n",
            "1:37: accounts[0].fields.Site: write text, a number, a date, true, false or nothing",
        ),
        (
            "accounts: [{name: a, fiscal_year_starts: 13}]\n",
            "1:42: accounts[0].fiscal_year_starts: write the month in which the fiscal year starts, 1 to 12",
        ),
        ("users: [{name: a, active: 1}]\n", "1:27: users[0].active: write true or false"),
        (
            "accounts: [{name: a, contracts: [{end: 2026-06-30}]}]\n",
            "1:34: accounts[0].contracts[0]: a contract needs an amount, a year's",
        ),
        (
            "accounts: [{name: a, contracts: [{end: 2026-06-30, amount: 1, evergreen: true}]}]\n",
            "1:34: accounts[0].contracts[0]: an evergreen contract has a start and no end",
        ),
        (
            "accounts: [{name: a, contracts: [{end: 2026-06-30T09:00:00, amount: 1}]}]\n",
            "1:40: accounts[0].contracts[0].end: write a date without a time",
        ),
        (
            "accounts: [{name: a, contracts: [{name: c,start: today,amount: 1},{name: c,start: today,amount: 1}]}]\n",
            "1:74: accounts[0].contracts[1].name: there are two contracts called 'c'",
        ),
    ],
)
def test_a_file_that_is_no_org_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    assert any(one.startswith(fault) for one in faults_of(tmp_path, text)), faults_of(tmp_path, text)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "org.yaml"
    path.write_bytes("accounts: [{name: 青空}]\n".encode("shift_jis"))
    with pytest.raises(OrgFileError, match="not UTF-8: invalid start byte at byte 18"):
        org_of(path)


def test_what_the_metadata_refuses_is_told_where_it_was_written(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
        accounts:
          - name: one
            tier: Gold
        """,
    )
    with pytest.raises(SeedError, match=r"org\.yaml:3:11: Account: INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        org_of(path)
    path = written(tmp_path, "accounts: [{name: one, fields: {Nope__c: 1}}]\n")
    with pytest.raises(SeedError, match=r"org\.yaml:1:42: Account: there is no field Nope__c"):
        org_of(path)


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(OrgFileError, match="No such file"):
        org_of(tmp_path / "gone.yaml")


def test_the_schema_for_editors_knows_the_keys_that_are_read() -> None:
    schema = json.loads((CONFIG / "schema" / "sandbox-org.json").read_text("utf-8"))
    parts = schema["$defs"]
    assert set(schema["properties"]) == set(org_file.KEYS)
    assert set(schema["properties"]["organization"]["properties"]) == set(org_file.ORGANIZATION_KEYS)
    assert set(parts["stage"]["properties"]) == set(org_file.STAGE_KEYS)
    assert set(parts["user"]["properties"]) == set(file_people.USER_KEYS)
    assert set(parts["role"]["properties"]) == set(file_people.ROLE_KEYS)
    assert set(parts["account"]["properties"]) == set(file_book.ACCOUNT_KEYS)
    assert set(parts["contract"]["properties"]) == set(file_book.CONTRACT_KEYS)
    assert set(parts["opportunity"]["properties"]) == set(file_book.OPPORTUNITY_KEYS)
