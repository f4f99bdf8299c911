"""Every row of the error table, over HTTP, at every call site that can meet it: what the caller is left with."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import pytest
import requests
import responses
from tests.fakes.salesforce_http import Reply, Stage, html, page, refusal, reply
from tests.fakes.salesforce_org import RecordingWaiter, connected
from tests.fakes.salesforce_refusals import REFUSALS, Refusal
from urllib3.exceptions import MaxRetryError, NewConnectionError

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.adapters.salesforce.errors import Verdict
from csops_sync.ports.crm import Insert, Patch, Role, WriteStatus
from csops_sync.ports.errors import (
    AuthFailedError,
    BudgetExceededError,
    ConflictError,
    OutsideError,
    PermanentError,
    TransientError,
)

MANY: Final = 8  # more than any call site asks
ACCOUNT, OPPORTUNITY = "001000000000001AAA", "006000000000001AAA"
INSERT: Final = Insert(key="k-1", values={"name": "n", "renewal_key": "k-1"})
PATCH: Final = Patch(
    key="p-1", id=OPPORTUNITY, values={"name": "n"}, unmodified_since=datetime(2026, 4, 1, tzinfo=UTC)
)
READS: Final[Mapping[str, Callable[[Salesforce], object]]] = {
    "pull": lambda org: org.reader.pull(dict.fromkeys(org.reader.roles(), 1_774_000_000_000)),
    "load": lambda org: org.reader.load(Role.CONTRACT, after_id=""),
    "sweep": lambda org: list(org.reader.sweep(Role.CONTRACT)),
    "fetch": lambda org: org.reader.fetch(Role.OPPORTUNITY, [OPPORTUNITY]),
    "fetch_accounts": lambda org: org.writer.fetch_accounts([ACCOUNT]),
    "identity": lambda org: org.reader.identity(),
    "check": lambda org: org.reader.check(),
    "find_by_key": lambda org: org.writer.find_by_key(["k-1"]),
}
READ_ENDS: Final[Mapping[Verdict, type[OutsideError]]] = {
    Verdict.TRANSIENT: TransientError,
    Verdict.UNCERTAIN: TransientError,
    Verdict.RESTART: TransientError,
    Verdict.BUDGET: BudgetExceededError,
    Verdict.AUTH: AuthFailedError,
    Verdict.PERMANENT: PermanentError,
    Verdict.CONFLICT: PermanentError,
    Verdict.EXISTS: PermanentError,
}
WRITE_RAISES: Final[Mapping[Verdict, type[OutsideError]]] = {
    Verdict.TRANSIENT: TransientError,
    Verdict.RESTART: TransientError,
    Verdict.BUDGET: BudgetExceededError,
    Verdict.AUTH: AuthFailedError,
    Verdict.PERMANENT: PermanentError,
    Verdict.CONFLICT: ConflictError,
}
PART_ENDS: Final[Mapping[Verdict, WriteStatus]] = {
    Verdict.TRANSIENT: WriteStatus.RETRY,
    Verdict.RESTART: WriteStatus.RETRY,
    Verdict.BUDGET: WriteStatus.RETRY,
    Verdict.AUTH: WriteStatus.RETRY,
    Verdict.UNCERTAIN: WriteStatus.UNKNOWN,
    Verdict.PERMANENT: WriteStatus.REJECTED,
    Verdict.CONFLICT: WriteStatus.CONFLICT,
    Verdict.EXISTS: WriteStatus.EXISTS,
}


def _name(refusal: Refusal) -> str:
    return f"{refusal.status}-{refusal.code}-{refusal.verdict}"


def _answer(refusal: Refusal) -> Reply:
    if isinstance(refusal.body, str):
        return (refusal.status, {"Content-Type": "text/html"}, refusal.body)
    return reply(refusal.body, status=refusal.status)


def _asked(site: str, told: Refusal) -> int:
    """How often a read is tried under this refusal."""
    if told.verdict in {Verdict.TRANSIENT, Verdict.UNCERTAIN}:
        return 3
    if told.verdict is Verdict.RESTART:
        return 2 if site == "pull" else 1  # a pull starts again once, the same page is never asked again
    again = told.verdict is Verdict.AUTH or (site == "identity" and told.code == "INVALID_FIELD")
    return 2 if again else 1


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A scripted Salesforce."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Stage(mock)


@pytest.mark.parametrize("site", READS)
@pytest.mark.parametrize("told", REFUSALS, ids=_name)
def test_a_refused_read_ends_as_the_table_says(stage: Stage, site: str, told: Refusal) -> None:
    """What may pass is asked three times, all else once (twice where a new login may help)."""
    stage.scripted = [_answer(told)] * MANY
    with pytest.raises(READ_ENDS[told.verdict]) as caught:
        READS[site](connected())
    assert len(stage.api_calls) == _asked(site, told)
    assert type(caught.value) is READ_ENDS[told.verdict]


@pytest.mark.parametrize("site", READS)
def test_a_read_survives_what_passes(stage: Stage, site: str) -> None:
    """Two HTML pages of a failing edge, then the answer."""
    row = {"Id": "00D000000000001AAA", "Name": "Acme", "IsSandbox": False, "TimeZoneSidKey": "Asia/Tokyo"}
    stage.scripted = [html(503), html(502), *([page([row])] if site == "identity" else [])]
    READS[site](connected())
    assert stage.scripted == []


@pytest.mark.parametrize("told", REFUSALS, ids=_name)
def test_a_pull_with_one_refused_query_fails_as_a_whole(stage: Stage, told: Refusal) -> None:
    """Nothing may be decided before every object was read to one horizon."""
    stage.part = lambda reference: _answer(told) if reference == "opportunity" else None
    end = TransientError if told.verdict is Verdict.AUTH else READ_ENDS[told.verdict]
    with pytest.raises(end) as caught:
        READS["pull"](connected())
    assert type(caught.value) is end


@pytest.mark.parametrize("told", REFUSALS, ids=_name)
def test_a_pull_whose_get_updated_is_refused_for_good_goes_on_by_the_overlap(
    stage: Stage, told: Refusal
) -> None:
    """What may pass is waited for; only a final refusal makes the role degraded."""
    stage.part = lambda reference: _answer(told) if reference == "updated_Contract" else None
    salesforce = connected()
    watermarks = dict.fromkeys(salesforce.reader.roles(), 1_774_000_000_000)
    if told.verdict in {Verdict.PERMANENT, Verdict.CONFLICT, Verdict.EXISTS}:
        assert salesforce.reader.pull(watermarks).degraded == {Role.CONTRACT}
    else:
        with pytest.raises(TransientError):
            salesforce.reader.pull(watermarks)


def _shared_fate(told: Refusal, *, records: int) -> WriteStatus | None:
    """What the records of a refused call share; None where the call raises, for no record is to blame."""
    if told.verdict is Verdict.UNCERTAIN:
        return WriteStatus.UNKNOWN
    if told.names_data and told.verdict in {Verdict.PERMANENT, Verdict.EXISTS}:
        return WriteStatus.REJECTED if records == 1 else WriteStatus.RETRY
    return None


@pytest.mark.parametrize("records", [1, 2])
@pytest.mark.parametrize("told", REFUSALS, ids=_name)
def test_a_refused_insert_call_ends_as_the_table_says(stage: Stage, told: Refusal, records: int) -> None:
    """Sent once, and once more only after a new login. What is no record's fault is booked against none."""
    stage.scripted = [_answer(told)] * MANY
    salesforce = connected()
    inserts = [INSERT, Insert(key="k-2", values=INSERT.values)][:records]
    shared = _shared_fate(told, records=records)
    if shared is None:
        with pytest.raises(WRITE_RAISES[told.verdict]) as caught:
            salesforce.writer.insert(inserts)
        assert type(caught.value) is WRITE_RAISES[told.verdict]
    else:
        assert [result.status for result in salesforce.writer.insert(inserts)] == [shared] * records
    assert len(stage.api_calls) == (2 if told.verdict is Verdict.AUTH else 1)


