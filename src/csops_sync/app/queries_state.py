"""How things stand: the whole at a glance, and the rows of the outbox."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from csops_sync.app.confidence_views import ConfidenceCounts
from csops_sync.app.cycle import BASELINE, READ_UP_TO, RULES
from csops_sync.app.office import Office
from csops_sync.app.outbox_words import error_understood, reason_understood
from csops_sync.app.pausing import PAUSED
from csops_sync.app.recording import held_hash
from csops_sync.app.views import OutboxItem, OutboxView, SourceRow, StatusView
from csops_sync.app.waiting_for_slack import waiting_words
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.crm import Role
from csops_sync.ports.store import LeaseGrant, OutboxRow, OutboxStatus, Transaction

UNSETTLED = (
    OutboxStatus.PENDING,
    OutboxStatus.HELD,
    OutboxStatus.SHADOW,
    OutboxStatus.SENDING,
    OutboxStatus.UNKNOWN,
    OutboxStatus.PARKED,
)
"""What `outbox list` shows unless it is asked for more."""

_EVERYTHING = 1_000_000
_SHOWN = 5000


def source_rows(office: Office) -> Mapping[Role, int]:
    """This function will count the rows that were read of each object: a walk of an index, 0.1 s at 1,000,000 rows."""
    with office.store.reading() as tx:
        return {role: tx.mirror.count(role) for role in {*tx.progress.watermarks(), *tx.progress.loads()}}


def status_view(
    office: Office, *, org_id: str, org_name: str, mode: str, rows: Mapping[Role, int] | None = None
) -> StatusView:
    """This function will say how the product stands; `rows` are those of `source_rows`, where they were counted."""
    rows = source_rows(office) if rows is None else rows
    lease = office.store.leases.holder(org_id)
    with office.store.reading() as tx:
        paused = tx.progress.setting(PAUSED)
        counts = tx.outbox.counts()
        return StatusView(
            org_id=org_id,
            org_name=org_name,
            as_of=office.now,
            timezone=office.timezone,
            mode=mode,
            paused=(paused,) if paused else (),
            rules_hash=tx.progress.setting(RULES),
            lease_owner=lease.owner if lease else None,
            lease_until=lease.expires_at if lease else None,
            last_cycle_at=_instant(tx.progress.setting(READ_UP_TO)),
            sources=tuple(_sources(tx, rows)),
            outbox=counts,
            confidence=_confidence(tx) if office.rules.confidence else None,
            problems=tuple(_problems(tx, office, counts, lease)),
        )


def outbox_view(
    office: Office, *, statuses: Sequence[OutboxStatus] = UNSETTLED, limit: int = 100
) -> OutboxView:
    """This function will list outbox rows of these statuses, oldest first, and count those beyond the limit."""
    with office.store.reading() as tx:
        rows = tx.outbox.with_status(*statuses, limit=limit)
        counts = tx.outbox.counts()
    total = sum(counts.get(status, 0) for status in statuses)
    return OutboxView(
        items=tuple(outbox_item(row) for row in rows), timezone=office.timezone, left_out=total - len(rows)
    )


def outbox_item(row: OutboxRow) -> OutboxItem:
    """This function will give an outbox row for people."""
    return OutboxItem(
        key=row.key,
        kind=row.kind,
        target=row.target.value,
        status=row.status,
        reason=reason_understood(row.reason),
        attempts=row.attempts,
        created_at=row.created_at,
        not_before=row.not_before,
        result=row.result,
        error=error_understood(row.error),
    )


def _confidence(tx: Transaction) -> ConfidenceCounts:
    cards, ledger = tx.confidence.cards, tx.confidence.ledger
    return ConfidenceCounts(
        asking=len(cards.with_status(CardState.ASKING.value, limit=_EVERYTHING)),
        snoozed=len(cards.with_status(CardState.SNOOZED.value, limit=_EVERYTHING)),
        waiting=len(ledger.with_status(Verdict.WAITING.value, limit=_EVERYTHING)),
        held=len(ledger.with_status(Verdict.HELD.value, limit=_EVERYTHING)),
    )


def _sources(tx: Transaction, rows: Mapping[Role, int]) -> Iterator[SourceRow]:
    watermarks, loads = tx.progress.watermarks(), tx.progress.loads()
    for role in Role:
        if role not in loads and role not in watermarks:
            continue
        load = loads.get(role)
        read = watermarks.get(role)
        yield SourceRow(
            role=role.value,
            rows=rows.get(role, 0),
            read_up_to=datetime.fromtimestamp(read / 1000, UTC) if read else None,
            note=""
            if load is None or load.done
            else Sentence(
                "source.loading",
                "first load under way, up to {last}",
                last=load.last_id or Sentence("source.start", "its start"),
            ),
        )


def _problems(
    tx: Transaction, office: Office, counts: Mapping[OutboxStatus, int], lease: LeaseGrant | None
) -> Iterator[str]:
    if tx.progress.setting(BASELINE) is None:
        yield Sentence(
            "status.no-cycle",
            "the first cycle is not done yet: `csops-sync run` or `csops-sync sync` does it",
        )
    elif tx.progress.setting(RULES) != office.rules.hash:
        yield Sentence(
            "status.other-rules",
            "the rules in the file ({hash}) are not those of the last cycle: `csops-sync plan` shows what they would "
            "change",
            hash=office.rules.hash[:7],
        )
    if lease is None and counts.get(OutboxStatus.PENDING):
        yield Sentence(
            "status.nobody-sends",
            "rows wait to be sent and no process is running: `csops-sync run`, or `csops-sync sync` once",
        )
    if counts.get(OutboxStatus.HELD):
        held = tx.outbox.with_status(OutboxStatus.HELD, limit=_EVERYTHING)
        yield Sentence(
            "status.held",
            "{n:,} rows are held: look at `csops-sync plan`, then `csops-sync sync --approve {hash}`",
            n=len(held),
            hash=held_hash(held),
        )
    if parked := counts.get(OutboxStatus.PARKED):
        yield Sentence(
            "status.parked",
            "{n:,} rows could not be sent: `csops-sync outbox list` says why, retry or drop them",
            n=parked,
        )
    if counts.get(OutboxStatus.PENDING):
        awaited = waiting_words(tx.outbox.with_status(OutboxStatus.PENDING, limit=_SHOWN))
        if awaited is not None:
            yield awaited


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
