"""Settling: the changes of one renewal within a window, fixed from the first of them, become one move."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.ranks import Direction, RankScale, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a window came to. `direction` None is a net zero: it stands where it stood.

    `id` is that of the first change. `path` holds every standing on the way, the first and the last among them;
    `by_ids` who moved it, each once, in order; `amount_before` is that of the first change, `amount_after` of the last.
    """

    id: str
    opportunity_id: str
    renewal_key: str
    account_id: str
    changes: tuple[ConfidenceChange, ...]
    before: Standing
    after: Standing
    direction: Direction | None
    path: tuple[Standing, ...]
    by_ids: tuple[str, ...]
    at: datetime
    amount_before: Decimal | None
    amount_after: Decimal | None


def settled_moves(
    waiting: Iterable[ConfidenceChange], *, window: timedelta, now: datetime, scale: RankScale
) -> tuple[Move, ...]:
    """This function will give the moves whose window is over at `now`, oldest first.

    `waiting` are changes without a verdict, of any number of renewals. A change after the end of a window begins the
    next one. Late changes are no moves: they only correct what was told.
    """
    ordered = sorted(
        (one for one in waiting if not one.late),
        key=lambda one: (one.opportunity_id, one.at, one.place, one.id),
    )
    found = [
        move_of(group, scale=scale)
        for _, changes in groupby(ordered, key=lambda one: one.opportunity_id)
        for group in _groups(list(changes), window)
        if seen_at(group[0]) + window <= now
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.id)))


def next_settling(waiting: Iterable[ConfidenceChange], *, window: timedelta) -> datetime | None:
    """This function will say when the first window ends; None where nothing waits."""
    return min((seen_at(one) + window for one in waiting), default=None)


def _groups(changes: Sequence[ConfidenceChange], window: timedelta) -> Iterator[list[ConfidenceChange]]:
    group: list[ConfidenceChange] = []
    for change in changes:
        if group and seen_at(change) >= seen_at(group[0]) + window:
            yield group
            group = []
        group.append(change)
    yield group


def seen_at(change: ConfidenceChange) -> datetime:
    """This function will say when a change counts: one found by comparing may have happened any time up to `until`."""
    return change.until or change.at


def move_of(changes: Sequence[ConfidenceChange], *, scale: RankScale) -> Move:
    """This function will make one move of changes of one renewal, in their order; raises IndexError for none."""
    first, last = changes[0], changes[-1]
    return Move(
        id=first.id,
        opportunity_id=first.opportunity_id,
        renewal_key=first.renewal_key,
        account_id=first.account_id,
        changes=tuple(changes),
        before=first.before,
        after=last.after,
        direction=scale.direction(first.before, last.after),
        path=(first.before, *(one.after for one in changes)),
        by_ids=tuple(dict.fromkeys(one.by_id for one in changes if one.by_id)),
        at=last.at,
        amount_before=first.amount_before,
        amount_after=last.amount_after,
    )
