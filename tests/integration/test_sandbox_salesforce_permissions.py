"""Each session sees the org as its own user does, over HTTP: queries, rows, describe, writes."""

from collections.abc import Iterator

import pytest
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import JWT_BEARER, VERSION, Rest, ask_token, assertion, error_of

CSM = "ken.tanaka@csops.example"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="none") as process:
        yield process


@pytest.fixture(scope="module")
def start(sandbox: SandboxProcess) -> str:
    return sandbox.snapshot()


@pytest.fixture
def rest(sandbox: SandboxProcess, start: str) -> Rest:
    sandbox.restore(start)
    return Rest(sandbox)


class _AsUser(Rest):
    """Logged in as somebody else."""

    def log_in(self) -> None:
        answer = ask_token(self.urls, grant_type=JWT_BEARER, assertion=assertion(self.urls, sub=CSM))
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


@pytest.fixture
def csm(sandbox: SandboxProcess, rest: Rest) -> Rest:
    """A CSM whom a permission set lets in."""
    del rest
    sets = sandbox.records("PermissionSet")
    login = next(row["Id"] for row in sets if row["Name"] == "CSOps_Sync_Login")
    values = {"PermissionSetId": login, "AssigneeId": user(sandbox)}
    sandbox.create("PermissionSetAssignment", values)
    return _AsUser(sandbox)


def user(sandbox: SandboxProcess) -> str:
    return str(next(row["Id"] for row in sandbox.records("User") if row["Username"] == CSM))


def close(sandbox: SandboxProcess) -> None:
    """Make accounts and opportunities private."""
    organization = str(sandbox.records("Organization")[0]["Id"])
    closed = {"DefaultAccountAccess": "None", "DefaultOpportunityAccess": "None"}
    sandbox.update("Organization", organization, closed)


def test_a_user_without_the_permission_set_does_not_get_in(sandbox: SandboxProcess, rest: Rest) -> None:
    del rest
    refused = ask_token(sandbox.urls, grant_type=JWT_BEARER, assertion=assertion(sandbox.urls, sub=CSM))
    assert refused.status_code == 400
    assert refused.json()["error_description"] == "user hasn't approved this consumer"


def test_two_sessions_see_what_is_shared_with_each(sandbox: SandboxProcess, rest: Rest, csm: Rest) -> None:
    hidden = rest.opportunity(Name="theirs")
    own = rest.opportunity(Name="own", OwnerId=user(sandbox))
    close(sandbox)
    text = "SELECT Name FROM Opportunity ORDER BY Name"
    assert [row["Name"] for row in rest.query(text)["records"]] == ["own", "theirs"]
    assert [row["Name"] for row in csm.query(text)["records"]] == ["own"]
    assert csm.read("Opportunity", own)["Name"] == "own"
    assert error_of(csm.call("GET", f"/sobjects/Opportunity/{hidden}")) == (404, "NOT_FOUND")
    many = csm.call(
        "GET", "/composite/sobjects/Opportunity", params={"ids": f"{own},{hidden}", "fields": "Name"}
    )
    assert [row and row["Name"] for row in many.json()] == ["own", None]
    path = f"/sobjects/Opportunity/{hidden}"
    assert error_of(csm.call("PATCH", path, json={"NextStep": "x"})) == (404, "INVALID_CROSS_REFERENCE_KEY")
    window = {"start": "2026-03-31T23:00:00+00:00", "end": "2026-04-01T01:00:00+00:00"}
    assert csm.call("GET", "/sobjects/Opportunity/updated", params=window).json()["ids"] == [own]


def test_what_one_session_did_is_told_of_its_user(sandbox: SandboxProcess, csm: Rest) -> None:
    deal = csm.opportunity()
    row = csm.read("Opportunity", deal)
    assert row["CreatedById"] == row["OwnerId"] == user(sandbox)
    writes = [line for line in sandbox.ledger()["writes"] if line["id"] == deal]
    assert [line["actor"] for line in writes] == [CSM]


