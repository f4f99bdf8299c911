"""One pull, as Salesforce sees it: how many calls, what is asked, and how far the watermark may go."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
import responses
from tests.fakes.salesforce_http import ROOT, Reply, Stage, composite_parts, page, refusal, reply, soql_of
from tests.fakes.salesforce_org import connected, org_mapping, secret_connection

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import BudgetExceededError, PermanentError, TransientError

NOW_MS: Final = int(datetime(2026, 4, 1, tzinfo=UTC).timestamp() * 1000)  # what the Date header says
MINUTE: Final = 60_000
DAY: Final = 24 * 60 * MINUTE
NEXT: Final = f"{ROOT}/query/0r8000000000001AAA-2000"
STAMP: Final = "2026-03-31T23:00:00.000+0000"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A scripted Salesforce."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Stage(mock)


def _marks(salesforce: Salesforce, back: int = DAY) -> dict[Role, int]:
    return dict.fromkeys(salesforce.reader.roles(), NOW_MS - back)


def _user(number: int, *, stamp: str = STAMP, name: str = "営業") -> dict[str, object]:
    return {
        "Id": f"005{number:012d}AAA",
        "SystemModstamp": stamp,
        "Name": name,
        "Email": "a@example.com",
        "IsActive": True,
        "ManagerId": None,
    }


def test_an_idle_pull_of_six_roles_costs_two_calls(stage: Stage) -> None:
    """The fewest that the composite's cap of five queries allows."""
    salesforce = connected()
    pulled = salesforce.reader.pull(_marks(salesforce))
    assert len(stage.api_calls) == 2
    assert (pulled.rows, pulled.degraded) == ((), frozenset())
    assert pulled.read_at.astimezone(UTC).replace(microsecond=0) == datetime(2026, 4, 1, tzinfo=UTC)


def test_five_roles_cost_one_call(stage: Stage) -> None:
    """One composite carries them all."""
    salesforce = connected()
    marks = _marks(salesforce)
    del marks[Role.STAGE_HISTORY]
    salesforce.reader.pull(marks)
    assert len(stage.api_calls) == 1


def test_a_pull_of_nothing_asks_nothing(stage: Stage) -> None:
    """No role, no call."""
    assert connected().reader.pull({}).rows == ()
    assert stage.api_calls == []


def test_get_updated_is_asked_before_the_rows_it_speaks_for(stage: Stage) -> None:
    """A row that commits between the two is then read, never lost."""
    salesforce = connected()
    salesforce.reader.pull(_marks(salesforce))
    references = [str(part["referenceId"]) for part in composite_parts(stage.api_calls[0])]
    assert references[:4] == ["updated_Account", "updated_User", "updated_Contract", "updated_Opportunity"]
    assert references[4:] == ["account", "user", "contract", "opportunity", "field_history"]


def test_rows_are_asked_from_the_watermark_on_inclusive_and_in_a_total_order(stage: Stage) -> None:
    """History has no SystemModstamp that keeps still: it goes by CreatedDate."""
    salesforce = connected()
    salesforce.reader.pull(_marks(salesforce))
    urls = {str(part["referenceId"]): str(part["url"]) for part in composite_parts(stage.api_calls[0])}
    assert "WHERE%20SystemModstamp%20%3E%3D%202026-03-31T00%3A00%3A00.000Z%20" in urls["contract"]
    assert urls["contract"].endswith("ORDER%20BY%20SystemModstamp%2C%20Id")
    assert urls["field_history"].endswith("ORDER%20BY%20CreatedDate%2C%20Id")
    assert urls["contract"].startswith(f"{ROOT}/queryAll?q=")
    assert urls["user"].startswith(f"{ROOT}/query?q=")  # users are never deleted


@pytest.mark.parametrize(
    ("latest", "covered"),
    [
        ("2026-03-31T23:59:00.000+0000", NOW_MS - 10 * MINUTE),  # nothing is open: the overlap decides
        ("2026-03-31T23:15:00.000+0000", NOW_MS - 45 * MINUTE),  # a transaction is open since 45 minutes
    ],
)
def test_the_watermark_stays_behind_the_overlap_and_behind_open_transactions(
    stage: Stage, latest: str, covered: int
) -> None:
    """The earlier of the two; history follows its opportunity."""
    stage.part = lambda name: (
        reply({"ids": [], "latestDateCovered": latest}) if name == "updated_Opportunity" else None
    )
    salesforce = connected()
    pulled = salesforce.reader.pull(_marks(salesforce))
    followers = (Role.OPPORTUNITY, Role.FIELD_HISTORY, Role.STAGE_HISTORY)
    assert {_second(pulled.covered[role]) for role in followers} == {_second(covered)}
    assert _second(pulled.covered[Role.ACCOUNT]) == _second(NOW_MS - 10 * MINUTE)


def test_the_overlap_can_be_set(stage: Stage) -> None:
    """Some orgs commit slower than others."""
    salesforce = connected(replace(secret_connection(), overlap_seconds=3600))
    assert stage.calls == []
    assert salesforce.reader.pull(_marks(salesforce)).covered[Role.USER] == NOW_MS - 60 * MINUTE


