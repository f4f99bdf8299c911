"""What a person orders about the outbox: approve what is held, try again, give up; and stop the hand.

Every order is one transaction that excludes other writers (see `Office.writing`). A row that is being sent at this
moment (`sending`) is nobody's but the sender's, and one whose outcome is not known is looked up before anything else:
both are refused where sending again or giving up could make two of one thing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from csops_sync.app.office import Office
from csops_sync.app.order_events import ordered, ordered_row, status_before_drop
from csops_sync.app.pausing import PAUSE_ALL, PAUSE_SLACK, PAUSED
from csops_sync.app.recording import held_hash
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_EVERYTHING = 1_000_000
_RETRIED = frozenset({OutboxStatus.PARKED, OutboxStatus.DROPPED, OutboxStatus.PENDING})
_DROPPED = frozenset({OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED})
_IN_SLACK = frozenset({Target.SLACK, Target.CARDS, Target.DIGEST})
_NOT_LET_GO = frozenset({OutboxStatus.HELD, OutboxStatus.SHADOW})
_WHY_NOT = {
    OutboxStatus.SENDING: Sentence(
        "outbox.is-sending", "it is being sent at this moment; look again in a minute"
    ),
    OutboxStatus.UNKNOWN: Sentence(
        "outbox.is-unknown",
        "its answer was lost; csops-sync finds out by itself what became of it, then goes on",
    ),
    OutboxStatus.SENT: Sentence("outbox.is-sent", "it was sent"),
    OutboxStatus.CANCELLED: Sentence(
        "outbox.is-cancelled", "its reason is gone; should it come back, the next cycle decides it anew"
    ),
    OutboxStatus.DROPPED: Sentence(
        "outbox.is-dropped", "it was given up already; `csops-sync outbox retry` takes that back"
    ),
    OutboxStatus.HELD: Sentence(
        "outbox.is-held", "it waits for approval: `csops-sync plan` shows it and the hash that approves it"
    ),
    OutboxStatus.SHADOW: Sentence(
        "outbox.is-shadow", "mode is shadow, which sends nothing; set `mode: live` in csops-sync.yaml"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """How many rows are to be sent again, and how many were never let go, so that they wait again as before."""

    sent: int
    waiting: int


def approve(office: Office, approval: str) -> int:
    """This function will let go what the guard held, if `approval` is the hash of exactly that, and count the rows.

    Raises RefusedError where nothing, or something else, is held.
    """
    with office.writing() as tx:
        held = tx.outbox.with_status(OutboxStatus.HELD, limit=_EVERYTHING)
        wanted = held_hash(held)
        if wanted is None:
            raise RefusedError(
                Sentence("outbox.nothing-held", "nothing is held, so there is nothing to approve")
            )
        if approval.strip() != wanted:
            raise RefusedError(
                Sentence(
                    "outbox.other-held",
                    "{approval} is not what is held now; look at `csops-sync plan`, which names the hash, and approve "
                    "that",
                    approval=approval,
                )
            )
        tx.outbox.put([replace(row, status=OutboxStatus.PENDING) for row in held])
        tx.journal.add([ordered_row(office, "approve", row, hash=wanted) for row in held])
    return len(held)


def retry(office: Office, keys: Sequence[str]) -> Retried:
    """This function will send parked, dropped or waiting rows as soon as may be, and count them; all or none.

    What was given up while the guard held it, or in shadow mode, goes back there: only an approval (or `mode: live`)
    lets it go. Raises RefusedError where one of them cannot be sent again.
    """
    rows = _change(office, "retry", keys, _again)
    sent = sum(1 for row in rows if row.status is OutboxStatus.PENDING)
    return Retried(sent=sent, waiting=len(rows) - sent)


def drop(office: Office, keys: Sequence[str]) -> int:
    """This function will give rows up for good, and count them; all or none. What is told after them is given up too.

    Raises RefusedError where one of them cannot be given up.
    """
    return len(_change(office, "drop", keys, _given_up))


def pause(office: Office, *, slack_only: bool = False) -> str:
    """This function will stop all writes, or those to Slack, before the next one; reading and deciding go on.

    Gives what is paused then: a pause of everything stays until `resume`, whatever is asked for beside it.
    """
    hand = PAUSE_SLACK if slack_only else PAUSE_ALL
    with office.writing() as tx:
        if tx.progress.setting(PAUSED) == PAUSE_ALL:
            return PAUSE_ALL
        tx.progress.set_setting(PAUSED, hand)
        tx.journal.add([ordered(office, "pause", hand=hand)])
    return hand


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
    office: Office, order: str, keys: Sequence[str], changed: Callable[[Transaction, OutboxRow], OutboxRow]
) -> Sequence[OutboxRow]:
    with office.writing() as tx:
        rows = _rows(tx, keys)
        after = [changed(tx, row) for row in rows]
        tx.outbox.put(after)
        tx.journal.add([ordered_row(office, order, row, was=row.status.value) for row in rows])
    return after


def _rows(tx: Transaction, keys: Sequence[str]) -> Sequence[OutboxRow]:
    wanted = list(dict.fromkeys(keys))
    rows = tx.outbox.get(wanted)
    missing = sorted({*wanted} - {row.key for row in rows})
    if missing:
        raise RefusedError(
            Sentence(
                "outbox.no-rows",
                "the outbox has no {keys}; `csops-sync outbox list --all` shows the keys",
                keys=tuple(missing),
            )
        )
    return rows


def _again(tx: Transaction, row: OutboxRow) -> OutboxRow:
    """Make a row due now. One attempt stays counted, so that a message is looked for after it was sent again."""
    if row.status not in _RETRIED:
        raise _refused(row)
    return replace(
        row,
        status=_let_go(tx, row),
        attempts=min(row.attempts, 1),
        not_before=None,
        claimed_until=None,
        error=None,
    )


def _let_go(tx: Transaction, row: OutboxRow) -> OutboxStatus:
    """Say where a row goes on: what was given up before anything let it pass has yet to be let pass."""
    if row.status is not OutboxStatus.DROPPED or row.attempts:
        return OutboxStatus.PENDING
    before = status_before_drop(tx, row) or OutboxStatus.HELD
    return before if before in _NOT_LET_GO else OutboxStatus.PENDING


def _given_up(_tx: Transaction, row: OutboxRow) -> OutboxRow:
    lost_message = row.status is OutboxStatus.UNKNOWN and row.target in _IN_SLACK
    if row.status not in _DROPPED and not lost_message:
        raise _refused(row)
    return replace(row, status=OutboxStatus.DROPPED, not_before=None, claimed_until=None)


def _refused(row: OutboxRow) -> RefusedError:
    return RefusedError(
        Sentence(
            "outbox.not-now",
            "{key} is {status}: {why}",
            key=row.key,
            status=row.status,
            why=_WHY_NOT[row.status],
        )
    )
