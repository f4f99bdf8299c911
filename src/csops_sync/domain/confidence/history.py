"""Rows of OpportunityHistory and OpportunityFieldHistory in their order: what a renewal stood at, one step at a time.

Salesforce stamps history to the second, and the ids of one second have no order. Rows of one second are put in order
where what each replaced allows exactly one; else they are one step with a known beginning and end.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Generic, TypeVar

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.facts import FieldEdit, Scalar

Entry = TypeVar("Entry")

_MOST_TRIES = 2_000
"""Sixteen rows of one second were seen in real orgs; what takes longer to put in order has more than one."""


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntry:
    """One row of OpportunityHistory: the values after a change (UTC), and the amount and close date before it.

    `replaced_amount` and `replaced_close_date` are PrevAmount and PrevCloseDate; `knows_replaced` is False for rows
    that do not have them (before Winter '21, or not read).
    """

    id: str
    at: datetime
    by_id: str
    stage: str
    probability: Scalar
    forecast_category: str | None
    amount: Decimal | None
    close_date: date | None
    replaced_amount: Decimal | None = None
    replaced_close_date: date | None = None
    knows_replaced: bool = False


@dataclass(frozen=True, slots=True)
class Ordered(Generic[Entry]):
    """The rows of one second. `known` is False where they give more than one order, or none."""

    rows: tuple[Entry, ...]
    known: bool


def order_edits(edits: Sequence[FieldEdit], *, standing: Scalar) -> Ordered[FieldEdit]:
    """This function will chain edits of one field within one second: each replaces what the one before it left."""
    return _order(
        edits,
        follows=lambda one, before: _same(one.old, standing if before is None else before.new),
        face=lambda one: (_plain(one.old), _plain(one.new), one.by_id),
    )


def began_with(edits: Sequence[FieldEdit], *, otherwise: Scalar) -> Scalar:
    """This function will give what stood there before edits of one second: what they replace once more than they leave.

    Where they lead back to where they began it is `otherwise`.
    """
    if not edits:
        return otherwise
    left = Counter(_plain(one.new) for one in edits)
    for edit in sorted(edits, key=lambda one: one.id):
        if left[_plain(edit.old)] == 0:
            return edit.old
        left[_plain(edit.old)] -= 1
    return otherwise


def ended_with(edits: Sequence[FieldEdit], *, otherwise: Scalar) -> Scalar:
    """This function will give what stood there after edits of one second: what they leave and do not replace.

    Where they lead back to where they began it is `otherwise`.
    """
    if not edits:
        return otherwise
    left = Counter(_plain(one.old) for one in edits)
    for edit in sorted(edits, key=lambda one: one.id):
        if left[_plain(edit.new)] == 0:
            return edit.new
        left[_plain(edit.new)] -= 1
    return otherwise


def order_entries(
    entries: Sequence[StageEntry], *, last: StageEntry | None, moves: Sequence[FieldEdit] = ()
) -> Ordered[StageEntry]:
    """This function will chain snapshots of one second by the amount and close date that each replaced.

    `moves` are the tracked edits of the stage in that second, where the org tracks it: an order must lead through them.
    """
    if len(entries) > 1 and not all(one.knows_replaced for one in entries):
        return Ordered(tuple(entries), known=False)
    return _order(
        entries,
        follows=lambda one, before: _replaces(one, before or last),
        face=_face,
        fits=lambda chain: not moves or last is None or _moves(last, chain) == Counter(map(_move, moves)),
    )


def _order(
    rows: Sequence[Entry],
    *,
    follows: Callable[[Entry, Entry | None], bool],
    face: Callable[[Entry], tuple[object, ...]],
    fits: Callable[[tuple[Entry, ...]], bool] = lambda _chain: True,
) -> Ordered[Entry]:
    if len(rows) <= 1:
        return Ordered(tuple(rows), known=True)
    found: dict[tuple[tuple[object, ...], ...], tuple[Entry, ...]] = {}
    for tries, chain in enumerate(_chains(tuple(rows), follows)):
        if chain and fits(chain):
            found.setdefault(tuple(face(one) for one in chain), chain)
        if len(found) > 1 or tries > _MOST_TRIES:
            return Ordered(tuple(rows), known=False)
    chains = tuple(found.values())
    return Ordered(chains[0], known=True) if chains else Ordered(tuple(rows), known=False)


def _chains(
    rows: tuple[Entry, ...], follows: Callable[[Entry, Entry | None], bool]
) -> Iterator[tuple[Entry, ...]]:
    """Walk every order in which each row follows the one before it; an empty one for each dead end on the way."""
    waiting: list[tuple[tuple[Entry, ...], tuple[Entry, ...]]] = [((), rows)]
    while waiting:
        chosen, left = waiting.pop()
        if not left:
            yield chosen
            continue
        last = chosen[-1] if chosen else None
        waiting.extend(
            ((*chosen, one), left[:at] + left[at + 1 :]) for at, one in enumerate(left) if follows(one, last)
        )
        yield ()


def _replaces(one: StageEntry, before: StageEntry | None) -> bool:
    return before is None or (
        one.replaced_amount == before.amount and one.replaced_close_date == before.close_date
    )


def _moves(last: StageEntry, chain: Sequence[StageEntry]) -> Counter[tuple[object, object]]:
    """Count from which stage to which the opportunity goes on the way through these snapshots."""
    stages = [last.stage, *(one.stage for one in chain)]
    return Counter((old, new) for old, new in pairwise(stages) if old != new)


def _move(edit: FieldEdit) -> tuple[object, object]:
    return _plain(edit.old), _plain(edit.new)


def _face(one: StageEntry) -> tuple[object, ...]:
    return (one.stage, _plain(one.probability), one.forecast_category, one.amount, one.close_date, one.by_id)


def _same(one: Scalar, other: Scalar) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: Scalar) -> object:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize()
    return value or None