def test_a_watermark_older_than_thirty_days_is_read_by_the_overlap_alone(stage: Stage) -> None:
    """GetUpdated would refuse the window; the pull says that it is degraded."""
    salesforce = connected()
    marks = {**_marks(salesforce), Role.CONTRACT: NOW_MS - 31 * DAY}
    pulled = salesforce.reader.pull(marks)
    assert pulled.degraded == {Role.CONTRACT}
    assert _second(pulled.covered[Role.CONTRACT]) == _second(NOW_MS - 10 * MINUTE)
    assert "updated_Contract" not in {part["referenceId"] for part in composite_parts(stage.api_calls[0])}


def test_histories_are_degraded_with_their_opportunity(stage: Stage) -> None:
    """They have no getUpdated of their own."""
    stage.part = lambda name: refusal(400, "EXCEEDED_ID_LIMIT") if name == "updated_Opportunity" else None
    salesforce = connected()
    assert salesforce.reader.pull(_marks(salesforce)).degraded == {
        Role.OPPORTUNITY,
        Role.FIELD_HISTORY,
        Role.STAGE_HISTORY,
    }


def test_two_roles_on_one_object_are_both_read_and_covered_once(stage: Stage) -> None:
    """A won opportunity can be the contract."""
    salesforce = connected(mapping=org_mapping(contract_is_opportunity=True))
    pulled = salesforce.reader.pull(_marks(salesforce))
    references = [str(part["referenceId"]) for part in composite_parts(stage.api_calls[0])]
    assert references.count("updated_Opportunity") == 1
    assert {"contract", "opportunity"} <= set(references)
    assert pulled.covered[Role.CONTRACT] == pulled.covered[Role.OPPORTUNITY]


def test_next_pages_are_read_to_the_end(stage: Stage) -> None:
    """One follower goes by GET, as its cursor says."""
    stage.part = lambda name: page([_user(1)], NEXT) if name == "user" else None
    salesforce = connected()
    marks = _marks(salesforce)
    del marks[Role.STAGE_HISTORY]
    stage.after_composite = [page([_user(2)])]
    pulled = salesforce.reader.pull(marks)
    assert [row.id for row in pulled.rows] == ["005000000000001AAA", "005000000000002AAA"]
    assert len(stage.api_calls) == 2


def test_several_next_pages_share_a_call(stage: Stage) -> None:
    """Query-more subrequests count as queries: five a call."""
    first = {"user": page([_user(1)], NEXT), "account": page([], NEXT)}
    seen: set[str] = set()

    def part(name: str) -> Reply | None:
        if name in first and name not in seen:
            seen.add(name)
            return first[name]
        return page([_user(2)]) if name == "user" else None

    stage.part = part
    salesforce = connected()
    pulled = salesforce.reader.pull(_marks(salesforce))
    assert len(stage.api_calls) == 3
    assert [part["url"] for part in composite_parts(stage.api_calls[2])] == [NEXT, NEXT]
    assert len(pulled.rows) == 2


def test_a_row_on_two_pages_counts_once_in_its_later_form(stage: Stage) -> None:
    """It was edited while the pages were read."""
    stage.part = lambda name: page([_user(1, name="old")], NEXT) if name == "user" else None
    stage.after_composite = [page([_user(1, name="new", stamp="2026-03-31T23:30:00.000+0000")])]
    salesforce = connected()
    (row,) = salesforce.reader.pull({Role.USER: NOW_MS - DAY}).rows
    assert row.values["name"] == "new"


def test_a_lost_cursor_starts_the_pull_again_once(stage: Stage) -> None:
    """Cursors live two days at most; what was read is thrown away with them."""
    stage.part = lambda name: page([_user(1)], NEXT) if name == "user" else None
    stage.after_composite = [refusal(400, "INVALID_QUERY_LOCATOR"), page([_user(2)])]
    salesforce = connected()
    assert len(salesforce.reader.pull({Role.USER: NOW_MS - DAY}).rows) == 2
    stage.after_composite = [refusal(400, "INVALID_QUERY_LOCATOR")] * 2
    with pytest.raises(TransientError, match="INVALID_QUERY_LOCATOR"):
        salesforce.reader.pull({Role.USER: NOW_MS - DAY})


def test_a_session_that_ends_between_two_pages_goes_on_at_the_same_page(stage: Stage) -> None:
    """The cursor belongs to the user and not to the session."""
    stage.part = lambda name: page([_user(1)], NEXT) if name == "user" else None
    stage.after_composite = [refusal(401, "INVALID_SESSION_ID"), page([_user(2)])]
    salesforce = connected()
    pulled = salesforce.reader.pull({Role.USER: NOW_MS - DAY})
    assert len(pulled.rows) == 2
    assert len(stage.logins) == 2


