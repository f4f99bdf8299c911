"""Which calls the reserve for writes is for: every one without which nothing can be written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
import responses
from tests.fakes.salesforce_http import Reply, Stage, page, reply
from tests.fakes.salesforce_org import connected, secret_connection

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.crm import Insert, Patch, Role
from csops_sync.ports.errors import BudgetExceededError

ACCOUNT, OPPORTUNITY = "001000000000001AAA", "006000000000001AAA"
INSERT: Final = Insert(key="k-1", values={"name": "n", "renewal_key": "k-1", "record_type": "Renewal"})
PATCH: Final = Patch(
    key="p-1", id=OPPORTUNITY, values={"name": "n"}, unmodified_since=datetime(2026, 4, 1, tzinfo=UTC)
)
RENEWAL: Final = {"developerName": "Renewal", "recordTypeId": "012000000000001AAA"}
RECORD_TYPES: Final = reply({"name": "Opportunity", "fields": [], "recordTypeInfos": [RENEWAL]})
STEPS: Final[Mapping[str, Callable[[Salesforce], object]]] = {
    "find what has no outcome": lambda org: org.writer.find_by_key(["k-1"]),
    "read what was to be changed": lambda org: org.writer.fetch(Role.OPPORTUNITY, [OPPORTUNITY]),
    "read the accounts": lambda org: org.writer.fetch_accounts([ACCOUNT]),
    "ask for record types, and insert": lambda org: org.writer.insert([INSERT]),
    "update": lambda org: org.writer.patch([PATCH]),
}
READS: Final[Mapping[str, Callable[[Salesforce], object]]] = {
    "pull": lambda org: org.reader.pull(dict.fromkeys(org.reader.roles(), 1_774_000_000_000)),
    "fetch": lambda org: org.reader.fetch(Role.OPPORTUNITY, [OPPORTUNITY]),
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A scripted Salesforce that knows a record type."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Stage(mock, part=lambda name: RECORD_TYPES if name.startswith("describe") else None)


def _used_up_by_others(stage: Stage) -> Salesforce:
    """The org's people have used 95 % of its calls; our reads stop at 90 %."""
    salesforce = connected()
    stage.scripted = [_page(usage="95000/100000")]
    salesforce.reader.fetch(Role.USER, [ACCOUNT])
    return salesforce


def _used_up_by_our_reads(stage: Stage) -> Salesforce:
    """100 of the org's 100,000 calls are ours, and reading has used its 80."""
    salesforce = connected(replace(secret_connection(), budget_share=0.001))
    stage.scripted = [_page(usage="80/100000") for _ in range(80)]
    for _ in range(80):
        salesforce.reader.fetch(Role.USER, [ACCOUNT])
    return salesforce


def _page(*, usage: str) -> Reply:
    status, headers, body = page([])
    return status, {**headers, "Sforce-Limit-Info": f"api-usage={usage}"}, body


PRESSURES: Final = {"by others": _used_up_by_others, "by our own reads": _used_up_by_our_reads}


@pytest.mark.parametrize("how", PRESSURES)
@pytest.mark.parametrize("read", READS)
def test_where_the_calls_for_reading_are_used_up_reading_waits(stage: Stage, how: str, read: str) -> None:
    """The reserve is not for it."""
    salesforce = PRESSURES[how](stage)
    asked = len(stage.api_calls)
    with pytest.raises(BudgetExceededError, match="reading waits"):
        READS[read](salesforce)
    assert len(stage.api_calls) == asked


@pytest.mark.parametrize("how", PRESSURES)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_a_delivery_may_use_the_reserve(stage: Stage, how: str, step: str) -> None:
    """One that could not would make all the others useless."""
    salesforce = PRESSURES[how](stage)
    asked = len(stage.api_calls)
    STEPS[step](salesforce)
    assert len(stage.api_calls) > asked
