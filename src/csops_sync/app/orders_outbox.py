"""What a person orders about the outbox: approve what is held, try again, give up; and stop the hand.

Every order is one transaction that excludes other writers (see `Office.writing`). A row that is being sent at this
moment (`sending`) is nobody's but the sender's, and one whose outcome is not known is looked up before anything else:
both are refused where sending again or giving up could make two of one thing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from csops_sync.app.office import Office
from csops_sync.app.order_events import ordered, ordered_row
from csops_sync.app.pausing import PAUSE_ALL, PAUSE_SLACK, PAUSED
from csops_sync.app.recording import held_hash
from csops_sync.app.refusals import RefusedError
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_EVERYTHING = 1_000_000
_RETRIED = frozenset({OutboxStatus.PARKED, OutboxStatus.DROPPED, OutboxStatus.PENDING})
_DROPPED = frozenset({OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED})
_WHY_NOT = {
    OutboxStatus.SENDING: "it is being sent at this moment; look again in a minute",
    OutboxStatus.UNKNOWN: "its answer was lost; csops-sync finds out by itself what became of it, then goes on",
    OutboxStatus.SENT: "it was sent",
    OutboxStatus.CANCELLED: "its reason is gone; should it come back, the next cycle decides it anew",
    OutboxStatus.DROPPED: "it was given up already; `csops-sync outbox retry` takes that back",
    OutboxStatus.HELD: "it waits for approval: `csops-sync plan` shows it and the hash that approves it",
    OutboxStatus.SHADOW: "mode is shadow, which sends nothing; set `mode: live` in csops-sync.yaml",
}


def approve(office: Office, approval: str) -> int:
    """This function will let go what the guard held, if `approval` is the hash of exactly that, and count the rows.

    Raises RefusedError where nothing, or something else, is held.
    """
    with office.writing() as tx:
        held = tx.outbox.with_status(OutboxStatus.HELD, limit=_EVERYTHING)
        wanted = held_hash(held)
        if wanted is None:
            raise RefusedError("nothing is held, so there is nothing to approve")
        if approval.strip() != wanted:
            raise RefusedError(
                f"{approval} is not what is held now; look at `csops-sync plan`, which names the hash, and approve that"
            )
        tx.outbox.put([replace(row, status=OutboxStatus.PENDING) for row in held])
        tx.journal.add([ordered_row(office, "approve", row, hash=wanted) for row in held])
    return len(held)


def retry(office: Office, keys: Sequence[str]) -> int:
    """This function will send parked, dropped or waiting rows as soon as may be, and count them; all or none.

    Raises RefusedError where one of them cannot be sent again.
    """
    return _change(office, "retry", keys, _again)


def drop(office: Office, keys: Sequence[str]) -> int:
    """This function will give rows up for good, and count them; all or none. What is told after them is given up too.

    Raises RefusedError where one of them cannot be given up.
    """
    return _change(office, "drop", keys, _given_up)


def pause(office: Office, *, slack_only: bool = False) -> None:
    """This function will stop all writes, or those to Slack, before the next one; reading and deciding go on."""
    hand = PAUSE_SLACK if slack_only else PAUSE_ALL
    with office.writing() as tx:
        tx.progress.set_setting(PAUSED, hand)
        tx.journal.add([ordered(office, "pause", hand=hand)])


def resume(office: Office) -> bool:
    """This function will let writes go on; False where nothing was paused."""
    with office.writing() as tx:
        was = tx.progress.setting(PAUSED)
        if was is None:
            return False
        tx.progress.set_setting(PAUSED, None)
        tx.journal.add([ordered(office, "resume", hand=was)])
    return True


def _change(
    office: Office, order: str, keys: Sequence[str], changed: Callable[[OutboxRow], OutboxRow]
) -> int:
    with office.writing() as tx:
        rows = _rows(tx, keys)
        tx.outbox.put([changed(row) for row in rows])
        tx.journal.add([ordered_row(office, order, row) for row in rows])
    return len(rows)


def _rows(tx: Transaction, keys: Sequence[str]) -> Sequence[OutboxRow]:
    wanted = list(dict.fromkeys(keys))
    rows = tx.outbox.get(wanted)
    missing = sorted({*wanted} - {row.key for row in rows})
    if missing:
        raise RefusedError(
            f"the outbox has no {', '.join(missing)}; `csops-sync outbox list --all` shows the keys"
        )
    return rows


def _again(row: OutboxRow) -> OutboxRow:
    """Make a row due now. One attempt stays counted, so that a message is looked for after it was sent again."""
    if row.status not in _RETRIED:
        raise _refused(row)
    return replace(
        row,
        status=OutboxStatus.PENDING,
        attempts=min(row.attempts, 1),
        not_before=None,
        claimed_until=None,
        error=None,
    )


def _given_up(row: OutboxRow) -> OutboxRow:
    lost_message = row.status is OutboxStatus.UNKNOWN and row.target is Target.SLACK
    if row.status not in _DROPPED and not lost_message:
        raise _refused(row)
    return replace(row, status=OutboxStatus.DROPPED, not_before=None, claimed_until=None)


def _refused(row: OutboxRow) -> RefusedError:
    return RefusedError(f"{row.key} is {row.status}: {_WHY_NOT[row.status]}")