@pytest.mark.parametrize(
    ("code", "message", "origin"),
    [
        (
            "INVALID_FIELD",
            "No such column 'Tier__c' on entity 'Account'. If you are",
            "csops-sync.yaml:104:5",
        ),
        (
            "INVALID_FIELD",
            "Didn't understand relationship 'RecordType' in field path",
            "csops-sync.yaml:409:5",
        ),
        ("INVALID_TYPE", "sObject type 'Account' is not supported.", "csops-sync.yaml:100:1"),
    ],
)
def test_a_refused_field_is_said_with_its_line_in_yaml(
    stage: Stage, code: str, message: str, origin: str
) -> None:
    """A field that was revoked and one that was deleted look the same: both are the admin's to mend."""
    stage.part = lambda name: refusal(400, code, message) if name == "account" else None
    salesforce = connected()
    with pytest.raises(PermanentError, match=origin) as caught:
        salesforce.reader.pull(_marks(salesforce))
    assert caught.value.code == code


def test_reads_wait_while_the_org_has_nearly_used_up_its_day(stage: Stage) -> None:
    """Said by the header of the first answer, and kept to without asking."""
    stage.scripted = [reply({"records": [], "done": True}, usage="95000/100000")]
    salesforce = connected()
    salesforce.reader.fetch(Role.USER, ["005000000000001AAA"])
    assert salesforce.reader.slow_down
    with pytest.raises(BudgetExceededError, match="95000 of 100000"):
        salesforce.reader.pull(_marks(salesforce))
    assert len(stage.api_calls) == 1


def test_first_load_goes_by_id_and_ends_with_a_short_page(stage: Stage) -> None:
    """Resumable anywhere: the last Id says it all."""
    salesforce = connected()
    stage.scripted = [page([_user(n) for n in range(2000)]), page([_user(2000)])]
    first = salesforce.reader.load(Role.USER, after_id="")
    second = salesforce.reader.load(Role.USER, after_id=first.last_id)
    assert (len(first.rows), first.done, len(second.rows), second.done) == (2000, False, 1, True)
    assert "WHERE" not in soql_of(stage.api_calls[0])
    assert soql_of(stage.api_calls[0]).endswith("ORDER BY Id LIMIT 2000")
    assert f"WHERE Id > '{first.last_id}'" in soql_of(stage.api_calls[1])


def test_a_page_that_salesforce_cuts_short_is_completed(stage: Stage) -> None:
    """Wide rows come fewer at a time; a cut page must not look like the end."""
    stage.scripted = [
        page([_user(n) for n in range(1500)], NEXT),
        page([_user(n) for n in range(1500, 2000)]),
    ]
    loaded = connected().reader.load(Role.USER, after_id="")
    assert (len(loaded.rows), loaded.done) == (2000, False)


def test_a_sweep_reads_ids_and_stamps_only(stage: Stage) -> None:
    """Reconciliation over a million rows must stay small."""
    stage.scripted = [page([{"Id": "001000000000001AAA", "SystemModstamp": STAMP}])]
    (swept,) = list(connected().reader.sweep(Role.ACCOUNT))
    assert swept == [("001000000000001AAA", NOW_MS - 60 * MINUTE)]
    assert soql_of(stage.api_calls[0]) == "SELECT Id, SystemModstamp FROM Account ORDER BY Id LIMIT 2000"
    assert stage.api_calls[0].path_url.startswith(f"{ROOT}/query?")  # what is deleted is not visible


def test_accounts_are_read_in_one_call(stage: Stage) -> None:
    """Contracts and opportunities together, right before a create."""
    connected().writer.fetch_accounts([f"001{n:012d}AAA" for n in range(200)])
    assert len(stage.api_calls) == 1
    assert [part["referenceId"] for part in composite_parts(stage.api_calls[0])] == [
        "contract_0",
        "opportunity_0",
    ]


def test_a_thousand_records_are_read_in_one_call(stage: Stage) -> None:
    """Five lists of two hundred."""
    connected().reader.fetch(Role.OPPORTUNITY, [f"006{n:012d}AAA" for n in range(1000)])
    assert len(stage.api_calls) == 1


def test_every_call_says_who_we_are_and_asks_for_no_pretty_print(stage: Stage) -> None:
    """Loop suppression by other integrations goes by the client's name."""
    connected().reader.fetch(Role.USER, ["005000000000001AAA"])
    headers = stage.api_calls[0].headers
    assert headers["Sforce-Call-Options"] == "client=csops-sync"
    assert "X-PrettyPrint" not in headers
    assert headers["Accept-Encoding"] == "gzip"


def test_an_answer_beyond_the_limit_is_not_read_on(stage: Stage) -> None:
    """A page of gigabytes must not take the process down."""
    stage.scripted = [page([_user(n) for n in range(2000)])]
    salesforce = connected(replace(secret_connection(), max_answer_bytes=100_000))
    with pytest.raises(PermanentError, match="larger than 100000 bytes"):
        salesforce.reader.load(Role.USER, after_id="")


def _second(stamp_ms: int) -> int:
    """Leave out what the monotonic clock adds to the `Date` header's whole seconds while a test runs."""
    return stamp_ms // 1000
