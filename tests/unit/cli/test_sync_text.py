"""What `sync` and `reconcile` say when they are done."""

from dataclasses import replace
from datetime import UTC, datetime

from csops_sync.app.reconciling import Reconciled
from csops_sync.app.syncing import SyncView
from csops_sync.app.views import OutboxItem
from csops_sync.interfaces.cli.render_sync import reconciled_text, sync_text
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus

AT = datetime(2026, 4, 1, 0, 0, 41, tzinfo=UTC)
QUIET = SyncView(
    read_at=AT,
    timezone="Asia/Tokyo",
    complete=True,
    baseline=False,
    changed_rows=1,
    approved=0,
    settled=(),
    waiting=(),
    held=0,
    held_hash=None,
    paused=None,
    shadow=False,
)


def item(status: OutboxStatus, **values: str) -> OutboxItem:
    """A row for a creation."""
    plain = OutboxItem(
        key="8005g00000ABCDeAAP-1",
        kind="create",
        target="salesforce",
        status=status,
        reason="due",
        attempts=1,
        created_at=AT,
    )
    return replace(plain, result=values.get("result"), error=values.get("error"))


def test_a_quiet_sync_says_so() -> None:
    assert sync_text(QUIET) == (
        "Salesforce read up to 2026-04-01T00:00:41Z, 1 changed row\nNothing to send.\n"
    )
    assert QUIET.fine


def test_what_was_sent_stands_with_its_result_and_what_was_refused_with_its_error() -> None:
    sent = item(OutboxStatus.SENT, result="0065g00000XYZabAAH")
    parked = item(OutboxStatus.PARKED, error="REQUIRED_FIELD_MISSING: no")
    view = replace(QUIET, approved=2, settled=(sent, parked))
    assert sync_text(view).splitlines()[1:] == [
        "2 held rows approved",
        "  sent    salesforce create  8005g00000ABCDeAAP-1  0065g00000XYZabAAH",
        "  parked  salesforce create  8005g00000ABCDeAAP-1  REQUIRED_FIELD_MISSING: no",
    ]
    assert not view.fine


def test_what_waits_is_a_problem_unless_a_person_paused_it() -> None:
    waiting = replace(QUIET, waiting=(item(OutboxStatus.UNKNOWN, error="no answer"),))
    assert "1 row not settled yet" in sync_text(waiting)
    paused = replace(waiting, paused="all")
    assert "Paused (all): `csops-sync resume`" in sync_text(paused)
    assert (waiting.fine, paused.fine) == (False, True)


def test_what_is_held_names_the_command_that_lets_it_go() -> None:
    view = replace(QUIET, held=1200, held_hash="bc0a84919b")
    last = sync_text(view).splitlines()[-1]
    assert last == (
        "1,200 rows held beyond the guards: look at `csops-sync plan`, then `csops-sync sync --approve bc0a84919b`."
    )


def test_a_first_load_that_was_ended_is_no_success() -> None:
    view = replace(QUIET, complete=False)
    assert "goes on from there" in sync_text(view)
    assert not view.fine


def test_a_sweep_tells_each_object_and_why_it_stopped() -> None:
    rows = [
        Reconciled(role=Role.ACCOUNT, missed=0, gone=0),
        Reconciled(role=Role.CONTRACT, missed=3, gone=1200, stopped="looks like a lost permission"),
    ]
    assert reconciled_text(rows) == (
        "account        0 read again   0 gone\n"
        "contract       3 read again   1,200 gone\n"
        "! looks like a lost permission\n"
    )
