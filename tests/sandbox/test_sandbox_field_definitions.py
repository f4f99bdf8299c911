"""Fields of an object are asked for by the object's id or by its name, as setup tools do; never of all at once."""

import pytest
from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox.salesforce.errors import ApiError

FROM = "SELECT QualifiedApiName FROM FieldDefinition"


@pytest.fixture(scope="module")
def local() -> LocalOrg:
    return LocalOrg()


def fields_of(local: LocalOrg, query: str) -> list[str]:
    """The names that a query finds, in order."""
    return sorted(str(row["QualifiedApiName"]) for row in local.query(query))


@pytest.mark.parametrize(
    "where",
    [
        "EntityDefinition.QualifiedApiName = 'Opportunity'",
        "entitydefinition.qualifiedapiname IN ('Opportunity')",
        "FieldDefinition.EntityDefinition.QualifiedApiName = 'Opportunity'",
        "EntityDefinition.QualifiedApiName = 'Opportunity' AND (NOT QualifiedApiName = 'Gone')",
    ],
)
def test_the_name_of_the_object_asks_as_its_id_does(local: LocalOrg, where: str) -> None:
    found = fields_of(local, f"{FROM} WHERE {where}")
    assert "StageName" in found
    assert found == fields_of(local, f"{FROM} WHERE EntityDefinitionId = 'Opportunity'")


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("", "MALFORMED_QUERY"),
        (" WHERE QualifiedApiName = 'StageName'", "MALFORMED_QUERY"),
        (" WHERE EntityDefinition.QualifiedApiName != 'Opportunity'", "MALFORMED_QUERY"),
        (" WHERE EntityDefinition.QualifiedApiName LIKE 'Opp%'", "MALFORMED_QUERY"),
        (" WHERE EntityDefinition.QualifiedApiName = 'A' OR Label = 'b'", "MALFORMED_QUERY"),
        (" WHERE EntityDefinitionId = 'Account' AND EntityDefinition.Label = 'Account'", "INVALID_FIELD"),
        (" WHERE EntityDefinitionId = 'Account' ORDER BY EntityDefinition.QualifiedApiName", "INVALID_FIELD"),
    ],
)
def test_anything_less_is_refused(local: LocalOrg, rest: str, code: str) -> None:
    with pytest.raises(ApiError) as refusal:
        local.query(FROM + rest)
    assert refusal.value.code == code


def test_no_other_object_has_such_a_name(local: LocalOrg) -> None:
    with pytest.raises(ApiError):
        local.query("SELECT Id FROM Account WHERE EntityDefinition.QualifiedApiName = 'Account'")
