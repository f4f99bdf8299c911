"""Writes against the sandbox over real HTTP, faults included; its own ledger says what really happened."""

from datetime import timedelta
from typing import Final

import pytest
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.crm import Insert, Json, Patch, WriteStatus
from csops_sync.ports.errors import AuthFailedError, BudgetExceededError, TransientError

KEY: Final = "renewal-1"


@pytest.fixture
def salesforce(sandbox: SandboxProcess) -> Salesforce:
    """The adapter, logged in and with the record types known, so that a fault meets the write itself."""
    connected = on_sandbox(sandbox)
    connected.reader.check()
    return connected


def _insert(sandbox: SandboxProcess, key: str = KEY, **values: Json) -> Insert:
    account = str(sandbox.records("Account")[0]["Id"])
    return Insert(
        key=key,
        values={
            "account": account,
            "name": "株式会社 2026-07 更新",
            "stage": "更新準備",
            "close_date": "2026-06-30",
            "amount": 1200000,
            "record_type": "Renewal",
            "renewal_key": key,
            **values,
        },
    )


def _ours(sandbox: SandboxProcess) -> list[str]:
    return [str(row["Renewal_Key__c"]) for row in sandbox.records("Opportunity") if row["Renewal_Key__c"]]


def _patch(salesforce: Salesforce, record: str, **values: Json) -> Patch:
    return Patch(key="p", id=record, values=values, unmodified_since=salesforce.clock.now())


def test_an_insert_is_there_with_all_its_values(sandbox: SandboxProcess, salesforce: Salesforce) -> None:
    """Read back by its key."""
    (result,) = salesforce.writer.insert([_insert(sandbox)])
    row = salesforce.writer.find_by_key([KEY])[KEY]
    assert (result.status, result.id) == (WriteStatus.DONE, row.id)
    assert (row.values["record_type"], row.values["amount"], row.values["close_date"]) == (
        "Renewal",
        1200000.0,
        "2026-06-30",
    )


def test_the_same_key_again_exists_and_changes_nothing(
    sandbox: SandboxProcess, salesforce: Salesforce
) -> None:
    """The unique field is the wall; the first record stays as it was."""
    (first,) = salesforce.writer.insert([_insert(sandbox)])
    (second,) = salesforce.writer.insert([_insert(sandbox, name="another")])
    assert (second.status, second.id) == (WriteStatus.EXISTS, first.id)
    assert salesforce.writer.find_by_key([KEY])[KEY].values["name"] == "株式会社 2026-07 更新"
    assert _ours(sandbox).count(KEY) == 1


def test_each_row_of_a_call_has_its_own_outcome(sandbox: SandboxProcess, salesforce: Salesforce) -> None:
    """A bad stage, a broken validation rule, a good one."""
    results = salesforce.writer.insert(
        [
            _insert(sandbox, "k-1", stage="nowhere"),
            _insert(sandbox, "k-2", amount=-1),
            _insert(sandbox, "k-3"),
        ]
    )
    assert [(result.status, result.code) for result in results] == [
        (WriteStatus.REJECTED, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        (WriteStatus.REJECTED, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        (WriteStatus.DONE, ""),
    ]
    assert results[1].message == "Amount must not be negative."


def test_a_locked_row_may_be_sent_again(sandbox: SandboxProcess, salesforce: Salesforce) -> None:
    """It was rolled back; the other row of the call is there."""
    sandbox.faults(
        {"fault": "row_error", "path": "composite/sobjects", "row": 1, "code": "UNABLE_TO_LOCK_ROW"}
    )
    results = salesforce.writer.insert([_insert(sandbox, "k-1"), _insert(sandbox, "k-2")])
    assert [result.status for result in results] == [WriteStatus.RETRY, WriteStatus.DONE]
    assert _ours(sandbox).count("k-1") == 0


@pytest.mark.parametrize(("fault", "there"), [("drop_before", 0), ("drop_after", 1)])
def test_an_insert_whose_answer_is_lost_is_unknown_until_it_is_looked_up(
    sandbox: SandboxProcess, salesforce: Salesforce, fault: str, there: int
) -> None:
    """From here both look the same; the key tells them apart."""
    sandbox.faults({"fault": fault, "path": "composite/sobjects"})
    (result,) = salesforce.writer.insert([_insert(sandbox)])
    assert result.status is WriteStatus.UNKNOWN
    assert len(salesforce.writer.find_by_key([KEY])) == there
    assert _ours(sandbox).count(KEY) == there


def test_an_insert_under_a_page_of_html_is_unknown(sandbox: SandboxProcess, salesforce: Salesforce) -> None:
    """503 may come from before or from behind the work."""
    sandbox.faults({"fault": "server_unavailable_html", "path": "composite/sobjects"})
    (result,) = salesforce.writer.insert([_insert(sandbox)])
    assert result.status is WriteStatus.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "error", "pause"),
    [("concurrent_limit", TransientError, 5.0), ("total_requests_limit", BudgetExceededError, 900.0)],
)
def test_both_limits_say_that_nothing_was_done_and_how_long_to_wait(
    sandbox: SandboxProcess, salesforce: Salesforce, fault: str, error: type[TransientError], pause: float
) -> None:
    """403 both, told apart by their text."""
    sandbox.faults({"fault": fault, "path": "composite/sobjects"})
    with pytest.raises(error) as caught:
        salesforce.writer.insert([_insert(sandbox)])
    assert (type(caught.value), caught.value.retry_after) == (error, pause)
    assert _ours(sandbox).count(KEY) == 0


