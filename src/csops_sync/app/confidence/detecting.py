"""Step 4 of a cycle for confidence: what is watched, and which of its changes are new to the ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from csops_sync.app.at_hand import NO_BOOKS
from csops_sync.app.confidence import reasons
from csops_sync.app.confidence.pasts import AtHand, Known, Seen, read_seen
from csops_sync.app.confidence.scope import Scope, is_begun, mark_looked, rank_source
from csops_sync.app.engine import Engine
from csops_sync.domain.book import AccountBook
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.changes import ConfidenceChange, Verdict
from csops_sync.domain.confidence.detection import detect
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import RankScale
from csops_sync.domain.confidence.watch import Watch, begin_watch
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import Transaction

TRACKED = "confidence_tracked"
"""The setting that names the rank's field and its place once a history of it has been seen."""
COMPUTED = "confidence_computed"
"""The setting that names the rank's field and its place where the org computes its value."""
COMPARED_AT = "confidence_compared_at"
"""The setting with the instant of the last comparison of all values that the org computes."""
LEFT_OUT = "confidence_left_out"
"""The setting with the opportunities that this comparison did not cover, by id."""
_PER_READ = 500
_OPEN = frozenset({Verdict.WAITING, Verdict.HELD})
"""Verdicts of changes that are still to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look found: the late changes that correct what was told, and how many are new.

    `turned` are the last changes of renewals that turn out to have ended elsewhere than was told.
    `homes` are the customers of the opportunities that were looked at, by id: a renewal may have moved to another.
    """

    late: tuple[ConfidenceChange, ...] = ()
    turned: tuple[ConfidenceChange, ...] = ()
    new: int = 0
    homes: Mapping[str, str] = field(default_factory=dict)


def look(
    engine: Engine,
    tx: Transaction,
    scope: Scope,
    *,
    scale: RankScale,
    books: Mapping[str, AccountBook] = NO_BOOKS,
) -> Looked:
    """This function will put renewals under watch and their new changes into the ledger; `books` are not read again.

    Where the scale is another than before, or is read from other fields, all are watched from now on.
    """
    fresh_scale = not is_begun(engine, tx, scale=scale)
    late: list[ConfidenceChange] = []
    turned: list[ConfidenceChange] = []
    new = 0
    at_hand = _at_hand(books)
    homes: dict[str, str] = {}
    for chunk in _chunked(scope.account_ids):
        renewals = _opened(tx.renewals.of_accounts(chunk))
        known = {} if fresh_scale else _watches(tx, renewals)
        changed = renewals.keys() if scope.opportunity_ids is None else scope.opportunity_ids
        wanted = [one for one in renewals if one not in known or one in changed]
        seen = read_seen(engine, tx, wanted, scale=scale, known=_known(engine, tx, scale), at_hand=at_hand)
        _note_tracking(engine, tx, seen, scale)
        begun = [
            _begin(one, renewals[one.opportunity.id], now=engine.now(), unseen_before=scope.unseen_before)
            for one in seen
            if one.opportunity.id not in known
        ]
        # what was made since the last cycle may have moved since: it is looked at like one that was known before
        watches = {**known, **{one.opportunity_id: one for one in begun}}
        found = _detected(engine, tx, seen, watches, scale=scale)
        homes.update((key, one.account_id) for key, one in watches.items())
        late.extend(found.late)
        turned.extend(found.turned)
        new += found.new
    if fresh_scale:
        _ask_on(engine, tx)
    mark_looked(engine, tx, scope, scale=scale)
    return Looked(late=tuple(late), turned=tuple(turned), new=new, homes=homes)


def _at_hand(books: Mapping[str, AccountBook]) -> AtHand:
    return AtHand(
        opportunities={one.id: one for book in books.values() for one in book.opportunities},
        edits={key: edits for book in books.values() for key, edits in book.edits.items()},
    )


def _known(engine: Engine, tx: Transaction, scale: RankScale) -> Known:
    source = rank_source(engine.mapping, scale)
    return Known(
        is_tracked=tx.progress.setting(TRACKED) == source,
        is_computed=tx.progress.setting(COMPUTED) == source,
    )


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
        found[watch.opportunity_id] = watch
        if (watch.renewal_key, watch.account_id) != (renewal.key, renewal.account_id):
            now = replace(watch, renewal_key=renewal.key, account_id=renewal.account_id)
            found[watch.opportunity_id] = now
            moved.append(now)
    tx.confidence.watches.put(moved)
    return found


def _begin(seen: Seen, renewal: Renewal, *, now: datetime, unseen_before: datetime | None) -> Watch:
    created = seen.past.made_at
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
    turned: list[ConfidenceChange] = []
    after: list[Watch] = []
    compared_at = tx.progress.setting(COMPARED_AT)
    left_out = frozenset((tx.progress.setting(LEFT_OUT) or "").split())
    for one in seen:
        rows = {row.change.id: row for row in ledger[one.opportunity.id]}
        found = detect(
            _compared_since(
                watches[one.opportunity.id], one, None if one.opportunity.id in left_out else compared_at
            ),
            past=one.past,
            sight=one.sight,
            known=[row.change for row in rows.values()],
            settled={key for key, row in rows.items() if row.verdict not in _OPEN},
            scale=scale,
        )
        fresh.extend(LedgerRow(change=change, seen_at=engine.now()) for change in found.new)
        corrected.extend(_replaced(rows[change.id], change) for change in found.corrected)
        turned.extend([found.turned] if found.turned else [])
        after.append(found.watch)
    tx.confidence.watches.put(after)
    tx.confidence.ledger.put([*map(_settled_if_late, fresh), *corrected])
    late = tuple(row.change for row in fresh if row.change.late)
    return Looked(late=late, turned=tuple(turned), new=len(fresh))


def _compared_since(watch: Watch, seen: Seen, compared_at: str | None) -> Watch:
    """A comparison of all values that found this one as it was leaves no trace in its watch."""
    if compared_at is None or not seen.sight.is_computed:
        return watch
    return replace(watch, compared_at=max(watch.compared_at, datetime.fromisoformat(compared_at)))


def _replaced(row: LedgerRow, change: ConfidenceChange) -> LedgerRow:
    return LedgerRow(
        change=change,
        seen_at=row.seen_at,
        verdict=row.verdict,
        move_id=row.move_id,
        message_key=row.message_key,
        reason=row.reason,
        held=row.held,
        held_until=row.held_until,
    )


def _settled_if_late(row: LedgerRow) -> LedgerRow:
    """A change that was seen only after later ones were told corrects that, and mentions nobody."""
    if not row.change.late:
        return row
    return LedgerRow(
        change=row.change,
        seen_at=row.seen_at,
        verdict=Verdict.CORRECTION,
        reason=reasons.LATE(),
    )


def _note_tracking(engine: Engine, tx: Transaction, seen: Sequence[Seen], scale: RankScale) -> None:
    source = rank_source(engine.mapping, scale)
    if any(one.past.edits for one in seen) and tx.progress.setting(TRACKED) != source:
        tx.progress.set_setting(TRACKED, source)


def _chunked(items: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _PER_READ)):
        yield chunk
