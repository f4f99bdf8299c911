"""One cycle and all its delivery, once, as `csops-sync sync` does it: what was sent, what was not, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from csops_sync.app.cycle import CycleReport, run_cycle
from csops_sync.app.delivery import run_delivery
from csops_sync.app.engine import Engine
from csops_sync.app.office import office_of
from csops_sync.app.orders_outbox import approve
from csops_sync.app.pausing import paused_hand
from csops_sync.app.queries_state import outbox_item
from csops_sync.app.recording import held_hash
from csops_sync.app.views import OutboxItem
from csops_sync.ports.store import OutboxRow, OutboxStatus

_OPEN = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
_EVERYTHING = 1_000_000
_MOST_PASSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncView:
    """What one `sync` did. `settled` are rows that found an outcome, `waiting` those that did not yet.

    `complete` False: a first load was ended before it was whole, and nothing was decided. `held_hash` approves what the
    guard holds; `paused` is what a person has stopped; `shadow` sends nothing at all.
    """

    read_at: datetime
    timezone: str
    complete: bool
    baseline: bool
    changed_rows: int
    approved: int
    settled: tuple[OutboxItem, ...]
    waiting: tuple[OutboxItem, ...]
    held: int
    held_hash: str | None
    paused: str | None
    shadow: bool

    @property
    def fine(self) -> bool:
        """Whether everything that may be sent was sent."""
        refused = any(one.status is OutboxStatus.PARKED for one in self.settled)
        return self.complete and not refused and (not self.waiting or self.paused is not None)


def sync(engine: Engine, *, approval: str | None = None, by: str = "") -> SyncView:
    """This function will run one cycle under the engine's grant and deliver until nothing is due.

    With `approval` it lets go what the guard holds, if that is exactly what the hash stands for. Raises RefusedError
    otherwise, with nothing sent, and what `run_cycle` and `run_delivery` raise.
    """
    report = run_cycle(engine)
    approved = 0
    if report.complete and approval is not None:
        approved = approve(office_of(engine, by=by), approval)
    touched = _deliver(engine) if report.complete else set()
    return _view(engine, report, touched, approved)


def _deliver(engine: Engine) -> set[str]:
    """Deliver until a run settles nothing more; gives the keys of all rows that were to be sent."""
    keys: set[str] = set()

    def look() -> None:
        keys.update(row.key for row in _rows(engine, *_OPEN))

    for _ in range(_MOST_PASSES):
        look()
        done = run_delivery(engine, between=look)
        if done.records + done.messages == 0:
            break
    return keys


def _view(engine: Engine, report: CycleReport, touched: set[str], approved: int) -> SyncView:
    with engine.store.reading() as tx:
        rows = tx.outbox.get(sorted(touched))
    held = _rows(engine, OutboxStatus.HELD)
    return SyncView(
        read_at=report.read_at,
        timezone=engine.rules.calendar.timezone,
        complete=report.complete,
        baseline=report.baseline,
        changed_rows=report.changed_rows,
        approved=approved,
        settled=tuple(outbox_item(row) for row in rows if row.status not in _OPEN),
        waiting=tuple(outbox_item(row) for row in rows if row.status in _OPEN),
        held=len(held),
        held_hash=held_hash(held),
        paused=paused_hand(engine),
        shadow=engine.is_shadow,
    )


def _rows(engine: Engine, *statuses: OutboxStatus) -> Sequence[OutboxRow]:
    with engine.store.reading() as tx:
        return tx.outbox.with_status(*statuses, limit=_EVERYTHING)
