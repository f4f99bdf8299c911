"""How the fake product stands: health, budget, and an outbox with rows of every kind that waits for a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.fakes.landings import yen

from csops_sync.app.health import Facts, HealthView, State
from csops_sync.app.outbox_subjects import Subject
from csops_sync.app.outbox_words import reason_understood
from csops_sync.app.views import OutboxItem, OutboxView, SourceRow, StatusView
from csops_sync.interfaces.web.dashboard_data import Operations
from csops_sync.ports.crm import ApiUsage
from csops_sync.ports.store import OutboxStatus

SUBJECTS = (
    Subject(account="株式会社みなと<b>", key="8000000000003-1", contract="00000003", amount=yen(4_200_000)),
)
NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
_WAITING = (
    (
        "8000000000011-1",
        "create",
        OutboxStatus.HELD,
        "opens 2026-11-22: budget_season 2027-01-01 less 30 days",
        None,
    ),
    (
        "8000000000012-1",
        "create",
        OutboxStatus.HELD,
        "opens 2026-11-22: notice 2026-12-22 less 30 days",
        None,
    ),
    (
        "8000000000013-1",
        "create",
        OutboxStatus.PARKED,
        "opens 2026-11-20",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION: <b>Close date</b> must be a business day",
    ),
    ("message/8000000000014-1", "message", OutboxStatus.PENDING, "1 renewal opened, 1 mention", None),
    (
        "message/8000000000015-1",
        "message",
        OutboxStatus.UNKNOWN,
        "confidence B -> D",
        "no answer within 10 s",
    ),
)


def outbox_items() -> list[OutboxItem]:
    """The rows."""
    return [
        OutboxItem(
            key=key,
            kind=kind,
            target="salesforce" if kind == "create" else "slack",
            status=status,
            reason=reason_understood(reason),
            attempts=3 if error else 0,
            created_at=NOW - timedelta(hours=number),
            error=error,
        )
        for number, (key, kind, status, reason, error) in enumerate(_WAITING)
    ]


def operations_of(
    items: Sequence[OutboxItem], *, held_hash: str | None, is_scoped: bool = False
) -> Operations:
    """Everything works; a few rows wait for a person, of which the first is of who sees only their own."""
    shown = items[:1] if is_scoped else items
    facts = Facts(
        state=State.ACTIVE, usage=ApiUsage(used=18_240, allowed=100_000, ours=412), rules_hash="4f1c2e9ab01"
    )
    health = HealthView(
        facts=facts,
        alive=True,
        problems=(),
        warnings=("2 outbox rows held: see `csops-sync outbox list`",),
        uptime=86_400.0,
        success_age=21.4,
    )
    status = StatusView(
        org_id="00D000000000001AAA",
        org_name="example.my.salesforce.com",
        as_of=NOW,
        timezone="Asia/Tokyo",
        mode="live",
        paused=(),
        rules_hash="4f1c2e9ab01",
        lease_owner="app-1-4711-ab12cd34",
        lease_until=NOW + timedelta(seconds=8),
        last_cycle_at=NOW - timedelta(minutes=3),
        sources=(
            SourceRow(role="account", rows=1_204, read_up_to=NOW),
            SourceRow(role="contract", rows=1_893, read_up_to=NOW),
            SourceRow(role="opportunity", rows=5_310, read_up_to=NOW),
        ),
        outbox=Counter(one.status for one in items),
    )
    return Operations(
        status=status,
        health=health,
        outbox=OutboxView(items=tuple(shown), timezone="Asia/Tokyo"),
        held_hash=held_hash,
        subjects={one.key: SUBJECTS for one in shown[:1]},
        others=len(items) - len(shown),
    )
