"""SOQL text: names checked, values escaped, lists cut to what a URL can carry."""

from urllib.parse import unquote

import pytest

from csops_sync.adapters.salesforce.soql import (
    MOST_URI_BYTES,
    Select,
    above,
    at_or_after,
    in_chunks,
    instant,
    literal,
    name,
    one_of,
)


def test_a_query_has_its_parts_in_salesforce_order() -> None:
    """Any other order is MALFORMED_QUERY."""
    select = Select(
        fields=("Id", "Account.Name"),
        table="Contract",
        where=(at_or_after("SystemModstamp", 1_767_225_600_000), above("Id", "800000000000001AAA")),
        order_by=("SystemModstamp", "Id"),
        limit=5,
    )
    assert select.text() == (
        "SELECT Id, Account.Name FROM Contract WHERE SystemModstamp >= 2026-01-01T00:00:00.000Z "
        "AND Id > '800000000000001AAA' ORDER BY SystemModstamp, Id LIMIT 5"
    )


def test_an_instant_keeps_its_milliseconds_and_says_utc() -> None:
    """A `+` would have to be encoded; `Z` need not."""
    assert instant(1_767_225_600_007) == "2026-01-01T00:00:00.007Z"


@pytest.mark.parametrize(
    ("value", "written"),
    [("O'Hara", "'O\\'Hara'"), ("a\\b", "'a\\\\b'"), ("x\ny", "'x\\ny'"), ("更新", "'更新'")],
)
def test_a_string_is_escaped(value: str, written: str) -> None:
    """SOQL's own escapes; Japanese goes as it is."""
    assert literal(value) == written


def test_a_value_cannot_end_its_string() -> None:
    """Injection by a renewal key or a user name."""
    assert one_of("Name", ["') OR (Name != '"]).text == "Name IN ('\\') OR (Name != \\'')"


@pytest.mark.parametrize("identifier", ["Amount; DELETE", "", "1st", "A B", "A..B", "Id'"])
def test_a_name_that_is_none_is_refused(identifier: str) -> None:
    """Names come from a file that people write."""
    with pytest.raises(ValueError, match="is no Salesforce name"):
        name(identifier)


def test_an_empty_list_is_refused() -> None:
    """`IN ()` is no SOQL."""
    with pytest.raises(ValueError, match="needs a value"):
        one_of("Id", [])


def test_a_list_of_ids_is_cut_at_two_hundred() -> None:
    """All values are asked for, none twice."""
    ids = [f"006{number:012d}AAA" for number in range(450)]
    texts = [select.text() for select in in_chunks(Select(fields=("Id",), table="Opportunity"), "Id", ids)]
    assert [text.count("'006") for text in texts] == [200, 200, 50]


def test_long_values_are_cut_by_the_length_of_the_url() -> None:
    """Nine bytes a character, encoded."""
    values = ["更" * 200 for _ in range(40)]
    queries = [
        select.query() for select in in_chunks(Select(fields=("Id",), table="Account"), "Name", values)
    ]
    assert max(map(len, queries)) <= MOST_URI_BYTES
    assert sum(unquote(query).count("'更") for query in queries) == 40
