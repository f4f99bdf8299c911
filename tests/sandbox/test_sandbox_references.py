"""What one subrequest of the sandbox's composite may say of the answer to another."""

import pytest

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.references import References, referred
from csops_sync.sandbox.salesforce.request import Answer

ROW = {"Id": "001", "Name": "A & B", "Site": None, "IsPrivate": True, "Amount": 12.5, "Owner": {"Id": "005"}}


def _references(version: float = 66.0) -> References:
    references = References(version)
    references.add("row", Answer(200, ROW))
    references.add("1_list", Answer(200, {"records": [ROW]}))
    references.add("refused", Answer(400, [{"errorCode": "INVALID_FIELD"}]))
    references.add("several", Answer(300, ["/a", "/b"]))
    return references


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("@{row.Id}", "001"),
        ("@{1_list.records[0].Owner.Id}", "005"),
        ("@{row.IsPrivate}", True),
        ("@{row.Amount}", 12.5),
        ("@{row.Site}", None),
        ("no reference", "no reference"),
        ("is @{row.IsPrivate}: @{row.Amount} of @{row.Name}, @{row.Site}", "is true: 12.5 of A & B, "),
    ],
)
def test_a_value_takes_the_place_of_its_reference(text: str, filled: object) -> None:
    assert _references().in_body({"a": [text]}) == {"a": [filled]}


def test_a_value_in_a_url_is_encoded() -> None:
    assert _references().in_url("/query?q=@{row.Name}") == "/query?q=A%20%26%20B"


@pytest.mark.parametrize(
    "text",
    [
        "@{nobody.Id}",
        "@{row.id}",
        "@{row.Nope}",
        "@{row.Owner}",
        "@{row}",
        "@{row.}",
        "@{1_list.records[1].Id}",
        "@{1_list.records}",
        "@{refused.errorCode}",
        "@{several[0]}",
        "@{}",
    ],
)
def test_a_reference_that_leads_nowhere_halts_the_subrequest(text: str) -> None:
    with pytest.raises(ApiError) as refusal:
        _references().in_body(text)
    assert refusal.value.code == "PROCESSING_HALTED"
    assert refusal.value.message.startswith(
        f"Invalid reference specified. No value for {text[2:-1]} found in"
    )


def test_an_empty_field_could_not_be_referred_to_before_version_52() -> None:
    with pytest.raises(ApiError):
        _references(51.0).in_body("@{row.Site}")


def test_the_references_of_a_body_are_found_wherever_they_stand() -> None:
    body = {"a": ["@{one.id} and @{two.id}"], "b": {"c": "@{three[0].id}"}}
    assert referred("/x/@{zero.id}", body, None) == {"zero", "one", "two", "three"}
