"""Bodies that say a thing twice, or in a form that is none: refused, and told where."""

from collections.abc import Iterator

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, error_of

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def rest() -> Iterator[Rest]:
    with SandboxHere.start(org="none") as here:
        yield Rest(here)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"Site": "", "Name": "a",\n "AnnualRevenue": ""}', "[line:2, column:19]"),
        ('{"Name": "12", "Site": "many", "AnnualRevenue": "many"}', "[line:1, column:50]"),
        ('{"Name": "x", "annualrevenue": true}', "[line:1, column:32]"),
    ],
)
def test_an_unreadable_value_is_found_behind_its_field(rest: Rest, body: str, place: str) -> None:
    refused = rest.call("POST", "/sobjects/Account", data=body, headers=JSON)
    assert error_of(refused) == (400, "JSON_PARSER_ERROR")
    assert refused.json()[0]["message"].endswith(f"at {place}")


@pytest.mark.parametrize("attributes", ['"Account"', "5", '["Account"]'])
def test_attributes_are_an_object(rest: Rest, attributes: str) -> None:
    body = f'{{"attributes": {attributes}, "Name": "a"}}'
    refused = rest.call("POST", "/sobjects/Account", data=body, headers=JSON)
    assert error_of(refused) == (400, "JSON_PARSER_ERROR")
    assert "attributes must be an object" in refused.json()[0]["message"]


def test_attributes_of_a_parent_are_an_object_too(rest: Rest) -> None:
    body = {"Name": "a", "Parent": {"attributes": "Account", "Id": "001000000000001AAA"}}
    refused = rest.call("POST", "/sobjects/Account", json=body)
    assert error_of(refused) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize(
    "body",
    [
        '{"Name": "a", "Name": "b"}',
        '{"Name": "a", "attributes": {"type": "Account", "type": "Contact"}}',
    ],
)
def test_a_key_is_given_once(rest: Rest, body: str) -> None:
    refused = rest.call("POST", "/sobjects/Account", data=body, headers=JSON)
    assert error_of(refused) == (400, "JSON_PARSER_ERROR")
    assert refused.json()[0]["message"].startswith("Duplicate field '")


def test_a_field_is_given_in_one_spelling(rest: Rest) -> None:
    refused = rest.call("POST", "/sobjects/Account", json={"Name": "a", "NAME": "b"})
    assert error_of(refused) == (400, "INVALID_FIELD")


def test_a_number_of_thousands_of_digits_is_no_number(rest: Rest) -> None:
    body = '{"Name": "a", "AnnualRevenue": 1' + "0" * 5_000 + "}"
    refused = rest.call("POST", "/sobjects/Account", data=body, headers=JSON)
    assert error_of(refused) == (400, "JSON_PARSER_ERROR")