def test_describe_tells_each_user_their_own_fields_and_rights(
    sandbox: SandboxProcess, rest: Rest, csm: Rest
) -> None:
    profile = next(row["ProfileId"] for row in sandbox.records("User") if row["Username"] == CSM)
    sets = [row["Id"] for row in sandbox.records("PermissionSet") if row["ProfileId"] == profile]
    rights = [row for row in sandbox.records("ObjectPermissions") if row["ParentId"] in sets]
    fields = [row for row in sandbox.records("FieldPermissions") if row["ParentId"] in sets]
    task = next(str(row["Id"]) for row in rights if row["SobjectType"] == "Task")
    amount = next(str(row["Id"]) for row in fields if row["Field"] == "Opportunity.Amount")
    deal = next(str(row["Id"]) for row in rights if row["SobjectType"] == "Opportunity")
    sandbox.update("ObjectPermissions", task, {"PermissionsRead": False})
    sandbox.update("ObjectPermissions", deal, {"PermissionsCreate": False})
    sandbox.delete("FieldPermissions", amount)
    shown = {who: who.call("GET", "/sobjects/Opportunity/describe").json() for who in (rest, csm)}
    assert [shown[who]["createable"] for who in (rest, csm)] == [True, False]
    names = {who: {field["name"] for field in shown[who]["fields"]} for who in (rest, csm)}
    assert names[rest] - names[csm] == {"Amount"}
    children = {child["childSObject"] for child in shown[csm]["childRelationships"]}
    assert "OpportunityLineItem" in children
    assert "Task" not in children
    listed = {row["name"] for row in csm.call("GET", "/sobjects").json()["sobjects"]}
    assert "Task" not in listed
    assert error_of(csm.call("GET", "/sobjects/Task/describe")) == (404, "NOT_FOUND")
    assert error_of(csm.call("POST", "/sobjects/Opportunity", json={})) == (
        400,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    )


def test_describe_tells_of_lookups_children_and_what_is_fixed(rest: Rest) -> None:
    shown = rest.call("GET", "/sobjects/OpportunityLineItem/describe").json()
    fields = {field["name"]: field for field in shown["fields"]}
    assert (shown["keyPrefix"], shown["undeletable"], shown["custom"]) == ("00k", False, False)
    deal = fields["OpportunityId"]
    assert (deal["createable"], deal["updateable"], deal["cascadeDelete"]) == (True, False, True)
    assert (fields["Product2Id"]["createable"], fields["Product2Id"]["restrictedDelete"]) == (False, True)
    account = rest.call("GET", "/sobjects/Account/describe").json()
    found = {(child["childSObject"], child["field"]): child for child in account["childRelationships"]}
    assert found["Opportunity", "AccountId"]["relationshipName"] == "Opportunities"
    assert found["Contact", "AccountId"]["cascadeDelete"] is True
    assert found["Account", "ParentId"]["relationshipName"] == "ChildAccounts"


def test_picklist_values_are_told_by_record_type(rest: Rest) -> None:
    types = {
        row["DeveloperName"]: row["Id"]
        for row in rest.query("SELECT Id, DeveloperName FROM RecordType")["records"]
    }
    path = f"/ui-api/object-info/Opportunity/picklist-values/{types['Renewal']}"
    values = rest.call("GET", path).json()["picklistFieldValues"]
    assert [one["value"] for one in values["Confidence__c"]["values"]] == ["A", "B", "C", "D", "E"]
    assert values["StageName"]["url"] == f"{VERSION}{path}/StageName"
    wrong = path.replace("Opportunity", "Account")
    assert error_of(rest.call("GET", wrong)) == (404, "NOT_FOUND")


def test_a_duplicate_is_refused_row_by_row_and_saved_by_the_header(
    rest: Rest, sandbox: SandboxProcess
) -> None:
    for rule in sandbox.records("DuplicateRule"):
        sandbox.update("DuplicateRule", str(rule["Id"]), {"IsActive": True})
    rest.create("Account", Name="青空商事")
    refused = rest.call("POST", "/sobjects/Account", json={"Name": "青空商事"})
    assert error_of(refused) == (400, "DUPLICATES_DETECTED")
    assert refused.json()[0]["duplicateResult"]["allowSave"] is True
    record = {"attributes": {"type": "Account"}, "Name": "青空商事"}
    rows = rest.call("POST", "/composite/sobjects", json={"records": [record, {**record, "Name": "b"}]})
    assert [row["success"] for row in rows.json()] == [False, True]
    assert rows.json()[0]["errors"][0]["statusCode"] == "DUPLICATES_DETECTED"
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    saved = rest.call("POST", "/sobjects/Account", json={"Name": "青空商事"}, headers=header)
    assert saved.status_code == 201