@pytest.mark.parametrize("told", REFUSALS, ids=_name)
def test_a_refused_update_call_ends_as_the_table_says(stage: Stage, told: Refusal) -> None:
    """The same, for the composite that carries updates."""
    stage.scripted = [_answer(told)] * MANY
    salesforce = connected()
    shared = _shared_fate(told, records=1)
    if shared is None:
        with pytest.raises(WRITE_RAISES[told.verdict]):
            salesforce.writer.patch([PATCH])
    else:
        assert [result.status for result in salesforce.writer.patch([PATCH])] == [shared]
    assert len(stage.api_calls) == (2 if told.verdict is Verdict.AUTH else 1)


@pytest.mark.parametrize("told", REFUSALS, ids=_name)
def test_one_refused_update_has_its_own_end(stage: Stage, told: Refusal) -> None:
    """The other records of the call are not touched by it."""
    stage.part = lambda reference: _answer(told) if reference == "patch_0" else None
    other = Patch(key="p-2", id=OPPORTUNITY, values={"name": "n"}, unmodified_since=PATCH.unmodified_since)
    first, second = connected().writer.patch([PATCH, other])
    assert (first.key, first.status, first.id or OPPORTUNITY) == ("p-1", PART_ENDS[told.verdict], OPPORTUNITY)
    assert (second.key, second.status) == ("p-2", WriteStatus.DONE)