def test_an_expired_session_is_renewed_and_the_insert_made_once(
    sandbox: SandboxProcess, salesforce: Salesforce
) -> None:
    """401 did nothing, so that it may be sent again."""
    sandbox.expire_sessions()
    assert salesforce.writer.insert([_insert(sandbox)])[0].status is WriteStatus.DONE
    assert _ours(sandbox).count(KEY) == 1


def test_a_session_that_cannot_be_renewed_ends_in_words(
    sandbox: SandboxProcess, salesforce: Salesforce
) -> None:
    """And the insert was never made."""
    sandbox.faults({"fault": "expired_session", "path": "composite/sobjects", "times": 0})
    with pytest.raises(AuthFailedError, match="refuses the new session"):
        salesforce.writer.insert([_insert(sandbox)])
    assert _ours(sandbox).count(KEY) == 0


def test_an_update_is_made_where_nobody_edited_since(sandbox: SandboxProcess, salesforce: Salesforce) -> None:
    """The usual case."""
    (made,) = salesforce.writer.insert([_insert(sandbox)])
    sandbox.advance(seconds=5)
    salesforce.reader.identity()
    (result,) = salesforce.writer.patch([_patch(salesforce, str(made.id), close_date="2026-07-31")])
    assert result.status is WriteStatus.DONE
    assert salesforce.writer.find_by_key([KEY])[KEY].values["close_date"] == "2026-07-31"


def test_an_update_after_a_persons_edit_is_a_conflict_and_changes_nothing(
    sandbox: SandboxProcess, salesforce: Salesforce
) -> None:
    """412: read again, decide again."""
    (made,) = salesforce.writer.insert([_insert(sandbox)])
    patch = _patch(salesforce, str(made.id), close_date="2026-07-31")
    sandbox.advance(seconds=5)
    sandbox.update("Opportunity", str(made.id), {"CloseDate": "2026-08-31"})
    (result,) = salesforce.writer.patch([patch])
    assert result.status is WriteStatus.CONFLICT
    assert salesforce.writer.find_by_key([KEY])[KEY].values["close_date"] == "2026-08-31"


def test_an_update_of_a_deleted_record_is_a_conflict(sandbox: SandboxProcess, salesforce: Salesforce) -> None:
    """A person took it away."""
    (made,) = salesforce.writer.insert([_insert(sandbox)])
    sandbox.delete("Opportunity", str(made.id))
    (result,) = salesforce.writer.patch([_patch(salesforce, str(made.id), close_date="2026-07-31")])
    assert result.status is WriteStatus.CONFLICT
    assert salesforce.writer.find_by_key([KEY])[KEY].deleted


@pytest.mark.parametrize(("fault", "made"), [("drop_before", False), ("drop_after", True)])
def test_an_update_whose_answer_is_lost_is_unknown(
    sandbox: SandboxProcess,
    salesforce: Salesforce,
    fault: str,
    made: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    """The caller reads the record back."""
    (record,) = salesforce.writer.insert([_insert(sandbox)])
    patch = _patch(salesforce, str(record.id), close_date="2026-07-31")
    sandbox.faults({"fault": fault, "method": "POST", "path": "/composite"})
    (result,) = salesforce.writer.patch([patch])
    sandbox.clear_faults()
    assert result.status is WriteStatus.UNKNOWN
    assert (salesforce.writer.find_by_key([KEY])[KEY].values["close_date"] == "2026-07-31") is made


def test_one_locked_record_of_an_update_call_may_be_sent_again(
    sandbox: SandboxProcess, salesforce: Salesforce
) -> None:
    """The other is done."""
    made = salesforce.writer.insert([_insert(sandbox, "k-1"), _insert(sandbox, "k-2")])
    sandbox.faults({"fault": "lock_row", "path": f"sobjects/Opportunity/{made[0].id}"})
    since = salesforce.clock.now() + timedelta(seconds=1)
    results = salesforce.writer.patch(
        [
            Patch(key=record.key, id=str(record.id), values={"next_step": "call"}, unmodified_since=since)
            for record in made
        ]
    )
    assert [result.status for result in results] == [WriteStatus.RETRY, WriteStatus.DONE]


def test_a_field_without_edit_permission_rejects_the_record_in_salesforces_words(
    sandbox: SandboxProcess, salesforce: Salesforce
) -> None:
    """The start check would have said so before."""
    sandbox.toggles(fls_read_only={"Opportunity": ["CloseDate"]})
    (result,) = salesforce.writer.insert([_insert(sandbox)])
    assert (result.status, result.code) == (WriteStatus.REJECTED, "INVALID_FIELD_FOR_INSERT_UPDATE")
