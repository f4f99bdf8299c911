"""The adapter against the sandbox over real HTTP: what is read when rows come late, tie, vanish or come back."""

from datetime import UTC, date, datetime
from typing import Final

import pytest
import requests
from requests.adapters import BaseAdapter
from tests.fakes.salesforce_org import RecordingWaiter, jwt_connection, org_mapping, private_key
from tests.fakes.salesforce_org import connected as connected_by
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.crm import Pulled, Role, Row
from csops_sync.ports.errors import AuthFailedError, BudgetExceededError, PermanentError, TransientError

MINUTE: Final = 60_000
ACCOUNT_VALUES: Final = {"Name": "株式会社 同期"}


def _marks(salesforce: Salesforce) -> dict[Role, int]:
    now = int(salesforce.clock.now().timestamp() * 1000)
    return dict.fromkeys(salesforce.reader.roles(), now - 60 * MINUTE)


def _follow(salesforce: Salesforce, marks: dict[Role, int]) -> Pulled:
    """Pull, and move the watermarks as the store would: forward only."""
    pulled = salesforce.reader.pull(marks)
    for role, covered in pulled.covered.items():
        marks[role] = max(marks[role], covered)
    return pulled


def _of(pulled: Pulled, record_id: str) -> list[Row]:
    return [row for row in pulled.rows if row.id == record_id]


def _opportunity(sandbox: SandboxProcess) -> str:
    return str(next(row["Id"] for row in sandbox.records("Opportunity") if not row["IsClosed"]))


def test_the_login_leads_to_the_org(sandbox: SandboxProcess) -> None:
    """JWT bearer with a real signature; who we are comes from userinfo."""
    identity = on_sandbox(sandbox).reader.identity()
    assert identity.org_id.startswith("00D")
    assert (identity.timezone, identity.default_currency) == ("Asia/Tokyo", "JPY")
    assert identity.integration_user_id.startswith("005")


def test_a_foreign_signature_is_refused(sandbox: SandboxProcess) -> None:
    """The sandbox verifies it, as Salesforce does."""
    urls = sandbox.urls
    connection = jwt_connection(
        urls.salesforce, client_id=urls.client_id, username=urls.username, key=private_key()
    )
    with pytest.raises(AuthFailedError, match="invalid_grant"):
        connected_by(connection).reader.identity()


def test_business_time_follows_the_sandboxs_date(sandbox: SandboxProcess) -> None:
    """A year can pass between two answers."""
    salesforce = on_sandbox(sandbox)
    sandbox.set_clock(datetime(2027, 4, 1, tzinfo=UTC))
    salesforce.reader.identity()
    assert salesforce.clock.now().date() == date(2027, 4, 1)


def test_the_day_of_a_pull_is_the_day_after_its_answer(sandbox: SandboxProcess) -> None:
    """Time jumped since the last one; the watermark stays on the safe side of the jump."""
    salesforce = on_sandbox(sandbox)
    marks = _marks(salesforce)
    sandbox.advance(days=1)
    pulled = salesforce.reader.pull(marks)
    assert pulled.read_at.date() == date(2026, 4, 2)
    assert max(pulled.covered.values()) < datetime(2026, 4, 1, tzinfo=UTC).timestamp() * 1000


def test_ties_across_a_page_edge_are_all_read() -> None:
    """2,225 accounts share one stamp, and a page holds 2,000."""
    with SandboxProcess.start(org="generated", contracts=2500, today=date(2026, 4, 1)) as sandbox:
        salesforce = on_sandbox(sandbox)
        pulled = salesforce.reader.pull(dict.fromkeys(salesforce.reader.roles(), 0))
        stamps = {row.stamp_ms for row in pulled.rows if row.role is Role.ACCOUNT}
        for role, table in (
            (Role.ACCOUNT, "Account"),
            (Role.CONTRACT, "Contract"),
            (Role.OPPORTUNITY, "Opportunity"),
        ):
            read = {row.id for row in pulled.rows if row.role is role}
            assert read == {record["Id"] for record in sandbox.records(table)}
        assert len(stamps) == 1
        assert (
            salesforce.reader.usage().ours == 3
        )  # two for the first pages, one for the followers of five objects