@pytest.mark.parametrize(
    "told", [told for told in REFUSALS if told.status == 400 and told.code != "400"], ids=_name
)
def test_one_refused_row_of_an_insert_has_its_own_end(stage: Stage, told: Refusal) -> None:
    """A row that failed was rolled back, so that even an internal error may be sent again."""
    assert isinstance(told.body, list)
    error = {"statusCode": told.code, "message": told.body[0]["message"], "fields": []}
    stage.scripted = [reply([{"id": OPPORTUNITY, "success": True}, {"success": False, "errors": [error]}])]
    other = Insert(key="k-2", values={"name": "n", "renewal_key": "k-2"})
    first, second = connected().writer.insert([INSERT, other])
    assert (first.key, first.status, first.id) == ("k-1", WriteStatus.DONE, OPPORTUNITY)
    expected = WriteStatus.RETRY if told.verdict is Verdict.UNCERTAIN else PART_ENDS[told.verdict]
    assert (second.key, second.status, second.code) == ("k-2", expected, told.code)


LOST: Final = {
    "reset": requests.ConnectionError("Connection aborted"),
    "timeout": requests.ReadTimeout("too late"),
    "half": requests.exceptions.ChunkedEncodingError("half an answer"),
}
UNSENT: Final = {
    "refused": requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused"))),  # type: ignore[arg-type]  # no pool is needed for the words
    "connect timeout": requests.ConnectTimeout("nobody there"),
}


@pytest.mark.parametrize("write", ["insert", "patch"])
@pytest.mark.parametrize("how", LOST)
def test_a_write_whose_answer_is_lost_is_unknown_and_not_sent_again(
    stage: Stage, how: str, write: str
) -> None:
    """It may have happened."""
    stage.scripted = [LOST[how]]
    writer = connected().writer
    results = writer.insert([INSERT]) if write == "insert" else writer.patch([PATCH])
    assert [result.status for result in results] == [WriteStatus.UNKNOWN]
    assert len(stage.api_calls) == 1


@pytest.mark.parametrize(
    "body", ["<html>ok</html>", "[]", "{}", '[{"success": true}, {"success": true}]', "7"]
)
def test_an_answer_to_an_insert_that_cannot_be_read_is_unknown(stage: Stage, body: str) -> None:
    """It was accepted, and what became of the rows is not said."""
    stage.scripted = [(200, {}, body)]
    assert [result.status for result in connected().writer.insert([INSERT])] == [WriteStatus.UNKNOWN]


@pytest.mark.parametrize("how", UNSENT)
def test_a_write_that_never_left_raises_and_may_be_sent_again(stage: Stage, how: str) -> None:
    """No connection, no harm."""
    stage.scripted = [UNSENT[how]]
    with pytest.raises(TransientError, match="could not be opened"):
        connected().writer.insert([INSERT])


@pytest.mark.parametrize("how", [*LOST, *UNSENT])
def test_a_read_over_a_broken_line_is_asked_again(stage: Stage, how: str) -> None:
    """Reading twice does no harm."""
    stage.scripted = [{**LOST, **UNSENT}[how]] * 2
    assert connected().reader.fetch(Role.OPPORTUNITY, [OPPORTUNITY]) == []
    assert len(stage.api_calls) == 3


def test_pauses_grow_and_a_stop_ends_them_at_once(stage: Stage) -> None:
    """SIGTERM must not wait for Salesforce."""
    patient, leaving = RecordingWaiter(), RecordingWaiter(stopping=True)
    stage.scripted = [html(503)] * 3
    with pytest.raises(TransientError, match="Service Unavailable"):
        connected(waiter=patient).reader.fetch(Role.OPPORTUNITY, [OPPORTUNITY])
    assert patient.waits == [0.5, 1.0]
    stage.scripted = [html(503)] * 3
    with pytest.raises(TransientError, match="is stopping"):
        connected(waiter=leaving).reader.fetch(Role.OPPORTUNITY, [OPPORTUNITY])
    assert len(leaving.waits) == 1


def test_too_many_long_calls_are_waited_for_in_seconds(stage: Stage) -> None:
    """The concurrent limit passes; the daily one does not."""
    waiter = RecordingWaiter()
    stage.scripted = [refusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.")]
    connected(waiter=waiter).reader.fetch(Role.OPPORTUNITY, [OPPORTUNITY])
    assert waiter.waits == [5.0]
    stage.scripted = [refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")]
    with pytest.raises(BudgetExceededError) as caught:
        connected(waiter=waiter).reader.fetch(Role.OPPORTUNITY, [OPPORTUNITY])
    assert (caught.value.retry_after, waiter.waits) == (900.0, [5.0])
