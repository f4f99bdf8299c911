"""The sandbox's reading of the REST API's own request headers."""

import pytest

from csops_sync.sandbox.salesforce import headers
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.headers import DuplicateOptions

DUPLICATES = "sforce-duplicate-rule-header"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sforce-auto-assign", "FALSE"),
        ("sforce-auto-assign", "true"),
        ("sforce-call-options", "client=csops-sync"),
        (DUPLICATES, "allowSave=true; includeRecordDetails=false; runAsCurrentUser=true"),
        ("sforce-mru", "updateMru=false"),
        ("sforce-query-options", "batchSize=500"),
        ("x-sfdc-packageversion-sbqq", "232.10"),
        ("x-prettyprint", "1"),
    ],
)
def test_a_documented_header_is_taken(name: str, value: str) -> None:
    headers.check({name: value}, "66.0")


@pytest.mark.parametrize(
    ("name", "value", "version", "code"),
    [
        ("sforce-auto-assign", "01Q000000000001", "66.0", "INVALID_ASSIGNMENT_RULE"),
        ("sforce-auto-assign", "maybe", "66.0", "INVALID_HEADER"),
        ("sforce-auto-assign", "001000000000001AAA", "66.0", "INVALID_HEADER"),
        ("sforce-call-options", "csops-sync", "66.0", "INVALID_HEADER"),
        ("sforce-call-options", "client=", "66.0", "INVALID_HEADER"),
        ("sforce-call-options", "client=x, defaultNamespace=SBQQ", "66.0", "INVALID_HEADER"),
        (DUPLICATES, "allowSave=yes", "66.0", "INVALID_HEADER"),
        (DUPLICATES, "saveAnyway=true", "66.0", "INVALID_HEADER"),
        (DUPLICATES, "allowSave=true", "51.0", "INVALID_HEADER"),
        ("sforce-mru", "updateMru=false; other=true", "66.0", "INVALID_HEADER"),
        ("sforce-mru", "updateMru=false", "59.0", "INVALID_HEADER"),
        ("sforce-unheard-of", "x", "66.0", "INVALID_HEADER"),
        ("x-sfdc-packageversion-sbqq", "latest", "66.0", "INVALID_HEADER"),
    ],
)
def test_a_header_that_says_nothing_known_is_refused(name: str, value: str, version: str, code: str) -> None:
    with pytest.raises(ApiError) as refusal:
        headers.check({name: value}, version)
    assert (refusal.value.status, refusal.value.code) == (400, code)


def test_the_options_for_duplicates_are_false_unless_they_are_given() -> None:
    assert headers.duplicate_options({}) == DuplicateOptions()
    given = {DUPLICATES: "AllowSave=TRUE;runAsCurrentUser=false"}
    assert headers.duplicate_options(given) == DuplicateOptions(allow_save=True)
