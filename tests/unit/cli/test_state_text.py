"""`outbox list`, `status` and problems, as people read them."""

from dataclasses import replace
from datetime import UTC, datetime

from csops_sync.app.views import OutboxItem, OutboxView, SourceRow, StatusView
from csops_sync.config.problems import Problem
from csops_sync.interfaces.cli.render_state import outbox_text, problems_text, status_text
from csops_sync.ports.store import OutboxStatus

NOW = datetime(2025, 12, 1, 0, 0, 41, tzinfo=UTC)
SENT = OutboxItem(
    key="8005g00000ABCDeAAP-1",
    kind="create",
    target="salesforce",
    status=OutboxStatus.SENT,
    reason="due by budget season 2025-11-01",
    attempts=1,
    created_at=NOW,
    result="0065g00000XYZabAAH",
)
PARKED = OutboxItem(
    key="opened/8005g00000ABCDeAAP-1",
    kind="message",
    target="slack",
    status=OutboxStatus.PARKED,
    reason="renewal opened",
    attempts=3,
    created_at=NOW,
    error="config: Slack says not_in_channel",
)
STATUS = StatusView(
    org_id="00D5g000004nBxeEAE",
    org_name="みなと商事 本番",
    as_of=NOW,
    timezone="Asia/Tokyo",
    mode="live",
    paused=(),
    rules_hash="4f1c2e9a77b0",
    lease_owner="host-1",
    lease_until=NOW,
    last_cycle_at=NOW,
    sources=(
        SourceRow(role="contract", rows=5000, read_up_to=NOW),
        SourceRow(role="opportunity", rows=12, read_up_to=None, note="first load under way"),
    ),
    outbox={OutboxStatus.PENDING: 3, OutboxStatus.PARKED: 1, OutboxStatus.SENT: 0},
)


def test_an_outbox_is_listed_in_columns_with_what_went_wrong_below() -> None:
    """And what a person can do about it."""
    assert outbox_text(OutboxView(items=(SENT, PARKED), timezone="Asia/Tokyo", left_out=7)).splitlines() == [
        "sent    2025-12-01 09:00  salesforce create  8005g00000ABCDeAAP-1         due by budget season 2025-11-01",
        "    0065g00000XYZabAAH",
        "parked  2025-12-01 09:00  slack message      opened/8005g00000ABCDeAAP-1  renewal opened",
        "    config: Slack says not_in_channel (3 attempts)",
        "and 7 more",
        "",
        "`csops-sync outbox retry <key>` sends a parked row again, `csops-sync outbox drop <key>` gives it up.",
    ]


def test_what_is_held_is_not_offered_a_retry_which_is_refused() -> None:
    """It waits for its hash."""
    held = replace(PARKED, status=OutboxStatus.HELD, error=None)
    text = outbox_text(OutboxView(items=(held,), timezone="Asia/Tokyo"))

    assert "retry" not in text
    assert "`csops-sync plan` names the hash that approves what is held" in text


def test_a_row_that_waits_says_until_when() -> None:
    """Nothing is asked of a person for it."""
    waiting = replace(PARKED, status=OutboxStatus.PENDING, attempts=1, not_before=NOW)
    text = outbox_text(OutboxView(items=(waiting,), timezone="Asia/Tokyo"))

    assert text.endswith("not_in_channel (1 attempt, not before 2025-12-01T00:00:41Z)\n")


def test_an_empty_outbox_is_good_news() -> None:
    """Said in words."""
    assert outbox_text(OutboxView(items=(), timezone="UTC")) == (
        "The outbox is empty: all that was decided has been sent.\n"
    )


def test_status_says_how_things_stand_and_what_to_do() -> None:
    """Only counts that are not zero are shown."""
    assert status_text(replace(STATUS, problems=("no cycle for 10 minutes",))).splitlines() == [
        "org            みなと商事 本番 (00D5g000004nBxeEAE)",
        "as of          2025-12-01 09:00 (Asia/Tokyo)",
        "mode           live",
        "rules          4f1c2e9",
        "last news      2025-12-01 09:00",
        "lease          host-1, until 2025-12-01 09:00",
        "outbox         3 pending, 1 parked",
        "",
        "read from Salesforce",
        "  contract       5,000 rows   read up to 2025-12-01 09:00",
        "  opportunity    12 rows      read up to never  first load under way",
        "",
        "! no cycle for 10 minutes",
    ]


def test_before_the_first_cycle_status_says_what_is_not_there_yet() -> None:
    """And how to begin."""
    fresh = replace(
        STATUS,
        org_id=None,
        rules_hash=None,
        lease_owner=None,
        last_cycle_at=None,
        sources=(),
        outbox={},
        paused=("slack",),
    )

    assert status_text(fresh).splitlines() == [
        "org            not bound yet: run `csops-sync sync`",
        "as of          2025-12-01 09:00 (Asia/Tokyo)",
        "mode           live, paused: slack",
        "rules          none loaded yet",
        "last news      never",
        "lease          free: no daemon is running",
        "outbox         empty",
    ]


def test_problems_are_listed_with_their_place_and_counted() -> None:
    """None is said too."""
    fault = Problem(
        file="rules.yaml", line=3, column=5, path="guards.creates", message="a number", excerpt="    x\n    ^"
    )

    assert problems_text([fault]) == "rules.yaml:3:5: guards.creates: a number\n    x\n    ^\n1 problem\n"
    assert problems_text([]) == "No problems found.\n"
