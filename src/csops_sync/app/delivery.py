"""The second loop: claims what is due in the outbox, sends it, and records the outcome after success."""

from collections.abc import Callable
from dataclasses import dataclass

from csops_sync.app.confidence.delivering import deliver_cards, resolve_cards
from csops_sync.app.confidence.task_delivery import deliver_tasks, resolve_tasks
from csops_sync.app.digest_delivery import deliver_digests
from csops_sync.app.engine import Engine
from csops_sync.app.figures_delivery import deliver_figures, resolve_figures
from csops_sync.app.messaging import deliver_messages
from csops_sync.app.pausing import PAUSE_ALL, PAUSE_SLACK, paused_hand
from csops_sync.app.recovery import resolve_messages, resolve_records
from csops_sync.app.writing import deliver_records
from csops_sync.ports.store import OutboxStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """How many records (Tasks and figures too) and messages were settled in one run.

    `paused` says which hand is held still.
    """

    records: int = 0
    messages: int = 0
    paused: str | None = None


def run_delivery(engine: Engine, *, between: Callable[[], None] = lambda: None) -> DeliveryReport:
    """This function will settle what is unknown, then send what is due, Salesforce first.

    `between` is called when the records are settled and the messages that follow them are not sent yet.

    Raises TransientError, AuthFailedError or BudgetExceededError where Salesforce is not to be had, and
    LeaseLostError where another process owns the org; what was claimed is then unknown and resolved by the next run.
    """
    if (paused := paused_hand(engine)) == PAUSE_ALL:
        return DeliveryReport(paused=paused)
    records = deliver_to_salesforce(engine)
    if paused == PAUSE_SLACK or engine.stopping():
        return DeliveryReport(records=records, paused=paused)
    between()
    return DeliveryReport(records=records, messages=deliver_to_slack(engine))


def deliver_to_salesforce(engine: Engine) -> int:
    """This function will settle and send what is for Salesforce, unless all writes are paused, and count the rows.

    Raises what `run_delivery` raises.
    """
    if paused_hand(engine) == PAUSE_ALL:
        return 0
    written = resolve_records(engine) + deliver_records(engine)
    logged = resolve_tasks(engine) + deliver_tasks(engine)
    return written + logged + resolve_figures(engine) + deliver_figures(engine)


def deliver_to_slack(engine: Engine) -> int:
    """This function will settle and send what is for Slack, unless that is paused, and count the messages.

    Raises TransientError, AuthFailedError and LeaseLostError; what was not sent waits.
    """
    if paused_hand(engine) is not None:
        return 0
    told = resolve_messages(engine) + deliver_messages(engine)
    if engine.slack_cards is not None:
        told += resolve_cards(engine) + deliver_cards(engine)
    return told + deliver_digests(engine)


def has_work(engine: Engine) -> bool:
    """This function will say whether anything waits to be sent or resolved."""
    with engine.store.reading() as tx:
        open_states = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
        return bool(tx.outbox.with_status(*open_states, limit=1))
