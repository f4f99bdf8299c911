"""Tasks on the sandbox over real HTTP: logged once, whatever becomes of the answer; and the check of their key."""

from dataclasses import replace

import pytest
from tests.fakes.salesforce_org import org_mapping
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import Record, SandboxProcess

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.crm import Insert, Json, MappingProblem, WriteStatus
from csops_sync.ports.errors import AuthFailedError, TransientError
from csops_sync.ports.mapping import TaskMapping

PLAIN = TaskMapping(is_used=True)
KEY = "006-noted-1"


def _connected(sandbox: SandboxProcess, task: TaskMapping = PLAIN) -> Salesforce:
    salesforce = on_sandbox(sandbox, replace(org_mapping(), task=task))
    salesforce.reader.identity()  # logged in, so that a fault meets the write itself
    return salesforce


def _task(sandbox: SandboxProcess, key: str = KEY, **values: Json) -> Insert:
    deal = str(sandbox.records("Opportunity")[0]["Id"])
    return Insert(
        key=key, values={"subject": "確度の変化に対応", "what": deal, "date": "2026-04-01", **values}
    )


def _logged(sandbox: SandboxProcess) -> list[Record]:
    return [row for row in sandbox.records("Task") if row["Renewal_Task_Key__c"]]


def _problems(sandbox: SandboxProcess, task: TaskMapping = PLAIN) -> list[MappingProblem]:
    return list(on_sandbox(sandbox, replace(org_mapping(), task=task)).reader.check())


def test_a_task_is_completed_and_belongs_to_who_answered(sandbox: SandboxProcess) -> None:
    owner = next(str(one["Id"]) for one in sandbox.records("User") if one["IsActive"] and one["ManagerId"])
    task = _task(sandbox, owner=owner, description="電話しました\n— 佐藤")

    (result,) = _connected(sandbox, replace(PLAIN, priority="Low")).writer.log_tasks([task])

    (row,) = _logged(sandbox)
    assert (result.status, result.id) == (WriteStatus.DONE, row["Id"])
    assert (row["Status"], row["IsClosed"], row["Priority"]) == ("Completed", True, "Low")
    assert (row["OwnerId"], row["WhatId"]) == (owner, task.values["what"])
    assert (row["ActivityDate"], row["Description"]) == ("2026-04-01", "電話しました\n— 佐藤")


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_task_whose_answer_is_lost_is_unknown_and_the_repeat_makes_no_second_one(
    sandbox: SandboxProcess, fault: str
) -> None:
    writer = _connected(sandbox).writer
    sandbox.faults({"fault": fault, "path": "composite/sobjects"})

    (lost,) = writer.log_tasks([_task(sandbox)])
    (again,) = writer.log_tasks([_task(sandbox)])

    assert (lost.status, again.status) == (WriteStatus.UNKNOWN, WriteStatus.DONE)
    assert [row["Id"] for row in _logged(sandbox)] == [again.id]


def test_one_that_is_refused_takes_no_other_along(sandbox: SandboxProcess) -> None:
    gone = next(str(one["Id"]) for one in sandbox.records("User") if not one["IsActive"])
    tasks = [_task(sandbox, "k-1"), _task(sandbox, "k-2", owner=gone), _task(sandbox, "k-3", colour="red")]

    results = _connected(sandbox).writer.log_tasks(tasks)

    assert [one.status for one in results] == [WriteStatus.DONE, WriteStatus.REJECTED, WriteStatus.REJECTED]
    assert "inactive" in results[1].message.lower()
    assert "colour" in results[2].message
    assert len(_logged(sandbox)) == 1


def test_what_is_too_long_for_a_field_is_cut_and_not_refused(sandbox: SandboxProcess) -> None:
    task = _task(sandbox, subject="長" * 300, description="文" * 40_000)

    (result,) = _connected(sandbox).writer.log_tasks([task])

    (row,) = _logged(sandbox)
    assert result.status is WriteStatus.DONE
    assert (len(row["Subject"]), len(row["Description"])) == (255, 32_000)


def test_a_key_field_that_is_not_there_refuses_the_record_alone_and_asks_for_less_company(
    sandbox: SandboxProcess,
) -> None:
    writer = _connected(sandbox, TaskMapping(key="Gone__c")).writer

    two = writer.log_tasks([_task(sandbox, "k-1"), _task(sandbox, "k-2")])
    (one,) = writer.log_tasks([_task(sandbox, "k-1")])

    assert {result.status for result in two} <= {WriteStatus.RETRY, WriteStatus.REJECTED}
    assert one.status is WriteStatus.REJECTED
    assert "Gone__c" in one.message


def test_more_than_a_call_holds_is_refused_before_it_is_sent(sandbox: SandboxProcess) -> None:
    task = _task(sandbox)
    with pytest.raises(ValueError, match="200 records"):
        _connected(sandbox).writer.log_tasks([replace(task, key=f"k-{number}") for number in range(201)])


def test_a_call_that_is_refused_as_a_whole_raises_and_logs_nothing(sandbox: SandboxProcess) -> None:
    salesforce = _connected(sandbox)
    sandbox.faults(
        {
            "fault": "error",
            "path": "composite/sobjects",
            "code": "REQUEST_LIMIT_EXCEEDED",
            "message": "ConcurrentRequests Limit exceeded.",
            "status": 403,
            "times": 1,
        }
    )
    with pytest.raises(TransientError):
        salesforce.writer.log_tasks([_task(sandbox)])

    sandbox.faults({"fault": "error", "code": "INVALID_SESSION_ID", "status": 401, "times": 9})
    with pytest.raises(AuthFailedError):
        salesforce.writer.log_tasks([_task(sandbox)])
    assert _logged(sandbox) == []


def test_the_start_check_finds_the_key_of_the_sandboxs_orgs(sandbox: SandboxProcess) -> None:
    assert _problems(sandbox) == []


def test_a_hidden_or_misspelt_key_is_named_and_keeps_nothing_from_being_opened(
    sandbox: SandboxProcess,
) -> None:
    (misspelt,) = _problems(sandbox, replace(PLAIN, key="Renewal_Task_Kee__c"))
    sandbox.toggles(fls_hidden={"Task": ["Renewal_Task_Key__c"]})
    (hidden,) = _problems(sandbox)

    assert {misspelt.path, hidden.path} == {"mapping.task.key"}
    assert "did you mean Renewal_Task_Key__c?" in misspelt.message
    assert "confidence.answer.task: false" in hidden.message
    assert not any(one.blocks_creation for one in (misspelt, hidden))


def test_a_key_that_is_not_unique_or_not_writable_is_no_key(sandbox: SandboxProcess) -> None:
    (loose,) = _problems(sandbox, replace(PLAIN, key="Subject"))
    sandbox.toggles(fls_read_only={"Task": ["Renewal_Task_Key__c"]})
    (closed,) = _problems(sandbox)

    assert (loose.path, closed.path) == ("mapping.task.key", "mapping.task.key")
    assert "External ID and Unique" in loose.message
    assert "may not write" in closed.message


def test_rules_that_log_no_task_need_no_key(sandbox: SandboxProcess) -> None:
    assert _problems(sandbox, TaskMapping(key="Gone__c", is_used=False)) == []
