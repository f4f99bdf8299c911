"""What `sync` would send now: the cycle itself, in a transaction that is rolled back, and the outbox as it leaves it.

The rows are those of the outbox and not those of the decision, because `sync` sends the outbox: what waits from before,
what is held, and what was told already are in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace

from csops_sync.app.cycle import BASELINE, HELD, RULES, CycleReport, decide_and_store
from csops_sync.app.delivery import PAUSED
from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import chunked, evaluate, every_account
from csops_sync.app.loading import is_loaded, load_all
from csops_sync.app.plan_rows import PlanRows
from csops_sync.app.views import LimitsView, PlanView
from csops_sync.domain.intents import Note
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.store import OutboxRow, OutboxStatus, Store, Transaction

_EVERYTHING = 1_000_000
_CARRIED = 500
_SHOWN = (
    OutboxStatus.PENDING,
    OutboxStatus.HELD,
    OutboxStatus.SHADOW,
    OutboxStatus.SENDING,
    OutboxStatus.UNKNOWN,
    OutboxStatus.PARKED,
)


def plan_view(engine: Engine) -> PlanView:
    """This function will read what changed and show what the next `sync` sends, key for key; nothing stays written.

    Raises PermanentError where the first load is not whole (plan in a scratch store then: `rehearsed_in`), and what
    reading Salesforce raises.
    """
    if not is_loaded(engine):
        raise PermanentError("the first load is not whole yet; wait for the daemon, or run `csops-sync sync`")
    with engine.store.reading() as tx:
        watermarks = tx.progress.watermarks()
    pulled = engine.reader.pull(watermarks)
    with engine.store.rehearsal() as tx:
        report = decide_and_store(engine, pulled, nullcontext(tx))
        view = _view(engine, tx, report)
    return PlanRows.with_notes(view, _others_notes(engine, report), engine)


def decides_everything(engine: Engine) -> bool:
    """This function will say whether the next cycle evaluates all customers: the first one, and after new rules."""
    with engine.store.reading() as tx:
        return tx.progress.setting(BASELINE) is None or tx.progress.setting(RULES) != engine.rules.hash


def rehearsed_in(engine: Engine, scratch: Store) -> Engine:
    """This function will give an engine on a scratch store, with what is known carried over and the rest loaded."""
    rehearsing = replace(engine, store=scratch, grant=None)
    if not is_loaded(rehearsing):
        with scratch.bulk_loading():
            load_all(rehearsing)
        _carry_over(engine.store, scratch)
    return rehearsing