def test_a_locator_is_worth_nothing_to_another_user(rest: Rest, csm: Rest, sandbox: SandboxProcess) -> None:
    sandbox.edits(
        [{"op": "create", "object": "Account", "values": {"Name": f"a{number}"}} for number in range(201)]
    )
    small = {"Sforce-Query-Options": "batchSize=200"}
    url = rest.query("SELECT Id FROM Account", headers=small)["nextRecordsUrl"]
    refused = csm.call("GET", url)
    assert error_of(refused) == (400, "INVALID_QUERY_LOCATOR")
    assert refused.json()[0]["message"] == "invalid query locator"
    assert len(rest.call("GET", url).json()["records"]) == 1
    rest.log_in()  # it is the user's, not the session's
    assert rest.call("GET", url).status_code == 200


def test_who_is_deactivated_is_out_at_once_and_gets_no_new_token(csm: Rest, sandbox: SandboxProcess) -> None:
    assert csm.call("GET", "/limits").status_code == 200
    sandbox.update("User", user(sandbox), {"IsActive": False})
    refused = csm.call("GET", "/limits")
    assert error_of(refused) == (401, "INVALID_SESSION_ID")
    assert refused.json()[0]["message"] == "Session expired or invalid"
    signed = assertion(sandbox.urls, sub=CSM)
    answer = ask_token(sandbox.urls, grant_type=JWT_BEARER, assertion=signed)
    assert answer.json() == {"error": "invalid_grant", "error_description": "inactive user"}
    sandbox.update("User", user(sandbox), {"IsActive": True})
    assert error_of(csm.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")
    csm.log_in()
    assert csm.call("GET", "/limits").status_code == 200


def test_a_session_does_not_outlive_its_user_even_where_nobody_called_meanwhile(
    csm: Rest, sandbox: SandboxProcess
) -> None:
    assert csm.call("GET", "/limits").status_code == 200
    sandbox.update("User", user(sandbox), {"IsActive": True})
    assert csm.call("GET", "/limits").status_code == 200
    for active in (False, True):
        sandbox.update("User", user(sandbox), {"IsActive": active})
    assert error_of(csm.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")


def test_lines_follow_their_opportunity_in_one_composite_call(rest: Rest) -> None:
    book = rest.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")["records"][0]["Id"]
    product = rest.create("Product2", Name="プラン", IsActive=True)
    entry = rest.create("PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice=100, IsActive=True)
    line = {"OpportunityId": "@{deal.id}", "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 60}
    deal = {"Name": "更新", "StageName": "提案", "CloseDate": "2026-06-15"}
    requests = [
        {"method": "POST", "url": f"{VERSION}/sobjects/Opportunity", "referenceId": "deal", "body": deal},
        {
            "method": "POST",
            "url": f"{VERSION}/sobjects/OpportunityLineItem",
            "referenceId": "line",
            "body": line,
        },
    ]
    answer = rest.call("POST", "/composite", json={"allOrNone": True, "compositeRequest": requests}).json()
    parts = [part["body"] for part in answer["compositeResponse"]]
    row = rest.read("Opportunity", parts[0]["id"])
    assert (row["Amount"], row["HasOpportunityLineItem"]) == (120.0, True)
    line["UnitPrice"] = line["TotalPrice"] = 60
    answer = rest.call("POST", "/composite", json={"allOrNone": True, "compositeRequest": requests}).json()
    assert [part["httpStatusCode"] for part in answer["compositeResponse"]] == [400, 400]
    assert rest.query("SELECT Id FROM Opportunity")["totalSize"] == 1


def test_an_org_takes_a_package_and_several_currencies_by_name() -> None:
    with SandboxProcess.start(org="none", metadata=["cpq", "multi_currency"]) as sandbox:
        rest = Rest(sandbox)
        shown = rest.call("GET", "/sobjects/SBQQ__Subscription__c/describe").json()
        fields = {field["name"]: field for field in shown["fields"]}
        assert (shown["custom"], shown["keyPrefix"][0]) == (True, "a")
        assert fields["SBQQ__Contract__c"]["relationshipName"] == "SBQQ__Contract__r"
        assert (fields["Name"]["autoNumber"], fields["SBQQ__ProductName__c"]["calculated"]) == (True, True)
        assert rest.query("SELECT IsoCode FROM CurrencyType")["records"][0]["IsoCode"] == "JPY"


def test_a_metadata_file_that_is_not_there_is_told_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="ended with 2"):
        SandboxProcess.start(org="none", metadata=["cqp"])
    assert capfd.readouterr().err.splitlines() == [
        "cqp cannot be read (No such file or directory); the options are cpq, multi_currency, targets"
    ]
