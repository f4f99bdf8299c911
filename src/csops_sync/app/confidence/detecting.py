"""Step 4 of a cycle for confidence: what is watched, and which of its changes are new to the ledger."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from csops_sync.app.confidence.pasts import Seen, read_seen
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.changes import ConfidenceChange, Verdict
from csops_sync.domain.confidence.detection import Watch, begin_watch, detect
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import RankScale
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import Transaction

BEGUN = "confidence_scale"
"""The setting with the scale under which every renewal is watched; another scale begins all watches anew."""
TRACKED = "confidence_tracked"
"""The setting that names the rank's field once a history of it has been seen."""
_PER_READ = 500
_OPEN = frozenset({Verdict.WAITING, Verdict.HELD})
"""Verdicts of changes that are still to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look found: the late changes that correct what was told, and how many are new."""

    late: tuple[ConfidenceChange, ...] = ()
    new: int = 0


def look(
    engine: Engine,
    tx: Transaction,
    *,
    scale: RankScale,
    account_ids: Iterable[str],
    opportunity_ids: Collection[str],
    unseen_before: datetime | None,
) -> Looked:
    """This function will put renewals under watch and their new changes into the ledger.

    `account_ids` are the customers that were evaluated, `opportunity_ids` what changed of them, itself or in its
    history. An opportunity that was created after `unseen_before` could not be seen before: its changes since its
    creation are news. Where the scale is another than before, all are watched from now on.
    """
    fresh_scale = tx.progress.setting(BEGUN) != _fingerprint(scale)
    late: list[ConfidenceChange] = []
    new = 0
    for chunk in _chunked(account_ids):
        renewals = _opened(tx.renewals.of_accounts(chunk))
        known = {} if fresh_scale else _watches(tx, renewals)
        wanted = [one for one in renewals if one not in known or one in opportunity_ids]
        tracked = tx.progress.setting(TRACKED) == scale.field
        seen = read_seen(engine, tx, wanted, scale=scale, tracked=tracked)
        _note_tracking(tx, seen, scale)
        begun = [
            _begin(one, renewals[one.opportunity.id], now=engine.now(), unseen_before=unseen_before)
            for one in seen
            if one.opportunity.id not in known
        ]
        # what was made since the last cycle may have moved since: it is looked at like one that was known before
        watches = {**known, **{one.opportunity_id: one for one in begun}}
        found = _detected(engine, tx, seen, watches, scale=scale)
        late.extend(found.late)
        new += found.new
    if fresh_scale:
        _ask_on(engine, tx)
        tx.progress.set_setting(BEGUN, _fingerprint(scale))
    return Looked(late=tuple(late), new=new)


def leave(tx: Transaction) -> None:
    """This function will note that nothing is watched any more, so that a gap in the rules is a gap in what is told."""
    if tx.progress.setting(BEGUN):
        tx.progress.set_setting(BEGUN, "")


def _ask_on(engine: Engine, tx: Transaction) -> None:
    """Give cards that still ask their whole time to be answered: who was away from the rules was not asked in it."""
    calendar = engine.rules.calendar
    asking = tx.confidence.cards.with_status(CardState.ASKING.value)
    hours = partial(
        BusinessHours, calendar=calendar.own, opens_at=calendar.opens_at, closes_at=calendar.closes_at
    )
    tx.confidence.cards.put(
        [
            replace(one, due_at=hours(zone=one.zone or calendar.timezone).after(engine.now(), one.within))
            for one in asking
            if one.due_at is not None and one.within is not None
        ]
    )


def is_begun(tx: Transaction, *, scale: RankScale) -> bool:
    """This function will say whether every renewal is watched under this scale."""
    return tx.progress.setting(BEGUN) == _fingerprint(scale)


def _opened(renewals: Sequence[Renewal]) -> dict[str, Renewal]:
    """Give the anchoring renewal of each opportunity; the latest where a person tied it to several."""
    ordered = sorted(renewals, key=lambda one: (one.term_end, one.key))
    return {one.opportunity_id: one for one in ordered if one.opportunity_id and one.key == one.anchor_key}


def _watches(tx: Transaction, renewals: Mapping[str, Renewal]) -> dict[str, Watch]:
    """Read watches; one whose renewal has moved to another customer, or is carried by another, is kept as it is now."""
    found: dict[str, Watch] = {}
    moved: list[Watch] = []
    for watch in tx.confidence.watches.get(list(renewals)):
        renewal = renewals[watch.opportunity_id]
        now = replace(watch, renewal_key=renewal.key, account_id=renewal.account_id)
        found[watch.opportunity_id] = now
        if now != watch:
            moved.append(now)
    tx.confidence.watches.put(moved)
    return found


def _begin(seen: Seen, renewal: Renewal, *, now: datetime, unseen_before: datetime | None) -> Watch:
    created = seen.created_at
    was_unseen = created is not None and unseen_before is not None and created >= unseen_before
    return begin_watch(
        seen.sight,
        opportunity_id=seen.opportunity.id,
        renewal_key=renewal.key,
        account_id=renewal.account_id,
        watched_from=created if was_unseen and created is not None else now,
    )


def _detected(
    engine: Engine, tx: Transaction, seen: Sequence[Seen], watches: Mapping[str, Watch], *, scale: RankScale
) -> Looked:
    ids = [one.opportunity.id for one in seen]
    ledger: dict[str, list[LedgerRow]] = {one: [] for one in ids}
    for row in tx.confidence.ledger.of(ids):
        ledger[row.change.opportunity_id].append(row)
    fresh: list[LedgerRow] = []
    corrected: list[LedgerRow] = []
    after: list[Watch] = []
    for one in seen:
        rows = {row.change.id: row for row in ledger[one.opportunity.id]}
        found = detect(
            watches[one.opportunity.id],
            past=one.past,
            sight=one.sight,
            known=[row.change for row in rows.values()],
            settled={key for key, row in rows.items() if row.verdict not in _OPEN},
            scale=scale,
        )
        fresh.extend(LedgerRow(change=change, seen_at=engine.now()) for change in found.new)
        corrected.extend(_replaced(rows[change.id], change) for change in found.corrected)
        after.append(found.watch)
    tx.confidence.watches.put(after)
    tx.confidence.ledger.put([*map(_settled_if_late, fresh), *corrected])
    return Looked(late=tuple(row.change for row in fresh if row.change.late), new=len(fresh))


def _replaced(row: LedgerRow, change: ConfidenceChange) -> LedgerRow:
    return LedgerRow(
        change=change,
        seen_at=row.seen_at,
        verdict=row.verdict,
        move_id=row.move_id,
        message_key=row.message_key,
        reason=row.reason,
    )


def _settled_if_late(row: LedgerRow) -> LedgerRow:
    """A change that was seen only after later ones were told corrects that, and mentions nobody."""
    if not row.change.late:
        return row
    return LedgerRow(
        change=row.change,
        seen_at=row.seen_at,
        verdict=Verdict.CORRECTION,
        reason="it became visible only after later changes were told",
    )


def _note_tracking(tx: Transaction, seen: Sequence[Seen], scale: RankScale) -> None:
    if any(one.past.edits for one in seen) and tx.progress.setting(TRACKED) != scale.field:
        tx.progress.set_setting(TRACKED, scale.field)


def _fingerprint(scale: RankScale) -> str:
    text = f"{scale.field}|{scale.kind}|{scale.ranks}|{scale.at_least}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _chunked(items: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _PER_READ)):
        yield chunk
