"""Ranks that the org computes, read on a schedule: such a value moves without its opportunity being modified."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from csops_sync.app.confidence.detecting import COMPARED_AT, COMPUTED, LEFT_OUT
from csops_sync.app.confidence.scope import is_begun, rank_source
from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import chunked
from csops_sync.app.reconciling import take
from csops_sync.domain.confidence.ranks import RankKind, RankScale
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction

_EVERYTHING = 1_000_000
_FETCH = 1000
"""So many records are read by one API call, as five queries of 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How many open renewals were read, and how many of them differed from when they were last seen.

    `left_out` are those that were edited since the last poll, and are left to the next.
    """

    read: int = 0
    differing: int = 0
    whole: bool = True
    left_out: frozenset[str] = frozenset()


NOTHING_COMPARED = Compared()


def compare_due(engine: Engine) -> Compared:
    """This function will read every open renewal's rank where the org computes it and `compare_every` is over.

    What differs goes through mirror, evaluation and detection like a row that a pull brought. Does nothing where people
    edit the rank, and before the renewals are under watch. Raises what reading Salesforce raises; what was compared by
    then stays so, and the rest is read next time.
    """
    confidence = engine.rules.confidence
    if confidence is None or confidence.scale.kind is not RankKind.FIELD:
        return NOTHING_COMPARED
    began, scale = engine.now(), confidence.scale
    with engine.store.reading() as tx:
        is_due = is_begun(engine, tx, scale=scale) and _is_over(tx, began, confidence.compare_every)
    if not is_due or not _is_computed(engine, scale):
        return NOTHING_COMPARED
    found = _compare(engine)
    if found.whole:
        _note(engine, began, found.left_out)
    return found


def _is_over(tx: Transaction, now: datetime, every: timedelta) -> bool:
    last = tx.progress.setting(COMPARED_AT)
    return last is None or now - datetime.fromisoformat(last) >= every


def _is_computed(engine: Engine, scale: RankScale) -> bool:
    """Say whether the org computes the rank, and note it for detection, which asks nobody outside."""
    is_computed = scale.field in engine.reader.computed(Role.OPPORTUNITY)
    noted = rank_source(engine.mapping, scale) if is_computed else None
    with engine.store.reading() as tx:
        known = tx.progress.setting(COMPUTED)
    if known != noted:
        _set(engine, COMPUTED, noted)
    return is_computed


def _compare(engine: Engine) -> Compared:
    found = Compared()
    for ids in _open_renewals(engine):
        if engine.stopping():
            return replace(found, whole=False)
        rows = engine.reader.fetch(Role.OPPORTUNITY, ids)
        changed, edited = _changed(engine, rows)
        if changed:
            take(engine, changed)
        found = Compared(
            read=found.read + len(rows),
            differing=found.differing + len(changed),
            left_out=found.left_out | {one.id for one in edited},
        )
    return found


def _open_renewals(engine: Engine) -> Iterator[Sequence[str]]:
    """Walk the opportunities under watch that are open, as many at once as one call reads."""
    with engine.store.reading() as tx:
        watched = [one.opportunity_id for one in tx.confidence.watches.with_status("", limit=_EVERYTHING)]
    for ids in chunked(watched, _FETCH):
        with engine.store.reading() as tx:
            rows = tx.mirror.get(Role.OPPORTUNITY, ids)
        still_open = [row.id for row in rows if not row.deleted and not row.values.get("closed")]
        if still_open:
            yield still_open


def _changed(engine: Engine, rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    """Part what differs under the same stamp from what was modified since: a pull brings that, with its history."""
    with engine.store.reading() as tx:
        changed = tx.mirror.changed(rows)
        known = {one.id: one.stamp_ms for one in tx.mirror.get(Role.OPPORTUNITY, [one.id for one in changed])}
    same = [one for one in changed if known.get(one.id) == one.stamp_ms]
    return same, [one for one in changed if known.get(one.id) != one.stamp_ms]


def _note(engine: Engine, began: datetime, left_out: Collection[str]) -> None:
    """Note when all were compared but these, whose watches keep when they were compared before."""
    with engine.store.transaction(engine.grant) as tx:
        before, missed = tx.progress.setting(COMPARED_AT), (tx.progress.setting(LEFT_OUT) or "").split()
        if before is not None:
            at = datetime.fromisoformat(before)
            again = [one for one in left_out if one not in missed]
            watches = tx.confidence.watches.get(again)
            tx.confidence.watches.put([replace(one, compared_at=max(one.compared_at, at)) for one in watches])
        tx.progress.set_setting(COMPARED_AT, began.isoformat())
        tx.progress.set_setting(LEFT_OUT, " ".join(sorted(left_out)) or None)


def _set(engine: Engine, name: str, value: str | None) -> None:
    with engine.store.transaction(engine.grant) as tx:
        tx.progress.set_setting(name, value)
