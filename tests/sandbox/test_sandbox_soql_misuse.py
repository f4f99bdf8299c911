"""Every misuse of SOQL is refused with the code and the words of the real org."""

import pytest
from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox.salesforce.errors import ApiError

MISUSES = [
    ("SELECT FROM Account", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
    ("SELECT * FROM Account", "MALFORMED_QUERY", "unexpected token: '*'"),
    ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY", "'OR'"),
    ("SELECT Id FROM Account WHERE Name = 'a' AND NOT Name = 'b'", "MALFORMED_QUERY", "'Name'"),
    ("SELECT Id FROM Account WHERE Id IN ()", "MALFORMED_QUERY", "')'"),
    ("SELECT Id FROM Account WHERE Name = 'it's'", "MALFORMED_QUERY", "'s'"),
    ("SELECT Id FROM Account WHERE Name = 'open", "MALFORMED_QUERY", "ERROR at Row:1:Column:37"),
    ("SELECT Id FROM Account WHERE Name = 'a\\x'", "MALFORMED_QUERY", "Illegal character sequence '\\x'"),
    ("SELECT Id FROM Opportunity WHERE Amount > 1e3", "MALFORMED_QUERY", "'e3'"),
    ("SELECT Id FROM Account OFFSET 1 LIMIT 1", "MALFORMED_QUERY", "'LIMIT'"),
    ("SELECT Id FROM Account LIMIT -1", "MALFORMED_QUERY", "whole number"),
    ("SELECT Id FROM Account LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    ("SELECT Id FROM Account GROUP BY Name", "MALFORMED_QUERY", "Field must be grouped or aggregated: Id"),
    ("SELECT Id, Id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
    ("SELECT Nope__c FROM Account", "INVALID_FIELD", "No such column 'Nope__c' on entity 'Account'"),
    ("SELECT Id FROM Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported"),
    ("SELECT Boss.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
    ("SELECT Owner.Nope FROM Account", "INVALID_FIELD", "No such column 'Nope' on entity 'User'"),
    (
        "SELECT Parent.Parent.Parent.Parent.Parent.Parent.Name FROM Account",
        "MALFORMED_QUERY",
        "at most 5 levels",
    ),
    (
        "SELECT Id FROM Opportunity WHERE HOUR_IN_DAY(convertTimezone(CloseDate)) = 1",
        "MALFORMED_QUERY",
        "convertTimezone() takes a dateTime field, not 'CloseDate'",
    ),
    (
        "SELECT convertCurrency(Name) FROM Opportunity",
        "MALFORMED_QUERY",
        "takes a currency field, not 'Name'",
    ),
    ("SELECT What.Amount FROM Task", "INVALID_FIELD", "No such column 'Amount' on entity 'Name'"),
    (
        "SELECT Id FROM Account WHERE Name = 5",
        "INVALID_FIELD",
        "must be of type string and should be enclosed",
    ),
    ("SELECT Id FROM Account WHERE Name = TODAY", "INVALID_FIELD", "must be of type string"),
    (
        "SELECT Id FROM Opportunity WHERE Amount = '5'",
        "INVALID_FIELD",
        "must be of type double and should not",
    ),
    (
        "SELECT Id FROM Contract WHERE ContractTerm = '5'",
        "INVALID_FIELD",
        "must be of type int and should not",
    ),
    ("SELECT Id FROM Account WHERE NumberOfEmployees > 1.5", "INVALID_FIELD", "must be of type int"),
    ("SELECT Id FROM Account WHERE NumberOfEmployees IN (1, 2.0)", "INVALID_FIELD", "must be of type int"),
    (
        "SELECT Id FROM Opportunity WHERE CloseDate = '2026-01-01'",
        "INVALID_FIELD",
        "value of filter criterion for field 'CloseDate' must be of type date and should not be enclosed in quotes",
    ),
    ("SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z", "INVALID_FIELD", "of type date"),
    ("SELECT Id FROM Opportunity WHERE CloseDate = 2026-02-30", "MALFORMED_QUERY", "invalid date"),
    ("SELECT Id FROM Account WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "must be of type dateTime"),
    ("SELECT Id FROM Opportunity WHERE IsWon = 'true'", "INVALID_FIELD", "must be of type boolean"),
    ("SELECT Id FROM Opportunity WHERE IsWon > true", "INVALID_QUERY_FILTER_OPERATOR", "boolean"),
    ("SELECT Id FROM Opportunity WHERE Amount < null", "INVALID_QUERY_FILTER_OPERATOR", "null"),
    ("SELECT Id FROM Opportunity WHERE Amount LIKE '1%'", "INVALID_QUERY_FILTER_OPERATOR", "currency"),
    ("SELECT Id FROM Account WHERE Id = '123'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: 123"),
    (
        "SELECT Id FROM Account WHERE Description = 'x'",
        "INVALID_FIELD",
        "can not be filtered in a query call",
    ),
    ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", "can not be sorted in a query call"),
    ("SELECT Id FROM Account WHERE Name = 'long'".replace("long", "x" * 4001), "MALFORMED_QUERY", "4000"),
    ("SELECT Id FROM Account".ljust(100_001), "MALFORMED_QUERY", "100000"),
]


@pytest.mark.parametrize(("query", "code", "words"), MISUSES)
def test_a_misuse_is_refused_with_its_code_and_its_place(query: str, code: str, words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        LocalOrg().query(query)
    assert refusal.value.status == 400
    assert refusal.value.code == code
    assert words in refusal.value.message


def test_a_field_without_permission_looks_like_one_that_is_not_there() -> None:
    local = LocalOrg()
    local.org.switch(fls_hidden={"Opportunity": ("Amount",), "Account": ("OwnerId",)})
    for query in (
        "SELECT Amount FROM Opportunity",
        "SELECT Id FROM Opportunity WHERE Amount > 1",
        "SELECT Id FROM Opportunity ORDER BY Amount",
        "SELECT Owner.Name FROM Account",
    ):
        with pytest.raises(ApiError) as refusal:
            local.query(query)
        assert refusal.value.code == "INVALID_FIELD"
