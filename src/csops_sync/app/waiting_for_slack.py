"""Messages that Slack takes later: however long it is out of reach they are sent again, and are seen to wait. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from csops_sync.app.outcome import backed_off
from csops_sync.app.unsent_reasons import RESTING, SILENCED, UNSENT_REASONS
from csops_sync.domain.sentences import Sentence, understood
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

LONGEST_WAIT = timedelta(minutes=1)
"""So soon after Slack is back everything is told; where Slack itself says how long to wait, that counts."""
_FOR_PEOPLE = (RESTING, SILENCED)
"""Why a message waits for a morning, or for the end of a silence, and not for Slack."""
_IN_SLACK = frozenset({Target.SLACK, Target.CARDS, Target.DIGEST})


def kept_waiting(row: OutboxRow, *, error: str | None, retry_after: float | None, now: datetime) -> OutboxRow:
    """This function will give a claimed row that Slack did not take, through no fault of its own, as it waits.

    There is no last attempt. `retry_after` is what Slack asked for, in seconds; else the pauses grow from 5 s on.
    """
    pause = backed_off(row.attempts, retry_after)
    later = now + (pause if retry_after is not None else min(pause, LONGEST_WAIT))
    return replace(row, status=OutboxStatus.PENDING, not_before=later, error=error, claimed_until=None)


def waiting_words(rows: Iterable[OutboxRow]) -> Sentence | None:
    """This function will say how many of these rows were tried and wait for Slack, and why; None where none does."""
    waiting = [row for row in rows if _waits(row)]
    if not waiting:
        return None
    last = max(waiting, key=lambda row: (row.sending_at or row.created_at, row.key))
    return Sentence(
        "health.awaited",
        "messages that Slack did not take yet: {n:,}, sent again by themselves: {why}",
        n=len(waiting),
        why=understood(last.error or "", UNSENT_REASONS),
    )


def _waits(row: OutboxRow) -> bool:
    is_tried = row.target in _IN_SLACK and row.status is OutboxStatus.PENDING and row.attempts > 0
    error = row.error or ""
    return is_tried and bool(error) and not isinstance(understood(error, _FOR_PEOPLE), Sentence)
