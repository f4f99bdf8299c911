"""The error table, row by row, and the words that people read."""

import pytest
from tests.fakes.salesforce_refusals import REFUSALS, Refusal

from csops_sync.adapters.salesforce.errors import TABLE, Verdict, judge
from csops_sync.adapters.salesforce.outcome import of_row
from csops_sync.ports.crm import WriteStatus


@pytest.mark.parametrize(
    "refusal", REFUSALS, ids=lambda refusal: f"{refusal.status}-{refusal.code}-{refusal.verdict}"
)
def test_each_refusal_means_what_the_table_says(refusal: Refusal) -> None:
    """By errorCode first, by status second."""
    assert judge(status=refusal.status, body=refusal.body).verdict is refusal.verdict


def test_every_row_of_the_table_is_provoked_by_one_of_these_refusals() -> None:
    """A new row without a case here fails."""
    provoked = set()
    for refusal in REFUSALS:
        failure = judge(status=refusal.status, body=refusal.body)
        code = "" if isinstance(refusal.body, str) else refusal.code
        provoked.add(
            next(
                (row for row in TABLE if row.fits(status=refusal.status, code=code, message=failure.message)),
                None,
            )
        )
    assert [row for row in TABLE if row not in provoked] == []


def test_the_two_limits_ask_for_different_waits() -> None:
    """The day against a moment, told apart by the text."""
    day = judge(
        status=403, body=[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    )
    moment = judge(
        status=403,
        body=[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentPerOrgLongTxn Limit exceeded."}],
    )
    assert (day.retry_after, moment.retry_after) == (900.0, 5.0)


def test_a_page_of_html_is_read_as_plain_words() -> None:
    """No markup and no style sheet in a log line."""
    page = "<html><style>h1{}</style><h1>Server too busy</h1><p>Try again</p></html>"
    assert judge(status=503, body=page).words() == "HTTP 503: Server too busy Try again"


@pytest.mark.parametrize("body", [None, "", [], {}, [[]], [7]])
def test_a_body_of_no_known_shape_is_judged_by_its_status(body: object) -> None:
    """An error must not cause another."""
    assert judge(status=502, body=body).verdict is Verdict.UNCERTAIN


def _failed_row(code: str, message: str) -> WriteStatus:
    row = {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}
    return of_row("k", row, key_column="Renewal_Key__c").status  # type: ignore[arg-type]  # plain JSON of the test


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        (
            "DUPLICATE_VALUE",
            "duplicate value found: Renewal_Key__c duplicates value on record with id: 006",
            "exists",
        ),
        (
            "DUPLICATE_VALUE",
            "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
            "exists",
        ),
        (
            "DUPLICATE_VALUE",
            "duplicate value found: Other__c duplicates value on record with id: 006",
            "rejected",
        ),
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", "retry"),
        ("UNKNOWN_EXCEPTION", "an internal error, rolled back", "retry"),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Close date is too far", "rejected"),
    ],
)
def test_a_failed_row_of_an_insert_was_rolled_back(code: str, message: str, status: str) -> None:
    """`statusCode` instead of `errorCode`, and never unknown."""
    assert _failed_row(code, message) == status


@pytest.mark.parametrize("written", ["006R00000024gDt", "006R00000024gDtIAI"])
def test_a_duplicate_names_the_record_that_is_there(written: str) -> None:
    """In 15 or 18 characters."""
    message = f"duplicate value found: Renewal_Key__c duplicates value on record with id: {written}"
    row = of_row(
        "k",
        {"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": message}]},
        key_column="Renewal_Key__c",
    )
    assert row.id == "006R00000024gDtIAI"
