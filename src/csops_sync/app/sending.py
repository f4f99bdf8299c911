"""Sending a claimed batch: call by call, in smaller calls what was refused together with others before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from csops_sync.app.copying import MOST_COPYING, CopiedAnswers, Taken, insert_copying, values_of
from csops_sync.app.engine import Engine
from csops_sync.app.facts import as_json, instant_of, scalars
from csops_sync.app.outcome import Write
from csops_sync.domain.intents import AdoptOpportunity, CreateOpportunity, UpdateOpportunity
from csops_sync.ports.crm import Insert, Patch, Row, WriteResult, WriteStatus
from csops_sync.ports.errors import OutsideError, TransientError
from csops_sync.ports.store import OutboxRow, OutboxStatus

MOST_AT_ONCE = 200
_PATCHES = 25
_SIZES = (MOST_AT_ONCE, 10, 1)
"""Records of a call at a row's first attempt, at its second, and from its third on."""
_REFUSED_WAIT = timedelta(seconds=30)
CLAIM_FOR = timedelta(seconds=120)
"""How long a claimed batch is left alone by the next holder of the org."""
LONGEST_CALL = timedelta(seconds=40)
"""Connecting, reading and a margin: whoever has less time left in the claim must not begin a call."""

Change = UpdateOpportunity | AdoptOpportunity


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Claimed rows with the intents in them, and the opportunities as they were read a moment ago."""

    rows: Mapping[str, OutboxRow]
    creates: Sequence[CreateOpportunity]
    changes: Sequence[Change]
    read: Mapping[str, Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What became of each record that was sent. `refusal`: a call was refused as a whole, and nothing sent after it.

    `taken` is what creates took over from won deals, by key.
    """

    results: Sequence[WriteResult]
    refusal: OutsideError | None = None
    taken: Mapping[str, Taken] = field(default_factory=dict)


def send(engine: Engine, batch: Batch) -> Answers:
    """This function will send creates, then changes, until all are sent or a call as a whole is refused.

    A row without a result was not sent: lease or claim ran out, a stop was asked for, or a call was refused.
    """
    results: list[WriteResult] = []
    taken: dict[str, Taken] = {}
    for part in _parts(batch):
        if not _may_go(engine, batch):
            break
        try:
            for answers in _send_part(engine, batch, part):
                results.extend(answers.results)
                taken.update(answers.taken)
        except OutsideError as error:
            return Answers(results=results, refusal=error, taken=taken)
    return Answers(results=results, taken=taken)


def handed_back(row: OutboxRow, refusal: OutsideError | None, *, now: datetime) -> OutboxRow:
    """This function will give a claimed row that was not sent as it was before it was claimed.

    Where a whole call was refused it says why and waits a little; that is no attempt of the row's own.
    """
    wait = _REFUSED_WAIT
    if isinstance(refusal, TransientError) and refusal.retry_after is not None:
        wait = timedelta(seconds=refusal.retry_after)
    return replace(
        row,
        status=OutboxStatus.PENDING,
        attempts=row.attempts - 1,
        claimed_until=None,
        not_before=now + wait if refusal else row.not_before,
        error=str(refusal) if refusal else row.error,
    )


def most_together(row: OutboxRow) -> int:
    """This function will say how many records may share the next call with a row: few where company was refused."""
    return _SIZES[_times_failed(row)]


def claim_ends(rows: Sequence[OutboxRow], *, now: datetime) -> bool:
    """This function will say whether the claim on these rows may end before the answer to a call that begins now."""
    ends = [row.claimed_until for row in rows if row.claimed_until is not None]
    return bool(ends) and now > min(ends) - LONGEST_CALL


def _parts(batch: Batch) -> Iterator[Sequence[Write]]:
    """Cut the batch into calls: what failed in company before goes in less of it, at last alone."""
    queues: Sequence[tuple[Sequence[Write], int]] = (
        ([one for one in batch.creates if one.copies is None], MOST_AT_ONCE),
        ([one for one in batch.creates if one.copies is not None], MOST_COPYING),
        (batch.changes, _PATCHES),
    )
    for intents, most in queues:
        for place, size in enumerate(_SIZES):
            alike = [one for one in intents if _times_failed(batch.rows[one.key]) == place]
            step = min(size, most)
            yield from (alike[start : start + step] for start in range(0, len(alike), step))


def _times_failed(row: OutboxRow) -> int:
    return min(max(0, row.attempts - 1), len(_SIZES) - 1)


def _may_go(engine: Engine, batch: Batch) -> bool:
    ends = claim_ends(list(batch.rows.values()), now=engine.now())
    return not (engine.stopping() or not engine.still_ours() or ends)


def _send_part(engine: Engine, batch: Batch, part: Sequence[Write]) -> Iterator[CopiedAnswers]:
    creates = [one for one in part if isinstance(one, CreateOpportunity)]
    if any(one.copies for one in creates):
        yield from insert_copying(engine, creates, may_go=lambda: _may_go(engine, batch))
    elif creates:
        inserts = [Insert(key=one.key, values=values_of(one)) for one in creates]
        yield CopiedAnswers(results=engine.writer.insert(inserts))
    else:
        yield CopiedAnswers(results=_send_changes(engine, batch, part))


def _send_changes(engine: Engine, batch: Batch, part: Sequence[Write]) -> Sequence[WriteResult]:
    changes = [one for one in part if not isinstance(one, CreateOpportunity)]
    patches = [
        Patch(
            key=one.key,
            id=one.opportunity_id,
            values={change.field: as_json(change.after) for change in one.changes},
            unmodified_since=_modified_at(batch.read[one.opportunity_id]),
        )
        for one in changes
        if one.opportunity_id in batch.read
    ]
    unread = [one.key for one in changes if one.opportunity_id not in batch.read]
    return [
        *engine.writer.patch(patches),
        *(WriteResult(key=key, status=WriteStatus.RETRY, message="not sent") for key in unread),
    ]


def _modified_at(row: Row) -> datetime:
    return instant_of(scalars(row.values).get("last_modified_at"))