def test_a_row_edited_twice_between_polls_comes_once_with_both_changes_in_its_history(
    sandbox: SandboxProcess,
) -> None:
    """D, then E, is two changes, and one row."""
    salesforce = on_sandbox(sandbox)
    marks = _marks(salesforce)
    record = _opportunity(sandbox)
    sandbox.update("Opportunity", record, {"Confidence__c": "D"})
    sandbox.advance(seconds=30)
    sandbox.update("Opportunity", record, {"Confidence__c": "E"})
    pulled = salesforce.reader.pull(marks)
    (row,) = _of(pulled, record)
    history = [row for row in pulled.rows if row.role is Role.FIELD_HISTORY and row.parent_id == record]
    assert row.values["confidence"] == "E"
    assert [(edit.values["field"], edit.values["new"]) for edit in history] == [
        ("confidence", "D"),
        ("confidence", "E"),
    ]


@pytest.mark.parametrize(
    ("covered", "minutes", "seen"),
    [
        ("off", 8, True),  # within the overlap
        ("honest", 45, True),  # held back by latestDateCovered
        ("off", 180, False),  # left to reconciliation
        ("error", 8, True),  # getUpdated refused: the overlap alone
    ],
)
def test_rows_that_become_visible_late(
    sandbox: SandboxProcess,
    covered: str,
    minutes: int,
    seen: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    """Stamped when the transaction began, seen when it committed, polled every minute."""
    sandbox.toggles(latest_date_covered=covered)
    salesforce = on_sandbox(sandbox)
    marks = _marks(salesforce)
    record = _opportunity(sandbox)
    sandbox.update("Opportunity", record, {"NextStep": "late"}, visible_after=minutes * 60)
    found: list[Row] = []
    for _ in range(minutes + 12):
        sandbox.advance(seconds=60)
        found += [row for row in _of(_follow(salesforce, marks), record) if row.values["next_step"] == "late"]
    assert bool(found) is seen
    swept = {row for page in salesforce.reader.sweep(Role.OPPORTUNITY) for row in page}
    assert record in {row_id for row_id, _ in swept}


def test_a_refused_get_updated_is_shown_as_degraded(sandbox: SandboxProcess) -> None:
    """And the pull goes on."""
    sandbox.toggles(latest_date_covered="error")
    salesforce = on_sandbox(sandbox)
    assert salesforce.reader.pull(_marks(salesforce)).degraded == frozenset(salesforce.reader.roles())


def test_deleted_and_undeleted_records_are_seen(sandbox: SandboxProcess) -> None:
    """QueryAll shows what is in the recycle bin, and stamps move both ways."""
    salesforce = on_sandbox(sandbox)
    marks = _marks(salesforce)
    record = _opportunity(sandbox)
    sandbox.delete("Opportunity", record)
    assert [row.deleted for row in _of(salesforce.reader.pull(marks), record)] == [True]
    assert [row.deleted for row in salesforce.reader.fetch(Role.OPPORTUNITY, [record])] == [True]
    assert record not in {row_id for page in salesforce.reader.sweep(Role.OPPORTUNITY) for row_id, _ in page}
    sandbox.undelete("Opportunity", record)
    assert [row.deleted for row in _of(salesforce.reader.pull(marks), record)] == [False]


def test_a_session_that_expires_in_the_middle_is_renewed(sandbox: SandboxProcess) -> None:
    """Once, and the pull is whole."""
    salesforce = on_sandbox(sandbox)
    marks = _marks(salesforce)
    whole = salesforce.reader.pull(marks)
    sandbox.expire_sessions()
    assert salesforce.reader.pull(marks).rows == whole.rows


@pytest.mark.parametrize(
    ("fault", "fired", "end"),
    [
        ("concurrent_limit", 1, None),
        ("server_unavailable_html", 2, None),
        ("drop_before", 1, None),
        ("drop_after", 1, None),
        ("expired_session", 1, None),
        ("total_requests_limit", 1, BudgetExceededError),
        ("server_unavailable_html", 3, TransientError),
        ("expired_session", 2, AuthFailedError),
    ],
)
def test_a_pull_under_a_fault(
    sandbox: SandboxProcess, fault: str, fired: int, end: type[Exception] | None
) -> None:
    """What passes is survived, what does not is said by its kind."""
    salesforce = on_sandbox(sandbox)
    marks = _marks(salesforce)
    whole = salesforce.reader.pull(marks)
    sandbox.faults({"fault": fault, "path": "/composite", "times": fired})
    if end is None:
        assert salesforce.reader.pull(marks).rows == whole.rows
    else:
        with pytest.raises(end):
            salesforce.reader.pull(marks)
    assert sandbox.fault_report()[0]["fired"] == fired


def test_a_fault_in_one_subrequest_fails_the_whole_pull(sandbox: SandboxProcess) -> None:
    """A composite's parts are looked at one by one."""
    sandbox.faults(
        {"fault": "error", "path": "FROM Contract", "code": "QUERY_TIMEOUT", "status": 400, "times": 9}
    )
    salesforce = on_sandbox(sandbox)
    with pytest.raises(TransientError, match="QUERY_TIMEOUT"):
        salesforce.reader.pull(_marks(salesforce))


def test_a_hidden_field_stops_the_pull_and_names_its_line(sandbox: SandboxProcess) -> None:
    """It may be revoked or deleted: nothing is decided without it."""
    sandbox.toggles(fls_hidden={"Contract": ["Annual_Amount__c"]})
    salesforce = on_sandbox(sandbox)
    with pytest.raises(PermanentError, match=r"csops-sync\.yaml:310:5: .*Annual_Amount__c"):
        salesforce.reader.pull(_marks(salesforce))


def test_pauses_between_reads_go_through_the_waiter(sandbox: SandboxProcess) -> None:
    """So that SIGTERM ends them."""
    waiter = RecordingWaiter()
    salesforce = on_sandbox(sandbox, waiter=waiter)
    marks = _marks(salesforce)
    sandbox.faults({"fault": "concurrent_limit", "path": "/composite"})
    salesforce.reader.pull(marks)
    assert waiter.waits == [5.0]


def test_the_won_opportunity_can_be_the_contract(sandbox: SandboxProcess) -> None:
    """Two roles, one object, both read."""
    mapping = org_mapping(contract_is_opportunity=True)
    salesforce = on_sandbox(sandbox, mapping)
    assert salesforce.reader.check() == []
    pulled = salesforce.reader.pull(dict.fromkeys(salesforce.reader.roles(), 0))
    ids = {
        role: {row.id for row in pulled.rows if row.role is role}
        for role in (Role.CONTRACT, Role.OPPORTUNITY)
    }
    assert ids[Role.CONTRACT] == ids[Role.OPPORTUNITY] != set()


def test_user_names_lead_to_ids_whatever_their_case(sandbox: SandboxProcess) -> None:
    """People write them by hand in the configuration."""
    written = sandbox.urls.username.upper()
    salesforce = on_sandbox(sandbox)
    assert salesforce.reader.user_ids([written, "nobody@example.com"]) == {
        written: salesforce.reader.identity().integration_user_id
    }


class _Counting(BaseAdapter):
    """Stands around the transport and counts what goes in and out."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self.inner = inner
        self.crossings: list[str] = []

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:  # type: ignore[override]  # options pass through
        """Count a request and its response."""
        self.crossings.append("request")
        response = self.inner.send(request, **options)  # type: ignore[arg-type]  # as they came
        self.crossings.append("response")
        return response

    def close(self) -> None:
        """Close the inner one."""
        self.inner.close()


def test_a_test_can_stand_around_the_transport_and_count_the_crossings(sandbox: SandboxProcess) -> None:
    """Login, versions or not, call: nothing goes by another way."""
    around: list[_Counting] = []

    def wrap(inner: BaseAdapter) -> BaseAdapter:
        around.append(_Counting(inner))
        return around[0]

    salesforce = on_sandbox(sandbox, wrap_adapter=wrap)
    salesforce.reader.fetch(Role.ACCOUNT, ["001000000000001AAA"])
    assert around[0].crossings == ["request", "response"] * 2
